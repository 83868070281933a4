"""The search language: what was typed, in English or German, and what was asked by it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodword.desk.search import asking
from goodword.desk.search.operators import ALIASES, CHOICES, NAMES, VALUES

SUNDAY = datetime(2026, 11, 22, 23, 30, tzinfo=ZoneInfo("Europe/Berlin"))


def read(text, at=SUNDAY):
    return asking.read(text, at=at)


def terms(text):
    return [("-" if t.is_negated else "") + f"{t.name}:{t.value}" for t in read(text).terms]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("from:grace", ["from:grace"]),
        ("von:grace", ["from:grace"]),
        ("FROM:Grace", ["from:Grace"]),
        ('mit:"Grace Whitlow"', ["with:Grace Whitlow"]),
        ("an:werkstatt@shop.example", ["to:werkstatt@shop.example"]),
        ("Betreff:Größe", ["subject:Größe"]),
        ("is:open is:late", ["is:open", "is:late"]),
        ("ist:offen ist:überfällig", ["is:open", "is:late"]),
        ("ist:ueberfaellig", []),  # nobody's spelling of it
        ("status:resolved", ["is:closed"]),
        ("-is:closed", ["-is:closed"]),
        ("-tag:vip -tag:press", ["-tag:vip", "-tag:press"]),
        ("schlagwort:vip", ["tag:vip"]),
        ("assigned:me", ["assigned:me"]),
        ("assignee:me", ["assigned:me"]),
        ("bei:mir", ["assigned:me"]),
        ("zugewiesen:niemand", ["assigned:nobody"]),
        ("in:waiting", ["in:waiting"]),
        ('ordner:"wir warten"', ["in:waiting"]),
        ("in:überall", ["in:anywhere"]),
        ("postfach:Hallo", ["inbox:Hallo"]),
        ("team:Front", ["team:Front"]),
        ("has:files", ["has:attachment"]),
        ("hat:anhang hat:zusage", ["has:attachment", "has:promise"]),
        ("due:late", ["due:late"]),
        ("fällig:überfällig", ["due:late"]),
        ("ticket:7HQ2-4MKD", ["number:7HQ2-4MKD"]),
        ("nummer:7HQ2-4MKD", ["number:7HQ2-4MKD"]),
        ("from:", []),
        ("from:%", []),
        ('tag:"', []),
        ("https://shop.example/is:open", []),
        ("12:30", []),
    ],
)
def test_operators_are_understood_in_both_languages(text, asked):
    assert terms(text) == asked


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("on:2026-11-01", date(2026, 11, 1), date(2026, 11, 1)),
        ("on:1.11.2026", date(2026, 11, 1), date(2026, 11, 1)),
        ("am:1.11.", date(2026, 11, 1), date(2026, 11, 1)),
        ("on:2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("on:2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("on:today", date(2026, 11, 22), date(2026, 11, 22)),
        ("am:gestern", date(2026, 11, 21), date(2026, 11, 21)),
        ("due:tomorrow", date(2026, 11, 23), date(2026, 11, 23)),
        ("fällig:morgen", date(2026, 11, 23), date(2026, 11, 23)),
        ('on:"last week"', date(2026, 11, 9), date(2026, 11, 15)),
        ("on:last-week", date(2026, 11, 9), date(2026, 11, 15)),
        ('fällig:"diese woche"', date(2026, 11, 16), date(2026, 11, 22)),
        ('fällig:"nächste Woche"', date(2026, 11, 23), date(2026, 11, 29)),
        ('seit:"letzten Monat"', date(2026, 10, 1), date(2026, 10, 31)),
        ('due:"next month"', date(2026, 12, 1), date(2026, 12, 31)),
        ('on:"last year"', date(2025, 1, 1), date(2025, 12, 31)),
        ("since:7d", date(2026, 11, 15), date(2026, 11, 15)),
        ("before:10-days-ago", date(2026, 11, 12), date(2026, 11, 12)),
    ],
)
def test_days_are_those_of_the_house(text, first, last):
    assert [term.days for term in read(text).terms] == [(first, last)]


@pytest.mark.parametrize(
    "text",
    ["on:31.2.2026", "on:soon", "before:2026-13", "on:0000-01-01", "since:9999999d", "due:sleepy",
     "has:gold", "is:sleepy", "in:attic"],
)  # fmt: skip
def test_a_value_that_says_nothing_is_left_out_and_said_back(text):
    asked = read(f"ring {text}")
    assert (asked.words, asked.unread, asked.terms) == (["ring"], [text], [])


def test_months_and_years_end_where_they_end():
    at = datetime(2024, 1, 31, 12, tzinfo=UTC)
    assert asking.days_of("next month", at.date()) == (date(2024, 2, 1), date(2024, 2, 29))
    assert asking.days_of("last month", at.date()) == (date(2023, 12, 1), date(2023, 12, 31))
    december = date(2023, 12, 15)
    assert asking.days_of("next month", december) == (date(2024, 1, 1), date(2024, 1, 31))


def test_words_phrases_and_what_must_not_be_there():
    asked = read('Gift "spring  Card" -voucher -"no thanks" -tag:vip gold')
    assert asked.words == ["gift", "gold"]
    assert asked.phrases == ["spring card"]
    assert asked.without == ["voucher", "no thanks"]


def test_what_looks_like_an_operator_is_looked_for_and_said():
    asked = read("sku:1234 re: http://x.example")
    assert asked.strange == ["sku:1234"]
    assert "1234" in asked.words and asked.terms == []


def test_the_last_word_is_a_beginning_unless_something_follows_it():
    assert not read("gift car").last_is_whole
    assert read("gift card ").last_is_whole
    assert read("gift card is:open").last_is_whole
    assert not read("is:open gift car").last_is_whole


def test_a_search_is_left_without_one_of_its_operators():
    asked = read('gift is:open tag:"very big" card')
    assert [asked.left_without(term) for term in asked.terms] == [
        'gift tag:"very big" card',
        "gift is:open card",
    ]


def test_no_two_operators_and_no_two_values_share_a_name():
    names = [
        a for name, by in ALIASES.items() for a in (name, *(x for v in by.values() for x in v))
    ]
    assert len(names) == len(set(names)) == len(NAMES)
    for operator, values in CHOICES.items():
        said = [
            a for v, by in values.items() for a in (v, *(x for each in by.values() for x in each))
        ]
        assert len(said) == len(VALUES[operator])


@given(st.text(alphabet=st.characters(codec=None), max_size=80))
def test_any_text_is_read(text):
    asked = read(text)
    for term in asked.terms:
        assert asked.left_without(term) is not None
    assert all(word for word in asked.words)


@given(
    st.lists(
        st.sampled_from(
            ['"', ":", "-", " ", "is:", "from:", "on:", "\x00", "open", "a", "\ud800", "ß"]
        )
    )
)
def test_any_heap_of_pieces_is_read(pieces):
    asked = read("".join(pieces))
    assert len(asked.terms) <= 20
    assert all(
        timedelta() <= last - first for first, last in (t.days for t in asked.terms if t.days)
    )
