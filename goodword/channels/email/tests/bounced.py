"""Mails that came back, as servers make them."""

from __future__ import annotations

from goodword.channels.email.bodies import read_body
from goodword.channels.email.bounces import Bounce, read_bounce
from goodword.channels.email.mime import Part
from goodword.channels.email.tests.mails import mail, parts

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
