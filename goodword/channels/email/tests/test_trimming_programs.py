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
        (f">>> Grace {GRACE} 04.05.2026 10:02 >>>", "> Shall I send it?"),
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
        "Hi.\n\nOn 04/05/2026 10:02\nGrace wrote:\nthe lamp is ready.\nIt is not. What now?",
        f"Fine.\n\n>>> Grace {GRACE} 04.05.2026 10:02 >>>\nWhen do you come?\n\nOn Monday.",
        "Guten Tag,\nAm 04.05.2026 an grace@shop.example:\n> Wann kommt sie?\n\nUnd nun?",
        "Guten Tag,\nAm 04.05.2026 10:02 an grace@shop.example:\n> Wann kommt sie?\n\nUnd nun?",
    ],
)
def test_what_only_looks_like_them_stays_in_sight(written):
    assert reply_text(written) == written


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
    assert reply_text("Which app fails?\nSent with Outlook").endswith("Outlook")


PROTON = (
    f"{'-' * 6} Original Message {'-' * 6}\n"
    f"On Monday, May 4th, 2026 at 10:02 AM, Grace {GRACE} wrote:\n\n> Which day?\n"
)


@pytest.mark.parametrize("dash", ["-", "\u2010"])
def test_answers_below_protons_dashes_stay_in_sight(dash):
    between = f"Hi Grace,\n\n{PROTON}\nMonday.\n\n> Which hour?\n\nTen."
    below = f"Hi Grace,\n\n{PROTON}\nAnd when do you open?"
    above = f"Hi Grace, on Monday.\n\n{PROTON}"
    between, below, above = (each.replace("-", dash) for each in (between, below, above))

    assert reply_text(between) == between
    assert reply_text(below) == "Hi Grace,\n\n\nAnd when do you open?"
    assert reply_text(above) == "Hi Grace, on Monday."


@pytest.mark.parametrize(
    "label",
    [
        "Nadawca: Jan, Gdynia\nAdresat: Anna, Lublin\nData: 4.05.2026\nTemat: skarga",
        "Expeditorul: Ion\nDestinatarul: Maria\nTrimis: 4.05.2026\nData: 5.05.2026",
        "Expeditorul: ion@mail.example\nDestinatarul: Maria\nData: 5.05.2026",
        "From: Hull\nTo: Leith\nDate: 4.05.2026\nSubject: a sofa",
        "De : Carla <c@mail.example>\nPour : Tom <t@mail.example>\nDate : 4 mai 2026",
        "Od: Brno\nPre: 4 osoby\nDátum: 4.5.2026 10:00\nPredmet: svadba",
    ],
)
def test_what_a_courier_or_a_voucher_says_of_its_way_heads_no_mail(label):
    written = f"A question.\n\n{label}\n\nWhere is it?"

    assert reply_text(written) == written


@pytest.mark.parametrize(
    "heading",
    [
        f"De : Grace {GRACE}\nPour : Carla\nDate : 4 mai 2026 10:02\nObjet : Colis",
        f"Od: Grace {GRACE}\nPre: Carla\nDátum: 4.5.2026\nPredmet: Zásielka",
        f"Nadawca: Grace {GRACE}\nAdresat: Carla\nTemat: Paczka",
    ],
)
def test_words_of_couriers_head_a_mail_beside_a_subject_and_an_address(heading):
    assert reply_text(f"{NEW}\n\n{heading}\n\nShall I send it?") == NEW
