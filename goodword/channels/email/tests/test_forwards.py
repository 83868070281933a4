from datetime import UTC, datetime

import pytest

from goodword.channels.email.forwards import is_marked
from goodword.channels.email.tests.mails import mail, parts, read
from goodword.desk.roads import Party

DORA = Party("dora@customer.example", "Dora Customer")


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        (
            "Fwd: Broken lamp",
            "Can you take this?\n\n---------- Forwarded message ---------\n"
            "From: Dora Customer <dora@customer.example>\nDate: Mon, May 4, 2026 at 10:02 AM\n"
            "Subject: Broken lamp\nTo: Ana <ana@shop.example>\n\n\nIt came broken.\n\nDora\n",
        ),
        (
            "Fwd: Broken lamp",
            "Begin forwarded message:\n\n> From: Dora Customer <dora@customer.example>\n"
            "> Subject: Broken lamp\n> Date: 4 May 2026 at 10:02:00 CEST\n"
            "> To: ana@shop.example\n> \n> It came broken.\n> \n> Dora\n",
        ),
        (
            "FW: Broken lamp",
            "\n\nFrom: Dora Customer <dora@customer.example>\nSent: Monday, May 4, 2026 10:02 AM\n"
            "To: Ana <ana@shop.example>\nSubject: Broken lamp\n\nIt came broken.\n\nDora\n",
        ),
        (
            "WG: Broken lamp",
            "Zur Info\n\nVon: Dora Customer [mailto:dora@customer.example]\n"
            "Gesendet: Montag, 4. Mai 2026 10:02\nAn: Ana\nBetreff: Broken lamp\n\n"
            "It came broken.\n\nDora\n",
        ),
        (
            "WG: Broken lamp",
            "________________________________\nVon: Dora Customer <dora@customer.example>\n"
            "Gesendet: Montag, 4. Mai 2026 10:02\nAn: Ana\nBetreff: Broken lamp\n\n"
            "It came broken.\n\nDora\n",
        ),
        (
            "TR: Broken lamp",
            "De : Dora Customer <dora@customer.example>\nEnvoyé : lundi 4 mai 2026 10:02\n"
            "À : ana@shop.example\nObjet : Broken lamp\n\nIt came broken.\n\nDora\n",
        ),
    ],
)
def test_given_a_mail_passed_on_inline_its_writer_and_words_are_found(subject, body):
    inside = read(mail(body, Subject=subject)).forwarded

    assert inside is not None
    assert inside.sender == DORA
    assert inside.subject == "Broken lamp"
    assert inside.text == "It came broken.\n\nDora"


@pytest.mark.parametrize(
    "line",
    [
        "Započni proslijeđenu poruku:",
        "Továbbított levél kezdete:",
        "Początek przekazywanej wiadomości:",
        "Începe mesajul redirecționat:",
        "Začiatok preposlanej správy:",
        "İleti başlangıcı:",
        "Початок листа, що пересилається:",
        "-------- Перенаправленное сообщение --------",
        "----- İletilmiş Mesaj -----",
        "---------- Wiadomość przesłana dalej ----------",
        "---------- メッセージを転送 ---------",
    ],
)
def test_the_line_above_what_is_passed_on_is_known_without_a_mark_in_the_subject(line):
    body = f"{line}\n\nFrom: Dora Customer <dora@customer.example>\nTo: ana@shop.example\n\nBroken."

    inbound = read(mail(body))

    assert inbound.forwarded is not None
    assert inbound.forwarded.sender == DORA
    assert inbound.reply_text == body


@pytest.mark.parametrize(
    "who",
    [
        '04.05.2026, 10:02, "Dora Customer" <dora@customer.example>:',
        "On Mon, 4 May 2026 at 10:02, Dora Customer <dora@customer.example> wrote:",
    ],
)
def test_who_is_named_as_above_a_quote_below_the_dashes_is_found(who):
    body = f"-------- Пересылаемое сообщение --------\n{who}\n\nIt came broken.\n"

    found = read(mail(body, Subject="Fwd: lamp", Content_Type="text/plain; charset=utf-8"))

    assert found.forwarded
    assert (found.forwarded.sender, found.forwarded.text) == (DORA, "It came broken.")


def test_what_is_quoted_together_with_its_heading_is_passed_on_but_no_answer_is():
    passed_on = "> Begin forwarded message:\n>\n> From: Dora <dora@customer.example>\n>\n> Hi\n"
    answered = f"Yes.\n\nOn 4 May 2026 at 10:02, Ana <ana@shop.example> wrote:\n{passed_on}"

    assert read(mail(f"FYI\n\n{passed_on}", Subject="Fwd: lamp")).forwarded
    assert not read(mail(answered, Subject="Re: lamp")).forwarded
    assert not read(mail(answered, Subject="Fwd: lamp")).forwarded


@pytest.mark.parametrize(
    "row",
    [
        "   ----- Forwarded Message ----- From: Dora Customer <dora@customer.example>"
        'To: "ana@shop.example" <ana@shop.example>Sent: Monday, May 4, 2026, 10:02:00 AM GMT+2'
        "Subject: Broken lamp",
        "----- Weitergeleitete Nachricht ----- Von: Dora Customer <dora@customer.example>"
        "An: ana@shop.exampleGesendet: Montag, 4. Mai 2026 um 10:02:00 MESZBetreff: Broken lamp",
    ],
)
def test_a_heading_that_yahoo_wrote_into_one_row_is_read(row):
    inside = read(mail(f"Can you take this?\n\n{row}\n It came broken.\n")).forwarded

    assert inside is not None
    assert (inside.sender, inside.subject) == (DORA, "Broken lamp")
    assert inside.text.strip() == "It came broken."


