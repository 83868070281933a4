"""One act on many conversations: counted first, done in batches, undone as one.

What it is done to is a list of keys, taken when it was counted, so that what comes in later is
not touched. A batch is one transaction with the rows that say what became of each: whoever is
killed between two of them leaves no conversation half done and none done twice. Several workers
share the acts, never one act.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import Error as DatabaseError
from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.conversations import locking
from goodword.conversations import queries as said
from goodword.conversations.models import Conversation
from goodword.core import due
from goodword.desk.models import BulkAct, BulkItem, Joined
from goodword.desk.shaping import bulk_acts, undoing, unjoining
from goodword.desk.shaping.bulk_acts import Refused

logger = logging.getLogger(__name__)
State = BulkItem.State
_NEVER_BEGUN = Q(due_at=None, finished_at=None, undoing_at=None)
Seen = Mapping[int, Conversation]  # those of a batch that who asked for it may see
AT_ONCE = 50  # so many are done in the request; more are the worker's
MOST = 10_000
_AT_A_TIME = 500  # rows in one statement
_TRIES = 5  # while a trash is emptied beside it
BATCH = 20
# On SQLite whoever writes keeps all others from writing. A batch ends with the first conversation
# past this, and what waits then has its turn: it looks every tenth of a second for its chance.
HOLDS_SECONDS = 0.2
RESTS_SECONDS = 0.12
LEASE = timedelta(minutes=1)
_BATCHES = 5  # of one act, then the next act has its turn
UNDONE_WITHIN = timedelta(days=1)
_KEPT = timedelta(days=7)
UNBEGUN = 10  # that one person may have asked for and neither done nor let go of
_UNBEGUN_WITHIN = timedelta(minutes=1)


class TooLate(Exception):
    """It can't be undone (any more): a day has passed, or it was undone."""


class TooMany(Exception):
    """One person has asked for so many within a minute, and done none of them."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What an act will do: to how many, and how many of them it leaves as they are, by why.

    `lets_go`: in how many an answer is owed that nobody owes any more then.
    """

    total: int
    staying: dict[str, int] = field(default_factory=dict)
    lets_go: int = 0


def ask(
    act: str, keys: Iterable[int], *, data: Mapping[str, str], by: Teammate, at: datetime
) -> BulkAct:
    """Note what is to be done, and to which conversations; nothing is done yet. At most MOST.

    Raises MayNot, TooMany.
    """
    if act not in bulk_acts.OF_ONES_OWN:
        rights.require_answer(by)
    named = list(islice(dict.fromkeys(keys), MOST))
    for _try in range(_TRIES):
        try:
            return _note(act, named, data=data, by=by, at=at)
        except IntegrityError:  # one of them was thrown away for good since they were named
            named = list(_standing(named))
    return _note(act, named, data=data, by=by, at=at)


@transaction.atomic
def _note(
    act: str, named: Iterable[int], *, data: Mapping[str, str], by: Teammate, at: datetime
) -> BulkAct:
    _make_room(by, at=at)
    row = BulkAct.objects.create(by=by, act=act, data=dict(data), made_at=at)
    # In one order for every act: two that meet on the same rows never wait for each other.
    items = [BulkItem(bulk_act=row, conversation_id=key) for key in sorted(named)]
    BulkItem.objects.bulk_create(items, batch_size=_AT_A_TIME)
    return row


def _standing(named: Sequence[int]) -> Iterator[int]:
    for start in range(0, len(named), _AT_A_TIME):
        some = Conversation.objects.filter(pk__in=named[start : start + _AT_A_TIME])
        yield from some.values_list("pk", flat=True)


def _make_room(by: Teammate, *, at: datetime) -> None:
    """Of what was only asked for, the oldest is forgotten. Raises TooMany."""
    unbegun = of(by).filter(_NEVER_BEGUN).order_by("-made_at", "-pk")
    times = dict(unbegun.values_list("pk", "made_at")[: UNBEGUN * 2])
    oldest = list(times)[UNBEGUN - 1 :]
    if oldest and times[oldest[0]] > at - _UNBEGUN_WITHIN:
        raise TooMany
    BulkAct.objects.filter(pk__in=oldest).delete()


