"""Thousands of mails that went wrong in every way a seed can think of: none stops the intake."""

import random
import time

from goodword.channels.email.parsing import parse
from goodword.channels.email.tests.mails import ARRIVED, mail, parts, winmail
from goodword.desk.roads import CannotParse

SECONDS = 2.0
MOST_WORK = 0.2  # seconds of work on one mail of ordinary size
ODD = [
    b"\r\n",
    b"\n\n",
    b"\r",
    b"\0",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"=?utf-8?B?",
    b"?=",
    b"=?utf-16?Q?=D8=00?=",
    b"--cut",
    b"--cut--\r\n",
    b"Content-Type: multipart/mixed; boundary=cut\r\n",
    b"Content-Type: message/rfc822\r\n\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Transfer-Encoding: x-uuencode\r\n",
    b"charset=utf-7",
    b"charset=hex",
    b"filename*0*=utf-8'';",
    b'"' * 50,
    b"(" * 200,
    b"<" * 200,
    b">" * 200,
    b"@" * 50,
    b"begin 644 x\n",
    b"-----BEGIN PGP SIGNED MESSAGE-----\n\n",
    b"-----END PGP SIGNATURE-----\n",
    b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:",
    b"\x78\x9f\x3e\x22",
    b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02",
    b"Authentication-Results: ;;((\r\n",
    b"From: ",
    b"Fwd: ",
    b"On Mon, 4 May 2026 at 10:02, wrote:\n",
    b"<blockquote>" * 40,
    b"<!--",
    b"&#xD800;",
    b"9" * 300,
]
ICS = (
    "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nDTSTART:20260504T080000Z\r\n"
    "DURATION:PT1H\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR"
)
SEEDS = [
    mail("Hello\r\n> old\r\n"),
    parts(
        "Content-Type: text/plain; charset=utf-8\r\n\r\nHallö",
        "Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<b>=C3</b>",
        "Content-Type: message/rfc822\r\n\r\nFrom: d@d.example\r\nSubject: =?utf-8?Q?a?=\r\n\r\nwd",
        References="<a@x> <b@x>",
        Subject="Fwd: x",
    ),
    parts(
        b"Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\n"
        + winmail({"a.pdf": b"%PDF"}, html="<p>x</p>", text="x"),
        f"Content-Type: text/calendar; method=REQUEST\r\n\r\n{ICS}",
        b"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\n\r\n"
        + bytes.fromhex("308006092a864886f70d010702a08030800201013100308006092a864886f70d010701"),
    ),
    mail(
        "FYI\n\n---------- Forwarded message ---------\nFrom: Dora <d@d.example>\nSubject: x\n"
        "Date: Mon, 4 May 2026 10:02:00 +0200\n\nbegin 644 x\n#86)C\n`\nend\n",
        Subject="Fwd: x",
        Authentication_Results="mx.shop.example; dmarc=fail (p=reject); spf=fail",
    ),
    parts(
        "Content-Type: text/plain\r\n\r\nNot delivered: <nobody@shop.example>",
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
        "Final-Recipient: rfc822; nobody@shop.example\r\nAction: failed\r\nStatus: 5.1.1",
        "Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <a@shop.example>",
        kind="report; report-type=delivery-status",
        From="MAILER-DAEMON@shop.example",
        Return_Path="<>",
    ),
]


def damaged(whole: bytes, chance: random.Random) -> bytes:
    data = bytearray(whole)
    for _ in range(chance.randrange(1, 8)):
        at = chance.randrange(len(data) + 1)
        until = at + chance.randrange(60)
        match chance.randrange(5):
            case 0:
                data[at:until] = b""
            case 1:
                data[at:at] = chance.choice(ODD)
            case 2:
                data[at:until] = chance.randbytes(chance.randrange(20))
            case 3:
                data[at:at] = data[at:until] * chance.randrange(1, 20)
            case _:
                other = chance.choice(SEEDS)
                data[at:until] = other[chance.randrange(len(other)) :][:400]
    return bytes(data)


def test_no_damage_of_thousands_raises_or_takes_long():
    parse(SEEDS[2], received_at=ARRIVED, envelope_to=())  # the libraries are loaded once
    chance = random.Random(20260504)
    tried = 0
    ends = time.thread_time() + SECONDS
    while time.thread_time() < ends and tried < 4000:
        raw = damaged(chance.choice(SEEDS), chance)
        began = time.thread_time()
        try:
            inbound = parse(raw, received_at=ARRIVED, envelope_to=())
        except CannotParse:
            continue
        finally:
            tried += 1
        assert time.thread_time() - began < MOST_WORK, raw
        for shown in (inbound.text, inbound.html, inbound.subject, inbound.reply_text):
            shown.encode()  # raises on lone surrogates
            assert "\0" not in shown
        assert len(inbound.identity) == 64
        assert len(inbound.reply_text) <= len(inbound.text)
        assert all(file.name and len(file.name) <= 200 for file in inbound.files)

    assert tried > 200