@pytest.mark.parametrize(
    ("heading", "passed_on"),
    [
        ("Fra: Dora <dora@customer.example>\nDato: 4. maj 2026 10.02\nTil: Ana\nEmne: Lampe", True),
        (
            "Lähettäjä: Dora <dora@customer.example>\nLähetetty: 4. toukokuuta 2026 10:02\n"
            "Vastaanottaja: Ana\nAihe: Lamppu",
            False,
        ),
    ],
)
def test_a_mark_that_answers_in_another_language_says_nothing_there(heading, passed_on):
    inbound = read(mail(f"Wednesday it is.\n\n{heading}\n\nWhen?\n", Subject="VS: Lamp"))

    assert (inbound.forwarded is not None) == passed_on
    assert ("When?" in inbound.reply_text) == passed_on


@pytest.mark.parametrize(
    "subject", ["Fwd: Lamp", "FW: Lamp", "WG: Lamp", "I: Lamp", "Redir.: Lamp"]
)
@pytest.mark.parametrize(
    "history",
    [
        "From: Dora <dora@customer.example>\nSent: Monday, 4 May 2026 10:02\nTo: Ana\n"
        "Subject: Lamp\n\nX?",
        "---------- Original Message ----------\nFrom: Dora\nTo: Ana\nSubject: Lamp\n\nX?",
        "Linja tuntematon:\n\n> From: Dora\n> X?",
    ],
)
def test_what_a_customer_passes_on_is_shown_with_the_words_above_it(subject, history):
    body = f"Must my client fill this in?\n\n{history}"

    passed_on, answered = read(mail(body, Subject=subject)), read(mail(body, Subject="Re: Lamp"))

    assert passed_on.reply_text == body
    assert "X?" not in answered.reply_text


def test_given_a_date_with_its_zone_the_moment_is_known_else_not():
    body = (
        "-------- Forwarded Message --------\nSubject: x\nDate: {}\n"
        "From: Dora <dora@customer.example>\nTo: ana@shop.example\n\nHi\n"
    )

    told = read(mail(body.format("Mon, 4 May 2026 10:02:00 +0200"), Subject="Fwd: x")).forwarded
    untold = read(mail(body.format("Monday, 4 May 2026 10:02"), Subject="Fwd: x")).forwarded

    assert told is not None
    assert told.claimed_at == datetime(2026, 5, 4, 8, 2, tzinfo=UTC)
    assert untold is not None
    assert untold.claimed_at is None


def test_given_a_mail_attached_with_next_to_no_words_it_is_the_message_inside():
    inbound = read(
        parts(
            "Content-Type: text/plain\r\n\r\nFYI\r\n-- \r\nAna, Shop",
            "Content-Type: message/rfc822\r\n\r\nFrom: Dora Customer <dora@customer.example>\r\n"
            "Subject: =?utf-8?Q?L=C3=A4mpchen?=\r\nDate: Mon, 4 May 2026 10:02:00 +0200\r\n"
            "Content-Transfer-Encoding: base64\r\n\r\nSXQgY2FtZSBicm9rZW4u",
            Subject="Fwd: =?utf-8?Q?L=C3=A4mpchen?=",
        )
    )

    assert inbound.forwarded is not None
    assert inbound.forwarded.sender == DORA
    assert inbound.forwarded.subject == "Lämpchen"
    assert inbound.forwarded.text == "It came broken."
    assert inbound.forwarded.claimed_at == datetime(2026, 5, 4, 8, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        # Words of one's own: a message with history, not one that only passes on.
        (
            "Fwd: lamp",
            "I have looked into this for a while. " * 20 + "\n\n---------- Forwarded message "
            "---------\nFrom: Dora <dora@customer.example>\nSubject: lamp\n\nBroken.\n",
        ),
        # An ordinary Outlook answer: the same block, but nobody marked it as passed on.
        (
            "RE: lamp",
            "Thanks!\n\nFrom: Dora <dora@customer.example>\nSent: Monday, May 4, 2026 10:02 AM\n"
            "To: Ana\nSubject: lamp\n\nBroken.\n",
        ),
        ("Fwd: lamp", "Only a subject says so.\n"),
        (
            "Fwd: lamp",
            "> quoted first\n\n---------- Forwarded message ---------\nFrom: d@d.example",
        ),
        ("Fwd: lamp", "---------- Forwarded message ---------\nFrom: Dora (no address)\n\nHi\n"),
        ("Trip: lamp", "From: Berlin\nTo: Hamburg\nDate: 4 May\n"),
    ],
)
def test_given_any_other_mail_nothing_is_taken_for_passed_on(subject, body):
    assert read(mail(body, Subject=subject)).forwarded is None


def test_given_a_customers_mail_with_a_mail_attached_as_proof_it_stays_theirs():
    inbound = read(
        parts(
            "Content-Type: text/plain\r\n\r\nYou promised it for Monday, see the attached mail.",
            "Content-Type: message/rfc822\r\n\r\nFrom: ana@shop.example\r\n\r\nOn Monday!",
            Subject="Still waiting",
        )
    )

    assert inbound.forwarded is None
    assert [file.name for file in inbound.files] == ["message.eml"]


@pytest.mark.parametrize(
    ("subject", "marked"),
    [
        ("Fwd: x", True),
        ("FW: x", True),
        ("Wg: x", True),
        ("VS: x", True),
        ("转发：x", True),
        ("[Fwd: x]", True),
        ("Re: Fwd: x", False),
        ("Wgs: x", False),
        ("Forward to the past", False),
        ("", False),
    ],
)
def test_marks_of_many_languages_are_known(subject, marked):
    assert is_marked(subject) == marked