def count(row: BulkAct) -> Counted:
    """How many it will reach. One query."""
    chosen = Conversation.objects.filter(pk__in=row.items.values("conversation"))
    columns: dict[str, Any] = {"total": Count("pk")}
    stays = bulk_acts.staying(row.act)
    columns |= {why: Count("pk", filter=condition) for why, condition in stays.items()}
    goes = bulk_acts.letting_go(row.act)
    if goes is not None:
        columns["lets_go"] = Count("pk", filter=goes & ~_any(stays.values()))
    found = chosen.aggregate(**columns)
    staying = {why: found[why] for why in stays if found[why]}
    return Counted(found["total"], staying, found.get("lets_go", 0))


def _any(conditions: Iterable[Q]) -> Q:
    together = Q(pk__in=[])
    for condition in conditions:
        together |= condition
    return together


def begin(row: BulkAct, *, at: datetime) -> None:
    """Do it: what is small at once, what is large by the worker. A second word changes nothing."""
    unbegun = BulkAct.objects.filter(_NEVER_BEGUN, pk=row.pk)
    if unbegun.update(due_at=at) and row.items.count() <= AT_ONCE:
        _at_once(row, at=at)
    row.refresh_from_db()


def undo(row: BulkAct, *, by: Teammate, at: datetime) -> None:
    """Take it back, as far as nobody changed it since; what is still waiting is left undone.

    Raises TooLate, MayNot.
    """
    if row.by_id != by.pk:
        raise rights.MayNot
    if at - row.made_at > UNDONE_WITHIN:
        raise TooLate
    begun = Q(due_at__isnull=False) | Q(finished_at__isnull=False)
    rows = BulkAct.objects.filter(begun, pk=row.pk, undoing_at=None)
    if not rows.update(undoing_at=at, due_at=at):
        raise TooLate
    if row.items.count() <= AT_ONCE:
        _at_once(row, at=at)
    row.refresh_from_db()


def _at_once(row: BulkAct, *, at: datetime) -> None:
    mine = BulkAct.objects.filter(pk=row.pk)
    for claimed in due.claim(mine, at=at, most=1, lease=LEASE):
        while _batch(claimed, at=at):
            pass


def work_due(*, at: datetime) -> int:
    """Some batches of every act that is due. Returns how many conversations were looked at."""
    looked = 0
    for row in due.claim(BulkAct.objects.all(), at=at, lease=LEASE, furthest=due.LONGEST_WAIT):
        try:
            for _turn in range(_BATCHES):
                done = _batch(row, at=at)
                looked += done
                if not done:
                    break
                time.sleep(RESTS_SECONDS)
            else:
                due.put_off(row, until=at, why="")  # the next one has its turn
        except Exception as error:
            logger.exception("a bulk act failed", extra={"bulk_act": row.pk})
            why = f"{type(error).__name__}: {error}"
            due.put_off(row, until=due.next_try(row, at=at), why=why)
    return looked


def _batch(row: BulkAct, *, at: datetime) -> int:
    """One batch in one transaction; 0 when the act is done, or another worker has it."""
    with transaction.atomic():
        # First of all: it holds the row, so that two who think they have it come one by one.
        mine = BulkAct.objects.filter(pk=row.pk, lease=row.lease)
        if not mine.update(leased_until=at + LEASE):
            return 0
        row.refresh_from_db()
        waiting = row.items.filter(_left(row)).order_by("pk")
        named = list(waiting.values_list("conversation", flat=True)[:BATCH])
        by = Teammate.objects.get(pk=row.by_id)
        # Before any is looked at: what somebody does just now isn't taken for what the act did.
        into = [int(row.data["into"])] if row.act == "join" else []
        locking.lock_all([*named, *into])
        some = waiting.filter(conversation__in=named).select_related("conversation")
        seen = said.visible_to(by).in_bulk(named)
        begun, done = time.monotonic(), 0
        for item in some:
            if row.undoing_at:
                _undo_one(item, seen, by, at=at)
            else:
                _do_one(row, item, seen, by, at=at)
            done += 1
            if time.monotonic() - begun > HOLDS_SECONDS:
                break
        if not named:
            name = "undone_at" if row.undoing_at else "finished_at"
            mine.update(**{name: at}, due_at=None, leased_until=None, lease="", why="")
    return done or len(named)  # thrown away for good meanwhile, all of them: there may be more


