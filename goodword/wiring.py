"""Who listens to what, which roads there are, what the worker does: the one page that tells."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from goodword.canned import applying
from goodword.channels.email import accounts, notices, trials
from goodword.channels.email.pretending import PretendingRoad
from goodword.channels.email.road import EmailRoad
from goodword.conversations import merging
from goodword.core import statistics
from goodword.desk import handling, roads
from goodword.desk.answering import delivering
from goodword.desk.intake import acknowledging, arriving
from goodword.desk.keeping import reminding, replanning
from goodword.desk.shaping import bulk, emptying
from goodword.desk.together import aside, assigning, hearing
from goodword.events import actions as events
from goodword.files import actions as files
from goodword.notices import actions as told
from goodword.notices import mailing
from goodword.promises import kinds

LISTENERS: dict[str, list[events.Listener]] = {
    # Never a promise: that is made in the message's own transaction.
    "conversations.message_received": [acknowledging.on_received, hearing.on_received],
    "conversations.note_written": [hearing.on_noted],
    "conversations.assigned": [hearing.on_assigned],
    "conversations.state_changed": [hearing.on_state_changed],
    "desk.message_delivered": [hearing.on_delivered],
    "desk.reply_queued": [hearing.on_queued],
    "desk.answer_held": [hearing.on_answer_held],
    "desk.message_let_go": [hearing.on_held_decided],
    "desk.message_left_unsent": [hearing.on_held_decided],
    "desk.leaves_at": [hearing.on_held_decided],
    "desk.reply_taken_back": [hearing.on_held_decided],
    "desk.conversation_moved": [hearing.on_moved],
    "desk.join_undone": [hearing.on_moved],
    "desk.aside_answered": [aside.on_answered],
    "plan.changed": [replanning.on_plan_changed],
    "accounts.team_changed": [reminding.on_house_changed, hearing.on_house_changed],
    "accounts.role_changed": [reminding.on_house_changed, hearing.on_house_changed],
    "inboxes.changed": [reminding.on_house_changed, hearing.on_house_changed],
    "promises.kept": [reminding.on_changed],
    "promises.released": [reminding.on_changed],
    "promises.broken": [reminding.on_changed],
    "promises.moved": [reminding.on_changed],
    "promises.taken_back": [reminding.on_changed],
    "promises.handed_over": [reminding.on_handed_over],
}

Job = Callable[[datetime], int]

# Each lane is a thread of the worker, so that a slow mail server holds up no mail that comes in.
# A job does what is due in a small batch and says how much it did.
LANES: dict[str, list[Job]] = {
    "in": [lambda at: arriving.receive_due(at=at)],
    "events": [lambda at: events.hand_on(at=at)],
    "promises": [
        lambda at: reminding.remind_due(at=at),
        lambda at: mailing.mail_due(clock=timezone.now),
    ],
    "out": [
        lambda at: delivering.deliver_due(clock=timezone.now),
        lambda at: notices.send_due(clock=timezone.now),
    ],
    "bulk": [lambda at: bulk.work_due(at=at)],
    "trials": [
        lambda at: accounts.renew_due(clock=timezone.now),
        lambda at: trials.try_due(clock=timezone.now),
    ],
}
if settings.EXAMPLE:  # nothing leaves it: the road pretends, notices stay, no mailbox is tried
    LANES["out"] = LANES["out"][:1]
    del LANES["trials"]
# What has time, and how many seconds it has. What looks through whole tables has an hour.
SWEEP: list[tuple[Job, int]] = [
    (lambda at: handling.wake_due(at=at), 20),
    (lambda at: emptying.empty_due(at=at), 0),  # a full trash goes slice by slice, without a rest
    (lambda at: emptying.trash_old_spam(at=at), 3600),
    (lambda at: emptying.forget_refused(at=at), 3600),
    (lambda at: assigning.give_waiting(at=at), 20),
    (lambda at: files.sweep(at=at), 3600),
    (lambda at: bulk.sweep(at=at), 3600),
    (lambda at: trials.sweep(at=at), 3600),
    (lambda at: notices.sweep(at=at), 3600),
    (lambda at: told.sweep(at=at), 3600),
    (lambda at: _forget_old_sessions(), 3600),
    (lambda at: _look_at_tables(), 6 * 3600),
]


def _look_at_tables() -> int:
    statistics.refresh()
    return 0


def _forget_old_sessions() -> int:
    SessionStore.clear_expired()
    return 0


def wire() -> None:
    """Called once, when Django is ready (goodword/apps.py)."""
    events.listen(LISTENERS)
    roads.register(PretendingRoad() if settings.EXAMPLE else EmailRoad())
    kinds.register(*kinds.BUILT_IN)
    merging.when_merged(applying.on_drafts_merged)
