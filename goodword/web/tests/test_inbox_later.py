"""Send later, send and close, send and snooze: through forms alone, no script runs here."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client

from goodword.conversations.models import Conversation, Draft
from goodword.desk.answering import delivering
from goodword.desk.intake import acknowledging
from goodword.desk.models import Dispatch
from goodword.desk.roads import Answer
from goodword.plan import queries as plan
from goodword.web.inbox import sending
from tests.factories import DAY, HOUR, MINUTE, MemoryRoad, deliver, make_house, receive

pytestmark = pytest.mark.django_db
GRACE = "grace@whitlow.example"
FRIDAY = datetime.fromisoformat("2026-05-15T10:00:00+02:00")


@pytest.fixture
def now():
    """A Friday morning, in Berlin."""
    with time_machine.travel(FRIDAY, tick=False):
        yield FRIDAY


@pytest.fixture
def house(now) -> SimpleNamespace:
    return make_house(now - 9 * DAY)


@pytest.fixture
def asked(house: SimpleNamespace, now) -> Conversation:
    return receive(house, at=now - HOUR).conversation


@pytest.fixture
def ben(house: SimpleNamespace) -> Client:
    client = Client()
    client.force_login(house.ben)
    return client


def send(client: Client, conversation: Conversation, **more: str):
    sent = {"mode": "reply", "text": "It left today.", "to": GRACE} | more
    return client.post(f"/conversations/{conversation.public_id}/reply/", sent, follow=True)


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_without_script_later_shows_its_moments_and_one_of_them_is_kept(ben, asked, now) -> None:
    page = send(ben, asked, later="ask")
    assert page.status_code == 422
    assert not asked.messages.filter(direction="out").exists()
    assert Draft.objects.get().text == "It left today."
    monday = next(
        each.until for each in page.context["composer"].sending_choices if each.code == "monday"
    )
    assert monday.astimezone(FRIDAY.tzinfo).strftime("%a %H:%M") == "Mon 09:00"

    page = send(ben, asked, later=monday.isoformat(), knows_late=_late(page, asked, ben, monday))
    assert "Leaves Mon 09:00." in text_of(page)
    assert "Send now" in text_of(page) and "Take back" in text_of(page)
    assert deliver(at=now + 2 * DAY).sent == []
    assert len(deliver(at=monday).sent) == 1


def _late(page, asked, ben, moment) -> str:
    """What the page says of the promise, as the form sends it back."""
    answer = send(ben, asked, later=moment.isoformat())
    return answer.context["composer"].knows_late


def test_given_an_answer_that_is_owed_before_it_says_so_and_sends_it_when_asked_again(
    ben, asked, now
) -> None:
    monday = now + 3 * DAY
    page = send(ben, asked, later=monday.isoformat())

    assert page.status_code == 422
    assert "this leaves after it" in text_of(page)
    assert not asked.messages.filter(direction="out").exists()
    shown = page.context["composer"]
    assert shown.wish.leaves_at == monday  # the tick that stays: Send doesn't send at once

    send(ben, asked, later=monday.isoformat(), knows_late=shown.knows_late)
    assert Dispatch.objects.get().due_at == monday


def test_a_time_of_ones_own_is_in_the_zone_of_the_house(ben, asked, now) -> None:
    page = send(ben, asked, later="own", leaves="2026-05-15T11:30")
    assert "Leaves 11:30." in text_of(page)
    assert Dispatch.objects.get().due_at == now + timedelta(minutes=90)


@pytest.mark.parametrize(
    "wrong",
    [
        {"later": "own", "leaves": ""},
        {"later": "own", "leaves": "soon"},
        {"later": "2026-05-14T10:00:00+02:00"},
        {"later": "own", "leaves": "9999-12-31T23:59"},
        {"later": "own", "leaves": "2026-03-29T02:30"},
        {"then": "snooze:2026-05-01T10:00:00+02:00"},
        {"then": "snooze:"},
    ],
)
def test_a_moment_that_is_none_sends_nothing_and_keeps_every_word(ben, asked, wrong) -> None:
    page = send(ben, asked, **wrong)

    assert page.status_code == 422
    assert "choose a moment that lies ahead" in text_of(page)
    assert not asked.messages.filter(direction="out").exists()
    assert Draft.objects.get().text == "It left today."


def test_it_is_given_another_time_and_sent_now(ben, asked, now) -> None:
    send(ben, asked, later=(now + HOUR).isoformat())
    message = asked.messages.get(direction="out")
    page = ben.get(f"/messages/{message.public_id}/another-time/")
    assert "Tomorrow morning" in text_of(page)
    offered = page.content.decode().split('name="moment" value="')[2].split('"')[0]

    page = ben.post(f"/messages/{message.public_id}/another-time/", {"moment": offered})
    assert page.status_code == 302
    assert Dispatch.objects.get().due_at > now + HOUR

    page = ben.post(f"/messages/{message.public_id}/send-now/", follow=True)
    assert len(deliver(at=now).sent) == 1

    page = ben.post(f"/messages/{message.public_id}/send-now/", follow=True)
    assert "It is leaving already" in text_of(page)


def test_send_and_close_says_what_comes_and_does_it(ben, asked, now) -> None:
    page = send(ben, asked, then="close")
    assert "Then the conversation is closed." in text_of(page)

    deliver(at=now + HOUR)
    asked.refresh_from_db()
    assert asked.state == "closed"


def test_send_and_snooze_asks_until_when_without_script(ben, asked, now) -> None:
    page = send(ben, asked, then="ask")
    assert page.status_code == 422
    until = page.context["composer"].sending_choices[0].until

    page = send(ben, asked, then=f"snooze:{until.isoformat()}")
    assert "Then the conversation is snoozed until" in text_of(page)
    deliver(at=now + HOUR)
    asked.refresh_from_db()
    assert (asked.state, asked.snoozed_until) == ("snoozed", until)


def test_held_because_they_wrote_it_says_why_and_is_among_what_was_not_sent(
    ben, house, asked, now
) -> None:
    send(ben, asked, later=(now + HOUR).isoformat())
    first = asked.messages.get(direction="in")
    receive(house, "Never mind!", answers=first, at=now + timedelta(minutes=5))

    page = ben.get(f"/conversations/{asked.public_id}/")
    assert "they have written since it was to leave later" in text_of(page)
    assert "Send it" in text_of(page)
    assert "The spring gift card" in text_of(ben.get("/inbox/unsent/"))


def test_what_leaves_later_stands_in_a_folder_that_says_when_until_it_has_left(
    ben, house, asked, now
) -> None:
    assert "To leave later" not in text_of(ben.get("/inbox/mine/"))
    send(ben, asked, later=(now + 3 * HOUR).isoformat())

    assert "To leave later" in text_of(ben.get("/inbox/mine/"))
    for address in ("/inbox/later/", "/search/?q=is:scheduled", "/search/?q=ist:geplant"):
        assert "The spring gift card" in text_of(ben.get(address))
    listed = text_of(ben.get("/inbox/later/"))
    assert "Leaves <time" in listed and "13:00" in listed
    stranger = Client()
    stranger.force_login(house.carl)
    assert "The spring gift card" not in text_of(stranger.get("/inbox/later/"))

    Dispatch.objects.update(due_at=None)
    assert "The spring gift card" not in text_of(ben.get("/inbox/later/"))


def test_mornings_begin_when_the_house_opens(house, asked, now) -> None:
    codes = {each.code: each.until for each in sending.choices(asked, now=now)}
    hours = plan.current().hours_of(asked.inbox_id)
    assert list(codes) == ["hour", "evening", "tomorrow", "monday"]
    assert hours is None  # no plan in this house: nine o'clock
    late = sending.choices(asked, now=now + timedelta(hours=9))
    assert "evening" not in {each.code for each in late}


def page_of(client: Client, conversation: Conversation) -> str:
    return text_of(client.get(f"/conversations/{conversation.public_id}/"))


def test_once_it_has_left_the_timeline_tells_when_it_was_written_and_when_it_left(
    ben, asked, now
) -> None:
    monday = FRIDAY.replace(day=18, hour=9)
    send(ben, asked, later=monday.isoformat(), knows_late=_late(None, asked, ben, monday))
    with time_machine.travel(monday + HOUR, tick=False):
        deliver(at=monday + MINUTE)
        page = page_of(ben, asked)

    assert "Accepted 09:01 for grace@whitlow.example" in page
    assert 'datetime="2026-05-15T10:00:00+02:00"' in page


def test_what_leaves_soon_after_it_was_written_is_told_of_once(ben, asked, now) -> None:
    send(ben, asked)
    deliver(at=now + MINUTE)

    assert "Accepted for grace@whitlow.example" in page_of(ben, asked)


def test_what_some_have_got_goes_on_to_the_others_and_says_that_it_is_not_held_back(
    house, ben, asked, now
) -> None:
    late = now + 2 * DAY
    more = {"to": f"{GRACE}, tom@reed.example", "later": late.isoformat()}
    said = send(ben, asked, **more).context["composer"].knows_late
    send(ben, asked, **more, knows_late=said)
    with time_machine.travel(late, tick=False):
        deliver(at=late, road=MemoryRoad(answers={"tom@reed.example": Answer("later", "busy")}))
        first = asked.messages.get(direction="in")
        receive(house, "Thanks!", answers=first, at=late + MINUTE)
        page = page_of(ben, asked)

    assert "Accepted 10:00 for grace@whitlow.example" in page
    assert "Not yet taken for tom@reed.example" in page
    assert "It has left for others, so it is not held back when they write meanwhile." in page
    assert [each.envelope for each in deliver(at=late + HOUR).sent] == [["tom@reed.example"]]


def test_what_a_restore_holds_back_for_some_alone_says_so_and_can_be_sent(
    house, ben, asked, now
) -> None:
    send(ben, asked, to=f"{GRACE}, tom@reed.example")
    deliver(at=now + MINUTE, road=MemoryRoad(answers={"tom@reed.example": Answer("later", "")}))
    delivering.hold_everything(why="restored", at=now + MINUTE)

    page = page_of(ben, asked)
    assert "Held back after a restore" in page
    assert "Some of those it is for have it already." in page
    assert "Leaving now" not in page and "Take back" not in page
    assert "Leave it unsent" in page

    said = asked.messages.get(direction="out")
    ben.post(f"/messages/{said.public_id}/let-go/")
    assert [each.envelope for each in deliver(at=now + 2 * MINUTE).sent] == [["tom@reed.example"]]


def test_what_a_restore_holds_back_of_what_goes_by_itself_can_be_left_unsent(
    house, ben, asked, now
) -> None:
    message = asked.messages.get()
    sent = acknowledging.write_by_itself(message, "We have your mail.", at=now)
    delivering.hold_everything(why="restored", at=now)
    page = page_of(ben, asked)
    assert "Leave it unsent" in page and "Take back" not in page

    for _again in range(2):
        ben.post(f"/messages/{sent.public_id}/decide/", {"choice": "unsent"})

    assert deliver(at=now + MINUTE).sent == []
    page = page_of(ben, asked)
    assert "Left at that." in page and "Held back" not in page
    assert "Leave it unsent" not in page
