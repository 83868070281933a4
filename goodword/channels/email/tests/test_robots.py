import pytest

from goodword.channels.email.tests.mails import mail, parts, read


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({}, "human"),
        ({"Subject": "Out of office: back on Monday"}, "human"),
        ({"Subject": "Abwesenheitsnotiz"}, "human"),
        ({"Subject": "Undelivered Mail Returned to Sender"}, "human"),
        ({"Subject": "Delivery failed! My parcel could not be delivered"}, "human"),
        ({"From": "postmaster@customer.example"}, "human"),
        ({"From": "no-reply@customer.example"}, "human"),
        ({"Auto_Submitted": "no"}, "human"),
        ({"X_Auto_Response_Suppress": "DR, RN, NRN"}, "human"),
        ({"Precedence": "normal"}, "human"),
        ({"Feedback_ID": "1:2:3:provider"}, "human"),
        ({"Return_Path": "<carla@customer.example>"}, "human"),
        ({"X_Autoreply": "no"}, "human"),
        ({"Auto_Submitted": "auto-replied"}, "auto_reply"),
        ({"Auto_Submitted": "auto-generated (holiday)"}, "auto_reply"),
        ({"Auto_Submitted": "Auto-Notified; owner-email=x@y"}, "auto_reply"),
        ({"Precedence": "auto_reply"}, "auto_reply"),
        ({"Precedence": "bulk", "In_Reply_To": "<x@shop.example>"}, "auto_reply"),
        ({"X_Auto_Response_Suppress": "All"}, "auto_reply"),
        ({"X_Auto_Response_Suppress": "OOF, AutoReply"}, "auto_reply"),
        ({"X_Autoreply": "yes"}, "auto_reply"),
        ({"X_Autorespond": "yes"}, "auto_reply"),
        ({"X_Loop": "helpdesk@other.example"}, "auto_reply"),
        ({"X_Goodword_Automatic": "yes"}, "auto_reply"),
        ({"Return_Path": "<>"}, "auto_reply"),
        ({"List_Unsubscribe": "<https://news.example/u>"}, "list"),
        ({"List_Id": "News <news.shop2.example>"}, "list"),
        ({"Precedence": "list"}, "list"),
        ({"Precedence": "bulk"}, "list"),
        ({"From": "MAILER-DAEMON@mx.example", "Subject": "failure notice"}, "bounce"),
        ({"From": "Mail Delivery System <Mailer-Daemon@mx.example>"}, "bounce"),
        ({"X_Failed_Recipients": "gone@x.example"}, "bounce"),
        ({"Return_Path": "<>", "Subject": "Undelivered Mail Returned to Sender"}, "bounce"),
    ],
)
def test_who_wrote_it_is_told_by_headers_that_only_programs_set(headers, kind):
    inbound = read(mail(**headers))

    assert inbound.kind == kind
    assert bool(inbound.kind_why) == (kind != "human")


def test_a_customer_who_writes_to_our_own_google_group_is_no_mailing_list():
    headers = {
        "List_Id": "<hello.shop.example>",
        "Precedence": "list",
        "List_Unsubscribe": "<mailto:x@y>",
    }

    assert read(mail(**headers), envelope_to=["hello@shop.example"]).kind == "human"
    assert read(mail(**headers), envelope_to=["info@shop.example"]).kind == "list"


def bounce(status: str = "5.1.1", action: str = "failed", said: str = "550 5.1.1 unknown") -> bytes:
    return parts(
        "Content-Type: text/plain\r\n\r\nYour message could not be delivered.",
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; carla@customer.example\r\nAction: {action}\r\n"
        f"Status: {status}\r\nDiagnostic-Code: smtp; {said}\r\n",
        "Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <sent@shop.example>\r\n"
        "From: hello@shop.example\r\nTo: carla@customer.example\r\n",
        kind="report; report-type=delivery-status",
        From="MAILER-DAEMON@mx.example",
        Subject="Undelivered Mail Returned to Sender",
        Message_ID="<bounce@mx.example>",
    )


@pytest.mark.parametrize(
    ("status", "action", "hard"),
    [
        ("5.1.1", "failed", True),
        ("5.7.1", "failed", True),
        ("4.4.1", "failed", False),
        ("5.2.2", "failed", False),
        ("4.0.0", "delayed", False),
    ],
)
def test_a_bounce_tells_recipient_reason_hardness_and_our_mail(status, action, hard):
    inbound = read(bounce(status, action, f"550 {status} go away"))

    assert inbound.kind == "bounce"
    assert inbound.bounced_recipient == "carla@customer.example"
    assert inbound.bounce_hard is hard
    assert inbound.bounce_words == f"550 {status} go away"
    assert inbound.refers_to[0] == "sent@shop.example"


def test_a_bounce_that_carries_our_whole_mail_names_it_too():
    inbound = read(
        parts(
            "Content-Type: text/plain\r\n\r\nHi. This is the mail program at mx.example.\r\n\r\n"
            "<gone@customer.example>:\r\n550 no such user here\r\n",
            "Content-Type: message/rfc822\r\n\r\nMessage-ID:\r\n <whole@shop.example>\r\n"
            "To: gone@customer.example\r\n\r\nour words",
            From="MAILER-DAEMON@mx.example",
            Subject="failure notice",
        )
    )

    assert inbound.bounced_recipient == "gone@customer.example"
    assert inbound.bounce_hard is True
    assert "whole@shop.example" in inbound.refers_to


def test_a_receipt_of_delivery_and_a_read_receipt_are_no_bounces():
    read_receipt = parts(
        "Content-Type: text/plain\r\n\r\nYour mail was read.",
        "Content-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822; "
        "carla@customer.example\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n",
        kind="report; report-type=disposition-notification",
    )

    assert read(bounce("2.0.0", "delivered", "250 ok")).kind != "human"
    assert read(read_receipt).kind == "auto_reply"


def test_a_customer_who_forwards_a_bounce_is_still_a_customer():
    raw = parts(
        "Content-Type: text/plain\r\n\r\nYour server returns my mails: could not be delivered!",
        b"Content-Type: message/rfc822\r\n\r\n" + bounce().replace(b"cut", b"inner"),
        Subject="Fwd: Undelivered Mail Returned to Sender",
    )

    assert read(raw).kind == "human"
