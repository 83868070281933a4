"""The sweep over promises: reminds before they are due, asks the backup and the lead afterwards,
breaks appointments that have passed, and brings back what waits for its day.

A batch is claimed by one update; each promise is then its own short transaction. Who is told,
and that it was said, are one commit: a worker that dies between leaves a lease that ends, and
nobody is told twice.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice

from django.db import transaction
from django.db.models import QuerySet

from goodword.accounts.models import Teammate
from goodword.conversations import locking
from goodword.conversations.events import Assigned
from goodword.conversations.models import Conversation
from goodword.core import due, prepared
from goodword.desk import handling, whom
from goodword.desk.answering import holding
from goodword.desk.keeping import owing
from goodword.desk.telling import tell, tell_owners
from goodword.desk.whom import House, Owed
from goodword.events import actions as events
from goodword.events import queries as trail
from goodword.events.models import Event
from goodword.notices import actions as notices
from goodword.notices import queries
from goodword.notices.models import Notice
from goodword.promises import actions as promises
from goodword.promises import events as facts
from goodword.promises import kinds, ladder
from goodword.promises import queries as promised
from goodword.promises.models import REPLY, Promise

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
_AT_ONCE = 1000
STEPS: dict[ladder.Rung, str] = {
    "reminded": "reminded", "backup": "backup_told", "lead": "lead_told"
}  # fmt: skip
Direction = Promise.Direction


def remind_due(*, at: datetime, most: int = 50) -> int:
    """Look at what is due to be looked at; returns how many promises were claimed."""
    if not prepared.rows("to be looked at", _to_be_looked_at, at):  # as mostly
        return 0
    lease, keys = _claim(at=at, most=most)
    if not keys:
        return 0
    here = whom.house(at=at)
    for key in keys:
        try:
            _look(key, lease=lease, here=here)
        except Exception:
            # Its lease ends, and it is tried again; the others don't wait for it.
            logger.exception("a promise could not be looked at", extra={"promise": key})
    return len(keys)


def _to_be_looked_at(moment: datetime) -> QuerySet[Promise, tuple[int]]:
    open_ = Promise.objects.filter(state=Promise.State.OPEN, look_at__lte=moment)
    return open_.values_list("pk")[:1]


def _claim(*, at: datetime, most: int) -> tuple[datetime, list[int]]:
    """Claim a batch by one update. The lease's end, drawn to the microsecond, names the claim."""
    lease = at + LEASE + timedelta(microseconds=secrets.randbelow(1_000_000))
    waiting = Promise.objects.filter(
        due.unclaimed(at, LEASE), state=Promise.State.OPEN, look_at__lte=at
    )
    keys = list(waiting.order_by("look_at").values_list("pk", flat=True)[:most])
    if not keys or not waiting.filter(pk__in=keys).order_by().update(leased_until=lease):
        return lease, []
    mine = Promise.objects.filter(pk__in=keys, leased_until=lease).order_by("look_at", "pk")
    return lease, list(mine.values_list("pk", flat=True))


@transaction.atomic
def _look(key: int, *, lease: datetime, here: House) -> None:
    promise = _locked(key)
    if promise is None or promise.look_at is None or promise.look_at > here.at:
        return  # it was moved, or has ended, since it was claimed
    if promise.direction != Direction.OURS:
        _come_to_its_day(promise, lease=lease, here=here)
    elif _is_appointed(promise) and ladder.is_missed(promise.due_at, at=here.at):
        _miss(promise, lease=lease, here=here)
    elif _is_held(promise, here):
        Promise.objects.filter(pk=key, leased_until=lease).update(leased_until=None)
    else:
        _climb(promise, lease=lease, here=here)


def _is_appointed(promise: Promise) -> bool:
    """Whether it has its very moment: "at three", and not "on Friday"."""
    return kinds.get(promise.kind).appointed and promise.due_said == Promise.Said.MOMENT


