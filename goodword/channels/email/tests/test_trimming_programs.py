"""History as one mail program only writes it, and a person's words that look like it."""

from __future__ import annotations

import pytest

from goodword.channels.email.readable import readable
from goodword.channels.email.tests.test_trimming import GRACE, NEW
from goodword.channels.email.trimming import reply_text


@pytest.mark.parametrize(
    ("heading", "history"),
    [
        (f"On Mon, 4 May 2026 10:02:00 +0200\nGrace {GRACE} wrote:", "> Shall I send it?"),
        (f">>> Grace {GRACE} 04.05.2026 10:02 >>>", "Shall I send it?"),
        ("\u2010" * 7 + " Original Message " + "\u2010" * 7, "Shall I send it?"),
        ("4. Mai 2026, 10:02 von grace@shop.example:", "> Shall I send it?"),
        ("May 4, 2026, 10:02 by grace@shop.example:", "> Shall I send it?"),
    ],
)
def test_headings_of_one_program_only_are_known(heading, history):
    assert reply_text(f"{NEW}\n\n{heading}\n{history}\n") == NEW


@pytest.mark.parametrize(
    "written",
    [
        "Your form of 4 May 2026 10:02\nGrace wrote:\n\n> Shall I send it?\n\nNo.",
        ">>> the sale of 2026 >>>\nIs it still on?",
        ">>> 4 May >>> 5 May\nI come later.",
        "4. Mai 2026, 10:02 schickte ich das an grace@shop.example:\n\n> Here.\n\nAnd now?",
        "4 May 2026, 10:02 by grace@shop.example:\nthat is what my list says.",
    ],
)
def test_what_only_looks_like_them_stays_in_sight(written):
    first = written.split("\n", 1)[0]

    assert first in reply_text(written)


def test_what_domino_folds_away_is_history_and_what_a_writer_folds_is_not():
    page = (
        '<p>Tomorrow, please.</p><div class="domino-section"><div class="domino-section-head">'
        '<span class="domino-section-title"><font>{}</font></span></div>'
        '<div class="domino-section-body"><p>Shall I send it?</p></div></div>'
    )

    history, own = (readable(page.format(t)) for t in ("Grace --- Parcel ---", "My list"))

    assert reply_text(history, page.format("Grace --- Parcel ---")) == "Tomorrow, please."
    assert reply_text(own, page.format("My list")) == own


def test_a_programs_line_right_below_a_whole_sentence_is_its_own():
    assert reply_text("Tomorrow, please.\nGet Outlook for iOS") == "Tomorrow, please."
    assert reply_text("I could not\nGet Outlook for iOS").endswith("iOS")
    assert reply_text("There is an app.\nGet it for iOS").endswith("iOS")
