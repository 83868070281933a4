from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

CalendarChange = Literal[
    "calendar_made",
    "calendar_changed",
    "calendar_removed",
    "standard_chosen",
    "closed",
    "opened_again",
    "inbox_planned",
]
DutyChange = Literal["added", "changed", "removed", "forgotten"]
TargetChange = Literal["set", "removed"]


@dataclass(frozen=True, slots=True)
class PlanChanged:
    """Opening hours became others: what was promised by them is due at another time, maybe.

    Of one calendar (`calendar_id`), or of one inbox that follows another calendar (`inbox_id`).
    """

    KIND: ClassVar[str] = "plan.changed"
    what: CalendarChange
    calendar_id: int | None = None
    inbox_id: int | None = None


@dataclass(frozen=True, slots=True)
class DutiesChanged:
    KIND: ClassVar[str] = "plan.duties_changed"
    what: DutyChange
    inbox_id: int | None = None


@dataclass(frozen=True, slots=True)
class TargetsChanged:
    KIND: ClassVar[str] = "plan.targets_changed"
    what: TargetChange
    inbox_id: int | None = None
    kind_id: int | None = None


@dataclass(frozen=True, slots=True)
class TeammateAway:
    """Now or from some day on; said anew when the days change."""

    KIND: ClassVar[str] = "plan.teammate_away"
    absence_id: int
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class TeammateBack:
    KIND: ClassVar[str] = "plan.teammate_back"
    absence_id: int
