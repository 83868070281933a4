"""What is typed into a field: stored alike when it is alike, and refused in words."""

import pytest
from django.utils import translation

from goodword.fields.models import Field
from goodword.fields.values import NotAValue, parse, shown


def a(kind, **more):
    return Field(name="Order", about="person", kind=kind, **more)


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        ("text", "  two\nlines\x00 ", "two lines"),
        ("text", "", ""),
        ("text", "=\u0338 5 e\u200e\u0301", "≠ 5 é"),
        ("text", "e\u0301" * 500, "é" * 500),
        ("link", "shop.example/e\u0301", "https://shop.example/e\u0301"),
        ("number", "7", "7"),
        ("number", "007", "7"),
        ("number", "-0.50", "-0.5"),
        ("number", "0,0", "0"),
        ("number", "-0", "0"),
        ("number", "1,234", "1234"),
        ("number", "1,234,567.80", "1234567.8"),
        ("number", "1 234 567", "1234567"),
        ("number", "12,5", "12.5"),
        ("number", ".5", "0.5"),
        ("number", "5.", "5"),
        ("number", "100", "100"),
        ("number", "123456789012345678901234567890", "123456789012345678901234567890"),
        ("date", "2026-11-22", "2026-11-22"),
        ("date", "2.3.2026", "2026-03-02"),
        ("date", "29.02.2024", "2024-02-29"),
        ("yes_no", "Yes", "yes"),
        ("yes_no", "on", "yes"),
        ("yes_no", "0", "no"),
        ("link", "shop.example/a?b=c", "https://shop.example/a?b=c"),
        ("link", "http://shop.example", "http://shop.example"),
        ("one_of", "gold", "Gold"),
        ("one_of", " ", ""),
    ],
)
def test_what_is_alike_is_stored_alike(kind, typed, stored):
    field = a(kind, choices=["Silver", "Gold"])

    assert parse(field, typed) == stored
    assert parse(field, stored) == stored


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("text", "x" * 501),
        ("text", "e\u0301" * 501),
        ("text", "\ufb2c" * 200),  # three each, once taken apart for good
        ("number", "seven"),
        ("number", "1.2.3"),
        ("number", "1,2,3"),
        ("number", "1e9"),
        ("number", "٣"),
        ("number", "--1"),
        ("number", "."),
        ("number", "nan"),
        ("number", "1" * 31),
        ("date", "22/11/2026"),
        ("date", "2026-02-30"),
        ("date", "30.2.2026"),
        ("date", "tomorrow"),
        ("date", "1.1.0000"),
        ("yes_no", "perhaps"),
        ("one_of", "Bronze"),
        ("link", "javascript:alert(1)"),
        ("link", "javascript://shop.example/%0aalert(1)"),
        ("link", "data:text/html,hi"),
        ("link", "https://shop.example@evil.example/"),
        ("link", "two words"),
        ("link", "http://[::1"),
    ],
)
def test_what_makes_no_sense_is_refused_with_words(kind, typed):
    with pytest.raises(NotAValue) as refused:
        parse(a(kind, choices=["Silver", "Gold"]), typed)

    assert str(refused.value)


def test_numbers_and_days_are_read_and_shown_as_the_language_writes_them():
    with translation.override("de"):
        assert parse(a("number"), "1.234,5") == "1234.5"
        assert parse(a("number"), "1.234") == "1234"
        assert parse(a("number"), "3.5") == "3.5"
        assert shown(a("number"), "1234.5") == "1234,5"
        assert shown(a("date"), "2027-06-02") == "2. Juni 2027"
    assert shown(a("number"), "1234.5") == "1234.5"
    assert shown(a("yes_no"), "no") == "No"
    assert shown(a("date"), "2027-06-02") == "2 Jun 2027"
    assert shown(a("date"), "") == ""


def test_a_choice_that_is_none_any_more_is_still_shown():
    assert shown(a("one_of", choices=["Silver", "Gold"]), "Bronze") == "Bronze"
