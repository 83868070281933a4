"""A promise's own history in words: what was done, by whom, when and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from goodword.accounts import queries as accounts
from goodword.accounts.models import Teammate
from goodword.promises.models import REPLY, Promise, Step
from goodword.ui.times import Clock
from goodword.web.ledger.showing import why_words

_ICONS = {
    "made": "message-square-quote",
    "asked_again": "message-circle-question-mark",
    "reminded": "bell",
    "backup_told": "user-round-plus",
    "lead_told": "user-round-cog",
    "moved": "corner-up-right",
    "hastened": "arrow-up",
    "recomputed": "calendar-clock",
    "handed_over": "user-round-check",
    "kept": "check",
    "kept_late": "clock-check",
    "released": "feather",
    "broken": "x",
    "reopened": "undo-2",
    "held": "mail",
    "shown": "eye",
    "hidden": "eye-off",
    "other_time": "calendar-clock",
    "person_changed": "user-round",
}


@dataclass(frozen=True, slots=True)
class Line:
    icon: str
    words: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class _Told:
    """One step, and what its sentence names."""

    step: Step
    promise: Promise
    who: str  # begins the sentence
    to: str
    due: str
    before: str


def lines(promise: Promise, steps: Iterable[Step], *, by: Teammate, now: datetime) -> list[Line]:
    """Oldest first. Two queries, for the names of whom it was handed to."""
    rows, clock = list(steps), Clock(now)
    names = _names({key for step in rows for key in _named(step)}, by)

    def line(step: Step) -> Line:
        told = _Told(
            step=step,
            promise=promise,
            who=_who(step.by, by),
            to=", ".join(names[key] for key in _named(step) if key in names) or _("somebody"),
            due=_moment(step.data.get("due_at"), clock),
            before=_moment(step.data.get("before"), clock),
        )
        icon = _ICONS.get(step.kind, "circle-dot")
        return Line(icon, _sentence(told), step.at, why_words(step.why))

    return [line(step) for step in rows]


def _named(step: Step) -> list[str]:
    """Whom it was handed to, or who was told; as `teammate:3`."""
    return [str(step.data["to"])] if "to" in step.data else list(step.data.get("told", []))


def _sentence(told: _Told) -> str:
    about = {"who": told.who, "to": told.to, "due": told.due, "before": told.before}
    words = _WORDS.get(told.step.kind)
    return words(told) % about if words else told.step.kind.replace("_", " ")


def _made(told: _Told) -> str:
    if told.step.by is not None:
        return _("%(who)s promised it, for %(due)s")
    if told.promise.kind == REPLY:
        return _("They wrote, and an answer was promised for %(due)s")
    return _("It was promised for %(due)s")


def _reopened(told: _Told) -> str:
    return _("%(who)s took it back: it is owed again") if told.step.by else _("It is owed again")


def _released(told: _Told) -> str:
    return _("%(who)s let go of it") if told.step.by else _("It was let go")


def _moved(told: _Told) -> str:
    if told.step.by:
        return _("%(who)s moved it from %(before)s to %(due)s")
    return _("It was moved from %(before)s to %(due)s")


def _handed_over(told: _Told) -> str:
    return _("%(who)s handed it to %(to)s") if told.step.by else _("It went to %(to)s")


def _kept(told: _Told) -> str:
    return _("%(who)s kept it") if told.step.by else _("It was kept")


def _kept_late(told: _Told) -> str:
    return _("%(who)s kept it, after its time") if told.step.by else _("It was kept, late")


def _broken(told: _Told) -> str:
    return _("%(who)s said that it was not kept") if told.step.by else _("It was not kept")


_WORDS: dict[str, Callable[[_Told], str]] = {
    "made": _made,
    "asked_again": lambda told: _("They asked again before it was kept"),
    "reminded": lambda told: _("Goodword reminded %(to)s"),
    "backup_told": lambda told: _("Goodword asked %(to)s to step in"),
    "lead_told": lambda told: _("Goodword told %(to)s that it is late"),
    "moved": _moved,
    "hastened": lambda told: _("It became urgent: due %(due)s instead of %(before)s"),
    "recomputed": lambda told: _("Our hours changed: due %(due)s instead of %(before)s"),
    "handed_over": _handed_over,
    "kept": _kept,
    "kept_late": _kept_late,
    "released": _released,
    "broken": _broken,
    "reopened": _reopened,
    "other_time": lambda told: _("They asked for another time"),
    "shown": lambda told: _("%(who)s put it on their page"),
    "hidden": lambda told: _("%(who)s took it off their page"),
    "person_changed": lambda told: _("%(who)s found that it concerns somebody else"),
    "held": lambda told: _("They were told when the answer will come"),
}


def _who(teammate: Teammate | None, me: Teammate) -> str:
    if teammate is None:
        return pgettext("who did it", "Goodword")
    return pgettext("who did it", "You") if teammate == me else teammate.name


def _moment(written: object, clock: Clock) -> str:
    try:
        return clock.short(datetime.fromisoformat(str(written)).astimezone(UTC))
    except ValueError:
        return ""


def _names(keys: set[str], me: Teammate) -> dict[str, str]:
    """The names of `teammate:3` and `team:4`."""
    found = {f"teammate:{me.pk}": _("you")}
    for kind, rows in (("teammate", accounts.teammates()), ("team", accounts.teams())):
        wanted = [key.partition(":")[2] for key in keys if key.startswith(f"{kind}:")]
        for pk, name in rows.filter(pk__in=wanted).values_list("pk", "name"):
            found.setdefault(f"{kind}:{pk}", name)
    return found
