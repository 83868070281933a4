"""When the sweep looks at an open promise, and how far up it goes then. Pure: no rows, no clock.

Three rungs stand around the due time: the owner is reminded before it, the backup hears of it when
it is due, the lead when it is late. How far apart they are is said by the plan (`Ladder`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from goodword.plan.service_plan import Ladder

Rung = Literal["reminded", "backup", "lead"]  # as `Promise.looked` names the last one taken
RUNGS: tuple[Rung, ...] = ("reminded", "backup", "lead")
GRACE = timedelta(minutes=30)  # an appointed moment (a call) that has passed so long is missed


@dataclass(frozen=True, slots=True)
class Climb:
    """What is to be done now: the rungs that came due, lowest first, and when to look again.

    After a standstill several rungs are due at once: the highest is what happened, and whom the
    lower ones would have told is told with it.
    """

    rungs: tuple[Rung, ...]
    next_look: datetime | None


def first_look(
    due_at: datetime, ladder: Ladder | None, *, since: datetime | None = None
) -> datetime:
    """When a promise due at `due_at` is looked at first.

    No ladder: when it is due, as with what others owe us and with what we come back to. `since`,
    when it was made: what is promised at short notice reminds half-way, never in the same breath.
    """
    if ladder is None:
        return due_at
    before = due_at - ladder.remind_before
    if since is not None and since < due_at:
        return max(before, since + (due_at - since) / 2)
    return before


def climb(looked: str, due_at: datetime, ladder: Ladder, *, at: datetime) -> Climb:
    """The rungs above `looked` whose moment has come by `at`; none when it was moved meanwhile."""
    names: tuple[str, ...] = RUNGS
    left = RUNGS[names.index(looked) + 1 :] if looked in names else RUNGS
    moments: dict[Rung, datetime] = {
        "reminded": due_at - ladder.remind_before,
        "backup": due_at + ladder.backup_after,
        "lead": due_at + ladder.lead_after,
    }
    taken = tuple(rung for rung in left if moments[rung] <= at)
    rest = [moments[rung] for rung in left if rung not in taken]
    return Climb(taken, min(rest, default=None))


def is_missed(due_at: datetime, *, at: datetime) -> bool:
    """Whether an appointed moment has passed for good."""
    return at >= due_at + GRACE
