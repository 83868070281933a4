"""The cast and what they do, through the real verbs.

Ana owns; Ben is an agent of the front team; Lea leads it; Lou is light there; Carl is an agent of
another team and must not see. Grace writes from outside.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from goodword.accounts import actions as accounts
from goodword.accounts.models import Role, Team, Teammate
from goodword.conversations.models import Conversation, Message
from goodword.desk import roads
from goodword.desk.answering import delivering, replying
from goodword.desk.answering.recipients import Recipients
from goodword.desk.intake import receiving
from goodword.desk.roads import Answer, CannotParse, Inbound, Outbound, Outcome, Party
from goodword.inboxes import actions as inboxes
from goodword.inboxes.models import Inbox

MONDAY_NOON = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
PASSWORD = "correct horse battery"
_numbers = itertools.count(1)


def make_house(at: datetime = MONDAY_NOON) -> SimpleNamespace:
    """A business with two teams, two inboxes and the cast."""
    ana = accounts.found(name="Ana Ruiz", email="ana@shop.example", password=PASSWORD, at=at)
    accounts.name_business(
        name="Marlow & Finch", zone="Europe/Berlin", country="DE", language="en", by=ana, at=at
    )

    def join(name: str, role: str) -> Teammate:
        return accounts.join(
            name=name,
            email=f"{name.split()[0].lower()}@shop.example",
            password=PASSWORD,
            role=role,
            by=ana,
            at=at,
        )

    ben, lea = join("Ben Okri", Role.AGENT), join("Lea Sommer", Role.LEAD)
    lou, carl = join("Lou Field", Role.LIGHT), join("Carl Voss", Role.AGENT)
    front = accounts.make_team(name="Front", members=[ben, lea, lou], by=ana, at=at)
    workshop = accounts.make_team(name="Workshop", members=[carl], by=ana, at=at)
    hello = make_inbox(front, name="Hello", address="hello@shop.example", by=ana, at=at)
    repairs = make_inbox(workshop, name="Repairs", address="repairs@shop.example", by=ana, at=at)
    return SimpleNamespace(
        ana=ana, ben=ben, lea=lea, lou=lou, carl=carl,
        front=front, workshop=workshop, hello=hello, repairs=repairs,
    )  # fmt: skip


def make_inbox(
    team: Team,
    *,
    name: str,
    address: str,
    by: Teammate | None = None,
    at: datetime = MONDAY_NOON,
) -> Inbox:
    return inboxes.make(name=name, addresses=[address], team=team, by=by, at=at)


def inbound(
    text: str = "Where is my gift card?",
    *,
    sender: str = "grace@whitlow.example",
    name: str = "Grace Whitlow",
    subject: str = "The spring gift card",
    to: str = "hello@shop.example",
    answers: Message | None = None,
    at: datetime = MONDAY_NOON,
    **changes: object,
) -> Inbound:
    """A message as a road gives it; `answers` puts our message's id into its references."""
    number = next(_numbers)
    refers_to = (
        [each.value for each in answers.external_ids.filter(scope="email")] if answers else []
    )
    plain = Inbound(
        road="email",
        identity=f"identity-{number}",
        sender=Party(sender, name),
        said_at=at,
        subject=subject,
        text=text,
        to=[Party(to)],
        external_ids=[f"mail-{number}@whitlow.example"],
        refers_to=refers_to,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def receive(house: SimpleNamespace, *args: object, inbox: Inbox | None = None, **kw: object):
    """A message received into the front team's inbox."""
    message = inbound(*args, **kw)  # type: ignore[arg-type]
    return receiving.receive(message, inbox=inbox or house.hello, at=message.said_at)


def reply(
    conversation: Conversation,
    by: Teammate,
    text: str = "It left this morning.",
    *,
    at: datetime,
    to: Sequence[str] = ("grace@whitlow.example",),
    **kw: Sequence[str],
) -> Message:
    recipients = Recipients(to=tuple(to), **{k: tuple(v) for k, v in kw.items()})
    return replying.reply(conversation, by=by, text=text, recipients=recipients, at=at)


@dataclass
class MemoryRoad:
    """A road whose other side answers as told: by address, "accepted" when nothing is said."""

    name: str = "email"
    sent: list[Outbound] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    trouble: str = ""
    before_commit: Callable[[], None] = lambda: None
    after_commit: Callable[[], None] = lambda: None

    def parse(self, raw: bytes, *, received_at: datetime, envelope_to: Sequence[str]) -> Inbound:
        raise CannotParse("a road in memory takes nothing in")

    def send(self, outbound: Outbound, *, commit: Callable[[Sequence[str]], None]) -> Outcome:
        if self.trouble:
            return Outcome(trouble=self.trouble)
        self.before_commit()
        taken = {a: self.answers.get(a, Answer("accepted", "250 ok")) for a in outbound.envelope}
        reachable = [a for a, answer in taken.items() if answer.state in {"accepted", "unknown"}]
        if reachable:
            commit(reachable)
            self.sent.append(outbound)
        self.after_commit()
        return Outcome(answers=taken)

    def can_send(self, inbox_id: int) -> bool:
        return not self.trouble


def deliver(*, at: datetime, road: MemoryRoad | None = None) -> MemoryRoad:
    """Let the deliverer do everything due at `at`, over a road in memory."""
    road = road or MemoryRoad()
    real = roads._roads.get("email")
    roads.register(road)
    try:
        delivering.deliver_due(clock=lambda: at)
    finally:
        if real is not None:
            roads.register(real)
    return road
