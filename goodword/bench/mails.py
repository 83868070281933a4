"""Mails as a shop gets them: plain and HTML, some with attachments, many in threads."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

from goodword.bench.made_up import MadeUp

_ATTACHED, _HTML, _IN_THREAD = 0.1, 0.6, 0.4
_STYLE = "<style>p { margin: 0 0 1em; font-family: Arial, sans-serif }</style>"


def make(count: int, *, seed: int, to: str) -> Iterator[bytes]:
    """`count` raw mails to the address `to`, the same for the same seed.

    A tenth carries a file of 20 to 200 kB, six of ten HTML beside the text, and four of ten answer
    a mail of the same person that came before.
    """
    lots = random.Random(seed)
    made_up = MadeUp(seed)
    known: list[tuple[str, str, str]] = []  # address, subject, newest Message-ID
    for number in range(count):
        own_id = f"<{seed}.{number}.{lots.getrandbits(48):x}@mail.example>"
        if known and lots.random() < _IN_THREAD:
            which = lots.randrange(len(known))
            sender, subject, before = known[which]
            subject = subject if subject.startswith("Re: ") else f"Re: {subject}"
            known[which] = (sender, subject, own_id)
        else:
            sender, before = f"customer{number}@home{lots.randrange(400)}.example", ""
            subject = f"{made_up.subject()} ({number})"
            known.append((sender, subject, own_id))
        yield _mail(sender, to, subject, own_id, before, lots, made_up.text(number).text)


def _mail(
    sender: str,
    to: str,
    subject: str,
    own_id: str,
    before: str,
    lots: random.Random,
    words: str,
) -> bytes:
    mail = EmailMessage(policy=SMTP)
    name = sender.partition("@")[0].title()
    mail["Return-Path"] = f"<{sender}>"
    mail["Received"] = f"from mx.{sender.partition('@')[2]} by mx.shop.example; {_DATE}"
    mail["From"], mail["To"], mail["Subject"] = f"{name} <{sender}>", to, subject
    mail["Date"], mail["Message-ID"] = _DATE, own_id
    if before:
        mail["In-Reply-To"] = mail["References"] = before
    rows = words.splitlines()
    history = [f"On Mon, 16 Nov 2026 at 10:12, Shop <{to}> wrote:", *(f"> {row}" for row in rows)]
    mail.set_content("\n".join([*rows, name, "", *(history if before else [])]))
    if lots.random() < _HTML:
        paragraphs = "".join(f"<p>{row}</p>" for row in [*rows, *(history if before else [])])
        mail.add_alternative(f"<html><head>{_STYLE}</head><body>{paragraphs}</body></html>", "html")
    if lots.random() < _ATTACHED:
        data = lots.randbytes(lots.randint(20_000, 200_000))
        mail.add_attachment(data, maintype="application", subtype="pdf", filename="invoice.pdf")
    return mail.as_bytes()


_DATE = datetime(2026, 11, 16, 9, 12, tzinfo=UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
