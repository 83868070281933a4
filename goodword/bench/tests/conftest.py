"""What a measurement begins with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import tables


@pytest.fixture
def tables_made() -> Iterator[Path]:
    """A data folder with all tables on SQLite, and nobody in them."""
    process = tables.goodword(in_file=True)
    yield process.data
    process.remove()
