"""A desk with as many conversations as wanted, filled in minutes, that `goodword check` approves.

Three years of mail: most of it is answered and closed; the newest twentieth is open.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from django.db.models import Model

from goodword.accounts import actions as accounts
from goodword.accounts.models import Role
from goodword.bench.bulk import Table, loading
from goodword.bench.made_up import RARE, RARE_TIMES, MadeUp, Words
from goodword.conversations.models import Conversation, ExternalId, Message, Recipient, Tag
from goodword.core.text import one_line
from goodword.desk.models import Dispatch, NoAnswerNeeded
from goodword.events.models import Event
from goodword.inboxes import actions as inboxes
from goodword.people.models import Address, Holding, Person, Word
from goodword.people.words import sorts_as, words_of
from goodword.promises.models import Promise, Step

PASSWORD = "a word for the bench"
OWNER, AGENT = "ana@shop.example", "ben@shop.example"
YEARS = timedelta(days=3 * 365)
CHUNK = 10_000  # conversations written at once
_TAGS = ("repair", "gift card", "press", "wholesale", "praise", "complaint", "urgent", "return")
_HOUR = 3600.0
_DAY = 24 * _HOUR


def fill(
    conversations: int, *, at: datetime, tell: Callable[[int], None] = lambda done: None
) -> None:
    """People, conversations and all that hangs on them, into an empty and migrated database.

    `at` is now: the newest message was said shortly before. `tell` hears how many are in.
    """
    house = _house(at)
    models: list[type[Model]] = [
        Person, Word, Address, Holding, Conversation, Conversation.tags.through, Message, Recipient,
        ExternalId, Promise, Step, NoAnswerNeeded, Dispatch, Event,
    ]  # fmt: skip
    with loading(models):
        desk = _Desk(conversations, house, at)
        for number in range(conversations):
            desk.converse(number)
            if (number + 1) % CHUNK == 0 or number + 1 == conversations:
                desk.write()
                tell(number + 1)


def _house(at: datetime) -> SimpleNamespace:
    """Three teams with four inboxes: the agent sees the first two, 7 conversations in 10."""
    made_at = at - YEARS
    ana = accounts.found(name="Ana Ruiz", email=OWNER, password=PASSWORD, at=made_at)
    accounts.name_business(
        name="Marlow & Finch", zone="Europe/Berlin", country="DE", language="en", by=ana, at=made_at
    )
    ben, cleo, dan, eva, finn = (
        accounts.join(
            name=name, email=email, password=PASSWORD, role=Role.AGENT, by=ana, at=made_at
        )
        for name, email in (
            ("Ben Okri", AGENT),
            ("Cleo Marsh", "cleo@shop.example"),
            ("Dan Frey", "dan@shop.example"),
            ("Eva Lind", "eva@shop.example"),
            ("Finn Ode", "finn@shop.example"),
        )
    )
    members = {"Front": [ana, ben, cleo], "Workshop": [dan, ana], "Office": [eva, finn]}
    teams = {
        name: accounts.make_team(name=name, members=who, by=ana, at=made_at)
        for name, who in members.items()
    }
    made = [
        inboxes.make(
            name=name,
            addresses=[f"{name.lower()}@shop.example"],
            team=teams[team],
            by=ana,
            at=made_at,
        )
        for name, team in (
            ("Hello", "Front"),
            ("Orders", "Front"),
            ("Repairs", "Workshop"),
            ("Press", "Office"),
        )
    ]
    return SimpleNamespace(
        inboxes=made,
        shares=(50, 20, 20, 10),
        answering={inbox.pk: [each.pk for each in members[inbox.team.name]] for inbox in made},
        tags=[Tag.objects.create(name=name).pk for name in _TAGS],
        addresses={
            inbox.pk: Address.objects.create(kind="email", written=address, value=address).pk
            for inbox in made
            for address in [f"{inbox.name.lower()}@shop.example"]
        },
    )


class _Desk:
    """Draws the conversations one by one; `write` puts them into the database."""

    def __init__(self, size: int, house: SimpleNamespace, at: datetime) -> None:
        self._size, self._house, self._now = size, house, at.timestamp()
        self._made = MadeUp(seed=size)
        self._dice = self._made.dice
        # A small desk has full pages too.
        self._open_from = size - max(size // 20, min(600, size * 6 // 10))
        self._rare_every = max(1, size // RARE_TIMES)
        self._first_address = max(house.addresses.values()) + 1
        self._people = 0
        self._promises = 0
        self._messages = 0
        self._last_key = 0
        self._tables = (
            people, found_by, addresses, holdings, conversations, tags, messages, recipients, ids,
            promises, steps, waived, dispatches, events,
        ) = (
            Table(Person, "id", "public_id", "name", "sorts_as", "made_at"),
            Table(Word, "person_id", "word"),
            Table(Address, "id", "kind", "written", "value"),
            Table(Holding, "person_id", "address_id", "since", "preferred", "primary"),
            Table(
                Conversation, "id", "public_id", "reference", "inbox_id", "person_id", "subject",
                "state", "assignee_id", "snoozed_until", "closed_at", "closed_by_id", "trashed_at",
                "made_at", "latest_key", "latest_words", "latest_is_ours",
            ),
            Table(Conversation.tags.through, "conversation_id", "tag_id"),
            Table(
                Message, "id", "public_id", "conversation_id", "kind", "direction", "road",
                "person_id", "address_id", "teammate_id", "author_name", "said_at", "stored_at",
                "subject", "text", "html", "search_text", "inbound_kind", "counted",
            ),
            Table(Recipient, "message_id", "role", "address_id", "name", "state", "changed_at"),
            Table(ExternalId, "scope", "value", "message_id"),
            Table(
                Promise, "id", "public_id", "kind", "direction", "person_id", "owner_id", "team_id",
                "conversation_id", "inbox_id", "message_id", "due_at", "state", "made_at",
                "ended_at", "ended_by_id", "ended_why", "look_at",
            ),
            Table(Step, "promise_id", "kind", "at", "by_id", "data"),
            Table(NoAnswerNeeded, "message_id", "conversation_id", "by_id", "at"),
            Table(Dispatch, "message_id", "queued_at"),
            Table(Event, "at", "kind", "actor", "subject", "data"),
        )  # fmt: skip
        self.people, self.addresses, self.holdings = people, addresses, holdings
        self.found_by = found_by
        self.conversations, self.tags, self.messages = conversations, tags, messages
        self.recipients, self.ids, self.promises, self.steps = recipients, ids, promises, steps
        self.waived, self.dispatches, self.events = waived, dispatches, events

    def write(self) -> None:
        for table in self._tables:
            table.write()

    def converse(self, number: int) -> None:
        """One conversation from its first word to how it stands now."""
        dice, made = self._dice, self._made
        inbox = dice.choices(self._house.inboxes, self._house.shares)[0]
        who = self._person(number)
        state = self._state(number)
        # Taken by one, or left to the team while it is open.
        taken = state not in {"spam", "open"} or dice.random() < 0.75
        by = dice.choice(self._house.answering[inbox.pk]) if taken else None
        one = SimpleNamespace(
            pk=number + 1, inbox=inbox, by=by, state=state, subject=made.subject(), **who
        )
        answers = dice.choices((1, 2, 3, 6), (70, 20, 7, 3))[0]
        awaits = state == "open" and dice.random() < 0.6
        if state == "spam" or (awaits and by is None):
            answers = 0
        elif by is None:
            one.by = by = dice.choice(self._house.answering[inbox.pk])
        # The last word of some closed ones is a thank-you that needs no answer.
        thanked = state == "closed" and dice.random() < 0.1
        turns = answers * 2 + (awaits or thanked or state == "spam")
        moments = self._moments(number, turns)
        for turn, moment in enumerate(moments):
            if turn % 2:
                self._answer(one, moment)
            else:
                self._ask(one, moment, last=turn == turns - 1)
        if dice.random() < 0.05:
            self._note(one, moments[-1] + 60)
        self._stand(one, moments, number)

    def _person(self, number: int) -> dict[str, object]:
        """Who writes: someone new, or one in three times someone who wrote before."""
        dice = self._dice
        if self._people and dice.random() < 0.35:
            pk = dice.randrange(self._people) + 1
            return {"person": pk, "address": self._first_address + pk - 1, "name": ""}
        self._people = pk = self._people + 1
        name = self._made.name()
        value = f"{name.lower().replace(' ', '.')}.{pk}@mail.example"
        since = _text(self._begin(number))
        address = self._first_address + pk - 1
        shown = name if dice.random() < 0.9 else ""
        self.people.add(pk, self._made.public_id(), shown, sorts_as(shown, value), since)
        for word in sorted(words_of([shown], [value])):
            self.found_by.add(pk, word)
        self.addresses.add(address, "email", value, value)
        self.holdings.add(pk, address, since, True, True)
        return {"person": pk, "address": address, "name": shown}

    def _state(self, number: int) -> str:
        chance = self._dice.random()
        if number >= self._open_from:
            return "open" if chance > 0.04 else "snoozed"
        return "closed" if chance > 0.03 else "spam" if chance > 0.01 else "trash"

    def _begin(self, number: int) -> float:
        """When it began: one after another, evenly over the years, the last an hour ago."""
        return self._now - _HOUR - YEARS.total_seconds() * (1 - (number + 1) / self._size)

    def _moments(self, number: int, turns: int) -> list[float]:
        begin = self._begin(number)
        gap = min(18 * _HOUR, (self._now - begin - 120) / max(1, turns))
        return [begin + gap * (turn + self._dice.random() * 0.9) for turn in range(turns)]

    def _said(self) -> Words:
        self._messages += 1
        return self._made.text(self._messages)

    def _key(self, moment: float) -> int:
        """Unique by the lot and, within one millisecond, by counting on."""
        return (int(moment * 1000) << 20) | (self._messages * 7919 & 0xFFFFF)

    def _ask(self, one: SimpleNamespace, moment: float, *, last: bool) -> None:
        words = self._said()
        text, folded = words
        if (one.pk - 1) % self._rare_every == 0 and not hasattr(one, "key"):
            text, folded = f"{text}\n{RARE}", f"{folded} {RARE}"
        html = ""
        if self._dice.random() < 0.4:
            html = f"<div dir=ltr><p>{text}</p></div>".replace("\n", "<br>\n")
        key, said = self._key(moment), _text(moment)
        one.key, one.words, one.said, one.asked = key, text, moment, key
        self.messages.add(
            key, self._made.public_id(), one.pk, "message", "in", "email", one.person, one.address,
            None, one.name, said, said, one.subject, text, html,
            f"{one.subject.lower()} {one.name.lower()} {folded}", "human", True,
        )  # fmt: skip
        self.recipients.add(
            key, "to", self._house.addresses[one.inbox.pk], one.inbox.name, "named", said
        )
        self._know(one, key, said, "conversations.message_received", f"person:{one.person}")
        self._owe(one, moment, last=last)

    def _owe(self, one: SimpleNamespace, moment: float, *, last: bool) -> None:
        """The answer: kept by the next turn, still owed, or let go at the last one."""
        self._promises += 1
        is_open = last and one.state in {"open", "snoozed"}
        end = {"spam": "spam", "trash": "trash"}.get(one.state, "no_answer_needed")
        owner = one.by or (None if is_open else self._house.answering[one.inbox.pk][0])
        made, due = _text(moment), _text(moment + _DAY)
        state = "open" if is_open else "released" if last else "kept"
        ended = None if is_open else _text(moment + 60 if last else moment + 3 * _HOUR)
        self.promises.add(
            self._promises, self._made.public_id(), "reply", "ours", one.person, owner,
            None if owner else one.inbox.team_id, one.pk, one.inbox.pk, one.asked, due, state,
            made, ended, None if is_open else owner, end if state == "released" else "",
            due if is_open else None,
        )  # fmt: skip
        about = f"promise:{self._promises}"
        # As json.dumps writes it, which takes ten times as long.
        data = f'{{"kind": "reply", "conversation_id": {one.pk}, "inbox_id": {one.inbox.pk}}}'
        self.steps.add(self._promises, "made", made, None, "{}")
        self.events.add(made, "promises.made", "system:0", about, data)
        if not is_open:
            self.steps.add(self._promises, state, ended, owner, "{}")
            self.events.add(ended, f"promises.{state}", f"teammate:{owner}", about, data)
        if state == "released" and one.state == "closed":
            self.waived.add(one.asked, one.pk, owner, ended)

    def _answer(self, one: SimpleNamespace, moment: float) -> None:
        words = self._said()
        key, said = self._key(moment), _text(moment)
        one.key, one.words, one.said = key, words.text, moment
        self.messages.add(
            key, self._made.public_id(), one.pk, "message", "out", "email", None, None, one.by,
            "", said, said, f"Re: {one.subject}", words.text, "",
            f"{one.subject.lower()} {words.folded}", "", True,
        )  # fmt: skip
        self.recipients.add(key, "to", one.address, one.name, "accepted", said)
        self.dispatches.add(key, said)
        self._know(one, key, said, "desk.message_delivered", f"teammate:{one.by}")

    def _note(self, one: SimpleNamespace, moment: float) -> None:
        words = self._said()
        said = _text(moment)
        author = one.by or self._house.answering[one.inbox.pk][0]
        self.messages.add(
            self._key(moment), self._made.public_id(), one.pk, "note", "internal", "note", None,
            None, author, "", said, said, "", words.text, "", words.folded, "", False,
        )  # fmt: skip

    def _know(self, one: SimpleNamespace, key: int, said: str, kind: str, actor: str) -> None:
        value = f"<{self._made.public_id()}@mail.example>"
        self.ids.add("email", value, key)
        data = f'{{"conversation_id": {one.pk}, "inbox_id": {one.inbox.pk}, "message_id": {key}}}'
        self.events.add(said, kind, actor, f"conversation:{one.pk}", data)

    def _stand(self, one: SimpleNamespace, moments: list[float], number: int) -> None:
        """The conversation's own row, its tag, and how it came to its state."""
        ended = _text(one.said + 120)
        until = _text(self._now + _DAY) if one.state == "snoozed" else None
        closed = one.state == "closed"
        self.conversations.add(
            one.pk, self._made.public_id(), self._made.reference(number), one.inbox.pk, one.person,
            one.subject, one.state, one.by, until,
            ended if closed else None, one.by if closed else None,
            ended if one.state == "trash" else None, _text(moments[0]), one.key,
            one_line(one.words), len(moments) % 2 == 0,
        )  # fmt: skip
        if self._dice.random() < 0.3:
            self.tags.add(one.pk, self._dice.choice(self._house.tags))
        if one.state != "open":
            about = {"conversation_id": one.pk, "inbox_id": one.inbox.pk}
            data = json.dumps({**about, "before": "open", "after": one.state, "why": ""})
            self.events.add(
                ended, "conversations.state_changed", f"teammate:{one.by}",
                f"conversation:{one.pk}", data,
            )  # fmt: skip


def _text(moment: float) -> str:
    """As both databases read it, in UTC."""
    return datetime.fromtimestamp(moment, tz=UTC).isoformat(" ", "microseconds")[:-6]
