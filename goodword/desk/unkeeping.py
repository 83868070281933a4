"""Taking back that a promise was kept: somebody pressed the wrong button."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.conversations import actions as conversations
from goodword.desk import handling
from goodword.promises import actions as promises
from goodword.promises.models import REPLY, Promise

_KEPT = {Promise.State.KEPT, Promise.State.KEPT_LATE}
WHY = "taken_back"


class NothingToTakeBack(Exception):
    """It isn't kept by a teammate's word: it is owed still, or it ended otherwise."""


def may_take_back(promise: Promise, by: Teammate) -> bool:
    """Whether it was kept by a word; an answer that arrived is taken back by nobody."""
    return (
        rights.may_answer(by)
        and promise.state in _KEPT
        and promise.ended_by_id is not None
        and (promise.kind != REPLY or _waived(promise))
    )


@transaction.atomic
def not_kept(promise: Promise, *, by: Teammate, at: datetime) -> Promise:
    """It is owed again, at its old time. Raises MayNot, NothingToTakeBack."""
    rights.require_answer(by)
    conversation = None
    if promise.conversation is not None:
        conversation = conversations.lock(promise.conversation)
    promise.refresh_from_db()
    if not may_take_back(promise, by):
        raise NothingToTakeBack
    if promise.kind == REPLY and conversation is not None:
        handling.take_back_no_answer(conversation, by=by, at=at)
        promise.refresh_from_db()
        return promise
    return promises.reopen(promise, by=by, at=at, why=WHY)


def _waived(promise: Promise) -> bool:
    """Whether the message that the answer was owed to is the one said to need none in writing."""
    message = promise.message
    return message is not None and hasattr(message, "no_answer_needed")
