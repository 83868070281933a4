"""What one does with a conversation, through forms alone; and what it asks before it acts."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from goodword.accounts import actions as accounts
from goodword.accounts.models import Role
from goodword.conversations.models import Conversation
from goodword.promises.models import Promise
from goodword.web.inbox import snoozing
from tests.factories import DAY, HOUR, make_house, receive

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def house() -> SimpleNamespace:
    return make_house(timezone.now() - 9 * DAY)


@pytest.fixture
def asked(house: SimpleNamespace) -> Conversation:
    return receive(house, at=timezone.now() - HOUR).conversation


@pytest.fixture
def ben(house: SimpleNamespace) -> Client:
    client = Client()
    client.force_login(house.ben)
    return client


def do(client: Client, conversation: Conversation, act: str, **sent: str):
    page = client.post(f"/conversations/{conversation.public_id}/{act}/", sent, follow=True)
    conversation.refresh_from_db()
    return page


def test_closing_over_an_owed_answer_asks_and_offers_three_ways(ben, asked) -> None:
    page = do(ben, asked, "close")

    assert page.status_code == 422
    assert asked.state == "open"
    words = page.content.decode()
    for way in ("Answer", "No answer needed, close", "Keep open"):
        assert way in words


def test_the_same_question_comes_as_a_dialog_where_scripts_run(ben, asked) -> None:
    page = ben.post(f"/conversations/{asked.public_id}/close/", headers={"HX-Request": "true"})

    assert page.status_code == 422 and page.headers["HX-Retarget"] == "#asking"
    assert "<dialog" in page.content.decode()


def test_no_answer_needed_closes_releases_and_can_be_taken_back(ben, asked) -> None:
    page = do(ben, asked, "no-answer-needed", then="close")
    assert asked.state == "closed"
    assert Promise.objects.get().state == "released"
    assert "no answer needed, decided by you" in page.content.decode()

    do(ben, asked, "reopen")
    page = do(ben, asked, "answer-needed")

    assert Promise.objects.get().is_open
    assert "You closed this" in page.content.decode()


def test_the_trash_says_what_becomes_of_the_answer_and_acts_when_sure(ben, asked) -> None:
    page = do(ben, asked, "trash")
    assert page.status_code == 422 and "nobody owes it any more" in page.content.decode()
    assert asked.state == "open"

    do(ben, asked, "trash", sure="yes")
    assert asked.state == "trash" and not Promise.objects.get().is_open

    do(ben, asked, "reopen")
    assert asked.state == "open" and Promise.objects.get().is_open


def test_spam_is_marked_said_and_taken_back(ben, asked) -> None:
    page = do(ben, asked, "spam")
    assert asked.state == "spam" and "Not spam" in page.content.decode()

    page = do(ben, asked, "reopen")
    assert asked.state == "open" and "said that this is not spam" in page.content.decode()


@pytest.mark.parametrize("whom", ["me", "lea", "front", "nobody"])
def test_a_conversation_is_given_and_what_is_owed_goes_with_it(ben, house, asked, whom) -> None:
    to = {
        "me": "me",
        "lea": f"teammate:{house.lea.public_id}",
        "front": f"team:{house.front.public_id}",
        "nobody": "nobody",
    }[whom]
    expected = {"me": house.ben, "lea": house.lea}.get(whom, house.front)

    page = do(ben, asked, "assign", to=to)

    promise = Promise.objects.get()
    assert expected in (promise.owner, promise.team)
    assert page.status_code == 200


def test_given_a_colleague_who_can_not_answer_there_nothing_changes_and_it_is_said(
    ben, house, asked
) -> None:
    page = do(ben, asked, "assign", to=f"teammate:{house.carl.public_id}")

    assert asked.assignee is None
    assert "Carl Voss can&#x27;t answer in this inbox" in page.content.decode()


def test_given_a_colleagues_conversation_an_agent_may_not_take_it_and_a_lead_may(
    ben, house, asked
) -> None:
    mate = accounts.join(
        name="Mia Roth", email="mia@shop.example", password="correct horse battery",
        role=Role.AGENT, by=house.ana, at=timezone.now(),
    )  # fmt: skip
    accounts.change_team(
        house.front, name="Front", members=[house.ben, house.lea, house.lou, mate],
        by=house.ana, at=timezone.now(),
    )  # fmt: skip
    do(ben, asked, "assign", to="me")
    mia, lea = Client(), Client()
    mia.force_login(mate)
    lea.force_login(house.lea)

    page = do(mia, asked, "assign", to="me")
    assert asked.assignee == house.ben
    assert "is with a colleague" in page.content.decode()

    do(lea, asked, "assign", to="me")
    assert asked.assignee == house.lea


@pytest.mark.parametrize("to", ["", "team:none", "teammate:", "x:y", "teammate:<b>"])
def test_given_a_name_that_is_nobodys_nothing_changes(ben, asked, to) -> None:
    assert do(ben, asked, "assign", to=to).status_code == 200
    assert asked.assignee is None and asked.team is None


def test_tags_go_on_and_off_and_the_timeline_says_so(ben, asked) -> None:
    page = do(ben, asked, "tag", name="  gift   card ")
    assert [tag.name for tag in asked.tags.all()] == ["gift card"]
    assert "You added the tag gift card" in page.content.decode()

    do(ben, asked, "untag", name="gift card")
    assert not asked.tags.exists()
    assert do(ben, asked, "tag", name="").status_code == 200
    assert do(ben, asked, "tag", name="\u200f").status_code == 200  # a mark that nobody sees
    assert not asked.tags.exists()


def test_snoozing_until_an_offered_moment_hides_it_and_leaves_the_promise(ben, asked) -> None:
    page = do(ben, asked, "snooze", until="tomorrow")

    assert asked.state == "snoozed"
    assert asked.snoozed_until.astimezone(BERLIN).hour == 9
    assert Promise.objects.get().is_open
    assert "Wake it now" in page.content.decode()


def test_a_typed_moment_is_read_in_the_zone_of_the_business(ben, asked) -> None:
    do(ben, asked, "snooze", moment="2099-07-01T09:30")

    assert asked.snoozed_until == datetime(2099, 7, 1, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        ({"moment": "2001-01-01T09:00"}, 200, "has passed"),
        ({"moment": "soon"}, 422, "Give a day and a time"),
        ({}, 422, "Choose a day and a time"),
        ({"until": "never"}, 422, "Choose a day and a time"),
        ({"moment": "2099-03-29T02:30"}, 422, ""),  # the hour that summer time skips
    ],
)
def test_a_moment_that_can_not_be_is_refused_with_a_sentence(
    ben, asked, sent, status, words
) -> None:
    page = do(ben, asked, "snooze", **sent)

    assert page.status_code == status and words in page.content.decode()
    assert asked.state == "open"


@pytest.mark.parametrize(
    ("here", "codes"),
    [
        (datetime(2026, 11, 18, 10, 20, tzinfo=BERLIN), ["later", "tomorrow", "monday", "week"]),
        (datetime(2026, 11, 18, 22, 0, tzinfo=BERLIN), ["tomorrow", "monday", "week"]),
        (datetime(2026, 11, 22, 9, 0, tzinfo=BERLIN), ["later", "tomorrow", "week"]),
        (datetime(2026, 11, 16, 9, 0, tzinfo=BERLIN), ["later", "tomorrow", "monday"]),
        (datetime(2026, 3, 28, 23, 0, tzinfo=BERLIN), ["tomorrow", "monday", "week"]),
    ],
)
def test_the_offered_moments_lie_ahead_and_stand_once(here, codes) -> None:
    with timezone.override(BERLIN):
        offered = snoozing.choices(here)

    assert [choice.code for choice in offered] == codes
    assert all(choice.until > here for choice in offered)
    mornings = [choice.until for choice in offered if choice.code != "later"]
    assert all(each.astimezone(BERLIN).hour == 9 for each in mornings)
    assert len({choice.until for choice in offered}) == len(offered)


def test_an_act_leads_back_to_the_list_it_came_from(ben, asked) -> None:
    url = f"/conversations/{asked.public_id}/spam/?folder=unassigned&order=newest"

    assert ben.post(url).url == (
        f"/conversations/{asked.public_id}/?folder=unassigned&order=newest"
    )
