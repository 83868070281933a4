"""The pages of what is refused and of what breaks."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string


@pytest.mark.parametrize("name", ["403", "403_csrf", "404", "413", "429", "500"])
def test_every_refusal_has_a_way_on(name: str) -> None:
    page = render_to_string(f"{name}.html", {"most_mb": 30})

    assert page.count("<h1") == 1
    assert 'href="/inbox/">Go to the inbox</a>' in page
