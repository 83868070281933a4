"""Who isn't there for a while, and who doesn't come back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from goodword.accounts.models import Teammate
from goodword.core.text import clean_line
from goodword.plan import events as facts
from goodword.plan.actions.changing import EndsBeforeItBegins, changed
from goodword.plan.models import Absence, Duty


class StandInIsThemselves(Exception):
    """Somebody else stands in."""


@transaction.atomic
def be_absent(
    teammate: Teammate,
    *,
    since: datetime,
    until: datetime | None = None,
    stand_in: Teammate | None = None,
    text: str = "",
    by: Teammate,
    at: datetime,
) -> Absence:
    """Not there from `since` to `until` (None: until `come_back_from`); colleagues read `text`.

    What they owe meanwhile is for `desk` to hand over. Raises EndsBeforeItBegins,
    StandInIsThemselves.
    """
    absence = Absence(teammate=teammate, made_at=at, made_by=by)
    _set(absence, since=since, until=until, stand_in=stand_in, text=text)
    _away(absence, by=by, at=at)
    return absence


@transaction.atomic
def change_absence(
    absence: Absence,
    *,
    since: datetime,
    until: datetime | None,
    stand_in: Teammate | None,
    text: str,
    by: Teammate,
    at: datetime,
) -> None:
    """Say it anew. Raises what `be_absent` does."""
    _set(absence, since=since, until=until, stand_in=stand_in, text=text)
    _away(absence, by=by, at=at)


@transaction.atomic
def come_back_from(absence: Absence, *, by: Teammate, at: datetime) -> None:
    """There again. What had not begun by `at` never was; what was over stays as it was."""
    absence.refresh_from_db()
    if absence.until is not None and absence.until <= at:
        return
    fact = facts.TeammateBack(absence_id=absence.pk)
    changed(fact, by=by, about=absence.teammate, at=at)
    if absence.since >= at:
        absence.delete()
    else:
        absence.until = at
        absence.save(update_fields=["until"])


@transaction.atomic
def forget_teammate(teammate: Teammate, *, by: Teammate, at: datetime) -> None:
    """They left: they have no duty any more, are nobody's backup, and stand in for nobody."""
    ahead = Absence.objects.filter(Q(until__isnull=True) | Q(until__gt=at), stand_in=teammate)
    removed, _by_model = Duty.objects.filter(teammate=teammate).delete()
    freed = Duty.objects.filter(backup=teammate).update(backup=None)
    if removed + freed + ahead.update(stand_in=None):
        changed(facts.DutiesChanged(what="forgotten"), by=by, about=teammate, at=at)


def _set(
    absence: Absence,
    *,
    since: datetime,
    until: datetime | None,
    stand_in: Teammate | None,
    text: str,
) -> None:
    if until is not None and until <= since:
        raise EndsBeforeItBegins
    if stand_in == absence.teammate:
        raise StandInIsThemselves
    absence.since, absence.until, absence.stand_in = since, until, stand_in
    absence.text = clean_line(text, most=200)
    absence.save()


def _away(absence: Absence, *, by: Teammate, at: datetime) -> None:
    fact = facts.TeammateAway(absence_id=absence.pk, since=absence.since, until=absence.until)
    changed(fact, by=by, about=absence.teammate, at=at)
