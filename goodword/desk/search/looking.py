"""How a search that is understood walks through the desk: in batches of keys, from an index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Concat

from goodword.accounts import queries as accounts
from goodword.conversations import queries as conversations
from goodword.conversations import search
from goodword.conversations.models import Attachment, Conversation, Message, Recipient
from goodword.core import prepared
from goodword.desk.search.narrowing import Narrowed, alive
from goodword.desk.search.saying import OneMessage, Said

PAGE = 50
FEW = 500  # conversations that are looked at one and all
# Keys looked at together; the second for a page that lacks a few, the last again and again.
_BATCHES = (150, 50, 400, 800)
_AT_ONCE = 400  # keys in one query


class Hit(NamedTuple):
    """A conversation found. `at`: the key it stands by in the order; `message`: what matched."""

    conversation: int
    at: int
    message: int | None = None
    cursor: str = ""


class Look:
    """A search on its way."""

    def __init__(self, asked: Narrowed, *, oldest_first: bool = False) -> None:
        self._asked, self._oldest_first = asked, oldest_first
        self._few: list[int] | None = None
        self._has_looked = False

    def few(self) -> list[int] | None:
        """All conversations that can be meant, where an index says that they are few."""
        if not self._has_looked:
            self._has_looked = True
            for source in self._asked.sources:
                keys = set(source.order_by()[: FEW + 1])
                if len(keys) <= FEW:
                    self._few = sorted(keys)
                    break
        return self._few

    def few_by_words(self) -> list[int] | None:
        """As `few`, also where few messages have the words."""
        few, words = self.few(), self._asked.message.words
        if few is not None or not words:
            return few
        keys = search.keys_with(words, beyond=None, most=FEW + 1)
        if len(keys) > FEW:
            return None
        rows = Message.objects.filter(pk__in=keys).order_by()
        return sorted(set(rows.values_list("conversation", flat=True)))

    def hits(self, *, beyond: int | None, top: int | None) -> Iterator[Hit]:
        """From `beyond` on, each conversation once; what was said after `top` is not there yet."""
        few = self.few()
        if few is not None:
            found = [hit for hit in self.among(few, top=top) if self._is_beyond(hit.at, beyond)]
            return iter(sorted(found, key=lambda hit: hit.at, reverse=not self._oldest_first))
        if self._asked.message.is_asked:
            return self._by_messages(beyond, top)
        return self._by_conversations(beyond, top)

    def among(self, keys: Sequence[int], *, top: int | None = None) -> list[Hit]:
        """Those of these conversations that match, each by the first message in the order."""
        if not self._asked.message.is_asked:
            rows = self._allowed(keys)
            return [Hit(key, at) for key, at in rows.items() if top is None or at <= top]
        found: dict[int, int] = {}
        first = min if self._oldest_first else max
        for key, conversation in self._matching_in(self._asked.message, keys):
            if top is None or key <= top:
                found[conversation] = first(key, found.get(conversation, key))
        allowed = self._allowed(found)
        return [Hit(each, key, key) for each, key in found.items() if each in allowed]

    def _is_beyond(self, key: int, beyond: int | None) -> bool:
        if beyond is None:
            return True
        return key > beyond if self._oldest_first else key < beyond

    # By conversations, in the order of what was said last

    def _by_conversations(self, beyond: int | None, top: int | None) -> Iterator[Hit]:
        for most in self._sizes():
            keys = self._next_conversations(beyond, most)
            allowed = self._allowed(keys)
            for key, at in keys.items():
                if key in allowed and (top is None or at <= top):
                    yield Hit(key, at)
            if len(keys) < most:
                return
            beyond = list(keys.values())[-1]

    def _next_conversations(self, beyond: int | None, most: int) -> dict[int, int]:
        rows = Conversation.objects.order_by("latest_key" if self._oldest_first else "-latest_key")
        if self._asked.state:
            rows = rows.filter(state=self._asked.state)
        if beyond is not None:
            rows = (
                rows.filter(latest_key__gt=beyond)
                if self._oldest_first
                else rows.filter(latest_key__lt=beyond)
            )
        return dict(rows.values_list("pk", "latest_key")[:most])

    def _allowed(self, keys: Iterable[int]) -> dict[int, int]:
        """Those of these conversations that fulfil all that is asked of conversations."""
        found: dict[int, int] = {}
        for some in _chunks(list(keys)):
            rows = self._asked.conversations.filter(pk__in=some)
            found.update(rows.order_by().values_list("pk", "latest_key"))
        for each in self._asked.without:
            for _key, conversation in self._matching_in(each, list(found)):
                found.pop(conversation, None)
        return found

    # By messages, in the order in which they were said

    def _by_messages(self, beyond: int | None, top: int | None) -> Iterator[Hit]:
        seen: set[int] = set()
        at = beyond
        for most in self._sizes():
            keys = self._next_messages(at, most)
            rows = self._hits_of(keys)
            if beyond is not None:
                seen |= self._shown_before({row[1] for row in rows} - seen, beyond, top)
            for key, conversation in rows:
                if conversation not in seen and (top is None or key <= top):
                    seen.add(conversation)
                    yield Hit(conversation, key, key)
            if len(keys) < most or self._is_past(keys[-1]):
                return
            at = keys[-1]

    def _is_past(self, key: int) -> bool:
        """Whether nothing further on can lie in the days that were asked for."""
        first, end = self._asked.message.first_key, self._asked.message.end_key
        if self._oldest_first:
            return end is not None and key >= end
        return first is not None and key < first

    def _next_messages(self, beyond: int | None, most: int) -> list[int]:
        """The next keys of messages that may match."""
        message = self._asked.message
        if beyond is None:  # nothing before the first day asked for need be looked at
            edge = message.first_key if self._oldest_first else message.end_key
            if edge is not None:
                beyond = edge - 1 if self._oldest_first else edge
        if message.words:
            return search.keys_with(
                message.words, beyond=beyond, oldest_first=self._oldest_first, most=most
            )
        rows, key = _keys_of(message)
        if beyond is not None:
            rows = rows.filter(**{f"{key}__{'gt' if self._oldest_first else 'lt'}": beyond})
        rows = rows.order_by(key if self._oldest_first else f"-{key}")
        return list(rows.values_list(key, flat=True).distinct()[:most])

    def _hits_of(self, keys: list[int]) -> list[tuple[int, int]]:
        """Those of these messages that match, with their conversations, in the order of `keys`."""
        if self._asked.is_words_alone:
            return _with_words_alone(self._asked, keys)
        rows = _matching(self._asked.message, keys)
        allowed = self._allowed({conversation for _key, conversation in rows})
        found = [row for row in rows if row[1] in allowed]
        return sorted(found, reverse=not self._oldest_first)

    def _shown_before(self, keys: set[int], beyond: int, top: int | None) -> set[int]:
        """Which conversations a former page has shown, by a message nearer to its begin."""
        found = self._matching_in(self._asked.message, list(keys))
        if self._oldest_first:
            return {each for key, each in found if key <= beyond}
        return {each for key, each in found if beyond <= key and (top is None or key <= top)}

    def _matching_in(self, message: OneMessage, keys: Sequence[int]) -> list[tuple[int, int]]:
        """The messages in these conversations that match."""
        found: list[tuple[int, int]] = []
        for some in _chunks(keys):
            rows = Message.objects.filter(conversation__in=some).order_by()
            said = list(rows.values_list("pk", flat=True))
            for part in _chunks(said):
                having = search.those_with(message.words, part) if message.words else part
                found += _matching(message, having)
        return found

    def _sizes(self) -> Iterator[int]:
        yield from _BATCHES
        while True:
            yield _BATCHES[-1]


def _chunks(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    return (keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE))


def _keys_of(message: OneMessage) -> tuple[QuerySet[Any, Any], str]:
    """Where the keys come from without words, and what they are called there."""
    if message.has_attachment:
        return Attachment.objects.filter(content_id=""), "message_id"
    return Message.objects.all(), "pk"


def _with_words_alone(asked: Narrowed, keys: list[int]) -> list[tuple[int, int]]:
    """As `Look._hits_of`, by a query that is made once."""
    if not keys:
        return []
    by = asked.by

    def build(key: int, *keys: int) -> QuerySet[Message, tuple[int, int]]:
        seen = alive(conversations.visible_to(accounts.like(by, key)))
        rows = Message.objects.filter(conversations.holding(seen), pk__in=keys)
        return rows.order_by().values_list("pk", "conversation_id")

    number = min(size for size in _BATCHES if len(keys) <= size)
    filled = [*keys, *keys[-1:] * (number - len(keys))]
    shape = ("with words alone", number, by.role, by.is_active)
    found = {row[0]: row[1] for row in prepared.rows(shape, build, by.pk, *filled)}
    return [(key, found[key]) for key in keys if key in found]


def _matching(message: OneMessage, keys: Sequence[int]) -> list[tuple[int, int]]:
    """Those of messages with the words in which all else is as asked."""
    if not keys:
        return []
    rows = Message.objects.filter(pk__in=keys)
    if message.first_key is not None:
        rows = rows.filter(pk__gte=message.first_key)
    if message.end_key is not None:
        rows = rows.filter(pk__lt=message.end_key)
    if message.has_attachment:
        rows = rows.filter(Exists(Attachment.objects.filter(message=OuterRef("pk"), content_id="")))
    for phrase in message.phrases:
        # PostgreSQL's index knows which words a message has, and not where.
        padded = Concat(Value(" "), "search_text", Value(" "), output_field=TextField())
        rows = rows.alias(padded=padded).filter(padded__contains=f" {phrase} ")
    rows = rows.order_by()
    if not message.checks:
        return list(rows.values_list("pk", "conversation_id"))
    said = [Said(*row) for row in rows.values_list(*_SAID)]
    if message.asks_whom:
        said = _with_recipients(said)
    return [(s.key, s.conversation) for s in said if all(check(s) for check in message.checks)]


_SAID = (
    "pk", "conversation_id", "author_name", "address__value", "teammate_id", "subject",
    "conversation__subject", "conversation__person__name",
)  # fmt: skip


def _with_recipients(said: list[Said]) -> list[Said]:
    told: dict[int, list[str]] = {}
    rows = Recipient.objects.filter(message__in=[each.key for each in said])
    for key, name, value in rows.values_list("message_id", "name", "address__value"):
        told.setdefault(key, []).append(f"{name} {value}")
    return [each._replace(told=tuple(told.get(each.key, ()))) for each in said]
