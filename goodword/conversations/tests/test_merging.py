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
