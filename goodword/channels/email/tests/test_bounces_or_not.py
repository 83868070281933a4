"""Which mails are bounces, and which are people who write about them."""

from __future__ import annotations

import pytest

from goodword.channels.email.tests.bounced import bounce
from goodword.channels.email.tests.mails import mail, parts, read


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
