"""What an act did to a conversation, and back to how it was, where nobody has changed it since.

A `Trace` is plain JSON: it can be kept in a row, or signed and given to a page.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime

from goodword.accounts import queries as accounts
from goodword.accounts import rights
from goodword.accounts.models import Team, Teammate
from goodword.conversations import actions as conversations
from goodword.conversations import locking
from goodword.conversations import queries as said
from goodword.conversations.models import Conversation, Message, Reading
from goodword.desk import handling
from goodword.desk.keeping import owing
from goodword.desk.models import NoAnswerNeeded
from goodword.desk.together import sides
from goodword.events.actions import name_of
from goodword.promises import actions as promises
from goodword.promises import queries as owed
from goodword.promises.models import REPLY, Promise

Picture = dict[str, Any]
Trace = dict[str, Any]
State = Conversation.State
_STATE = (
    "state",
    "snoozed_until",
    "closed_at",
    "closed_by_id",
    "closed_why",
    "trashed_at",
    "spam_since",
)
_OF_THE_ROW = {"state", "with"}  # parts that the conversation's own row holds


class ChangedSince(Exception):
    """Somebody has changed what the act changed, so there is no way back to how it was."""


def picture(
    conversation: Conversation, *, by: Teammate, only: Collection[str] | None = None
) -> Picture:
    """How everything stands that an act can change and undoing can bring back.

    `only`: these parts of it, a query each.
    """
    now = conversation
    if only is None or _OF_THE_ROW & set(only):
        now = Conversation.objects.select_related("assignee", "team").get(pk=conversation.pk)
    return {name: of(now, by) for name, of in _PARTS.items() if only is None or name in only}


def _state(now: Conversation, by: Teammate) -> object:
    return {name: _plain(getattr(now, name)) for name in _STATE}


def _with(now: Conversation, by: Teammate) -> object:
    whose = now.assignee or now.team
    return name_of(whose) if whose else ""


def _tags(now: Conversation, by: Teammate) -> object:
    return sorted(now.tags.values_list("pk", flat=True))


def _promised(now: Conversation, by: Teammate) -> object:
    rows = Promise.objects.filter(conversation=now).exclude(kind=REPLY)
    return {str(pk): state for pk, state in rows.values_list("pk", "state")}


def _waived(now: Conversation, by: Teammate) -> object:
    decided = NoAnswerNeeded.objects.filter(conversation=now).order_by("-message")
    return decided.values_list("message_id", flat=True).first()


def _read(now: Conversation, by: Teammate) -> object:
    mine = Reading.objects.filter(conversation=now, teammate=by)
    return mine.values_list("read_to", flat=True).first()


def _asked(now: Conversation, by: Teammate) -> object:
    """The newest counted message from outside."""
    theirs = now.messages.filter(counted=True, direction=Message.Direction.IN)
    return theirs.order_by("-id").values_list("pk", flat=True).first()


_PARTS: dict[str, Callable[[Conversation, Teammate], object]] = {
    "state": _state,
    "with": _with,
    "tags": _tags,
    "promises": _promised,
    "waived": _waived,
    "read": _read,
    "asked": _asked,
}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def trace(before: Picture, after: Picture) -> Trace:
    """What differs, as (before, after); empty when nothing does."""
    changed: Trace = {
        name: [before[name], after[name]] for name in before if before[name] != after[name]
    }
    if "tags" in changed:
        was, now = set(before["tags"]), set(after["tags"])
        changed["tags"] = [sorted(was - now), sorted(now - was)]
    if "promises" in changed:
        was, now = before["promises"], after["promises"]
        ended = {key: now.get(key) for key, state in was.items() if now.get(key) != state}
        changed["promises"] = ended
    if "state" in changed:
        changed["asked"] = after["asked"]
    return changed


@transaction.atomic
def undo(conversation: Conversation, changed: Trace, *, by: Teammate, at: datetime) -> None:
    """Bring back what `changed` says of before. Raises MayNot, ChangedSince, and then does nothing.

    What was owed is owed again at its old time; a snooze that would be over by now is over.
    """
    rights.require_answer(by)
    locked = locking.lock(conversation)
    if locked.pk != conversation.pk:  # joined with another
        raise ChangedSince
    _require_unchanged(locked, changed, by=by)
    if "waived" in changed:
        handling.take_back_no_answer(locked, by=by, at=at)
    if "promises" in changed:
        _reopen_promises(locked, changed["promises"], by=by, at=at)
    if "with" in changed:
        locked = locking.lock(locked)
        handling.give(locked, _whom(changed["with"][0], locked), by=by, at=at)
    if "tags" in changed:
        _put_tags_back(locked, changed["tags"], by=by, at=at)
    if "read" in changed:
        mine = Reading.objects.filter(conversation=locked, teammate=by)
        mine.update(read_to=changed["read"][0] or 0)
    if "state" in changed:
        _put_back(locked, changed["state"][0], by=by, at=at)


def _require_unchanged(conversation: Conversation, changed: Trace, *, by: Teammate) -> None:
    now = picture(conversation, by=by, only=changed)
    for name in changed.keys() & {"state", "with", "waived", "read"}:
        if now[name] != changed[name][1]:
            raise ChangedSince
    gone, put_on = changed.get("tags", ([], []))
    if set(gone) & set(now.get("tags", ())) or set(put_on) - set(now.get("tags", ())):
        raise ChangedSince
    ended = changed.get("promises", {})
    if any(now["promises"].get(key) != state for key, state in ended.items()):
        raise ChangedSince
    puts_aside = "state" in changed and changed["state"][0]["state"] != State.OPEN
    if puts_aside and now["asked"] != changed["asked"]:  # what they wrote since isn't put aside
        raise ChangedSince


def _reopen_promises(
    conversation: Conversation, ended: dict[str, str], *, by: Teammate, at: datetime
) -> None:
    rows = Promise.objects.filter(pk__in=ended, conversation=conversation)
    for promise in rows.select_related("owner", "team", "conversation__inbox").order_by("pk"):
        again = promises.reopen(promise, by=by, at=at, why="undone")
        owner = again.owner or again.team
        if owner is not None and not owing.can_keep(owner, conversation.inbox):
            promises.hand_over(again, to=conversation.inbox.team, by=by, at=at, why="undone")


def _whom(name: str, conversation: Conversation) -> Teammate | Team | None:
    """Who had it before. Raises ChangedSince when they can't have it any more."""
    kind, _colon, key = name.partition(":")
    if kind == "teammate":
        teammate = accounts.active().filter(pk=key).first()
        if teammate is None or not owing.can_answer(teammate, conversation.inbox):
            raise ChangedSince
        return teammate
    if kind == "team":
        team = conversation.inbox.teams.filter(pk=key).first()
        if team is None:
            raise ChangedSince
        return team
    return None


