"""The Road protocol: what a channel implements, and the plain things that pass through it.

A road turns raw bytes into one `Inbound` and takes an `Outbound` to the other side. The desk knows
nothing else about it. `wiring.py` registers the roads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

InboundKind = Literal["human", "auto_reply", "bounce", "list"]
# What a bounce tells: it failed for good, it has not arrived yet and is still tried, or whoever
# got it calls it abuse (ARF, RFC 5965).
BounceKind = Literal["", "failed", "delayed", "complaint"]
# How the body is wrapped: what is encrypted can't be read here and is shown as such.
Protection = Literal["", "pgp_signed", "pgp_encrypted", "smime_signed", "smime_encrypted"]


@dataclass(frozen=True, slots=True)
class Party:
    """Someone named on a message. `address` as written; `kind` is the address's (email, phone…)."""

    address: str
    name: str = ""
    kind: str = "email"


@dataclass(frozen=True, slots=True)
class InboundFile:
    """An attachment. `content_id` (without <>) is set when the HTML shows it inline."""

    name: str
    content_type: str
    data: bytes
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Authentication:
    """What one server says about who sent the message (RFC 8601).

    `server`: its authserv-id, lower case. `verdict` is about the From address: fail when DMARC
    fails, or when without a DMARC result SPF and DKIM speak against it and nothing speaks for it;
    pass when DMARC passes, or an aligned DKIM signature or SPF does. `why`: the words that decided.
    """

    server: str
    verdict: Literal["pass", "fail", "none"]
    why: str = ""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A calendar invitation, as a card shows it.

    `method`: request, cancel, reply, publish… (lower case). `starts`/`ends` are ISO texts: a date
    when `all_day`, else a moment with offset; without one when the sender gave no zone (floating).
    `place`, `organiser`: as written. `repeats`: it stands for a series.
    """

    method: str
    title: str
    starts: str
    ends: str = ""
    all_day: bool = False
    place: str = ""
    organiser: str = ""
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A message passed on inside another, inline or attached: who wrote it, when, and what."""

    sender: Party
    subject: str = ""
    text: str = ""
    claimed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message from outside, the same for all channels.

    `identity`: two inbounds with the same identity are one message (an idempotency key, at most
    200 characters). `external_ids`: the ids the message carries; `refers_to`: the ids it answers,
    nearest first. `said_at`: aware, when it arrived. `claimed_at`: what the sender's clock said.
    `html` is as it came, cleaned whenever it is shown; `text` is the whole text; `reply_text` is
    `text` without the quoted history, for showing (never longer than `text`). `to`/`cc` as
    written. `delivered_to`: the addresses it reached us by (envelope), when known. `kind_why`:
    the rule that decided `kind`. `oddities`: what was strange about it, in words, to be shown.
    `authentications`: what servers on the way say of the sender, the last server first; which of
    them to trust the desk decides. `forwarded`: the message inside, when this one only passes it
    on. Of a bounce `bounce_hard` says whether the address is bad (None: not told); a complaint
    names in `bounced_recipient` who complains.
    """

    road: str
    identity: str
    sender: Party
    said_at: datetime
    subject: str = ""
    text: str = ""
    reply_text: str = ""
    html: str = ""
    to: Sequence[Party] = ()
    cc: Sequence[Party] = ()
    reply_to: Sequence[Party] = ()
    delivered_to: Sequence[str] = ()
    claimed_at: datetime | None = None
    kind: InboundKind = "human"
    kind_why: str = ""
    external_ids: Sequence[str] = ()
    refers_to: Sequence[str] = ()
    files: Sequence[InboundFile] = ()
    bounce_kind: BounceKind = ""
    bounced_recipient: str = ""
    bounce_hard: bool | None = None
    bounce_words: str = ""
    language: str = ""
    oddities: Sequence[str] = ()
    authentications: Sequence[Authentication] = ()
    protection: Protection = ""
    invitation: Invitation | None = None
    forwarded: Forwarded | None = None


class CannotParse(Exception):
    """The raw bytes can't be read as a message. They stay in the Arrival; `str()` says why."""


@dataclass(frozen=True, slots=True)
class OutboundFile:
    name: str
    content_type: str
    path: str  # on disk
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """What an answer answers, to be quoted below it. `moment` is aware, in the zone to show."""

    author: str
    moment: datetime
    text: str
    html: str = ""  # as it came, not cleaned


@dataclass(frozen=True, slots=True)
class Outbound:
    """One message to the other side. `envelope` holds the addresses still to be reached.

    `external_id` is final: sending again keeps it. `automatic`: not written by a person for this
    occasion (Auto-Submitted). `html` empty: the road makes it from `text`. `signature` stands
    between `text` and the quoted history.
    """

    external_id: str
    inbox_id: int
    sender: Party
    subject: str
    text: str
    said_at: datetime
    envelope: Sequence[str]
    html: str = ""
    signature: str = ""
    history: History | None = None
    to: Sequence[Party] = ()
    cc: Sequence[Party] = ()
    reply_to: Party | None = None
    in_reply_to: str = ""
    references: Sequence[str] = ()
    files: Sequence[OutboundFile] = ()
    automatic: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said about one recipient.

    accepted: it has the message. refused: it won't have it (`words` are the server's). later: not
    now, worth another try. unknown: the line broke when it could have accepted; a person decides.
    """

    state: Literal["accepted", "refused", "later", "unknown"]
    words: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Answers by envelope address. `trouble` names what is wrong with our own side, if anything."""

    answers: dict[str, Answer] = field(default_factory=dict)
    trouble: str = ""


class LeaseLost(Exception):
    """Raised by `commit` of `Road.send`: another worker has the message; send nothing."""


class Road(Protocol):
    """What a channel implements."""

    name: str

    def parse(self, raw: bytes, *, received_at: datetime, envelope_to: Sequence[str]) -> Inbound:
        """Read raw bytes. Raises CannotParse. Pure: no database, no network."""

    def send(self, outbound: Outbound, *, commit: Callable[[Sequence[str]], None]) -> Outcome:
        """Hand `outbound` over. Runs outside any transaction.

        `commit(addresses)` must be called at the last moment before the other side could accept,
        with the addresses it may accept for; before that call nothing can have been accepted. If
        it raises, stop and send nothing.
        """

    def can_send(self, inbox_id: int) -> bool:
        """Whether there is a way out of this inbox at all. Asked with every composer."""


_roads: dict[str, Road] = {}


def register(road: Road) -> None:
    _roads[road.name] = road


def road(name: str) -> Road:
    return _roads[name]
