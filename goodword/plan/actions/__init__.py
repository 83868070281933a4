"""Change the service plan. Callers: `from goodword.plan import actions as plan`.

Each verb stores a new plan number, so that every process reads the plan again, and announces. Who
may do so is the callers' to ask.
"""

from __future__ import annotations

from goodword.plan.actions.absences import (
    StandInIsThemselves,
    be_absent,
    change_absence,
    come_back_from,
    forget_teammate,
)
from goodword.plan.actions.calendars import (
    CalendarInUse,
    CalendarIsStandard,
    CalendarNameTaken,
    UnknownZone,
    change_calendar,
    close_days,
    found_calendar,
    make_calendar,
    make_standard,
    open_again,
    remove_calendar,
    set_inbox_plan,
)
from goodword.plan.actions.changing import (
    EndsBeforeItBegins,
    ImpossiblePeriod,
    PeriodsOverlap,
    WeeklyPeriod,
)
from goodword.plan.actions.duties import (
    BackupIsThemselves,
    MayNotAnswer,
    NoCalendar,
    add_duty,
    change_duty,
    remove_duty,
)
from goodword.plan.actions.targets import (
    LeadBeforeBackup,
    TakesNoTime,
    remove_target,
    set_target,
)
from goodword.plan.hours import NeverOpen
from goodword.plan.public_holidays import UnknownCountry, UnknownRegion

__all__ = [
    "BackupIsThemselves",
    "CalendarInUse",
    "CalendarIsStandard",
    "CalendarNameTaken",
    "EndsBeforeItBegins",
    "ImpossiblePeriod",
    "LeadBeforeBackup",
    "MayNotAnswer",
    "NeverOpen",
    "NoCalendar",
    "PeriodsOverlap",
    "StandInIsThemselves",
    "TakesNoTime",
    "UnknownCountry",
    "UnknownRegion",
    "UnknownZone",
    "WeeklyPeriod",
    "add_duty",
    "be_absent",
    "change_absence",
    "change_calendar",
    "change_duty",
    "close_days",
    "come_back_from",
    "forget_teammate",
    "found_calendar",
    "make_calendar",
    "make_standard",
    "open_again",
    "remove_calendar",
    "remove_duty",
    "remove_target",
    "set_inbox_plan",
    "set_target",
]
