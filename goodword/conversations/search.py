"""Words in messages, people and subjects: the newest matching message of each conversation.

All words must match, the last one as a prefix. Operators: `from: tag: is: has:attachment`. The
folded column `Message.search_text` is indexed by each database's own full text; what is special
to one of them stands here and in migrations 0002, 0005 and 0006.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import OperationalError, connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from goodword.accounts import queries as accounts
from goodword.accounts.models import Teammate
from goodword.conversations import queries
from goodword.conversations.models import Attachment, Conversation, Message, Tag
from goodword.core import prepared
from goodword.core.text import clean, fold

LIMIT_SECONDS = 1.0
PAGE = 50
_SCAN = 400  # messages looked at for one page, so that a chatty conversation doesn't end the page
_OPERATOR = re.compile(r'(?<!\S)(from|tag|is|has):("[^"]*"|\S*)', re.IGNORECASE)
_STATES = set(Conversation.State.values)
_Hit = tuple[int, int]  # key of the message, key of its conversation


@dataclass(slots=True)
class Asked:
    """A search as understood. `unknown`: operators we could not read, said back to the person."""

    words: list[str] = field(default_factory=list)
    last_is_whole: bool = False
    senders: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    unassigned: bool = False
    mine: bool = False
    has_attachment: bool = False
    unknown: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not self.words and self.has_words_alone

    @property
    def has_words_alone(self) -> bool:
        """No operator narrows it."""
        return not (
            self.senders
            or self.tags
            or self.states
            or self.unassigned
            or self.mine
            or self.has_attachment
        )


@dataclass(frozen=True, slots=True)
class Found:
    """One page. `messages` newest first, one a conversation; `after`: the key to go on from."""

    messages: list[Message]
    after: int | None = None
    stopped: bool = False  # the time limit ended it; what is here is what was found until then


def read(text: str) -> Asked:
    """Understand what was typed; any input is safe."""
    asked, text = Asked(), clean(text)
    for name, value in _OPERATOR.findall(text):
        value = value.strip('"').strip()
        _read_operator(asked, name.lower(), value)
    rest = _OPERATOR.sub(" ", text)
    asked.words = fold(rest).split()[:20]
    asked.last_is_whole = rest.endswith((" ", '"'))
    return asked


def _read_operator(asked: Asked, name: str, value: str) -> None:
    value_folded = value.lower()
    if name == "from" and value:
        asked.senders.append(value)
    elif name == "tag" and value:
        asked.tags.append(value)
    elif name == "is" and value_folded in _STATES:
        asked.states.append(value_folded)
    elif name == "is" and value_folded == "unassigned":
        asked.unassigned = True
    elif name == "is" and value_folded == "mine":
        asked.mine = True
    elif name == "has" and value_folded in {"attachment", "attachments"}:
        asked.has_attachment = True
    else:
        asked.unknown.append(f"{name}:{value}")


def find(asked: Asked, *, by: Teammate, before: int | None = None, most: int = PAGE) -> Found:
    """Conversations by their newest matching message, newest first, only what `by` may see.

    `before`: the key a former page ended with. Stops after a second and says so.
    """
    if asked.is_empty:
        return Found([])
    seen: set[int] = set()
    found: list[int] = []
    deadline = time.monotonic() + LIMIT_SECONDS
    at = before
    try:
        while True:
            with _limited_to(deadline - time.monotonic()):
                rows, at, more = _next_rows(asked, by=by, before=at)
                if before is not None:
                    seen |= _shown_before(_matching(asked, by=by), asked, rows, before)
            for key, conversation in rows:
                if conversation in seen:
                    continue
                seen.add(conversation)
                found.append(key)
                if len(found) == most:
                    return Found(_shown(found), after=key)
            if not more:
                return Found(_shown(found))
    except _Stopped:
        return Found(_shown(found), stopped=True)


def _shown(keys: list[int]) -> list[Message]:
    """The messages with all that a result shows, newest first. Few of those looked at get here."""

    def build(*keys: int) -> QuerySet[Message]:
        rows = Message.objects.filter(pk__in=keys).select_related("conversation__person", "address")
        return rows.only(*_COLUMNS).order_by("-id")

    return prepared.objects("shown", build, *_filled_up(keys, PAGE)) if keys else []


def _filled_up(keys: list[int], number: int) -> list[int]:
    """So that one query does for any number of keys."""
    return keys + keys[-1:] * (number - len(keys))


_COLUMNS = (
    "public_id", "kind", "direction", "author_name", "said_at", "text", "address__written",
    "conversation__public_id", "conversation__state", "conversation__subject",
    "conversation__assignee_id", "conversation__person__name",
)  # fmt: skip


def _next_rows(
    asked: Asked, *, by: Teammate, before: int | None
) -> tuple[list[_Hit], int | None, bool]:
    """Up to `_SCAN` rows older than `before`, where they end, and whether there may be more.

    With words the index gives the newest keys first, and only these are looked at: a common word
    in a large desk costs no more than a rare one.
    """
    if not asked.words:
        hits = _matching(asked, by=by).values_list("pk", "conversation_id")
        rows = list((hits if before is None else hits.filter(pk__lt=before))[:_SCAN])
        return rows, (rows[-1][0] if rows else before), len(rows) == _SCAN
    keys = _keys_with_words(asked, before=before)
    rows = _hits_among(keys, asked, by=by) if keys else []
    return rows, (keys[-1] if keys else before), len(keys) == _SCAN


def _hits_among(keys: list[int], asked: Asked, *, by: Teammate) -> list[_Hit]:
    def build(key: int, *keys: int) -> QuerySet[Message, _Hit]:
        rows = _matching(asked, by=accounts.like(by, key)).filter(pk__in=keys)
        return rows.values_list("pk", "conversation_id")

    if not asked.has_words_alone:
        return list(build(by.pk, *keys))
    number = PAGE if len(keys) <= PAGE else _SCAN
    shape = ("hits", number, by.role, by.is_active)
    return [
        (hit[0], hit[1]) for hit in prepared.rows(shape, build, by.pk, *_filled_up(keys, number))
    ]


def _shown_before(
    matching: QuerySet[Message], asked: Asked, rows: list[_Hit], before: int
) -> set[int]:
    """Which conversations of `rows` a former page has shown, by a newer message."""
    newer = matching.filter(
        conversation__in={conversation for _key, conversation in rows}, pk__gte=before
    )
    if asked.words:
        sql, params = _words_sql(asked)
        newer = newer.filter(pk__in=RawSQL(sql, params))  # noqa: S611  # words go as parameters
    return set(newer.order_by().values_list("conversation_id", flat=True))


def _matching(asked: Asked, *, by: Teammate) -> QuerySet[Message]:
    conversations = queries.visible_to(by)
    if asked.states:
        conversations = conversations.filter(state__in=asked.states)
    else:
        conversations = conversations.exclude(
            state__in=[Conversation.State.SPAM, Conversation.State.TRASH]
        )
    if asked.unassigned:
        conversations = conversations.filter(assignee__isnull=True)
    if asked.mine:
        conversations = conversations.filter(assignee=by)
    for name in asked.tags:
        conversations = conversations.filter(tags__in=Tag.objects.filter(name__iexact=name))
    messages = Message.objects.filter(queries.holding(conversations))
    for sender in asked.senders:
        messages = messages.filter(
            Q(address__value__icontains=sender)
            | Q(author_name__icontains=sender)
            | Q(teammate__name__icontains=sender)
        )
    if asked.has_attachment:
        messages = messages.filter(
            Exists(Attachment.objects.filter(message=OuterRef("pk"), content_id=""))
        )
    return messages.order_by("-id")


def _words_sql(asked: Asked) -> tuple[str, list[str]]:
    """The keys of all messages with the words; `id` is what a further condition may name."""
    *whole, last = asked.words
    if connection.vendor == "sqlite":
        terms = [f'"{word}"' for word in whole]
        terms.append(f'"{last}"' if asked.last_is_whole else _beginning(last))
        sql = "SELECT rowid AS id FROM message_words WHERE message_words MATCH %s"
        return sql, [" AND ".join(terms)]
    terms = [f"'{word}'" for word in whole]
    terms.append(f"'{last}'" if asked.last_is_whole else f"'{last}':*")
    sql = "SELECT id FROM conversations_message WHERE search_vector @@ to_tsquery('simple', %s)"
    return sql, [" & ".join(terms)]


def _beginning(letters: str) -> str:
    """What FTS5 is asked for all terms that begin so: each by name while they are few."""
    end = f"{letters}\U0010ffff"
    with connection.cursor() as cursor:
        cursor.execute(_TERMS, [letters, end, end, _MOST_TERMS + 1])
        terms = [row[0] for row in cursor.fetchall()]
    if not terms or len(terms) > _MOST_TERMS:
        return f'"{letters}"*'
    quoted = [f'"{term}"' for term in terms]
    return f"({' OR '.join(quoted)})"


_MOST_TERMS = 40  # looking one up takes 60 µs
# Each from the one before: between a term and the next stands nothing but that term and a \1.
_TERMS = """
    WITH RECURSIVE found(term) AS (
        SELECT (SELECT term FROM message_terms WHERE term >= %s LIMIT 1)
        UNION ALL
        SELECT (SELECT term FROM message_terms WHERE term >= found.term || char(1) LIMIT 1)
        FROM found WHERE found.term < %s
    )
    SELECT term FROM found WHERE term < %s LIMIT %s
