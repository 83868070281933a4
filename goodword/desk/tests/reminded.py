"""The sweep that reminds, and what it told whom."""

from __future__ import annotations

from django.core import mail

from goodword.desk.keeping import reminding
from goodword.events import actions as events
from goodword.notices import mailing
from goodword.notices.models import Notice
from goodword.plan import actions as plan_actions
from tests.factories import DAY, MONDAY_NOON

DUE = MONDAY_NOON + DAY  # where no plan is set, an answer is due in 24 hours


def hand_on(*, at):
    while events.hand_on(at=at):
        pass


def sweep(at):
    while reminding.remind_due(at=at):
        pass


def mailed(at):
    """Whom a mail went to at `at`, and its subject."""
    before = len(mail.outbox)
    mailing.mail_due(clock=lambda: at)
    return [(each.to[0].partition("@")[0], each.subject) for each in mail.outbox[before:]]


def told(matter=None):
    """Who has what open, by first name."""
    rows = Notice.objects.filter(ended_at__isnull=True)
    if matter is not None:
        rows = rows.filter(matter=events.name_of(matter))
    return {
        row.teammate.name.split()[0]: row.kind
        for row in rows.select_related("teammate").order_by("pk")
    }


def steps_of(promise):
    return list(promise.steps.order_by("pk").values_list("kind", flat=True))


def opens(house, *, hours=(0, 24)):
    """The house is open then, every day, in Berlin's time."""
    week = [(day, hours[0] * 60, hours[1] * 60) for day in range(7)]
    calendar = plan_actions.make_calendar(
        name="Shop", zone="Europe/Berlin", periods=week, by=house.ana, at=MONDAY_NOON
    )
    plan_actions.make_standard(calendar, by=house.ana, at=MONDAY_NOON)


def duty(house, who, day, hours, backup=None):
    plan_actions.add_duty(
        teammate=who, backup=backup, period=(day, hours[0] * 60, hours[1] * 60),
        inbox=house.hello, by=house.ana, at=MONDAY_NOON,
    )  # fmt: skip


def away(house, who, stand_in=None, until=None):
    plan_actions.be_absent(
        who, since=MONDAY_NOON, until=until, stand_in=stand_in, by=house.ana, at=MONDAY_NOON
    )
