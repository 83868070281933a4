"""The months behind us: who wrote, what was answered and promised, and what became of it."""

from __future__ import annotations

import itertools
import random
import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Any

from goodword.accounts.models import Teammate
from goodword.conversations import actions as conversations
from goodword.conversations.models import Message
from goodword.desk import handling
from goodword.desk.answering import replying
from goodword.desk.keeping import promising
from goodword.desk.keeping.promising import Said
from goodword.desk.roads import Party
from goodword.example.shop import ZONE, Shop
from goodword.example.story import DAY, MINUTE, Story
from goodword.people import actions as people
from goodword.plan import hours
from goodword.plan import queries as plan
from goodword.promises.models import Promise

_SEED = 1187  # the same shop for everybody
_PIECES = ("ring", "bracelet", "brooch", "pendant", "signet ring", "locket")


@dataclass(frozen=True, slots=True)
class Kept:
    """What an answer promises, and how that went: kept, late, broken, moved, released, open."""

    what: str
    days: int
    kind: str = "do"
    words: str = ""
    done: str = ""  # the message that keeps it; empty: kept by hand


@dataclass(frozen=True, slots=True)
class Exchange:
    """One matter as people write it, with places for names and numbers."""

    language: str
    subject: str
    ask: str
    answer: str
    inbox: str = "hello"
    tag: str = ""
    note: str = ""
    thanks: str = ""
    promise: Kept | None = None


@lru_cache(maxsize=1)
def exchanges() -> list[Exchange]:
    found = []
    for name in ("english.toml", "abroad.toml"):
        read = tomllib.loads(files("goodword.example").joinpath(name).read_text("utf-8"))
        found += [_exchange(each) for each in read["exchange"]]
    return found


@lru_cache(maxsize=1)
def customers() -> dict[str, list[Party]]:
    """Who writes, by language."""
    read = tomllib.loads(files("goodword.example").joinpath("people.toml").read_text("utf-8"))
    return {
        language: [Party(address, name) for address, name in people.items()]
        for language, people in read.items()
    }


def _exchange(read: dict[str, Any]) -> Exchange:
    promise = read.pop("promise", None)
    return Exchange(**read, promise=Kept(**promise) if promise else None)


class Months:
    """`weeks` of ordinary days before today, `a_week` conversations in each; more in the last."""

    def __init__(self, story: Story, *, weeks: int, a_week: int) -> None:
        self._story, self._shop = story, story.shop
        self._weeks, self._a_week = weeks, a_week
        self._dice = random.Random(_SEED)  # noqa: S311  # nothing secret hangs on it
        self._turn: dict[str, int] = {}
        self._promised, self._numbers = 0, itertools.count()

    def begin(self) -> None:
        """Put every matter where it begins. Those of the last days end before now."""
        for days, count in ((self._weeks * 7, self._weeks * self._a_week), (8, 2 * self._a_week)):
            for place in range(count):
                self._begin_one(self._story.now - days * DAY * (1 - place / count))

    def _begin_one(self, about: datetime) -> None:
        number, wanted = next(self._numbers), exchanges()
        exchange = wanted[number * 7 % len(wanted)]
        about += self._dice.randrange(0, 300) * MINUTE
        opened = hours.opens_next(self._story.hours, about)
        came = self._story.open_after(opened, self._dice.randrange(5, 200))
        if came < self._story.now - 6 * 60 * MINUTE:
            self._story.at(came, _Matter(self, exchange, number).arrive)

    def customer(self, language: str) -> Party:
        known = customers()[language]
        turn = self._turn[language] = self._turn.get(language, -1) + 1
        return known[turn % len(known)]

    def whose(self, exchange: Exchange, number: int) -> Teammate:
        shop: Shop = self._shop
        if exchange.inbox == "repairs":
            return (shop.tom, shop.sam, shop.tom)[number % 3]
        if exchange.language == "de":
            return shop.ida
        return (shop.nora, shop.ida, shop.sam, shop.nora, shop.ida)[number % 5]

    def how_it_goes(self) -> str:
        """Most words are kept."""
        self._promised += 1
        for every, fate in ((19, "broken"), (11, "late"), (13, "moved"), (17, "released")):
            if self._promised % every == every // 2:
                return fate
        return "kept"

    @property
    def story(self) -> Story:
        return self._story

    @property
    def dice(self) -> random.Random:
        return self._dice


