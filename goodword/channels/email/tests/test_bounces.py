"""What came back: told from what people write about it, whose it is, why, and how it is named."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodword.channels.email.bodies import read_body
from goodword.channels.email.bounce_reasons import reason_of
from goodword.channels.email.bounces import Bounce, read_bounce
from goodword.channels.email.mime import Part
from goodword.channels.email.tests.mails import mail, parts, read

COPY = (
    "Content-Type: message/rfc822\r\n\r\nMessage-ID:\r\n <sent@shop.example>\r\n"
    "From: hello@shop.example\r\nTo: carla@customer.example\r\n\r\nour words"
)


def bounce(
    status: str = "5.1.1",
    action: str = "failed",
    said: str = "550 5.1.1 unknown",
    final: str = "carla@customer.example",
    original: str = "",
    **headers: str,
) -> bytes:
    named = {
        "From": "MAILER-DAEMON@mx.example",
        "Subject": "Undelivered Mail Returned to Sender",
        "Message_ID": "<bounce@mx.example>",
    } | headers
    first = f"Original-Recipient: rfc822; {original}\r\n" if original else ""
    return parts(
        "Content-Type: text/plain\r\n\r\nYour message could not be delivered.",
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"{first}Final-Recipient: rfc822; {final}\r\nAction: {action}\r\n"
        f"Status: {status}\r\nDiagnostic-Code: smtp; {said}\r\n",
        "Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <sent@shop.example>\r\n"
        "From: hello@shop.example\r\nTo: carla@customer.example\r\n",
        kind="report; report-type=delivery-status",
        **named,
    )


def taken_apart(raw: bytes, sender: str = "MAILER-DAEMON@mx.example") -> Bounce:
    found = read_bounce(part := Part(raw), read_body(part), sender=sender)
    assert found is not None
    return found


def notice(text: str, **headers: str) -> bytes:
    named = {"From": "MAILER-DAEMON@mx.example", "Subject": "failure notice"} | headers
    return mail(text, **named)


def test_a_bounce_tells_recipient_reason_words_and_our_mail():
    inbound = read(bounce(said="550 5.1.1 <carla@customer.example>: User unknown"))

    assert (inbound.kind, inbound.bounce_kind) == ("bounce", "failed")
    assert inbound.kind_why == "Action: failed"
    assert inbound.bounced_recipient == "carla@customer.example"
    assert inbound.bounce_hard is True
    assert inbound.bounce_words == "550 5.1.1 <carla@customer.example>: User unknown"
    assert inbound.refers_to[0] == "sent@shop.example"


# Words beat codes; what is said about us or the mail beats what is said about the address.
@pytest.mark.parametrize(
    ("status", "said", "reason", "hard"),
    [
        (
            "5.1.1",
            "550 5.1.1 <a@b.example>: User unknown in table",
            "no_such_address",
            True,
        ),
        ("5.0.0", "550 No such user here", "no_such_address", True),
        ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound", "no_such_address", True),
        ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied", "no_such_address", True),
        ("5.0.0", "550 unrouteable address", "no_such_address", True),
        ("5.0.0", "554 Diese Adresse ist uns unbekannt", "no_such_address", True),
        ("5.1.1", "550 5.1.1 RCP-P1", "no_such_address", True),
        (
            "5.1.2",
            "550 5.1.2 Host unknown (Name server: b)",
            "no_such_host",
            True,
        ),
        (
            "5.4.4",
            "Host or domain name not found. Name service error",
            "no_such_host",
            True,
        ),
        ("5.0.0", "554 Recipient address rejected: Domain not found", "no_such_host", True),
        ("5.1.10", "556 5.1.10 Recipient address has null MX", "takes_no_mail", True),
        ("5.1.6", "551 5.1.6 She has moved to c@d.example", "moved", True),
        ("5.2.2", "552 5.2.2 Over quota", "mailbox_full", False),
        ("5.1.1", "550 5.1.1 Mailbox is full", "mailbox_full", False),
        ("5.0.0", "554 Das Postfach ist voll", "mailbox_full", False),
        ("5.2.1", "550 5.2.1 This account has been disabled", "mailbox_closed", False),
        ("5.3.4", "552 5.3.4 Message size exceeds fixed limit", "too_large", False),
        ("5.7.1", "554 5.7.1 Client host [192.0.2.1] blocked using zen.example", "spam", False),
        ("5.7.0", "554 5.7.0 Reject, id=1-09 - SPAM", "spam", False),
        ("5.1.8", "550 5.1.8 Sender address rejected: Domain not found", "policy", False),
        ("5.0.0", "550 Sender verify failed: no such user", "policy", False),
        ("5.7.1", "554 5.7.1 <a@b.example>: Relay access denied", "policy", False),
        ("5.7.25", "550 5.7.25 The IP address does not have a PTR record", "policy", False),
        ("5.7.1", "550 5.7.1 go away", "policy", False),
        ("5.7.0", "550-5.7.26 Unauthenticated mail is not accepted (DMARC)", "policy", False),
        ("5.0.0", "421 Too many connections from your host", "too_many", False),
        ("4.7.0", "450 Too many messages, slow down", "too_many", False),
        ("4.4.7", "421 4.4.2 Connection timed out", "unreachable", False),
        ("5.4.6", "554 5.4.6 Too many hops", "unreachable", False),
        ("4.2.0", "450 4.2.0 Greylisted, try again later", "not_now", False),
        (
            "4.2.0",
            "450 Requested mail action not taken: mailbox unavailable",
            "mailbox_closed",
            False,
        ),
        ("5.5.0", "550 Requested action not taken: mailbox unavailable", "no_such_address", True),
        ("5.0.0", "554 Transaction failed", "refused", False),
        ("5.0.0", "554 5.1.0 - Unknown address error 550-'5.7.1 Denied'", "policy", False),
    ],
)
def test_why_it_came_back_is_read_from_words_first_and_only_a_bad_address_is_hard(
    status, said, reason, hard
):
    found = taken_apart(bounce(status, said=said))

    assert (found.reason, found.hard) == (reason, hard)


def test_a_bounce_that_tells_nothing_is_neither_hard_nor_soft():
    found = taken_apart(notice("Your message to <carla@customer.example> came back."))

    assert (found.reason, found.hard, found.kind) == ("", None, "failed")


def test_unknown_said_only_to_the_content_means_the_mail_unless_the_code_names_the_address():
    text = "SMTP error from remote mail server after end of data:\n host mx: 550 User unknown"
    coded = text.replace("550", "550 5.1.1")

    assert reason_of(diagnosis="", status="", notice=text) == "refused"
    assert reason_of(diagnosis="", status="", notice=coded) == "no_such_address"


@pytest.mark.parametrize(
    "raw",
    [
        bounce("4.0.0", "delayed", "450 4.1.1 User unknown"),
        notice("Your message has not yet been delivered to carla@customer.example."),
        notice("Delivery to carla@customer.example has been delayed."),
        notice("We will keep trying. carla@customer.example", Subject="Delivery delayed"),
    ],
)
def test_what_is_still_tried_is_delayed_and_never_hard(raw):
    inbound = read(raw)

    assert (inbound.kind, inbound.bounce_kind) == ("bounce", "delayed")
    assert inbound.bounce_hard is False
    assert inbound.bounced_recipient == "carla@customer.example"


def test_not_been_delivered_is_no_delay_without_a_yet():
    inbound = read(notice("Your message to carla@customer.example has NOT been delivered."))

    assert inbound.bounce_kind == "failed"


def test_the_subject_of_our_mail_amid_a_notice_is_none_of_the_servers_words():
    raw = notice(
        "Your message\n  Subject: Temporary: mailbox full of spam\nwas not delivered to:\n"
        "  carla@customer.example\nbecause:\n  User not listed in directory"
    )

    assert taken_apart(raw).reason == "no_such_address"


def test_words_of_delay_do_not_outweigh_a_report_of_failure():
    raw = bounce().replace(b"could not be delivered", b"will be retried, or so we said")

    assert read(raw).bounce_kind == "failed"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "Hi. This is the mail program at mx.example.\n\n<gone@customer.example>:\n"
            "550 no such user here\n\n--- Below this line is a copy of the message.\n\n"
            "Message-ID: <sent@shop.example>\nTo: hello@shop.example\n",
            "From: MAILER-DAEMON@mx.example",
        ),
        (
            "Your message\n To: list@other.example\n Cc: boss@other.example\n"
            "did not reach the following recipient(s):\n\n"
            "gone@customer.example on Thu, 11 May 2026\n Unknown recipient\n"
            "Message-ID: <sent@shop.example>",
            "From: MAILER-DAEMON@mx.example",
        ),
        (
            "A message could not be delivered to one or more recipients.\n\n"
            "Final-Recipient: rfc822; gone@customer.example\nAction: failed\nStatus: 5.1.1\n\n"
            "Message-ID: <sent@shop.example>\n",
            "Action: failed",
        ),
    ],
)
def test_without_a_report_the_recipient_is_the_one_named_after_the_failure(text, why):
    inbound = read(notice(text))

    assert (inbound.kind, inbound.kind_why) == ("bounce", why)
    assert inbound.bounced_recipient == "gone@customer.example"
    assert inbound.bounce_hard is True
    assert "sent@shop.example" in inbound.refers_to


def test_the_recipient_may_be_named_in_the_head_or_only_in_the_copy():
    head = mail("See below.", X_Failed_Recipients="gone@customer.example")
    copied = parts("Content-Type: text/plain\r\n\r\nFailed.", COPY, From="MAILER-DAEMON@mx.example")

    assert read(head).bounced_recipient == "gone@customer.example"
    assert read(copied).bounced_recipient == "carla@customer.example"
    assert "sent@shop.example" in read(copied).refers_to


def test_a_name_inside_their_system_gives_way_to_the_address_we_wrote_to():
    raw = bounce(final="carla@store-7", original="carla@customer.example")

    assert read(raw).bounced_recipient == "carla@customer.example"


def test_the_address_we_wrote_to_counts_not_the_one_they_forward_to():
    raw = bounce(final="carla@archive.example", original="carla@customer.example")

    assert read(raw).bounced_recipient == "carla@customer.example"


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        (
            {"From": "Mail Delivery System <x@mx.example>"},
            "From: Mail Delivery System <x@mx.example>",
        ),
        (
            {"From": "postmaster@mx.example", "Subject": "Undeliverable: The parcel"},
            "From: postmaster@mx.example, Subject: Undeliverable: The parcel",
        ),
        (
            {"From": "mail_gateway@mx.example", "Subject": "Unzustellbar: Paket"},
            "From: mail_gateway@mx.example, Subject: Unzustellbar: Paket",
        ),
        (
            {"From": "it@mx.example", "Return_Path": "<>", "Subject": "Delivery failure"},
            "Return-Path: <>, Subject: Delivery failure",
        ),
        (
            {"From": "it@mx.example", "X_Failed_Recipients": "a@b.example"},
            "X-Failed-Recipients: a@b.example",
        ),
    ],
)
def test_without_a_report_words_and_a_mail_systems_name_make_a_bounce(headers, why):
    raw = mail("The message could not be delivered to:\na@b.example\n550 User unknown\n", **headers)

    inbound = read(raw)

    assert (inbound.kind, inbound.kind_why) == ("bounce", why)
    assert inbound.bounced_recipient == "a@b.example"


@pytest.mark.parametrize(
    ("subject", "body", "sender"),
    [
        (
            "Undeliverable: The parcel",
            "Your mail could not be delivered?!",
            "carla@customer.example",
        ),
        (
            "Re: Undeliverable: The parcel",
            "It could not be delivered.",
            "postmaster@customer.example",
        ),
        ("Fwd: failure notice", "550 5.1.1 User unknown\nWhy?", "postmaster@customer.example"),
        ("WG: Unzustellbar", "konnte nicht zugestellt werden", "administrator@customer.example"),
        (
            "Delivery problem",
            "Hello,\nmails to you fail: 550 5.7.1 denied",
            "postmaster@c.example",
        ),
        ("Zustellung", "Guten Tag, das Paket wurde nicht zugestellt.", "system@customer.example"),
        ("Delivery status?", "Where is my lamp?", "root@customer.example"),
        ("The parcel", "It was not delivered; undeliverable, they say.", "relay@customer.example"),
        ("Delivery failure", "Mail to you is undeliverable. Can you look?", "root@c.example"),
        ("Delivery failure", "Mail to you is undeliverable since Monday.", "root@c.example"),
        ("Mail failed", "Mail to gone@b.example: 550 5.1.1\nThanks, Tom", "postmaster@c.example"),
        ("Mail delivery failed", "hello@shop.example: 550 5.1.1 unknown.", "postmaster@c.example"),
        (
            "Delivery problem with order 5",
            "Name: Carla\nEmail: carla@customer.example\nMy parcel could not be delivered",
            "system@forms.example",
        ),
        (
            "New message: Delivery failure",
            "Email: carla@customer.example\nMessage: my parcel could not be delivered",
            "noreply@forms.example",
        ),
        ("spam report", "I get spam from you", "abuse@customer.example"),
    ],
)
def test_people_write_about_undelivered_things_and_from_such_addresses(subject, body, sender):
    assert read(mail(body, Subject=subject, From=sender)).kind == "human"


@pytest.mark.parametrize("sender", ["carla@customer.example", "postmaster@customer.example"])
def test_a_bounce_that_a_person_forwards_is_a_persons_mail(sender):
    raw = parts(
        "Content-Type: text/plain\r\n\r\nYour server returns my mails: could not be delivered!",
        b"Content-Type: message/rfc822\r\n\r\n" + bounce().replace(b"cut", b"inner"),
        Subject="Fwd: Undelivered Mail Returned to Sender",
        From=sender,
    )

    assert read(raw).kind == "human"


def test_a_report_attached_by_a_person_is_a_persons_mail():
    raw = bounce(From="carla@customer.example").replace(b"multipart/report", b"multipart/mixed")

    assert read(raw).kind == "human"


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("Delivery failure", "Hello, this is what we got:"),
        ("Delivery failure", "We got this. What does it mean?"),
        ("Fwd: Delivery failure", ""),
    ],
)
def test_a_report_pasted_by_an_administrator_is_a_persons_mail(subject, words):
    pasted = f"{words}\n\nFinal-Recipient: rfc822; hello@shop.example\nAction: failed\n"

    assert read(mail(pasted, Subject=subject, From="postmaster@c.example")).kind == "human"


def receipt(disposition: str) -> bytes:
    return parts(
        "Content-Type: text/plain\r\n\r\nAbout your mail: Quota exceeded",
        "Content-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822; "
        f"carla@customer.example\r\nDisposition: {disposition}\r\n",
        kind="report; report-type=disposition-notification",
    )


def test_a_receipt_of_delivery_and_a_read_receipt_are_no_bounces():
    assert read(bounce("2.0.0", "delivered", "250 ok")).kind == "auto_reply"
    assert read(bounce("2.0.0", "relayed", "250 ok")).kind == "auto_reply"
    for told in ("manual-action/MDN-sent-manually; displayed", "manual-action/x; deleted"):
        inbound = read(receipt(told))
        assert inbound.kind == "auto_reply"
        assert inbound.kind_why == "Content-Type: multipart/report; a read receipt"


def test_a_person_who_attaches_a_read_receipt_is_a_person():
    raw = receipt("manual-action/x; displayed")
    mixed = raw.replace(b"report; report-type=disposition-notification", b"mixed")

    assert read(mixed).kind == "human"


def test_a_mail_filter_that_refuses_by_a_receipt_gives_the_mail_back():
    inbound = read(receipt("automatic-action/MDN-sent-automatically; deleted"))

    assert (inbound.kind, inbound.bounce_kind) == ("bounce", "failed")
    assert inbound.bounced_recipient == "carla@customer.example"


def complaint(fields: str, copy: str = COPY, **headers: str) -> bytes:
    return parts(
        "Content-Type: text/plain\r\n\r\nThis is an email abuse report.",
        f"Content-Type: message/feedback-report\r\n\r\n{fields}\r\n",
        copy,
        kind="report; report-type=feedback-report",
        **({"From": "fbl@provider.example", "Subject": "FW: our mail"} | headers),
    )


def test_a_complaint_names_who_complains_and_our_mail():
    inbound = read(complaint("Feedback-Type: abuse\r\nOriginal-Rcpt-To: <dora@provider.example>"))

    assert (inbound.kind, inbound.bounce_kind) == ("bounce", "complaint")
    assert inbound.kind_why == "Feedback-Type: abuse"
    assert inbound.bounced_recipient == "dora@provider.example"
    assert inbound.bounce_hard is None
    assert "sent@shop.example" in inbound.refers_to


def test_a_complaint_that_hides_who_it_is_from_is_from_whom_our_mail_was_to():
    inbound = read(complaint("Feedback-Type: abuse\r\nUser-Agent: x/1"))

    assert inbound.bounced_recipient == "carla@customer.example"


def test_a_complaint_without_its_fields_is_known_by_its_type():
    assert read(complaint("User-Agent: x/1")).bounce_kind == "complaint"


@pytest.mark.parametrize("kind", ["auth-failure", "not-spam"])
def test_reports_in_the_same_form_about_other_things_are_nobodys_complaint(kind):
    assert read(complaint(f"Feedback-Type: {kind}")).kind == "auto_reply"


def old_loop(sender: str, subject: str, copy: str) -> bytes:
    return parts("Content-Type: text/plain\r\n\r\n\r\n", copy, From=sender, Subject=subject)


def test_feedback_loops_older_than_the_format_are_complaints_too():
    marked = COPY.replace(
        "Message-ID", "X-HmXmrOriginalRecipient: eve@provider.example\r\nMessage-ID"
    )

    by_mark = read(
        old_loop("staff@provider.example", "complaint about message from 192.0.2.9", marked)
    )
    by_subject = read(
        old_loop("scomp@provider.example", "Email Feedback Report for IP 192.0.2.9", COPY)
    )

    assert (by_mark.bounce_kind, by_mark.bounced_recipient) == ("complaint", "eve@provider.example")
    assert (by_subject.bounce_kind, by_subject.bounced_recipient) == (
        "complaint",
        "carla@customer.example",
    )


def test_a_loop_that_writes_the_fields_into_the_text_is_a_complaint():
    text = "Feedback-Type: abuse\nOriginal-Rcpt-To: eve@provider.example\n\nVersion: 1\n"
    raw = mail(text, From="fbl@provider.example", Subject="FBL report")

    assert (read(raw).bounce_kind, read(raw).bounced_recipient) == (
        "complaint",
        "eve@provider.example",
    )
    assert (
        read(mail(text, From="abuse@customer.example", Subject="Fwd: FBL report")).kind == "human"
    )


@pytest.mark.parametrize(
    ("sender", "subject"),
    [
        ("carla@customer.example", "complaint about message from 192.0.2.9"),
        ("staff@customer.example", "Your mail attached, please explain"),
        ("abuse@customer.example", "Fwd: your newsletter"),
    ],
)
def test_a_person_who_attaches_our_mail_and_complains_is_a_person(sender, subject):
    assert read(old_loop(sender, subject, COPY)).kind == "human"


def test_a_complaint_that_a_person_forwards_is_a_persons_mail():
    raw = parts(
        "Content-Type: text/plain\r\n\r\nWe got this about you.",
        b"Content-Type: message/rfc822\r\n\r\n"
        + complaint("Feedback-Type: abuse").replace(b"cut", b"inner"),
        From="carla@customer.example",
    )

    assert read(raw).kind == "human"


@pytest.mark.parametrize(
    "text",
    [
        "a" * 60_000,
        "a@" * 30_000,
        "user " * 12_000,
        "550-x\n" * 10_000,
        "a: b\n\n" * 10_000,
        "\n" * 60_000,
        "sender exceeded over account " * 2000,
        "Message-ID: <" + "a" * 60_000,
    ],
)
def test_no_text_makes_reading_a_bounce_slow(text):
    raw = notice(text)
    began = time.process_time()

    read(raw)

    assert time.process_time() - began < 0.5  # far above what it takes: the machine may be busy


@settings(max_examples=100)
@given(st.binary(max_size=300), st.text(max_size=300))
def test_no_report_and_no_notice_makes_it_raise(fields, text):
    raw = parts(
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}".encode("utf-8", "replace"),
        b"Content-Type: message/delivery-status\r\n\r\nAction: failed\r\n" + fields,
        kind="report; report-type=delivery-status",
        From="MAILER-DAEMON@mx.example",
    )

    inbound = read(raw)

    assert inbound.kind != "human"


# How families of servers put it, in our own words: sender, subject, text, hard.
FAMILIES = [
    (
        "postmaster@mx.example",
        "Undeliverable: The parcel",
        "Your message did not reach some or all of the intended recipients.\n\n"
        "The following recipient(s) could not be reached:\n\n"
        "      gone@customer.example on 5/4/2026\n"
        "            The e-mail account does not exist at the organization.\n",
        True,
    ),
    (
        "postmaster@mx.example",
        "Unzustellbar: Das Paket",
        "Fehler bei der Nachrichtenzustellung an folgende Empfänger:\n\ngone@customer.example\n"
        "Die eingegebene E-Mail-Adresse wurde nicht gefunden.\n",
        True,
    ),
    (
        "postmaster@mx.example",
        "Échec de la remise : Le colis",
        "Échec de la remise pour ces destinataires :\n\ngone@customer.example\n"
        "La boîte aux lettres du destinataire est pleine.\n",
        False,
    ),
    (
        "Mailer-Daemon@mx.example",
        "Message undeliverable: The parcel",
        "Failed to deliver to 'gone@customer.example'\n"
        "SMTP module(domain customer.example) reports:\n"
        " message text rejected by mx.customer.example:\n 552 too big for me\n",
        False,
    ),
    (
        "system@mx.example",
        "Delivery Failure",
        "Could not deliver message to the following recipient(s):\n\n"
        "Failed Recipient: gone@customer.example\n"
        "Reason: Remote host said: 550 No such recipient\n",
        True,
    ),
    (
        "postmaster@mx.example",
        "Message Delivery Failure",
        "The following recipient(s) could not be reached:\n\n"
        "\tRecipient: [SMTP:gone@customer.example]\n"
        "\tReason:    The domain name customer.example was not found.\n",
        True,
    ),
    (
        "MAILER-DAEMON@mx.example",
        "Undeliverable mail: MTA-BLACKLIST",
        "To:\n<gone@customer.example>\nmx.customer.example\n"
        "Connected but sender was rejected.\n"
        "Remote host said: 554 5.7.1 blocked for poor reputation\n",
        False,
    ),
    (
        "postmaster@mx.example",
        "Message status - undeliverable",
        "The message that you sent was undeliverable to the following:\n"
        "    gone@customer.example (user not found)\n",
        True,
    ),
    (
        "MAILER-DAEMON@mx.example",
        "Delivery status notification: error",
        "Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this e-mail.\n\n"
        "    An error has occurred while attempting to deliver a message for\n"
        "    the following list of recipients:\n\n"
        "gone@customer.example: 451 Temporary failure, queue expired\n",
        False,
    ),
    (
        "mailer-daemon@mx.example",
        "Недоставленное сообщение",
        "Это письмо отправлено почтовым сервером.\nВаше письмо не может быть доставлено:\n\n"
        "<gone@customer.example>: пользователь не найден\n",
        True,
    ),
    (
        "postmaster@mx.example",
        "配信不能のお知らせ",
        "以下の宛先に配信できませんでした。\ngone@customer.example\nユーザが見つかりません。\n",
        True,
    ),
    (
        "postmaster@mx.example",
        "Onbestelbaar: pakket",
        "gone@customer.example\nHet e-mailadres is niet gevonden.\n",
        True,
    ),
    (
        "postmaster@mx.example",
        "Não entregue: pacote",
        "gone@customer.example\nCaixa de correio cheia\n",
        False,
    ),
    (
        "noreply@mx.example",
        "Mail delivery failed",
        "We could not deliver your mail to gone@customer.example: user unknown.\n",
        True,
    ),
    (
        "bounce-handler@mx.example",
        "Mail delivery failed",
        "<gone@customer.example>:\nThis account is over quota and cannot accept mail.\n"
        "The message could not be delivered.\n",
        False,
    ),
]


@pytest.mark.parametrize(
    ("sender", "subject", "text", "hard"), FAMILIES, ids=[subject for _, subject, _, _ in FAMILIES]
)
def test_servers_of_many_families_are_understood(sender, subject, text, hard):
    raw = mail(text, From=sender, Subject=subject, Content_Type="text/plain; charset=utf-8")

    inbound = read(raw)

    assert (inbound.kind, inbound.bounce_kind) == ("bounce", "failed")
    assert inbound.bounced_recipient == "gone@customer.example"
    assert inbound.bounce_hard is hard
