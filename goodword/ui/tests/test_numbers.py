"""Shares and sizes are written as the language writes them, and everywhere alike."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.utils import translation


def drawn(text: str, value: object, language: str) -> str:
    with translation.override(language):
        return Template(f"{{{{ value|{text} }}}}").render(Context({"value": value}))


@pytest.mark.parametrize(
    ("language", "said"), [("en", "26%"), ("de", "26\xa0%"), ("de-at", "26\xa0%"), ("xx", "26%")]
)
def test_a_share_stands_as_the_language_writes_it(language: str, said: str) -> None:
    assert drawn("percent", 26, language) == said


@pytest.mark.parametrize(
    ("count", "english", "german"),
    [
        (0, "0 bytes", "0 Byte"),
        (1, "1 byte", "1 Byte"),
        (1023, "1,023 bytes", "1.023 Byte"),
        (1024, "1 kB", "1 kB"),
        (13_568, "13.2 kB", "13,2 kB"),
        (25 * 1024**2, "25 MB", "25 MB"),
        (3 * 1024**6, "3,072 PB", "3.072 PB"),
    ],
)
def test_a_size_is_in_kb_as_all_other_words_of_ours_say_it(
    count: int, english: str, german: str
) -> None:
    # Django's own filter of this name says KB.
    assert drawn("filesizeformat", count, "en") == english.replace(" ", "\xa0")
    assert drawn("filesizeformat", count, "de") == german.replace(" ", "\xa0")


@pytest.mark.parametrize("nothing", [None, ""])
def test_a_size_of_nothing_is_no_words_and_no_fault(nothing: str | None) -> None:
    assert drawn("filesizeformat", nothing, "en") == ""
