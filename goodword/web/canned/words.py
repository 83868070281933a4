"""What a macro does, in words; and the sentence for whatever it refuses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from goodword.accounts import queries as accounts
from goodword.canned import applying, steps
from goodword.canned.steps import Do, Step
from goodword.core.text import one_line
from goodword.desk import handling
from goodword.desk.shaping import undoing
from goodword.tasks import actions as tasks
from goodword.web.inbox import errors

REFUSALS = (
    *errors.REFUSALS,
    handling.AnswerOwed,
    handling.PromisesOpen,
    applying.NobodySuch,
    applying.AlreadyUndone,
    undoing.ChangedSince,
    steps.Malformed,
    tasks.TooMany,
)


@dataclass(frozen=True, slots=True)
class Worded:
    """A step as a page shows it, and as it sends it back."""

    written: str
    words: str


def of(*lists: Iterable[Step]) -> list[list[Worded]]:
    """Each of these lists of steps in words; two queries, however many they are."""
    told = [list(each) for each in lists]
    names = _names(step for each in told for step in each)
    return [[Worded(step.written, _words(step, names)) for step in each] for each in told]


def _names(told: Iterable[Step]) -> dict[str, str]:
    """Of teammates and teams that something is given to, by "teammate:7hq2…"."""
    wanted: dict[str, set[str]] = {"teammate": set(), "team": set()}
    for step in told:
        kind, _colon, public_id = step.value.partition(":")
        if step.do is Do.ASSIGN and kind in wanted:
            wanted[kind].add(public_id)
    sources: dict[str, QuerySet[Any]] = {"teammate": accounts.teammates(), "team": accounts.teams()}
    return {
        f"{kind}:{public_id}": name
        for kind, rows in sources.items()
        if wanted[kind]
        for public_id, name in rows.filter(public_id__in=wanted[kind]).values_list(
            "public_id", "name"
        )
    }


def _words(step: Step, names: Mapping[str, str]) -> str:
    value = {"value": step.value}
    match step.do:
        case Do.NOTE | Do.CHECK:
            short = {"value": one_line(step.value, most=40)}
            return (_("note “%(value)s”") if step.do is Do.NOTE else _("step “%(value)s”")) % short
        case Do.TAG:
            return _("tag %(value)s") % value
        case Do.UNTAG:
            return _("take the tag %(value)s off") % value
        case Do.URGENT:
            return _("mark as urgent")
        case Do.NOT_URGENT:
            return _("mark as not urgent")
        case Do.ASSIGN if step.value == "me":
            return _("give it to me")
        case Do.ASSIGN if step.value == "nobody":
            return _("put it back for anyone to take")
        case Do.ASSIGN:
            who = names.get(step.value, _("somebody who is gone"))
            return _("give it to %(who)s") % {"who": who}
        case Do.NO_ANSWER:
            return _("no answer needed")
        case Do.CLOSE:
            return _("close")
        case Do.SNOOZE:
            days = int(step.value)
            return ngettext("snooze a day", "snooze %(n)s days", days) % {"n": days}


def sentence(error: Exception) -> str:
    match error:
        case handling.AnswerOwed():
            return _(
                "Nothing was done: an answer is still owed here, so it can't be closed. Answer "
                "it, or say that it needs none."
            )
        case handling.PromisesOpen():
            return _(
                "Nothing was done: something is still promised here. Close it by hand and say "
                "what becomes of it."
            )
        case applying.NobodySuch():
            return _("Nothing was done: whom it gives this to isn't here any more.")
        case undoing.ChangedSince():
            return _("Not undone: this has changed since. Nothing was done now.")
        case applying.AlreadyUndone():
            return _("This was undone already.")
        case tasks.TooMany():
            return _("Nothing was done: a checklist has at most %(n)s steps.") % {"n": tasks.MOST}
        case steps.Malformed():
            return _("Nothing was done: what is to be done along with it can't be read.")
    return errors.sentence(error)
