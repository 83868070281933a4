"""What is going to happen, drawn from one seed: mails, answers, how the other side treats them, and
whom a kill hits and when. The same seed gives the same plan; only the machine's pace differs.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from enum import Enum
from typing import Literal

from goodword.bench.servers.smtp_sink import Drop, Manners

Door = Literal["mailbox", "smtp", "pipe"]
Shape = Literal["embedded", "grown"]

INBOXES = ("hello@shop.example", "orders@shop.example", "repairs@shop.example")
DOORS: tuple[Door, ...] = ("mailbox", "smtp", "pipe")


class Moment(Enum):
    """When a kill strikes. What is aimed at strikes a little after, as drawn."""

    WHENEVER = "at any moment"
    STARTING = "while it starts"
    TAKING = "as it has been given a mail by SMTP"
    BEFORE_250 = "as the mail server has an answer of ours in hand"
    POSTING = "as a teammate presses Send"


@dataclass(frozen=True, slots=True)
class Letter:
    """A customer's mail. It comes through each of `doors`, the same bytes each time."""

    token: str
    inbox: str
    doors: tuple[Door, ...]
    raw: bytes
    attachments: int
    # The first `goodword mail receive` of this letter is killed after so many seconds; 0: not.
    pipe_killed_after: float


@dataclass(frozen=True, slots=True)
class Reply:
    """What a teammate answers to the letter `to`, and how each recipient's server treats it."""

    token: str
    to: str  # a letter's token
    text: str
    recipients: dict[str, Manners]


@dataclass(frozen=True, slots=True)
class Kill:
    """`whom`: which of the running processes, all when empty. `seconds` after the moment."""

    moment: Moment
    whom: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Round:
    """Mails and answers that set out together, and the kill that meets them."""

    shape: Shape
    letters: tuple[Letter, ...]
    replies: tuple[Reply, ...]
    kill: Kill
    # Before the round: the IMAP server is started anew, or forgets its uids for this inbox.
    mailbox_restarts: bool
    mailbox_renumbered: str


@dataclass(frozen=True, slots=True)
class Plan:
    seed: int
    rounds: tuple[Round, ...]

    @property
    def letters(self) -> list[Letter]:
        return [letter for each in self.rounds for letter in each.letters]

    @property
    def replies(self) -> list[Reply]:
        return [reply for each in self.rounds for reply in each.replies]

    @property
    def digest(self) -> str:
        """Two runs with the same digest were planned alike."""
        return hashlib.sha256(repr(self.rounds).encode()).hexdigest()[:12]


def draw(seed: int, *, kills: int, shapes: tuple[Shape, ...] = ("embedded", "grown")) -> Plan:
    """A plan with `kills` rounds, the first half in the first shape."""
    dice = random.Random(seed)
    rounds = []
    earlier: list[Letter] = []
    for number in range(kills):
        shape = shapes[number * len(shapes) // kills]
        letters = tuple(_letter(dice, f"L{number}x{n}", earlier) for n in range(dice.randint(2, 4)))
        earlier = [*earlier, *letters][-20:]
        replies = tuple(
            _reply(dice, f"A{number}x{n}", dice.choice(earlier)) for n in range(dice.randint(1, 3))
        )
        renumbered = dice.choice(INBOXES) if dice.random() < 0.03 else ""
        rounds.append(
            Round(shape, letters, replies, _kill(dice, shape), dice.random() < 0.04, renumbered)
        )
    return Plan(seed, tuple(rounds))


def _letter(dice: random.Random, token: str, earlier: list[Letter]) -> Letter:
    inbox = dice.choice(INBOXES)
    message = EmailMessage()
    # Several letters of one customer; a third of them continue a thread.
    who = dice.randint(1, 40)
    message["From"] = f"Customer {who} <customer{who}@home.example>"
    message["To"] = inbox
    message["Subject"] = f"Question {token}"
    message["Date"] = "Sun, 22 Nov 2026 10:00:00 +0000"
    message["Message-ID"] = f"<{token}.{dice.getrandbits(64):x}@home.example>"
    if earlier and dice.random() < 0.3:
        message["In-Reply-To"] = f"<{dice.choice(earlier).token}@nowhere.example>"
    message.set_content(f"Where is my order, please?\nMy word is [{token}].\n")
    attachments = dice.choice((0, 0, 0, 1, 2))
    for n in range(attachments):
        data = dice.randbytes(dice.randint(10, 30_000))
        message.add_attachment(
            data, maintype="application", subtype="octet-stream", filename=f"file {n}.bin"
        )
    doors = [dice.choices(DOORS, weights=(50, 42, 8))[0]]
    if dice.random() < 0.1:  # the same mail comes a second way
        doors.append(dice.choices(DOORS, weights=(50, 50, 0))[0])
    return Letter(
        token=token,
        inbox=inbox,
        doors=tuple(doors),
        raw=_with_fixed_boundary(message.as_bytes(policy=SMTP), token),
        attachments=attachments,
        pipe_killed_after=dice.choice((0.0, dice.uniform(0.1, 1.0))),
    )


def _with_fixed_boundary(raw: bytes, token: str) -> bytes:
    """The stdlib draws boundaries by lots of its own."""
    begin = raw.find(b'boundary="')
    if begin < 0:
        return raw
    drawn = raw[begin + 10 : raw.index(b'"', begin + 10)]
    return raw.replace(drawn, f"=={token}==".encode())


def _reply(dice: random.Random, token: str, letter: Letter) -> Reply:
    recipients = {
        f"{token.lower()}.{n}@home.example": _manners(dice)
        for n in range(dice.choice((1, 1, 1, 2)))
    }
    # A long one fills the line's buffers, so that a break in the middle is felt as one.
    text = f"It is on its way. [{token}]\n" + (
        "And so on, and so on.\n" * dice.choice((0, 0, 9000))
    )
    return Reply(token, letter.token, text, recipients)


def _manners(dice: random.Random) -> Manners:
    return dice.choices(
        (
            Manners(),
            Manners(seconds=dice.uniform(0.05, 0.4)),
            Manners(refusal="550 5.1.1 No such user here"),
            Manners(refusal="451 4.2.0 Greylisted, come back", times=1),
            Manners(late_refusal="452 4.3.1 No room just now", times=1),
            Manners(late_refusal="554 5.7.1 We don't like it"),
            Manners(drop=Drop.MIDWAY, times=1),
            Manners(drop=Drop.LOSING, times=1),
            Manners(drop=Drop.KEEPING, times=1),
            Manners(drop=Drop.ANSWERED, times=1),
            # It hangs, and then the line breaks.
            Manners(drop=Drop.KEEPING, seconds=3, times=1),
        ),
        weights=(58, 14, 4, 4, 4, 2, 4, 3, 3, 3, 1),
    )[0]


_GROWN = ("web", "work-1", "work-2", "")


def _kill(dice: random.Random, shape: Shape) -> Kill:
    moment = dice.choices(list(Moment), weights=(45, 6, 16, 20, 13))[0]
    whom = dice.choice(_GROWN) if shape == "grown" else ""
    seconds = {
        Moment.WHENEVER: dice.uniform(0, 1.2),
        Moment.STARTING: dice.uniform(0.1, 1.5),
    }.get(moment, dice.choice((0.0, dice.uniform(0, 0.02), dice.uniform(0, 0.15))))
    return Kill(moment, whom, seconds)
