"""What every test of a page needs."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings


@pytest.fixture(autouse=True, scope="session")
def static_folder() -> None:
    """`collectstatic` makes it on a real start; the server of static files warns without it."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
