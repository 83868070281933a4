"""Places in a text: what is filled in, what stays, and what hostile text costs."""

from __future__ import annotations

import time

import pytest

from goodword.language import filling

KNOWN = {"person.first_name": "Grace", "me.name": "Ben", "promise.due": "", "today": "1 May"}


def fill(text: str, **more: bool) -> str:
    return filling.fill(text, KNOWN.get, short={"due": "noon"}, **more)


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Dear {{ person.first_name }},", "Dear Grace,"),
        ("Dear {{person.first_name}},", "Dear Grace,"),
        ('Dear {{ Person.First_Name | "there" }},', "Dear Grace,"),
        ('by {{ promise.due | "soon" }}', "by soon"),
        ("by {{ promise.due | “soon” }}", "by soon"),
        ('by {{ promise.due | "" }}.', "by ."),
        ("by {{ promise.due }}", "by {{ promise.due }}"),
        (
            "{{ persn.name }} and {{ }} and {{ 1 + 1 }}",
            "{{ persn.name }} and {{ }} and {{ 1 + 1 }}",
        ),
        ("{{ persn.name | “you” }}", "{{ persn.name | “you” }}"),
        ("by {due}, for {price}", "by noon, for {price}"),
        ("{{{ today }}}", "{1 May}"),
        ("{% load x %}{{ today|safe }}", "{% load x %}{{ today|safe }}"),
        ("no braces", "no braces"),
    ],
)
def test_a_place_is_filled_in_and_what_is_none_stays(text: str, filled: str) -> None:
    assert fill(text) == filled


def test_where_nobody_looks_again_a_place_without_a_value_goes_but_an_unknown_one_stays() -> None:
    assert fill("by {{ promise.due }}!", keeps=False) == "by !"
    assert fill("{{ persn.name }}", keeps=False) == "{{ persn.name }}"


def test_what_is_filled_in_is_never_read_again() -> None:
    bomb = {"person.name": "{{ person.name }}{{ person.name }}{due}"}

    once = filling.fill("{{ person.name }}", bomb.get, short={"due": "noon"})

    assert once == bomb["person.name"]


@pytest.mark.parametrize(
    "text",
    [
        "{{ " * 60_000,
        "{{ a" + " " * 200_000,
        "{{" + "a." * 100_000 + "}}",
        '{{ today | "' + "x" * 200_000,
        "{" * 200_000,
        '{{ today | "' * 20_000,
    ],
)
def test_hostile_text_takes_no_longer_than_its_length(text: str) -> None:
    started = time.thread_time()
    assert fill(text) == text
    assert filling.unknown(text, KNOWN) == []
    assert time.thread_time() - started < 5  # of work, however busy the machine is


def test_a_name_that_nobody_knows_is_said_once_with_the_one_it_is_most_like() -> None:
    text = "{{ persn.first_name }} {{ persn.first_name }} {{ zeppelin }} {{ today }} {price}"

    assert filling.unknown(text, KNOWN) == [
        filling.Unknown("{{ persn.first_name }}", "person.first_name"),
        filling.Unknown("{{ zeppelin }}", ""),
    ]


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Grace Mary Whitlow", "Grace"),
        ("Whitlow, Grace", "Grace"),
        ("Dr. Grace Whitlow", "Grace"),
        ("Frau Prof. Dr. Ida Kern", "Ida"),
        ("  ", ""),
        ("grace@whitlow.example", ""),
        ("+49 30 1234", ""),
        ("山田太郎", "山田太郎"),
        ("Élodie", "Élodie"),
        ("Dr.", ""),
        (",", ""),
    ],
)
def test_a_person_is_called_by_their_first_name(name: str, called: str) -> None:
    assert filling.first_name(name) == called


def test_a_name_becomes_a_place_only_where_it_stands_by_itself() -> None:
    text = "Dear Ada, adAda, Adam, {{ Ada }} Ada."

    placed = filling.with_place(text, "Ada", "{{ x }}")

    assert placed == "Dear {{ x }}, adAda, Adam, {{ Ada }} {{ x }}."
    assert filling.with_place("Dear Al,", "Al", "{{ x }}") == "Dear Al,"