def _is_held(promise: Promise, here: House) -> bool:
    """Whether a holding reply has gone out by itself just now, which moved the promise."""
    return (
        promise.kind == REPLY
        and here.at >= promise.due_at - holding.BEFORE
        and holding.hold_by_itself(promise, at=here.at) is not None
    )


def _locked(key: int) -> Promise | None:
    """The promise as it is now, its conversation held as every verb holds it."""
    for (conversation,) in prepared.rows("where a promise stands", _where, key):
        if conversation is not None:
            locking.lock(Conversation(pk=conversation))
        else:  # nothing else holds what no conversation holds
            Promise.objects.select_for_update(no_key=True).filter(pk=key).first()
    found = prepared.objects("promise looked at", _with_all, key)
    return found[0] if found else None


def _where(key: int) -> QuerySet[Promise, tuple[int | None]]:
    return Promise.objects.filter(pk=key, state=Promise.State.OPEN).values_list("conversation")


def _with_all(key: int) -> QuerySet[Promise]:
    beside = ("owner", "team", "person", "message", "conversation__inbox__team")
    return Promise.objects.filter(pk=key, state=Promise.State.OPEN).select_related(*beside)


def _take(promise: Promise, *, lease: datetime, looked: str, look_at: datetime | None) -> bool:
    """Take the step, unless the claim was lost meanwhile."""
    mine = Promise.objects.filter(pk=promise.pk, state=Promise.State.OPEN, leased_until=lease)
    return bool(mine.update(looked=looked, look_at=look_at, leased_until=None))


def _climb(promise: Promise, *, lease: datetime, here: House) -> None:
    person, conversation = promise.person, promise.conversation
    steps = here.plan.ladder_of(
        promise.inbox_id,
        kind_id=person.kind_id if person else None,
        urgent=bool(conversation and conversation.urgent),
    )
    climbed = ladder.climb(promise.looked, promise.due_at, steps, at=here.at)
    look_at = climbed.next_look
    if _is_appointed(promise):
        missed = promise.due_at + ladder.GRACE
        look_at = min(look_at or missed, missed)
    elif promise.kind == REPLY and here.at < (hold_at := promise.due_at - holding.BEFORE):
        look_at = min(look_at or hold_at, hold_at)
    top = climbed.rungs[-1] if climbed.rungs else None
    if not _take(promise, lease=lease, looked=top or promise.looked, look_at=look_at):
        return
    if top is not None:
        told = _whom(promise, climbed.rungs, here)
        for key, kind in told.items():
            tell(here.answering[key], promise, kind=kind, at=here.at)
        _note(promise, STEPS[top], told, at=here.at)


def _whom(promise: Promise, rungs: Iterable[ladder.Rung], here: House) -> dict[int, str]:
    """Whom these rungs tell, and as what: each once, as the lowest that names them."""
    owed = _owed(promise, here)
    owners = here.owners(owed)
    told: dict[int, str] = {}
    if "reminded" in rungs:
        kind = "due_soon" if here.at < promise.due_at else "late"
        away = promise.owner_id is not None and owners != {promise.owner_id}
        told = {key: "stand_in" if away and key != promise.owner_id else kind for key in owners}
    if "backup" in rungs:
        told = dict.fromkeys(here.backups(owed), "backup") | told
    if "lead" in rungs:
        told = dict.fromkeys(here.leads(owed) - {promise.owner_id}, "lead") | told
    # Where there is nobody else, whoever owes it hears that it is late.
    return told or dict.fromkeys(owners, "late")


def _miss(promise: Promise, *, lease: datetime, here: House) -> None:
    """An appointed moment has passed: it is broken, and its owner and lead make it good."""
    if not _take(promise, lease=lease, looked="lead", look_at=None):
        return
    owed = _owed(promise, here)
    promises.break_(promise, by=None, at=here.at, why="moment_passed")
    notices.settle_matter(events.name_of(promise), at=here.at)
    for key in here.owners(owed) | here.leads(owed):
        tell(here.answering[key], promise, kind="missed", at=here.at)


