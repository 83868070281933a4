"""What owners see of the house: the audit trail, unread arrivals, lists that stay cheap."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from goodword.accounts import actions as accounts
from goodword.accounts.models import Role
from goodword.channels.email.accounts import AccountSettings
from goodword.desk.intake import arriving
from goodword.desk.models import Arrival
from goodword.events.models import Event
from goodword.web.settings import trail
from tests.factories import HOUR, MONDAY_NOON, PASSWORD, make_inbox, receive

pytestmark = pytest.mark.django_db

SENDING = AccountSettings(smtp_host="smtp.shop.example", smtp_user="u", smtp_password="p")


@pytest.fixture(autouse=True)
def notices(settings) -> None:
    """Mail goes into rows as it does outside of tests."""
    settings.EMAIL_BACKEND = "goodword.channels.email.notices.NoticeBackend"


@pytest.fixture
def ana(house: SimpleNamespace) -> Client:
    client = Client()
    client.force_login(house.ana)
    return client


def said(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def test_the_trail_says_in_words_who_did_what(ana: Client, house: SimpleNamespace):
    accounts.change_role(house.ben, Role.LEAD, by=house.ana, at=MONDAY_NOON)
    receive(house)
    page = said(ana, "/settings/audit/")
    assert "changed the role of Ben Okri from Agent to Lead" in page
    assert "A message came in, conversation" in page
    page = said(ana, "/settings/audit/?kind=accounts")
    assert "A message came in" not in page and "Ben Okri" in page


def test_every_fact_that_is_announced_has_its_sentence():
    from goodword.accounts import events as accounts_facts
    from goodword.canned import events as canned_facts
    from goodword.channels.email import events as email_facts
    from goodword.conversations import events as conversations_facts
    from goodword.desk import events as desk_facts
    from goodword.fields import events as fields_facts
    from goodword.inboxes import events as inboxes_facts
    from goodword.notices import events as notices_facts
    from goodword.people import events as people_facts
    from goodword.plan import events as plan_facts
    from goodword.promises import events as promises_facts

    kinds = {
        fact.KIND
        for module in (
            accounts_facts,
            canned_facts,
            email_facts,
            conversations_facts,
            desk_facts,
            fields_facts,
            inboxes_facts,
            notices_facts,
            people_facts,
            plan_facts,
            promises_facts,
        )
        for fact in vars(module).values()
        if hasattr(fact, "KIND")
    }
    assert kinds <= set(trail.SENTENCES)
    assert {kind.split(".")[0] for kind in kinds} == {key for key, _words in trail.PARTS}


def test_the_trail_is_paged_by_key_and_costs_the_same_however_long(
    ana: Client, house: SimpleNamespace
):
    receive(house)
    with CaptureQueriesContext(connection) as few:
        ana.get("/settings/audit/")
    for number in range(40):
        receive(house, sender=f"p{number}@example.org", at=MONDAY_NOON + HOUR)
    with CaptureQueriesContext(connection) as many:
        first = said(ana, "/settings/audit/")
    assert len(many) <= len(few)
    older = re.search(r"before=(\d+)", first)[1]
    assert f"?kind=&amp;before={older}" in first
    assert Event.objects.filter(pk__lt=int(older)).exists()
    second = said(ana, f"/settings/audit/?before={older}")
    assert "Newest" in second


def test_lists_cost_the_same_however_long(ana: Client, house: SimpleNamespace):
    urls = ["/settings/inboxes/", "/settings/teammates/", "/settings/teams/", "/settings/arrivals/"]

    def cost() -> list[int]:
        counts = []
        for url in urls:
            with CaptureQueriesContext(connection) as queries:
                ana.get(url)
            counts.append(len(queries))
        return counts

    accounts.invite(
        email="a@b.example", role="agent", teams=[house.front], by=house.ana, at=timezone.now()
    )
    _failed(house, b"first")
    ana.get("/settings/")  # notes that the session is in use
    before = cost()
    for number in range(8):
        mate = accounts.join(
            name=f"N {number}",
            email=f"n{number}@b.example",
            password=PASSWORD,
            role=Role.AGENT,
            by=house.ana,
            at=MONDAY_NOON,
        )
        team = accounts.make_team(name=f"T{number}", members=[mate], by=house.ana, at=MONDAY_NOON)
        make_inbox(team, name=f"I{number}", address=f"i{number}@b.example")
        accounts.invite(
            email=f"j{number}@b.example",
            role="agent",
            teams=[team],
            by=house.ana,
            at=timezone.now(),
        )
        _failed(house, f"mail {number}".encode())
    assert cost() == before


def _failed(house: SimpleNamespace, raw: bytes) -> Arrival:
    arrival = arriving.take_in(
        raw, road="email", source="smtp", inbox=None, said_at=MONDAY_NOON, at=MONDAY_NOON
    )
    Arrival.objects.filter(pk=arrival.pk).update(
        state=Arrival.State.FAILED, due_at=None, why="<i>no header</i>", tries=5
    )
    arrival.refresh_from_db()
    return arrival


def test_a_mail_that_could_not_be_read_is_seen_saved_and_tried_again(
    ana: Client, house: SimpleNamespace
):
    arrival = _failed(house, b"\x00\xff<script>alert(1)</script>")
    page = said(ana, "/settings/arrivals/")
    assert "&lt;i&gt;no header" in page and "1 waits for you" in page

    saved = ana.get(f"/settings/arrivals/{arrival.pk}/raw/")
    assert b"".join(saved.streaming_content) == b"\x00\xff<script>alert(1)</script>"
    assert saved["Content-Type"] == "application/octet-stream"
    assert saved["Content-Disposition"].startswith("attachment")

    ana.post(f"/settings/arrivals/{arrival.pk}/again/", {"inbox": house.repairs.pk})
    arrival.refresh_from_db()
    assert (arrival.state, arrival.inbox) == (Arrival.State.PENDING, house.repairs)
    assert ana.post(f"/settings/arrivals/{arrival.pk}/again/").status_code == 404


@pytest.mark.parametrize(
    "url",
    [
        "/settings/audit/?before=%D9%A3&kind=%00",
        "/settings/audit/?before=9999999999999999999999&kind=accounts'--",
        "/settings/arrivals/?before=-1",
        "/settings/arrivals/?before=999999999999999999",
        "/setup/%00/",
        "/join/..%2F..%2Fetc/",
        "/join/" + "x" * 5000 + "/",
        "/account/login/?next=//evil.example/",
    ],
)
def test_odd_addresses_are_answered_calmly(ana: Client, url: str):
    assert ana.get(url).status_code in {200, 302, 404, 410}


def test_huge_keys_are_not_found(ana: Client):
    for name in ("arrival_raw", "arrival_again", "withdraw", "invite_again"):
        url = reverse(f"settings:{name}", args=[10**30])
        send = ana.get if name == "arrival_raw" else ana.post
        assert send(url).status_code == 404


def test_what_a_mail_says_never_becomes_markup(ana: Client, house: SimpleNamespace):
    accounts.describe(house.ben, name="<script>x</script>", signature="", theme="")
    for url in ("/settings/teammates/", "/settings/teams/", "/settings/audit/"):
        assert "<script>x" not in said(ana, url)


def test_a_fact_that_could_not_be_handed_on_stands_on_top_with_its_reason(
    ana: Client, house: SimpleNamespace
):
    from goodword.events.models import Delivery

    receive(house)
    Delivery.objects.update(tries=3, why="OSError: no room")
    shown = said(ana, reverse("settings:audit"))
    assert "OSError: no room" in shown
    assert "Tried 3 times." in shown
