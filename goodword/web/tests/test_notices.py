"""What a teammate is told, in the app: theirs alone, counted, seen, and how they want it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from goodword.events.models import Event
from goodword.notices import actions as notices
from goodword.notices import kinds, queries
from goodword.notices.models import Notice, Preference
from goodword.web.live.news import news_of
from tests.factories import HOUR, MINUTE, MONDAY_NOON

pytestmark = pytest.mark.django_db


def tell(who, number=1, *, kind="due_soon", title="Answer Grace", at=MONDAY_NOON):
    notices.tell(who, matter=f"promise:{number}", kind=kind, title=title, url="/inbox/mine/", at=at)
    return Notice.objects.filter(teammate=who).latest("pk")


def signed_in(who) -> Client:
    client = Client()
    client.force_login(who)
    return client


@pytest.fixture
def ben(house: SimpleNamespace) -> Client:
    return signed_in(house.ben)


def test_told_again_of_the_same_it_stays_one_notice_and_stays_seen(house):
    first = tell(house.ben, title="Due at ten")
    notices.see(queries.of(house.ben), at=MONDAY_NOON + MINUTE)
    again = tell(house.ben, title="Due at eleven", at=MONDAY_NOON + HOUR)

    assert again.pk == first.pk
    assert (again.title, again.seen_at is None) == ("Due at eleven", False)
    assert queries.count_unseen(house.ben) == 0


def test_another_kind_is_news_again(house):
    tell(house.ben)
    notices.see(queries.of(house.ben), at=MONDAY_NOON + MINUTE)
    tell(house.ben, kind="late", at=MONDAY_NOON + HOUR)

    assert queries.count_unseen(house.ben) == 1
    assert Notice.objects.count() == 1


def test_once_settled_the_matter_may_be_told_of_anew(house):
    tell(house.ben)
    notices.settle_matter("promise:1", at=MONDAY_NOON + MINUTE)
    assert queries.count_unseen(house.ben) == 0

    tell(house.ben, at=MONDAY_NOON + HOUR)
    assert queries.count_unseen(house.ben) == 1
    assert Notice.objects.count() == 2


def test_who_has_left_is_told_nothing(house):
    house.carl.is_active = False
    assert not notices.tell(
        house.carl, matter="promise:1", kind="late", title="x", url="/", at=MONDAY_NOON
    )


def test_a_month_after_it_was_told_a_notice_goes_with_the_names_in_its_title(house):
    tell(house.ben)
    tell(house.lea, 2, at=MONDAY_NOON + HOUR)
    assert notices.sweep(at=MONDAY_NOON + notices.KEPT - MINUTE) == 0
    assert notices.sweep(at=MONDAY_NOON + notices.KEPT + MINUTE) == 1
    assert queries.count_unseen(house.lea) == 1


def test_the_page_shows_my_notices_newest_first_and_nobody_elses(house, ben):
    tell(house.ben, 1, title="The older")
    tell(house.ben, 2, title="The newer", at=MONDAY_NOON + HOUR)
    tell(house.lea, 3, title="Something of Lea")
    page = ben.get("/notices/").text

    assert page.index("The newer") < page.index("The older")
    assert "Lea" not in page
    assert 'class="bell-count"' in page and ">2</span>" in page


def test_only_its_teammate_opens_a_notice_and_whoever_does_has_seen_it(house, ben):
    notice = tell(house.ben)
    for stranger in (house.ana, house.carl, house.lea, house.lou):
        assert signed_in(stranger).get(f"/notices/{notice.pk}/").status_code == 404
    assert Client().get(f"/notices/{notice.pk}/").status_code == 302  # to sign in
    notice.refresh_from_db()
    assert notice.seen_at is None

    assert ben.get(f"/notices/{notice.pk}/").url == "/inbox/mine/"  # a link changes nothing
    assert queries.count_unseen(house.ben) == 1
    assert ben.post(f"/notices/{notice.pk}/").url == "/inbox/mine/"
    assert queries.count_unseen(house.ben) == 0


def test_marking_all_as_seen_leaves_those_of_others(house, ben):
    tell(house.ben)
    tell(house.lea)
    assert ben.get("/notices/seen/").status_code == 405
    assert ben.post("/notices/seen/").status_code == 302
    assert (queries.count_unseen(house.ben), queries.count_unseen(house.lea)) == (0, 1)


def test_long_lists_come_in_pages_without_gaps(house, ben, monkeypatch):
    for number in range(7):
        tell(house.ben, number, title=f"Matter {number}.", at=MONDAY_NOON + number // 3 * MINUTE)
    seen, after = [], ""
    while page := queries.page_of(house.ben, after=after, most=2):
        seen += [row.title for row in page.rows]
        after = page.after
        if not after:
            break
    assert sorted(seen) == [f"Matter {number}." for number in range(7)]
    assert [row.title for row in queries.page_of(house.ben).rows] == seen
    for nonsense in (
        "x",
        "_",
        "2026-01-01_5",
        "2026-01-01T00:00:00+00:00_²",
        "0001-01-01T00:00:00+14:00_1",
        "a_" + "9" * 30,
    ):
        assert ben.get("/notices/", {"after": nonsense}).status_code == 200


def test_the_bell_costs_one_query_and_a_fragment_none(house, ben):
    tell(house.ben)
    ben.get("/inbox/mine/")

    with CaptureQueriesContext(connection) as page:
        ben.get("/inbox/mine/")
    with CaptureQueriesContext(connection) as piece:
        ben.get("/inbox/mine/?fragment=list", headers={"HX-Request": "true"})
    asked = [sum("notices_notice" in each["sql"] for each in some) for some in (page, piece)]
    assert asked == [1, 0]


def test_the_browser_shows_what_is_news_only_to_who_wants_it_and_not_at_night(house, ben):
    def shown(at):
        tell(house.ben, kind=f"late-{at.hour}", at=at)
        with time_machine.travel(at + MINUTE, tick=False):
            return "data-shown" in signed_in(house.ben).get("/notices/news/").text

    assert not shown(MONDAY_NOON)
    notices.prefer(
        house.ben, by_mail=True, by_browser=True, quiet_from=18 * 60, quiet_until=8 * 60,
        quiet_weekends=True,
    )  # fmt: skip
    assert shown(MONDAY_NOON + HOUR)
    assert not shown(MONDAY_NOON + 9 * HOUR)  # 22:00 in Berlin


def test_how_one_is_told_is_ones_own_to_say(house, ben):
    page = ben.get("/settings/told/").text
    assert 'value="18:00"' in page and 'value="08:00"' in page

    saved = ben.post(
        "/settings/told/",
        {
            "by_browser": "on", "quiet_from": "20:30", "quiet_until": "07:00", "mails": "daily",
            "digest_at": "07:45", "sounds": "on", "hears_of_new": "on",
            "kinds_by_mail": ["owed", "given"], "kinds_by_browser": ["mentioned"],
        },
    )  # fmt: skip
    assert saved.status_code == 302
    mine = Preference.objects.get(teammate=house.ben)
    assert (mine.by_mail, mine.by_browser, mine.quiet_weekends) == (False, True, False)
    assert (mine.quiet_from, mine.quiet_until) == (20 * 60 + 30, 7 * 60)
    assert (mine.digest_at, mine.sounds, mine.hears_of_new) == (7 * 60 + 45, True, True)
    assert set(mine.not_by_mail) == kinds.GROUPS.keys() - {"owed", "given"}
    assert set(mine.not_by_browser) == kinds.GROUPS.keys() - {"mentioned"}
    assert Preference.objects.count() == 1
    assert 'value="07:45"' in ben.get("/settings/told/").text


def test_a_daily_mail_needs_its_time(ben):
    form = {"mails": "daily", "digest_at": "", "quiet_from": "18:00", "quiet_until": "08:00"}
    answer = ben.post("/settings/told/", form)
    assert answer.status_code == 422 and "Say when the daily mail is to come." in answer.text


def test_the_browser_shows_only_the_kinds_that_are_wanted(house, ben):
    notices.prefer(
        house.ben, by_mail=True, by_browser=True, quiet_from=0, quiet_until=0,
        quiet_weekends=False, not_by_browser=["followed"],
    )  # fmt: skip
    tell(house.ben, 1, kind="followed", title="Followed")
    tell(house.ben, 2, kind="mentioned", title="Mentioned")
    with time_machine.travel(MONDAY_NOON + MINUTE, tick=False):
        shown = ben.get("/notices/news/").text
    assert "Mentioned" in shown and "Followed" not in shown


def test_a_sound_is_asked_for_only_where_it_was_switched_on_and_not_at_night(house, ben):
    def rings(at):
        tell(house.ben, kind=f"late-{at.hour}", at=at)
        with time_machine.travel(at + MINUTE, tick=False):
            return "data-sounds" in signed_in(house.ben).get("/notices/news/").text

    assert not rings(MONDAY_NOON)
    notices.prefer(
        house.ben, by_mail=True, by_browser=False, quiet_from=18 * 60, quiet_until=8 * 60,
        quiet_weekends=True, sounds=True,
    )  # fmt: skip
    assert rings(MONDAY_NOON + HOUR)
    assert not rings(MONDAY_NOON + 9 * HOUR)


@pytest.mark.parametrize("wrong", ["", "25:00", "noon", "18:00:00; DROP"])
def test_a_time_that_is_none_is_said_to_be_wrong_and_nothing_is_stored(ben, wrong):
    form = {"mails": "as_it_comes", "quiet_from": wrong, "quiet_until": "08:00"}
    assert ben.post("/settings/told/", form).status_code == 422
    assert Preference.objects.count() == 0


def test_the_stream_tells_a_teammate_of_their_own_notices_and_nobody_else(house):
    tell(house.ben)
    news = news_of(Event.objects.filter(kind="notices.changed"))
    everything = {house.hello.pk, house.repairs.pk}
    topics = {
        who.name: [each for one in news for each in one.topics(everything, teammate_id=who.pk)]
        for who in (house.ben, house.ana, house.carl)
    }
    assert topics == {"Ben Okri": ["notices"], "Ana Ruiz": [], "Carl Voss": []}
