"""Cutting a text into sentences, and knowing its language."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodword.language.sentences import split
from goodword.language.tongues import tongue_of

CUTS = [
    ["Hi Ana, can you send it by 5 p.m. on Friday?", "We need it.", "Thx"],
    ["Dr. Smith asked for e.g. the lamp.", "No. 5 is fine, but the answer is no.", "We wait."],
    ["Es kostet z.B. 3.50 Euro usw.", "Bitte melden Sie sich bei Hr. Meier."],
    ["Wir liefern am 3. Dezember in den 2. Stock.", "Die Rechnung ist vom 12.", "Ich warte."],
    ["Müller GmbH & Co. KG, Bestellnr. 55, ca. 3 kg.", "Danke!"],
    ["See https://shop.example/a?b=c.", "Then mail ana.b@shop.example.", "It is version 2.0.1."],
    ["We wait... but not for long...", "Really?!", "Thanks 😊", "Can you call? 😊", "Bye :)"],
    ["It is plan B.", "We like it."],
    ["yes.", "that works!", "Thank you.", "Then go."],
    ['He said "It is closed."', "Then he left (at 5 p.m.)."],
]


@pytest.mark.parametrize("sentences", CUTS)
def test_a_text_is_cut_where_its_sentences_end(sentences: list[str]) -> None:
    assert [each.text for each in split(" ".join(sentences))] == sentences


def test_each_line_of_a_list_and_each_quoted_line_stands_for_itself() -> None:
    lines = ["1. When does it come?", "2. How much is it", "- and the colour", "a) red", "> old"]

    assert [each.text for each in split("\n".join(lines))] == lines


def test_a_line_that_a_mail_program_wrapped_goes_on_in_the_next() -> None:
    first = "We ordered forty chairs in May and would like to know whether the"
    text = f"Hello,\n{first}\nred ones can still be exchanged. Thanks\nAna"

    assert [each.text for each in split(text)] == [
        "Hello,",
        f"{first}\nred ones can still be exchanged.",
        "Thanks",
        "Ana",
    ]


def test_a_space_forgotten_after_a_full_stop_still_ends_the_sentence() -> None:
    assert [each.text for each in split("It came.When can I pay? Use node.js or Shop.Example")] == [
        "It came.",
        "When can I pay?",
        "Use node.js or Shop.Example",
    ]


@given(st.text(alphabet=" \n.?!…,a1Bz>-:)('\"😊ß0", max_size=300))
def test_whatever_is_written_nothing_but_blanks_is_lost_between_sentences(text: str) -> None:
    at, between = 0, ""
    for each in split(text):
        assert each.text == text[each.start : each.end]
        between += text[at : each.start]
        at = each.end

    assert not (between + text[at:]).strip()


@pytest.mark.parametrize(
    "piece", ["a", ". ", ".", "z.B. ", " ", "(\"'", "\n \n", "😊", "1. ", "?  "]
)
def test_a_hostile_text_of_200_kb_takes_no_longer_than_its_length(piece: str) -> None:
    text = piece * (200_000 // len(piece))

    begun = time.process_time()
    found = split(text)

    assert time.process_time() - begun < 4  # a second here; a runaway pattern takes minutes
    assert max((len(each.text) for each in found), default=0) <= 1000


@pytest.mark.parametrize(
    ("text", "tongue"),
    [
        ("Danke, passt!", "de"),
        ("Wann kommt die Lieferung?", "de"),
        ("könnt ihr das zurückschicken", "de"),
        ("thx, that's great", "en"),
        ("When does the delivery come to Köln?", "en"),
        ("12345", "en"),
    ],
)
def test_the_language_is_known_by_a_few_common_words(text: str, tongue: str) -> None:
    assert tongue_of(text) == tongue


def test_where_nothing_tells_the_language_the_default_stands() -> None:
    assert tongue_of("ABC-123", default="de") == "de"
