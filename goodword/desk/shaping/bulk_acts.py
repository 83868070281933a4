"""What can be done with many conversations at once: for each act what it does to one of them, and
which of them it leaves as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from goodword.accounts import queries as accounts
from goodword.accounts import rights
from goodword.accounts.models import Team, Teammate
from goodword.conversations import actions as conversations
from goodword.conversations import queries as said
from goodword.conversations import readings
from goodword.conversations.models import Conversation
from goodword.desk import handling
from goodword.desk.intake import joining
from goodword.promises.models import REPLY, Promise

State = Conversation.State
Data = Mapping[str, str]
Verb = Callable[[Conversation, Data, Teammate, datetime], None]


class Refused(Exception):
    """This conversation stays as it is; `str()` is a word of `WHYS`."""


# Why one of many was left as it is. Stored: never rename.
ANSWER_OWED, PROMISED, COLLEAGUES, MAY_NOT = "answer_owed", "promised", "colleagues", "may_not"
CANNOT_SEE, NOT_LIVE, NOTHING_OWED = "cannot_see", "not_live", "nothing_owed"
PAST, CANNOT_JOIN, GONE, FAILED = "past", "cannot_join", "gone", "failed"
CHANGED = "changed_since"  # and so it was not undone


def do(act: str, conversation: Conversation, data: Data, by: Teammate, at: datetime) -> None:
    """Do it to one conversation, in the caller's transaction. Raises Refused."""
    try:
        VERBS[act](conversation, data, by, at)
    except handling.AnswerOwed as error:
        raise Refused(ANSWER_OWED) from error
    except handling.PromisesOpen as error:
        raise Refused(PROMISED) from error
    except handling.CannotSee as error:
        raise Refused(CANNOT_SEE) from error
    except handling.NothingOwed as error:
        raise Refused(NOTHING_OWED) from error
    except handling.InThePast as error:
        raise Refused(PAST) from error
    except joining.CannotJoin as error:
        raise Refused(CANNOT_JOIN) from error
    except rights.MayNot as error:
        raise Refused(MAY_NOT) from error


def _assign(conversation: Conversation, data: Data, by: Teammate, at: datetime) -> None:
    if not conversation.is_live:
        raise Refused(NOT_LIVE)
    if not rights.may_reassign(by, now_with=conversation.assignee):
        raise Refused(COLLEAGUES if rights.may_answer(by) else MAY_NOT)
    to = whom(data["to"])
    now = conversation.assignee or conversation.team
    if to != now:
        handling.assign(conversation, to=to, by=by, at=at)


def whom(name: str) -> Teammate | Team | None:
    """Whom `teammate:KEY` or `team:KEY` names, None for nobody. Raises Refused."""
    kind, _colon, key = name.partition(":")
    if not kind:
        return None
    rows = {"teammate": accounts.active(), "team": accounts.teams()}[kind]
    found = rows.filter(pk=key).first()
    if not isinstance(found, Teammate | Team):
        raise Refused(CANNOT_SEE)
    return found


def _tag(conversation: Conversation, data: Data, by: Teammate, at: datetime) -> None:
    if not conversation.tags.filter(name__iexact=data["name"]).exists():
        conversations.tag(conversation, data["name"], by=by, at=at)


def _untag(conversation: Conversation, data: Data, by: Teammate, at: datetime) -> None:
    for tag in said.tags().filter(conversations=conversation, name__iexact=data["name"]):
        conversations.untag(conversation, tag, by=by, at=at)


def _close(conversation: Conversation, data: Data, by: Teammate, at: datetime) -> None:
    if not conversation.is_live:
        raise Refused(NOT_LIVE)
    handling.close(conversation, by=by, at=at)


def _snooze(conversation: Conversation, data: Data, by: Teammate, at: datetime) -> None:
    if not conversation.is_live:
        raise Refused(NOT_LIVE)
    handling.snooze(conversation, until=datetime.fromisoformat(data["until"]), by=by, at=at)


def _reopen(conversation: Conversation, data: Data, by: Teammate, at: datetime) -> None:
    handling.reopen(conversation, by=by, at=at)


def _spam(conversation: Conversation, data: Data, by: Teammate, at: datetime) -> None:
    if conversation.state != State.SPAM:
        handling.mark_spam(conversation, by=by, at=at)


def _trash(conversation: Conversation, data: Data, by: Teammate, at: datetime) -> None:
    if conversation.state != State.TRASH:
        handling.trash(conversation, by=by, at=at)


def _no_answer_needed(conversation: Conversation, data: Data, by: Teammate, at: datetime) -> None:
    handling.no_answer_needed(conversation, by=by, at=at)


def _read(conversation: Conversation, data: Data, by: Teammate, at: datetime) -> None:
    readings.read(conversation, by=by, to=conversation.latest_key, at=at)


def _unread(conversation: Conversation, data: Data, by: Teammate, at: datetime) -> None:
    readings.mark_unread(conversation, by=by, at=at)


def _join(conversation: Conversation, data: Data, by: Teammate, at: datetime) -> None:
    into = said.visible_to(by).filter(pk=data["into"]).first()
    if into is None:
        raise Refused(GONE)
    joining.join(conversation, into, by=by, at=at)


VERBS: dict[str, Verb] = {
    "assign": _assign,
    "tag": _tag,
    "untag": _untag,
    "close": _close,
    "snooze": _snooze,
    "reopen": _reopen,
    "spam": _spam,
    "trash": _trash,
    "no_answer_needed": _no_answer_needed,
    "read": _read,
    "unread": _unread,
    "join": _join,
}
OF_ONES_OWN = frozenset({"read", "unread"})  # what also a light teammate may
# What of a conversation an act can change, so that only this is looked at before and after.
TOUCHES: dict[str, tuple[str, ...]] = {
    "assign": ("with",),
    "tag": ("tags",),
    "untag": ("tags",),
    "no_answer_needed": ("waived",),
    "read": ("read",),
    "unread": ("read",),
    "join": (),  # a join keeps what it needs to be undone
}


def staying(act: str) -> dict[str, Q]:
    """Which conversations an act will leave as they are, by why; told before it is done."""
    owed = Exists(_open_promises().filter(kind=REPLY))
    promised = Exists(_open_promises().exclude(kind=REPLY))
    if act == "close":
        return {ANSWER_OWED: Q(owed), PROMISED: Q(promised) & ~Q(owed)}
    return {PROMISED: Q(promised)} if act == "trash" else {}


def letting_go(act: str) -> Q | None:
    """In which of them an answer is owed that the act lets go of."""
    if act in {"trash", "spam", "no_answer_needed"}:
        return Q(Exists(_open_promises().filter(kind=REPLY)))
    return None


def _open_promises() -> QuerySet[Promise]:
    return Promise.objects.filter(conversation=OuterRef("pk"), state=Promise.State.OPEN)