def _put_tags_back(
    conversation: Conversation, tags: tuple[list[int], list[int]], *, by: Teammate, at: datetime
) -> None:
    gone, put_on = tags
    for tag in said.tags().filter(pk__in=put_on):
        conversations.untag(conversation, tag, by=by, at=at)
    for tag in said.tags().filter(pk__in=gone):
        conversations.tag(conversation, tag.name, by=by, at=at)


def _put_back(
    conversation: Conversation, before: dict[str, Any], *, by: Teammate, at: datetime
) -> None:
    conversation = locking.lock(conversation)
    state, until = before["state"], parse_datetime(before["snoozed_until"] or "")
    if state == State.CLOSED and owed.owed_reply(conversation) is not None:
        raise ChangedSince  # an answer is owed since: a bounce, or somebody's second thought
    if state == State.SNOOZED and (until is None or until <= at):
        state, until = State.OPEN, None
    now = conversation.state
    if now != state or until != conversation.snoozed_until:
        conversations.set_state(conversation, state, by=by, at=at, until=until, why="undone")
        sides.follow(conversation, before=now, by=by, at=at)
    if state == before["state"]:  # closed by whom and when it was, and not by who undid
        columns = {name: before[name] for name in _STATE if name not in {"state", "snoozed_until"}}
        Conversation.objects.filter(pk=conversation.pk).update(**columns)
    owing.settle(conversation, by=by, at=at, why=state)
