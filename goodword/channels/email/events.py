from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class MailboxConnected:
    KIND: ClassVar[str] = "email.mailbox_connected"
    begins_anew: bool  # another mailbox than before: only mail from now on is taken


@dataclass(frozen=True, slots=True)
class MailboxDisconnected:
    KIND: ClassVar[str] = "email.mailbox_disconnected"


@dataclass(frozen=True, slots=True)
class MailboxFailing:
    """Once an outage. `trouble` is the code of a Finding."""

    KIND: ClassVar[str] = "email.mailbox_failing"
    trouble: str


@dataclass(frozen=True, slots=True)
class MailboxRecovered:
    KIND: ClassVar[str] = "email.mailbox_recovered"
