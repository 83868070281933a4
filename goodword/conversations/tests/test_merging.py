"""What is saved of a draft takes in the words that its writer has not seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodword.conversations.merging import with_unseen

WORDS = st.text("ab \n", max_size=8)


@pytest.mark.parametrize(
    ("kept", "known", "now", "becomes"),
    [
        ("", [""], "We know", "We know"),
        ("We", ["We"], "We know", "We know"),
        ("We know", ["We know"], "", ""),  # the writer has emptied it
        ("We knew", ["We", "We knew"], "We know", "We know"),  # an answer was lost
        ("We kn", ["We"], "We know", "We know"),
        # Joined with another draft, before or after it.
        ("It left.\n\nWe know", ["We know"], "We know it", "It left.\n\nWe know it"),
        ("We know\n\nIt left.", ["We know"], "We know it", "We know it\n\nIt left."),
        ("A\n\nWe know\n\nB", ["We know"], "We know it", "A\n\nWe know it\n\nB"),
        ("It left.\n\nWe know", ["We know"], "", "It left."),
        ("It left.", [""], "We know", "It left.\n\nWe know"),
        ("It left.", [""], "", "It left."),
        # Saved in the middle of a sentence, and joined then.
        ("Old\n\nDear Grace, ", ["Dear Grace, "], "Dear Grace, I am", "Old\n\nDear Grace, I am"),
        ("Old\n\n  a", ["  a"], "  a b", "Old\n\n  a b"),
        # An answer was lost: the page is not sure how much of it was saved.
        ("X\n\nA\n\nB", ["A", "A\n\nB"], "A\n\nB\n\nC", "X\n\nA\n\nB\n\nC"),
        # Written on at two pages.
        ("We know it", ["We know"], "We knew", "We know it\n\nWe knew"),
    ],
)
def test_what_was_not_seen_stays(kept, known, now, becomes):
    assert with_unseen(now, kept, known=known) == becomes


@given(kept=WORDS, known=WORDS, now=WORDS)
def test_what_is_written_now_is_always_in_it_whole(kept, known, now):
    made = with_unseen(now, kept, known=[known])

    assert not now.strip() or now in made


@given(unseen=WORDS, known=WORDS, now=WORDS)
def test_words_of_another_draft_are_always_in_it(unseen, known, now):
    for kept in (f"{unseen}\n\n{known}", f"{known}\n\n{unseen}"):
        made = with_unseen(now, kept, known=[known])

        assert all(word in made for word in unseen.split())


def test_two_pages_that_write_by_turns_do_not_double_the_draft():
    kept = "Hello"
    shown = {"one": "Hello", "two": "Hello"}
    for turn in range(6):
        for page, text in shown.items():
            now = f"{text} {page}{turn}"
            kept = with_unseen(now, kept, known=[text])
            shown[page] = kept
    assert len(kept) < 400
    assert all(f"{page}{turn}" in kept for page in shown for turn in range(6))


@pytest.mark.parametrize("kept", ["\n" * 400_000 + "b", "a\n\n" * 130_000, "a" * 400_000])
def test_a_draft_of_nothing_but_blanks_or_one_letter_is_looked_through_once(kept):
    # Were each place tried with all that follows, this would take hours.
    assert with_unseen("c", kept, known=["a", "a\n\n" * 1000 + "b"]).count("c") == 1
    assert "c" in with_unseen("a\n\n" * 130_000 + "c", kept, known=["b"])