def _left(row: BulkAct) -> Q:
    if row.undoing_at:  # one that could not be undone says why, and is not tried again
        return Q(state=State.DONE, why="")
    return Q(state=State.WAITING)


def _do_one(row: BulkAct, item: BulkItem, seen: Seen, by: Teammate, *, at: datetime) -> None:
    touches = bulk_acts.TOUCHES.get(row.act)
    try:
        with transaction.atomic():
            conversation = seen.get(item.conversation_id)
            if conversation is None:
                raise Refused(bulk_acts.GONE)
            before = undoing.picture(conversation, by=by, only=touches)
            bulk_acts.do(row.act, conversation, row.data, by, at)
            if row.act != "join":
                after = undoing.picture(conversation, by=by, only=touches)
                item.before = undoing.trace(before, after)
            item.state = State.DONE
    except Refused as error:
        item.state, item.why = State.REFUSED, str(error)
    except DatabaseError:
        raise
    except Exception:  # one that fails doesn't stop the others
        logger.exception("a bulk act failed for one", extra={"bulk_item": item.pk})
        item.state, item.why = State.REFUSED, bulk_acts.FAILED
    item.save(update_fields=["state", "why", "before"])


def _undo_one(item: BulkItem, seen: Seen, by: Teammate, *, at: datetime) -> None:
    row = item.bulk_act
    try:
        with transaction.atomic():
            if row.act == "join":
                joined = _joined(item)
                if not said.visible_to(by).filter(pk=joined.into_id).exists():
                    raise undoing.ChangedSince
                unjoining.undo(joined, by=by, at=at)
            elif item.before:
                if item.conversation_id not in seen:
                    raise undoing.ChangedSince
                undoing.undo(item.conversation, item.before, by=by, at=at)
            item.state = State.UNDONE
    except (undoing.ChangedSince, unjoining.CannotUndo):
        item.why = bulk_acts.CHANGED
    except rights.MayNot:
        item.why = bulk_acts.MAY_NOT
    except DatabaseError:
        raise
    except Exception:
        logger.exception("a bulk act could not be undone", extra={"bulk_item": item.pk})
        item.why = bulk_acts.FAILED
    item.save(update_fields=["state", "why"])


def _joined(item: BulkItem) -> Joined:
    rows = Joined.objects.filter(
        conversation=item.conversation, into=item.bulk_act.data["into"], undone_at=None
    )
    found = rows.order_by("-at").first()
    if found is None:
        raise unjoining.CannotUndo
    return found


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far it is. `refused`: how many were left as they are, by why; `kept`: not undone."""

    total: int
    waiting: int
    done: int
    undone: int
    refused: dict[str, int]
    kept: dict[str, int]


def outcome(row: BulkAct) -> Outcome:
    """One query."""
    rows = row.items.values("state", "why").annotate(number=Count("pk")).order_by("why")
    by_state: dict[str, dict[str, int]] = {state: {} for state in State.values}
    for each in rows:
        by_state[each["state"]][each["why"]] = each["number"]
    done, refused = by_state[State.DONE], by_state[State.REFUSED]
    kept = {why: number for why, number in done.items() if why}
    total = sum(sum(each.values()) for each in by_state.values())
    waiting = sum(by_state[State.WAITING].values())
    undone = sum(by_state[State.UNDONE].values())
    return Outcome(total, waiting, sum(done.values()), undone, refused, kept)


def left_as_they_are(row: BulkAct, *, by: Teammate) -> QuerySet[BulkItem]:
    """The conversations it did nothing to, or that were not undone, as far as `by` sees them."""
    rows = row.items.exclude(why="").filter(said.holding(said.visible_to(by)))
    return rows.select_related("conversation__person").order_by("pk")


def of(teammate: Teammate) -> QuerySet[BulkAct]:
    """The one door to them: one's own."""
    return BulkAct.objects.filter(by=teammate)


def sweep(*, at: datetime) -> int:
    """Forget what nobody went on with, and what was finished long ago."""
    over = Q(due_at=None, made_at__lt=at - _KEPT)
    asked = _NEVER_BEGUN & Q(made_at__lt=at - UNDONE_WITHIN)
    return BulkAct.objects.filter(over | asked).delete()[0]
