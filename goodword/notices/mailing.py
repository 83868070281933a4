"""Notices by mail: one mail a person for all that is due, and only for what nobody has seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from goodword.accounts import queries as accounts
from goodword.accounts.models import Teammate
from goodword.core import prepared
from goodword.notices import queries
from goodword.notices.kinds import group_of
from goodword.notices.models import Notice, Preference
from goodword.notices.quiet import digests_around, may_reach
from goodword.plan import queries as plan

LISTED = 30  # in one mail; the others are counted and stand in the app
_LOOK_AGAIN = timedelta(minutes=15)  # at whom may not be reached now
_BETWEEN = timedelta(minutes=10)  # two mails to one person, whatever catches up meanwhile


def mail_due(*, clock: Callable[[], datetime], most: int = 20) -> int:
    """Mail what is due to up to `most` people; returns how many were looked at."""
    at = clock()
    if not prepared.rows("notices due", lambda moment: _due(moment).values_list("pk")[:1], at):
        return 0
    waiting = _due(at).order_by().values_list("teammate", flat=True).distinct()
    people = Teammate.objects.in_bulk(list(waiting[:most]))
    for teammate in people.values():
        _mail(teammate, at=at)
    return len(people)


def may_be_reached(teammate: Teammate, *, at: datetime) -> bool:
    """Whether mail or a browser's notification may reach them now."""
    return _reachable(teammate, queries.preference_of(teammate), at=at)


def _reachable(teammate: Teammate, preference: Preference, *, at: datetime) -> bool:
    service_plan = plan.current()
    return may_reach(
        preference,
        at,
        zone=_zone(),
        on_duty=service_plan.is_on_duty(teammate.pk, at),
        away=service_plan.absence_of(teammate.pk, at) is not None,
    )


def _zone() -> ZoneInfo:
    business = accounts.business()
    return ZoneInfo(business.zone if business else "UTC")


def _due(at: datetime) -> QuerySet[Notice]:
    return Notice.objects.filter(due_at__lte=at, seen_at__isnull=True, ended_at__isnull=True)


@transaction.atomic
def _mail(teammate: Teammate, *, at: datetime) -> None:
    """The mail is a row too (`channels.email.notices`), so one commit both stores it and notes it:
    however many processes look, and wherever one dies, it is written once.
    """
    due = _due(at).filter(teammate=teammate)
    preference = queries.preference_of(teammate)
    _drop_unwanted(due, preference)
    if not teammate.is_active or not preference.by_mail:
        due.update(due_at=None)
    elif preference.digest_at is not None:
        _mail_digest(teammate, due, preference, at=at)
    elif not may_be_reached(teammate, at=at):
        due.update(due_at=at + _LOOK_AGAIN)
    elif last := _last_mail(teammate, since=at - _BETWEEN):
        due.update(due_at=last + _BETWEEN)
    else:
        _send(teammate, due, at=at)


def _drop_unwanted(due: QuerySet[Notice], preference: Preference) -> None:
    """What is of a kind that they don't want by mail stands in the app alone."""
    if preference.not_by_mail:
        found = due.values_list("pk", "kind")
        unwanted = [key for key, kind in found if group_of(kind) in preference.not_by_mail]
        due.filter(pk__in=unwanted).update(due_at=None)


def _mail_digest(
    teammate: Teammate, due: QuerySet[Notice], preference: Preference, *, at: datetime
) -> None:
    """One mail a day, at the minute they chose, also in their quiet hours; not on quiet days."""
    assert preference.digest_at is not None
    last, following = digests_around(preference.digest_at, at, zone=_zone())
    at_any_hour = Preference(quiet_from=0, quiet_until=0, quiet_weekends=preference.quiet_weekends)
    if not _reachable(teammate, at_any_hour, at=at):
        due.update(due_at=following)
        return
    due.filter(told_at__gte=last).update(due_at=following)
    _send(teammate, due, at=at)


def _send(teammate: Teammate, due: QuerySet[Notice], *, at: datetime) -> None:
    if count := due.update(due_at=None, mailed_at=at):
        first = queries.of(teammate).filter(mailed_at=at)[:LISTED]
        _write(teammate, list(first), count=count)


def _last_mail(teammate: Teammate, *, since: datetime) -> datetime | None:
    mailed = queries.of(teammate).filter(mailed_at__gt=since).order_by("-mailed_at")
    return mailed.values_list("mailed_at", flat=True).first()


def _write(teammate: Teammate, notices: Sequence[Notice], *, count: int) -> None:
    with translation.override(accounts.language_of(teammate, house=accounts.business())):
        subject = notices[0].words
        if count > 1:
            words = ngettext(
                "%(count)s matter waits for you", "%(count)s matters wait for you", count
            )
            subject = words % {"count": count}
        body = _body(notices, more=count - len(notices))
        EmailMessage(subject=subject, body=body, to=[teammate.email]).send()


def _body(notices: Sequence[Notice], *, more: int) -> str:
    lines = [f"{notice.words}\n{settings.URL}{notice.url}" for notice in notices]
    if more > 0:
        words = ngettext("And %(count)s more:", "And %(count)s more:", more) % {"count": more}
        lines.append(f"{words}\n{settings.URL}{reverse('notices:listed')}")
    lines.append(_("How you are told: %(url)s") % {"url": settings.URL + reverse("settings:told")})
    return "\n\n".join(lines)
