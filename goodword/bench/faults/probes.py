"""What the doors say at this moment, asked as a stranger asks."""

from __future__ import annotations

import smtplib

from goodword.bench.faults.house import House
from goodword.bench.faults.plan import Letter
from goodword.bench.servers import LOOPBACK


def smtp_says(house: House, letter: Letter) -> int:
    """The code that ends an attempt to hand the letter in; 250: taken, 0: no answer."""
    [port, *_] = house.doors()
    try:
        with smtplib.SMTP(LOOPBACK, port, timeout=30) as line:
            line.sendmail("customer@home.example", [letter.inbox], letter.raw)
    except smtplib.SMTPRecipientsRefused as refused:
        [(code, _)] = refused.recipients.values()
        return code
    except smtplib.SMTPResponseException as refused:
        return refused.smtp_code
    except (OSError, smtplib.SMTPException):
        return 0
    return 250


def pipe_says(house: House, letter: Letter) -> int:
    """How `goodword mail receive` ends: 0 when it was taken."""
    process = house.begin_command("mail", "receive", "--to", letter.inbox)
    process.communicate(letter.raw, timeout=60)
    return int(process.returncode)


def arrivals(house: House) -> int:
    [(count,)] = house.rows("SELECT count(*) FROM desk_arrival")
    return int(count)