class _Matter:
    """One conversation from its first mail to its end."""

    def __init__(self, months: Months, exchange: Exchange, number: int) -> None:
        self._story, self._dice, self._months = months.story, months.dice, months
        self._exchange, self._number = exchange, number
        self._who = months.whose(exchange, number)
        self._from = months.customer(exchange.language)
        self._fate = months.how_it_goes() if exchange.promise else "kept"
        self._language = "en" if exchange.language == "trade" else exchange.language
        self._message: Message
        self._promise: Promise | None = None

    def _filled(self, text: str) -> str:
        first = self._from.name.split()[0]
        if self._exchange.language == "ja":  # 山田 花子: the family name stands first, as written
            first = self._from.name.split()[0] + "様"
        return text.strip().format(
            name=first,
            full=self._from.name,
            me=self._who.name.split()[0],
            ref=1100 + self._number,
            price=40 + self._number * 15 % 700,
            piece=_PIECES[self._number % len(_PIECES)],
        )

    def _soon(self, at: datetime, least: int, most: int) -> datetime:
        return self._story.open_after(at, self._dice.randrange(least, most))

    def arrive(self, at: datetime) -> None:
        exchange = self._exchange
        self._message = self._story.mail(
            self._from, self._filled(exchange.subject), self._filled(exchange.ask), at=at,
            to=self._story.shop.inbox(exchange.inbox), language=self._language,
        )  # fmt: skip
        if exchange.language == "trade" and self._message.person is not None:
            people.be_of_kind(
                self._message.person, self._story.shop.trade, by=self._story.shop.nora, at=at
            )
        self._story.at(self._soon(at, 4, 60), self._take)

    def _take(self, at: datetime) -> None:
        talk = self._message.conversation
        self._story.take(talk, self._who, at=at)
        if self._exchange.tag:
            conversations.tag(talk, self._exchange.tag, by=self._who, at=at)
        if self._exchange.note:
            note = self._filled(self._exchange.note)
            replying.write_note(talk, by=self._who, text=note, at=at + 2 * MINUTE)
        slow = self._number % 31 == 12  # now and then an answer is late
        self._story.at(self._soon(at, 560, 640) if slow else self._soon(at, 4, 100), self._answer)

    def _answer(self, at: datetime) -> None:
        promise = self._exchange.promise
        said = [self._said(promise, at)] if promise else []
        sent = self._story.answer(
            self._message, self._filled(self._exchange.answer), by=self._who, promised=said, at=at
        )
        if promise:
            self._promise = Promise.objects.get(message=sent)
            self._go_on_with_promise(at)
        elif self._exchange.thanks:
            self._story.at(self._soon(at, 20, 300), self._thank)
        else:
            self._story.at(self._soon(at, 500, 900), self._close)

    def _said(self, promise: Kept, at: datetime) -> Said:
        day = hours.opens_next(self._story.hours, at + promise.days * DAY)
        due = plan.current().day_due(self._message.conversation.inbox_id, day.date(), zone=ZONE)
        return Said(
            what=self._filled(promise.what), due=due, kind=promise.kind,
            words=self._filled(promise.words),
        )  # fmt: skip

    def _go_on_with_promise(self, at: datetime) -> None:
        assert self._promise is not None
        due, story = self._promise.due_at, self._story
        early = story.open_before(due, self._dice.randrange(20, 240))
        late = story.open_after(due, self._dice.randrange(15, 120))
        moment, act = {
            "broken": (late, self._promise_anew),
            "late": (late, self._keep),
            "moved": (story.open_before(due, 200), self._move),
            "released": (early, self._release),
        }.get(self._fate, (early, self._keep))
        story.at(max(moment, at + 5 * MINUTE), act)

    def _keep(self, at: datetime) -> None:
        exchange, promise = self._exchange, self._promise
        assert exchange.promise is not None and promise is not None
        if exchange.promise.done:
            done = self._filled(exchange.promise.done)
            self._story.answer(self._message, done, by=self._who, keeps=[promise], at=at)
        else:
            promising.keep(promise, by=self._who, at=at)
        if exchange.thanks:
            self._story.at(self._soon(at, 20, 300), self._thank)
        else:
            self._story.at(self._soon(at, 200, 900), self._close)

    def _later(self, days: int) -> Any:
        """The end of a day after the one that was promised."""
        assert self._promise is not None
        day = hours.opens_next(self._story.hours, self._promise.due_at + days * DAY)
        return plan.current().day_due(self._promise.inbox_id, day.date(), zone=ZONE)

    def _move(self, at: datetime) -> None:
        assert self._promise is not None
        why = "The part comes later than we were told"
        self._promise = promising.move(
            self._promise, due=self._later(2), why=why, by=self._who, at=at
        )
        self._fate = "kept"
        self._go_on_with_promise(at)

    def _promise_anew(self, at: datetime) -> None:
        assert self._promise is not None
        why = "It lay on the bench, and nobody had written it down"
        self._promise = promising.promise_anew(
            self._promise, due=self._later(2), why=why, by=self._who, at=at
        )
        self._fate = "kept"
        self._go_on_with_promise(at)

    def _release(self, at: datetime) -> None:
        assert self._promise is not None
        promising.release(self._promise, by=self._who, at=at)
        self._story.at(self._soon(at, 60, 500), self._close)

    def _thank(self, at: datetime) -> None:
        last = self._message.conversation.messages.order_by("-pk").filter(direction="out").first()
        self._message = self._story.mail(
            self._from, self._filled(self._exchange.subject), self._filled(self._exchange.thanks),
            at=at, to=self._story.shop.inbox(self._exchange.inbox), answers=last,
            language=self._language,
        )  # fmt: skip
        self._story.at(self._soon(at, 5, 90), self._end)

    def _end(self, at: datetime) -> None:
        """A "thank you!" asks for nothing: somebody decides so."""
        handling.no_answer_needed(self._message.conversation, by=self._who, at=at)
        self._story.at(at + timedelta(minutes=2), self._close)

    def _close(self, at: datetime) -> None:
        handling.close(self._message.conversation, by=self._who, at=at)
