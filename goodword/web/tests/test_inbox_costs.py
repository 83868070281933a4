"""A page with many rows costs as many queries as one with few."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from goodword.accounts import actions as accounts
from goodword.conversations import actions as conversations
from goodword.conversations import queries as said
from goodword.conversations.models import Conversation
from goodword.desk import handling
from goodword.desk import queries as desk
from goodword.desk.roads import InboundFile
from goodword.desk.search import finding
from goodword.desk.search.narrowing import narrowed
from goodword.promises import day
from tests.factories import DAY, HOUR, MINUTE, deliver, make_house, receive, reply

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def house() -> SimpleNamespace:
    return make_house(NOW - 60 * DAY)


@pytest.fixture
def ben(house: SimpleNamespace) -> Client:
    client = Client()
    client.force_login(house.ben)
    return client


def _write(house: SimpleNamespace, numbers: range) -> None:
    """Conversations of every sort: taken, tagged, nameless, answered."""
    for number in numbers:
        sender = f"p{number}@x.example"
        at = NOW - 2 * DAY + number * MINUTE
        message = receive(
            house, f"Watch {number}", sender=sender, name=f"P {number}" if number % 2 else "", at=at
        )
        handling.assign(message.conversation, to=house.ben, by=house.ben, at=at)
        conversations.tag(message.conversation, f"tag {number % 3}", by=house.ben, at=at)
        if number % 4 == 0:
            reply(message.conversation, house.ben, at=at + HOUR, to=[sender])
    deliver(at=NOW)


def _cost(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url)
    assert answer.status_code == 200
    return len(captured)


def test_a_list_of_fifty_costs_what_one_of_five_does(house, ben) -> None:
    urls = ["/inbox/mine/", "/inbox/all/", "/inbox/mine/?order=newest", "/search/?q=watch"]
    _write(house, range(6))
    for url in urls:
        ben.get(url)  # the session and the content of caches
    few = {url: _cost(ben, url) for url in urls}
    _write(house, range(6, 50))

    assert {url: _cost(ben, url) for url in urls} == few
    assert max(few.values()) <= 22  # of which PostgreSQL's limits of time for a search are two


def test_what_someone_may_see_is_asked_of_each_row_and_not_listed_whole_before(house) -> None:
    for rows in (
        said.messages_visible_to(house.ana),
        said.attachments_visible_to(house.ana),
        narrowed(finding.read("watch is:open", at=NOW), by=house.ana).conversations,
    ):
        # SQLite's words for making the list: a search for a common word found nothing within its
        # second in a desk of 60,000 conversations.
        assert "LIST SUBQUERY" not in rows.filter(pk__in=[1, 2]).explain()


def test_no_folder_of_an_owner_reads_every_conversation_or_every_recipient(house) -> None:
    for folder in desk.FOLDERS:
        plan = desk.in_folder(house.ana, folder).order_by("-latest_key")[:50].explain()
        # SQLite's words, with bound values as they are asked.
        assert "SCAN conversations_recipient" not in plan
        assert folder in {"later", "unsent"} or "TEMP B-TREE" not in plan


def _talk(house: SimpleNamespace, first: Conversation | None, turns: range) -> Conversation:
    asked = None
    for turn in turns:
        at = NOW - 30 * DAY + turn * HOUR
        files = [InboundFile(f"{turn}.txt", "text/plain", b"%d" % turn)]
        answers = None
        if first is not None:
            answers = first.messages.filter(direction="out").order_by("-id").first()
        asked = receive(house, f"Turn {turn}", files=files, answers=answers, at=at)
        first = first or asked.conversation
        reply(asked.conversation, house.ben, f"Answer {turn}", at=at + MINUTE)
        deliver(at=at + 2 * MINUTE)
    assert asked is not None and first is not None
    return first


def test_a_conversation_of_thirty_messages_costs_what_one_of_six_does(house, ben) -> None:
    conversation = _talk(house, None, range(3))
    url = f"/conversations/{conversation.public_id}/?folder=all"
    ben.get(url)
    few = _cost(ben, url)
    assert _talk(house, conversation, range(3, 15)) == conversation

    assert conversation.messages.count() == 30
    assert _cost(ben, url) <= few + 1  # how many came before
    assert _cost(ben, f"{url}&all=1") <= few
    assert few <= 40


def test_ten_teams_cost_what_one_does_in_the_sidebar(house, ben) -> None:
    ben.get("/inbox/snoozed/")
    few = _cost(ben, "/inbox/snoozed/")
    for number in range(10):
        accounts.make_team(name=f"T {number}", members=[house.ben], by=house.ana, at=NOW)

    assert _cost(ben, "/inbox/snoozed/") == few


def test_a_long_conversation_shows_its_latest_twenty_and_says_how_many_came_before(
    house, ben
) -> None:
    conversation = _talk(house, None, range(12))
    url = f"/conversations/{conversation.public_id}/"

    page = ben.get(url).content.decode()
    assert "4 earlier, since" in page
    assert "Turn 11<" in page and "Turn 1<" not in page
    assert "Turn 1<" in ben.get(f"{url}?all=1").content.decode()


def test_the_older_link_of_a_list_leads_through_every_row_once(house, ben) -> None:
    for number in range(120):
        receive(house, f"Row {number:03}", sender=f"p{number}@x.example", at=NOW - number * MINUTE)
    url, seen = "/inbox/unassigned/", []
    while url:
        page = ben.get(url)
        seen += [row.conversation.latest_words for row in page.context["rows"]]
        url = page.context["older_url"]

    assert len(seen) == len(set(seen)) == 120
    assert seen == sorted(seen, reverse=True)  # by due time: the oldest is due first


def test_what_is_still_owed_is_counted_by_an_index_of_the_open_ones(house) -> None:
    """Among all that somebody ever owed, ended or not, it would be looked for with every page."""
    with CaptureQueriesContext(connection) as captured:
        day.count_owed_by(house.ben)
        desk.owed_by(house.ben)

    assert len(captured) == 2
    for query in captured.captured_queries:
        assert "'open'" in query["sql"]  # handed on, it hides which index would do
        assert "ORDER BY" in query["sql"] and "due_at" in query["sql"]
