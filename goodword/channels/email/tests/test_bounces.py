"""What a bounce tells: whom it is about, why, for how long, and which mail of ours."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodword.channels.email.bounce_reasons import reason_of
from goodword.channels.email.tests.bounced import COPY, bounce, notice, taken_apart
from goodword.channels.email.tests.mails import mail, parts, read


def test_a_bounce_tells_recipient_reason_words_and_our_mail():
    inbound = read(bounce(said="550 5.1.1 <carla@customer.example>: User unknown"))

    assert (inbound.kind, inbound.bounce_kind) == ("bounce", "failed")
    assert inbound.kind_why == "Action: failed"
    assert inbound.bounced_recipient == "carla@customer.example"
    assert inbound.bounce_hard is True
    assert inbound.bounce_words == "550 5.1.1 <carla@customer.example>: User unknown"
    assert inbound.refers_to[0] == "sent@shop.example"


def test_a_report_that_came_without_anything_around_it_is_a_bounce():
    fields = (
        "Reporting-MTA: dns; a.example\r\n\r\nFinal-Recipient: rfc822; <carla@customer.example>\r\n"
    )
    inbound = read(
        mail(
            f"{fields}Action: failed\r\nStatus: 5.1.1\r\n",
            Content_Type="message/delivery-status",
            From="",
        )
    )

    assert (inbound.kind, inbound.bounced_recipient) == ("bounce", "carla@customer.example")


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


@pytest.mark.parametrize(
    "said",
    [
        "수신자의 편지함에 공간이 없습니다",
        "전달할 수 없습니다. 서버가 응답하지 않습니다",
        "Alıcı sunucusu bulunamadı, daha sonra tekrar denenecek",
        "Mottagarens brevlåda är full, okänd orsak",
        "A cím szervere ismeretlen",
    ],
)
def test_a_full_box_or_a_silent_server_makes_no_address_a_bad_one(said):
    assert taken_apart(notice(f"<carla@customer.example>: {said}")).hard is not True


@pytest.mark.parametrize(
    "said",
    [
        "수신자를 찾을 수 없습니다",
        "Adresát neexistuje",
        "Kullanıcı bulunamadı",
        "Mottagaren finns inte",
    ],
)
def test_an_address_that_there_is_not_is_a_bad_one_in_other_languages_too(said):
    assert taken_apart(notice(f"<carla@customer.example>: {said}")).hard is True


def test_a_bounce_that_tells_nothing_is_neither_hard_nor_soft():
    found = taken_apart(notice("Your message to <carla@customer.example> came back."))

    assert (found.reason, found.hard, found.kind) == ("", None, "failed")


def test_unknown_said_only_to_the_content_means_the_mail_unless_the_code_names_the_address():
    text = "SMTP error from remote mail server after end of data:\n host mx: 550 User unknown"
    coded = text.replace("550", "550 5.1.1")

    assert reason_of(diagnosis="", status="", notice=text)[0] == "refused"
    assert reason_of(diagnosis="", status="", notice=coded)[0] == "no_such_address"


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
