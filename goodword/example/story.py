"""What happens in the shop, moment after moment, in the order in which it happened."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from goodword.accounts.models import Teammate
from goodword.channels.email.pretending import PretendingRoad
from goodword.conversations.models import Conversation, Message
from goodword.desk import handling, roads
from goodword.desk.answering import delivering, replying
from goodword.desk.answering.recipients import Recipients
from goodword.desk.intake import receiving
from goodword.desk.keeping import reminding
from goodword.desk.keeping.promising import Said
from goodword.desk.roads import Inbound, Party
from goodword.events import actions as events
from goodword.example.shop import Shop
from goodword.inboxes import queries as inboxes
from goodword.inboxes.models import Inbox
from goodword.plan import hours
from goodword.plan import queries as plan
from goodword.plan.hours import Hours
from goodword.promises.models import Promise

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
UNDO = timedelta(seconds=12)
Act = Callable[[datetime], None]


class Story:
    """Acts wait for their moment; `play` lets them happen, up to `now` and no further."""

    def __init__(self, shop: Shop, *, now: datetime) -> None:
        self.shop, self.now = shop, now
        self._acts: list[tuple[datetime, int, Act]] = []
        self._numbers = itertools.count(1)
        found = plan.current().hours_of(shop.hello.pk)
        assert found is not None
        self.hours: Hours = found

    def at(self, moment: datetime, act: Act) -> None:
        heapq.heappush(self._acts, (moment, next(self._numbers), act))

    def play(self) -> None:
        with pretending():
            swept: datetime | None = None
            while self._acts and self._acts[0][0] <= self.now:
                moment, _number, act = heapq.heappop(self._acts)
                if swept is None or moment - swept > 6 * HOUR:
                    self._sweep(moment)
                    swept = moment
                act(moment)
            self._sweep(self.now)

    def _sweep(self, at: datetime) -> None:
        """What the worker does: nothing of it may wait for the day the example is looked at."""
        while events.hand_on(at=at) or reminding.remind_due(at=at) or handling.wake_due(at=at):
            pass

    # When the shop is open

    def open_after(self, moment: datetime, minutes: int) -> datetime:
        """When so many open minutes have passed."""
        return hours.after(self.hours, moment, minutes)

    def open_before(self, moment: datetime, minutes: int) -> datetime:
        """Since when so many open minutes have passed at `moment`."""
        left = timedelta(minutes=minutes)
        for begins, ends in reversed(list(hours.spans(self.hours, moment - 21 * DAY, moment))):
            if ends - begins >= left:
                return ends - left
            left -= ends - begins
        return moment - 21 * DAY

    def ago(self, minutes: int) -> datetime:
        """That long ago, on a round minute."""
        moment = self.now.replace(second=0, microsecond=0) - minutes * MINUTE
        return moment - (moment.minute % 5) * MINUTE

    def ahead(self, minutes: int) -> datetime:
        """That long from now, on a round minute, and when somebody is there."""
        moment = self.now.replace(second=0, microsecond=0) + minutes * MINUTE
        moment += (-moment.minute % 5) * MINUTE
        if hours.is_open(self.hours, moment):
            return moment
        return hours.opens_next(self.hours, moment) + (minutes % 7 * 15) * MINUTE

    # What people do

    def mail(
        self,
        sender: Party,
        subject: str,
        text: str,
        *,
        at: datetime,
        to: Inbox | None = None,
        answers: Message | None = None,
        language: str = "en",
    ) -> Message:
        """A mail from outside, as the mail road would give it."""
        inbox, number = to or self.shop.hello, next(self._numbers)
        referred = answers.external_ids.filter(scope="email") if answers else ()
        return receiving.receive(
            Inbound(
                road="email",
                identity=f"example-{number}",
                sender=sender,
                said_at=at,
                subject=f"Re: {subject}" if answers else subject,
                text=text.strip(),
                to=[Party(inboxes.sender_address(inbox))],
                external_ids=[f"{number}.{int(at.timestamp())}@{sender.address.split('@')[-1]}"],
                refers_to=[each.value for each in referred],
                language=language,
            ),
            inbox=inbox,
            at=at,
        )

    def answer(
        self,
        message: Message,
        text: str,
        *,
        by: Teammate,
        at: datetime,
        keeps: Sequence[Promise] = (),
        promised: Sequence[Said] = (),
    ) -> Message:
        """An answer, on its way once the undo window is over."""
        assert message.address is not None
        sent = replying.reply(
            message.conversation,
            by=by,
            text=text.strip(),
            recipients=Recipients(to=(message.address.written,)),
            keeps=keeps,
            promised=promised,
            at=at,
        )
        delivering.deliver_due(clock=lambda: at + UNDO)
        return sent

    def take(self, conversation: Conversation, by: Teammate, *, at: datetime) -> None:
        handling.assign(conversation, to=by, by=by, at=at)


@contextmanager
def pretending() -> Iterator[None]:
    """Nothing that is sent meanwhile leaves."""
    real = roads.road("email")
    roads.register(PretendingRoad())
    try:
        yield
    finally:
        roads.register(real)
