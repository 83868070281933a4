"""A3: who answers, when, and how soon; gaps are seen before they hurt, customers read the hours,
and whoever goes away leaves nobody waiting.
"""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from goodword.bench.servers import wait_until
from tests.doors.house import (
    check,
    connect,
    hand_in,
    mail,
    rows,
    wait_for_messages,
)
from tests.stories.test_the_unanswered import sign_in

pytestmark = [pytest.mark.browser]

# Ben answers all week but on Friday afternoon; four open hours for an answer; all day open.
PLAN = """
from goodword.accounts import actions as accounts
from goodword.accounts.models import Role, Team, Teammate
from goodword.accounts.queries import business
from goodword.inboxes.models import Inbox
from goodword.plan import actions as plans
now = timezone.now()
ana = Teammate.objects.get()
ben = accounts.join(
    name="Ben Okri", email="ben@shop.example", password="correct horse battery", role=Role.AGENT,
    by=ana, at=now,
)
team, inbox = Team.objects.get(), Inbox.objects.get()
accounts.change_team(team, name=team.name, members=[ana, ben], by=ana, at=now)
Inbox.objects.update(acknowledges=True)
calendar = plans.found_calendar(business(), by=ana, at=now)
plans.change_calendar(
    calendar, name="Shop", zone="Europe/Berlin", periods=[(day, 0, 1440) for day in range(7)],
    by=ana, at=now,
)
plans.set_target(inbox=inbox, first_minutes=240, next_minutes=120, by=ana, at=now)
for day in range(7):
    until = 13 * 60 if day == 4 else 1440
    plans.add_duty(inbox=inbox, teammate=ben, backup=ana, period=(day, 0, until), by=ana, at=now)
"""


def test_hours_duty_and_answer_times_are_seen_by_both_sides(page, start_shop, smtp_sink):
    goodword = start_shop()
    connect(goodword, sink=smtp_sink, and_then=PLAN)

    # The gap is said in words before it hurts.
    sign_in(page, goodword.url, "ben@shop.example")
    page.goto(f"{goodword.url}/plan/")
    expect(page.get_by_text(re.compile("Nobody answers .*Friday")).first).to_be_visible()

    # A customer reads the hours and the time without an account, and hears it again by mail.
    page.context.clear_cookies()
    page.goto(f"{goodword.url}/hours/")
    expect(page.locator("main")).to_contain_text(re.compile("open", re.I))
    hand_in(goodword, mail("Do you mend clasps?", subject="A clasp"))
    [acknowledgement] = smtp_sink.wait_for(1, timeout=20)
    text = str(acknowledgement.message.get_body(("plain",)).get_content())
    assert re.search(r"by \w+day \d+ \w+, \d\d:\d\d", text)
    [moments] = rows(goodword, "SELECT made_at, due_at FROM promises_promise")
    made_at, due_at = (datetime.fromisoformat(str(each)) for each in moments)
    assert timedelta(minutes=239) < due_at - made_at < timedelta(minutes=241)

    # Ben goes away: what falls due meanwhile is handed over on the same page, and nobody waits.
    sign_in(page, goodword.url, "ben@shop.example")
    wait_for_messages(goodword, 2)
    page.goto(f"{goodword.url}/inbox/unassigned/")
    page.get_by_role("link", name="Grace Whitlow").first.click()
    page.get_by_role("heading", name="A clasp").first.wait_for()
    page.keyboard.press("w")
    page.get_by_role("button", name=re.compile("Ben Okri|me|Take", re.I)).first.click()
    expect(page.locator("#person")).to_contain_text("Ben Okri")
    page.goto(f"{goodword.url}/plan/")
    page.get_by_role("link", name="I'm away").first.click()
    page.locator("select[name=stand_in]").select_option(label="Ana Ruiz")
    page.locator("main button.button-filled").first.click()
    page.get_by_text("A clasp").first.wait_for()
    page.get_by_label(re.compile("Hand", re.I)).first.check()
    page.locator("main button.button-filled").first.click()
    owner = "SELECT t.name FROM promises_promise p JOIN accounts_teammate t ON t.id = p.owner_id"
    wait_until(
        lambda: rows(goodword, owner) == [("Ana Ruiz",)],
        seconds=30,
        what="the promise to be Ana's",
    )
    assert check(goodword)["violations"] == []
