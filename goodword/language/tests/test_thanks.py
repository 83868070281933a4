"""Messages that only thank, so that no answer is needed: offered, never decided."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodword.language.thanks import only_thanks

SAMPLES = [
    json.loads(line)
    for line in Path(__file__).with_name("thanks.jsonl").read_text(encoding="utf-8").splitlines()
]


def test_of_two_hundred_samples_hardly_one_with_a_matter_is_taken_for_thanks():
    taken = [each for each in SAMPLES if only_thanks(each["text"])]
    right = [each for each in taken if each["only_thanks"]]

    assert len(SAMPLES) >= 200
    assert sum(not each["only_thanks"] for each in SAMPLES) >= len(SAMPLES) / 2
    assert len(right) / len(taken) >= 0.98
    assert len(right) / sum(each["only_thanks"] for each in SAMPLES) >= 0.9


@pytest.mark.parametrize(
    "below",
    [
        "\n\n-- \nJo Miller\nShop Ltd, 12 Mill Lane\nQuestions? 0171 5550",
        "\n\nKind regards\nJo Miller\nHead of Sales",
        "\n\nOn Mon, 3 Nov 2025 at 10:00, Ana <ana@shop.example> wrote:\n> Does it fit?",
        "\n\nSent from my iPhone",
        "\nJo",
    ],
)
def test_a_signature_or_a_quotation_below_changes_nothing(below):
    assert only_thanks(f"Thank you very much!{below}")
    assert not only_thanks(f"Thank you very much, it is still broken!{below}")


def test_a_signature_or_a_quotation_alone_thanks_nobody():
    assert not only_thanks("> Thanks!")
    assert not only_thanks("Kind regards\nJo Miller")
    assert not only_thanks("")
    assert not only_thanks("Jo")


def test_a_known_language_is_taken_as_said():
    assert only_thanks("Danke, passt!", language="de")
    assert not only_thanks("Danke, passt!", language="en")
    assert not only_thanks("Danke, passt!", language="xx")


@given(st.text(max_size=300))
def test_whatever_is_written_it_is_read_without_failing(text):
    assert only_thanks(text) in (True, False)


@pytest.mark.parametrize(
    "what", ["when", "3", "invoice", "not", "?", "https://shop.example", "lamp"]
)
def test_one_word_of_a_matter_makes_it_more_than_thanks(what):
    assert only_thanks("Thanks so much, great help!")
    assert not only_thanks(f"Thanks so much, great help! {what}")
    assert not only_thanks(f"{what} Thanks so much, great help!")


@pytest.mark.parametrize("piece", ["thanks ", "thank you for ", "danke für die ", "a ", "\n", "!"])
def test_a_hostile_text_of_200_kb_is_read_quickly(piece):
    begun = time.process_time()
    only_thanks(piece * (200_000 // len(piece)))
    only_thanks(piece * (29_000 // len(piece)))
    only_thanks(piece * (590 // len(piece)))

    assert time.process_time() - begun < 3
