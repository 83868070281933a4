"""Notices by mail: only the kinds one wants, as they come or once a day."""

from __future__ import annotations

import pytest
from django.core import mail

from goodword.notices import actions as notices
from goodword.notices import mailing
from goodword.notices.models import Notice
from goodword.plan import actions as plans
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON

pytestmark = pytest.mark.django_db
TEN = MONDAY_NOON - 3 * HOUR  # on the clocks of the house, in Berlin


def tell(who, number, *, kind="late", at=MONDAY_NOON):
    matter, title = f"promise:{number}", f"{kind} {number}"
    notices.tell(who, matter=matter, kind=kind, title=title, url="/inbox/mine/", at=at)


def wants(who, **changes):
    plain = {
        "by_mail": True, "by_browser": False, "quiet_from": 18 * 60, "quiet_until": 8 * 60,
        "quiet_weekends": True,
    }  # fmt: skip
    notices.prefer(who, **plain | changes)


def mailed(at):
    before = len(mail.outbox)
    mailing.mail_due(clock=lambda: at)
    return [each.subject for each in mail.outbox[before:]]


def test_what_is_not_wanted_by_mail_stands_under_the_bell_alone(house):
    wants(house.ben, not_by_mail=["followed", "mentioned"])
    for number, kind in enumerate(("followed", "mentioned", "late", "given")):
        tell(house.ben, number, kind=kind)

    assert mailed(MONDAY_NOON + 5 * MINUTE) == ["2 matters wait for you"]
    assert mailed(MONDAY_NOON + HOUR) == []
    assert Notice.objects.filter(seen_at__isnull=True).count() == 4


def test_once_a_day_one_mail_holds_all_that_came_since_the_last(house):
    wants(house.ben, digest_at=10 * 60)
    tell(house.ben, 1)
    tell(house.ben, 2, at=MONDAY_NOON + 9 * HOUR)
    looks = [MONDAY_NOON + n * HOUR for n in range(1, 20)]
    assert [each for at in looks for each in mailed(at)] == []

    assert mailed(TEN + DAY + MINUTE) == ["2 matters wait for you"]
    tell(house.ben, 3, at=TEN + DAY + 2 * MINUTE)
    assert mailed(TEN + DAY + HOUR) == []
    assert mailed(TEN + 2 * DAY) == ["late 3"]


def test_a_daily_mail_comes_in_quiet_hours_but_not_on_quiet_days_nor_to_who_is_away(house):
    wants(house.ben, digest_at=7 * 60)  # before they end at eight
    tell(house.ben, 1, at=MONDAY_NOON + 4 * DAY)  # on Friday
    seven = MONDAY_NOON - 6 * HOUR
    assert [each for day in (4, 5, 6) for each in mailed(seven + day * DAY + MINUTE)] == []
    assert mailed(MONDAY_NOON + 6 * DAY) == []
    assert mailed(seven + 7 * DAY - HOUR) == []
    assert mailed(seven + 7 * DAY) == ["late 1"]

    plans.be_absent(
        house.ben, since=seven + 7 * DAY, until=seven + 8 * DAY + HOUR, stand_in=None, text="",
        by=house.ana, at=MONDAY_NOON,
    )  # fmt: skip
    tell(house.ben, 2, at=seven + 7 * DAY + HOUR)
    assert mailed(seven + 8 * DAY) == []
    assert mailed(seven + 8 * DAY + 2 * HOUR) == []
    assert mailed(seven + 9 * DAY) == ["late 2"]


def test_what_was_seen_before_the_hour_comes_in_no_daily_mail(house):
    wants(house.ben, digest_at=10 * 60)
    tell(house.ben, 1)
    mailed(MONDAY_NOON + HOUR)
    notices.see(Notice.objects.all(), at=MONDAY_NOON + 2 * HOUR)

    assert mailed(TEN + DAY) == []


def test_who_turns_from_a_daily_mail_to_each_as_it_comes_gets_what_waited(house):
    wants(house.ben, digest_at=10 * 60)
    tell(house.ben, 1)
    assert mailed(MONDAY_NOON + 5 * MINUTE) == []
    wants(house.ben)

    assert mailed(TEN + DAY) == ["late 1"]
