"""Whom a note calls: @Ben, @"Ben Okri". They are told; who can't see the inbox never is."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from goodword.accounts import queries as accounts
from goodword.accounts.models import Teammate
from goodword.conversations import actions as conversations
from goodword.conversations.models import Conversation, Mention, Message
from goodword.desk import telling, whom
from goodword.desk.together import following
from goodword.notices import actions as notices
from goodword.notices.models import Notice

# Not within a word, so that no mail address calls anybody.
_BEFORE = r"""(?:^|(?<=[\s(\["'“„>]))"""


@dataclass(frozen=True, slots=True)
class Called:
    """Whom a text calls, each once, in its order."""

    told: Sequence[Teammate] = ()
    unseeing: Sequence[Teammate] = ()  # who can't see the conversation
    unclear: Sequence[str] = ()  # a name that several have, as it was written


def called(text: str, *, seeing: Iterable[Teammate], others: Iterable[Teammate]) -> Called:
    """By whole name, with or without quotes, or by a first name that only one of them has.

    `seeing` and `others`: who can see the conversation, and who can't. A name means somebody who
    can before it means anybody else.
    """
    seeing = list(seeing)
    meant = _meant_by_name(seeing, list(others))
    if "@" not in text or not meant:
        return Called()
    can_see = {each.pk for each in seeing}
    told: dict[int, Teammate] = {}
    unseeing: dict[int, Teammate] = {}
    unclear: dict[str, None] = {}
    for match in pattern(meant).finditer(text):
        written = match[1] or match[2]
        who = meant[_key(written)]
        if who is None:
            unclear[written] = None
        else:
            (told if who.pk in can_see else unseeing)[who.pk] = who
    return Called(list(told.values()), list(unseeing.values()), list(unclear))


def pattern(
    names: Iterable[str], *, quote: str = '["“„]', unquote: str = '["”“]'
) -> re.Pattern[str]:
    """Finds any of these names called in a text; group 1 or 2 is the name as it is written."""
    longest_first = sorted(names, key=len, reverse=True)
    one = "|".join(r"\s+".join(map(re.escape, each.split())) for each in longest_first)
    return re.compile(rf"{_BEFORE}@(?:{quote}({one}){unquote}|({one})(?!\w))", re.I | re.M)


def first_name(teammate: Teammate) -> str:
    return teammate.name.split()[0] if teammate.name.split() else ""


def how_to_call(seeing: Iterable[Teammate]) -> list[tuple[Teammate, str]]:
    """Each with what one writes to call them: the first name where that is enough."""
    everyone = list(seeing)
    meant = _meant_by_name(everyone, [])
    return [(each, _call(each, meant)) for each in everyone]


def _call(teammate: Teammate, meant: dict[str, Teammate | None]) -> str:
    first = first_name(teammate)
    return f"@{first}" if meant.get(_key(first)) == teammate else f'@"{teammate.name}"'


def _meant_by_name(
    seeing: Sequence[Teammate], others: Sequence[Teammate]
) -> dict[str, Teammate | None]:
    """Whom each name means; None where two have it."""
    meant: dict[str, Teammate | None] = {}
    ways: tuple[Callable[[Teammate], str], ...] = (lambda each: each.name, first_name)
    for name_of in ways:
        for some in (seeing, others):
            having: defaultdict[str, list[Teammate]] = defaultdict(list)
            for each in some:
                having[_key(name_of(each))].append(each)
            for name, those in having.items():
                if name:
                    meant.setdefault(name, those[0] if len(those) == 1 else None)
    return meant


def _key(name: str) -> str:
    return " ".join(name.casefold().split())


def look_at(conversation: Conversation, text: str) -> Called:
    """Whom `text` would call as a note of this conversation."""
    if "@" not in text:
        return Called()
    seeing = list(whom.who_may_see(conversation))
    keys = {each.pk for each in seeing}
    others = [each for each in accounts.active() if each.pk not in keys]
    return called(text, seeing=seeing, others=others)


def note_mentions(note: Message, *, by: Teammate, at: datetime) -> None:
    """Store whom a new note calls and tell them; in the transaction that stores the note."""
    found = look_at(note.conversation, note.text)
    told = [each for each in found.told if each != by]
    Mention.objects.bulk_create(
        [
            *(Mention(message=note, teammate=each) for each in told),
            *(Mention(message=note, teammate=each, told=False) for each in found.unseeing),
        ],
        ignore_conflicts=True,
    )
    telling.tell_about(
        note.conversation,
        told,
        says="mentioned",
        matter=_matter(note),
        who=by.name,
        word=note.text,
        at=at,
    )


def unsay_note(note: Message, *, at: datetime) -> None:
    """Take a note out again, and what was told of it: its words stand in the notices."""
    about = Notice.objects.filter(matter=_matter(note))
    followed = following.matter(note.conversation)
    notices.withdraw(about | Notice.objects.filter(matter=followed, told_at=note.said_at), at=at)
    conversations.unsay(note)


def _matter(note: Message) -> str:
    return f"mention:{note.conversation_id}:{note.pk}"