def _come_to_its_day(promise: Promise, *, lease: datetime, here: House) -> None:
    """What the other side owes us, and what we come back to, lies on top again."""
    if not _take(promise, lease=lease, looked="reminded", look_at=None):
        return
    if promise.conversation is not None:
        handling.bring_back(promise.conversation, why="time_came", at=here.at)
    kind = "their_day" if promise.direction == Direction.THEIRS else "come_back"
    told = dict.fromkeys(here.owners(_owed(promise, here)), kind)
    for key in told:
        tell(here.answering[key], promise, kind=kind, at=here.at)
    _note(promise, "reminded", told, at=here.at)


def _owed(promise: Promise, here: House) -> Owed:
    """Theirs has no owner among us: it is looked after by whoever has the conversation."""
    road = promise.message.road if promise.message else ""
    if promise.direction != Direction.THEIRS:
        owner = promise.owner or promise.team
    elif promise.conversation is not None:
        owner = owing.owner_of(promise.conversation, at=here.at)
    else:
        owner = promise.made_by
    return whom.owed_by(owner, inbox_id=promise.inbox_id, road=road)


def _note(promise: Promise, step: str, told: Iterable[int], *, at: datetime) -> None:
    names = [f"teammate:{key}" for key in sorted(told)]
    promises.note_step(promise, step, by=None, at=at, told=names)
    fact = facts.PromiseReminded(
        kind=promise.kind,
        conversation_id=promise.conversation_id,
        inbox_id=promise.inbox_id,
        step=step,
    )
    events.announce(fact, by=None, about=promise, at=at)


# What becomes of a promise ends what was said about it


def on_changed(event: Event) -> None:
    """Listener of whatever ends or changes a promise: what was told of it before is settled."""
    notices.settle_matter(event.subject, at=event.at)


def on_handed_over(event: Event) -> None:
    """Listener of `promises.handed_over`: whoever owes it now is told, unless they took it.

    The answer that went along with a conversation is told of with that (hearing.on_assigned).
    """
    on_changed(event)
    if event.actor == event.data["owner"]:
        return
    promise = _subject_of(event)
    if promise is None or events.name_of(promise.owner or promise.team) != event.data["owner"]:
        return  # it has gone on since
    if promise.kind == REPLY and _went_along(promise, event):
        return
    by = trail.key_of(event.actor, "teammate")
    tell_owners(promise, kind="handed_over", by=by, here=whom.house(at=event.at))


def _went_along(promise: Promise, event: Event) -> bool:
    """Whether its conversation was given to somebody by the same act."""
    given = trail.trail().filter(
        subject=events.name_of(promise.conversation), kind=Assigned.KIND, at=event.at
    )
    return any(each.data["to"] == event.data["owner"] for each in given)


def _subject_of(event: Event) -> Promise | None:
    key = event.subject.partition(":")[2]
    rows = Promise.objects.filter(pk=int(key), state=Promise.State.OPEN)
    return rows.select_related("owner", "team", "person", "message", "conversation__inbox").first()


def on_house_changed(event: Event) -> None:
    """Listener of changed teams, roles and inboxes: nobody keeps notices of what they see no more.

    Looks through all notices there are, which is little beside how seldom this happens.
    """
    prefix = events.name_of(Promise(pk=0)).removesuffix("0")
    told = Notice.objects.filter(matter__startswith=prefix)
    for teammate in Teammate.objects.filter(pk__in=told.values("teammate")):
        mine = queries.of(teammate).filter(matter__startswith=prefix).order_by("pk")
        matters = mine.values_list("matter", flat=True).iterator(chunk_size=_AT_ONCE)
        while some := set(islice(matters, _AT_ONCE)):
            keys = {int(each.removeprefix(prefix)) for each in some}
            lost = Promise.objects.filter(pk__in=keys).exclude(
                pk__in=promised.visible_to(teammate).filter(pk__in=keys)
            )
            names = [f"{prefix}{key}" for key in lost.values_list("pk", flat=True)]
            notices.withdraw(mine.filter(matter__in=names), at=event.at)