"""


def _keys_with_words(asked: Asked, *, before: int | None) -> list[int]:
    """The next `_SCAN` keys with the words, newest first."""
    sql, params = _words_sql(asked)
    key = "rowid" if connection.vendor == "sqlite" else "id"
    bound: list[str | int] = list(params)
    if before is not None:
        sql += f" AND {key} < %s"
        bound.append(before)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} ORDER BY {key} DESC LIMIT {_SCAN}", bound)
        return [row[0] for row in cursor.fetchall()]


class _Stopped(Exception):
    """The database was told to stop."""


@contextmanager
def _limited_to(seconds: float) -> Iterator[None]:
    """Let the queries inside run for `seconds` at most. Raises _Stopped."""
    if seconds <= 0:
        raise _Stopped
    connection.ensure_connection()
    raw = connection.connection
    if connection.vendor == "sqlite":
        deadline = time.monotonic() + seconds
        raw.set_progress_handler(lambda: int(time.monotonic() > deadline), 10_000)
    try:
        with _statement_timeout(seconds):
            yield
    except OperationalError as error:
        if "interrupt" in str(error) or "statement timeout" in str(error):
            raise _Stopped from error
        raise
    finally:
        if connection.vendor == "sqlite":
            raw.set_progress_handler(None, 0)


@contextmanager
def _statement_timeout(seconds: float) -> Iterator[None]:
    if connection.vendor == "sqlite":
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = {max(1, int(seconds * 1000))}")
        yield
