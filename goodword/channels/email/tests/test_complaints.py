"""Complaints about our mail, in the form of a report or an older one."""

from __future__ import annotations

import pytest

from goodword.channels.email.tests.bounced import COPY
from goodword.channels.email.tests.mails import mail, parts, read


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
