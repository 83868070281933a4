"""What mail servers say when they give a mail back: `words/bounces.toml`, and their codes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, get_args

# Why a mail came back. The first four say that the address itself is bad (hard); with all others
# the same address may take the next mail. "": not told.
Reason = Literal[
    "no_such_address",
    "no_such_host",
    "takes_no_mail",  # the domain says so (RFC 7505)
    "moved",  # the address is given up, another may be named
    "mailbox_full",
    "mailbox_closed",  # disabled, suspended, inactive: it exists, and may be opened again
    "too_large",
    "too_many",  # mails, connections or recipients at a time
    "spam",  # content or reputation
    "policy",  # our address, server, encryption or signature does not suit them
    "unreachable",  # nobody answered until time ran out, or it went in circles
    "not_now",  # greylisted, out of order: later it may do
    "refused",  # and no reason that we know
    "",
]
BAD_ADDRESS: frozenset[Reason] = frozenset(
    {"no_such_address", "no_such_host", "takes_no_mail", "moved"}
)

_TABLES = tomllib.loads(
    Path(__file__).with_name("words").joinpath("bounces.toml").read_text("utf-8")
)


def _any_of(phrases: Iterable[str], *, before: str = "", after: str = "") -> re.Pattern[str]:
    rows = "|".join(f"(?:{_spelled_out(phrase)})" for phrase in phrases)
    return re.compile(f"{before}(?:{rows}){after}", re.IGNORECASE | re.MULTILINE)


def _spelled_out(phrase: str) -> str:
    for short, long in _TABLES["short"].items():
        phrase = phrase.replace(short, long)
    return phrase.replace("\\\n", "")


# In the order in which they are looked for. Matched against `bounce_reasons.plain` text.
REASONS: list[tuple[Reason, re.Pattern[str]]] = [
    (reason, _any_of(_TABLES["reasons"][reason]))
    for reason in sorted(
        (one for one in get_args(Reason) if one), key=list(_TABLES["reasons"]).index
    )
]
SUBJECT = _any_of(_TABLES["notices"]["subject"])
TELLING = _any_of(_TABLES["notices"]["telling"])
DELAYED = _any_of(_TABLES["notices"]["delayed"])
STOCK = _any_of(_TABLES["notices"]["stock"])
GREETING = _any_of(_TABLES["notices"]["greeting"])
FAREWELL = _any_of(_TABLES["notices"]["farewell"], before=r"^[ \t]{0,20}")
COPY = _any_of(
    _TABLES["notices"]["copy"],
    before=r"^[ \t>=*_-]{0,80}(?:begin |start of |here is )?",
)
DAEMON = _any_of(_TABLES["senders"]["daemons"])
SERVER_WORDS = frozenset(_TABLES["senders"]["servers"])
MACHINE_WORDS = frozenset(_TABLES["senders"]["machines"])

# Enhanced status codes (RFC 3463, and the registry of RFC 5248), without the class.
STATUS_REASONS: dict[str, Reason] = {
    "1.1": "no_such_address",
    "1.2": "no_such_host",
    "1.3": "no_such_address",
    "1.6": "moved",
    "1.7": "policy",
    "1.8": "policy",
    "1.9": "policy",
    "1.10": "takes_no_mail",
    "2.1": "mailbox_closed",
    "2.2": "mailbox_full",
    "2.3": "too_large",
    "2.4": "not_now",
    "3.4": "too_large",
    "4.4": "no_such_host",
    "4.310": "no_such_host",  # Exchange Online: no DNS entry
    "5.3": "too_many",
    "7.17": "moved",  # the mailbox has another owner now (RFC 7293)
    "7.18": "moved",
}
# By the digit in the middle, where the table above has no row.
SUBJECT_REASONS: dict[str, Reason] = {
    "1": "no_such_address",
    "2": "refused",
    "3": "not_now",
    "4": "unreachable",
    "5": "refused",
    "6": "policy",
    "7": "policy",
}
# Basic reply codes (RFC 5321, 4.2.3) that tell more than "no".
REPLY_REASONS: dict[str, Reason] = {
    "421": "not_now",
    "450": "not_now",
    "451": "not_now",
    "452": "mailbox_full",
    "511": "no_such_address",
    "512": "no_such_host",
    "530": "policy",
    "535": "policy",
    "551": "moved",
    "552": "mailbox_full",
    "556": "takes_no_mail",
}
