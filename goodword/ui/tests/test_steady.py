"""What is drawn once for all alike is drawn anew for whoever is not alike."""

from __future__ import annotations

from django.template import Context, Template
from django.utils import translation


def _draw(text: str, **values: object) -> str:
    return Template("{% load steady %}" + text).render(Context(values))


def test_it_is_drawn_once_for_the_same_values_and_anew_for_others() -> None:
    part = '{% steady "test one" who %}{{ who }} {{ other }}{% endsteady %}'
    assert _draw(part, who="Ana", other=1) == "Ana 1"
    assert _draw(part, who="Ana", other=2) == "Ana 1"
    assert _draw(part, who="Ben", other=2) == "Ben 2"


def test_each_language_has_its_own() -> None:
    part = '{% steady "test two" %}{% translate "Search" %}{% endsteady %}'
    with translation.override("en"):
        assert _draw(part) == "Search"
    with translation.override("de"):
        assert _draw(part) != "Search"


def test_what_it_keeps_is_escaped_as_ever() -> None:
    part = '{% steady "test three" who %}{{ who }}{% endsteady %}'
    for _ in range(2):
        assert _draw(part, who="<b>") == "&lt;b&gt;"
