"""What is found while an answer is written: advice, and nothing is tracked unseen."""

import re
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client

from goodword.conversations.models import Message
from goodword.desk.models import NotAPromise
from goodword.promises.models import Promise
from goodword.promises.queries import open_in
from tests.factories import HOUR, MINUTE, MONDAY_NOON, deliver, receive

pytestmark = pytest.mark.django_db
ASKED = "Is the link still coming? Until when is it good? I'll send the photo tomorrow."
DRAFT = "Dear Grace, I will send the gift-card link by Friday at 17:00."


@pytest.fixture(autouse=True)
def _at_monday_noon():
    with time_machine.travel(MONDAY_NOON, tick=False):
        yield


@pytest.fixture
def conversation(house: SimpleNamespace):
    return receive(house, ASKED, at=MONDAY_NOON - MINUTE).conversation


@pytest.fixture
def ben(house: SimpleNamespace, client: Client) -> Client:
    client.force_login(house.ben)
    return client


def path(conversation, act):
    return f"/conversations/{conversation.public_id}/{act}/"


def advised(client, conversation, text=DRAFT, **more):
    sent = {"mode": "reply", "text": text} | more
    return client.post(path(conversation, "advice"), sent).content.decode()


def sent_with(client, conversation, text=DRAFT, **changes):
    """Send as the page does once it has shown the bar."""
    page = advised(client, conversation, text)
    fields = {"mode": "reply", "text": text, "to": "grace@whitlow.example"}
    keys = re.findall(r'name="seen" value="([^"]+)"', page)
    for name in ("what", "day", "clock"):
        for key in keys:
            form = r">([^<]*)<" if name == "what" else r'value="([^"]*)"'
            found = re.search(rf'name="{name}-{key}"[^>]*?{form}', page)
            fields[f"{name}-{key}"] = found.group(1)
    fields |= {f"track-{key}": "on" for key in keys}
    for name, value in changes.items():
        fields[f"{name}-{keys[0]}"] = value
        if value is None:
            del fields[f"{name}-{keys[0]}"]
    return client.post(path(conversation, "reply"), fields | {"seen": keys})


def made(conversation):
    return open_in(conversation).exclude(kind="reply")


def test_questions_and_promises_are_shown_and_what_the_draft_serves(ben, conversation):
    page = advised(ben, conversation)
    assert "Until when is it good?" in page
    assert "not yet" in page
    assert "Send the gift-card link" in page
    assert 'value="2026-11-20"' in page
    assert "Send the photo" in page  # theirs
    assert not made(conversation).exists()


def test_an_untouched_bar_is_tracked_with_the_sending(ben, conversation):
    assert sent_with(ben, conversation).status_code == 302
    promise = made(conversation).get()
    message = Message.objects.get(direction="out")
    assert (promise.message, promise.said) == (
        message,
        DRAFT,
    )
    assert promise.due_at.isoformat() == "2026-11-20T16:00:00+00:00"


def test_undo_takes_back_both(ben, conversation):
    sent_with(ben, conversation)
    message = Message.objects.get(direction="out")
    ben.post(f"/messages/{message.public_id}/take-back/")
    assert not Message.objects.filter(direction="out").exists()
    assert not made(conversation).exists()
    assert conversation.drafts.get().text == DRAFT


def test_what_is_to_leave_has_answered_until_it_is_taken_back(ben, conversation):
    sent_with(ben, conversation)
    assert "Is the link still coming?" not in advised(ben, conversation, "")

    message = Message.objects.get(direction="out")
    ben.post(f"/messages/{message.public_id}/take-back/")
    assert "Is the link still coming?" in advised(ben, conversation, "")


def test_what_was_put_right_counts(ben, conversation):
    sent_with(ben, conversation, what="Send the new link", day="2026-11-24", clock="09:30")
    promise = made(conversation).get()
    assert promise.what == "Send the new link"
    assert promise.due_at.isoformat() == "2026-11-24T08:30:00+00:00"


def test_not_a_promise_is_remembered_for_that_sentence(house, ben, conversation):
    sent_with(ben, conversation, track=None)
    assert not made(conversation).exists()
    assert NotAPromise.objects.get().by == house.ben
    assert 'name="seen"' not in advised(ben, conversation)


@pytest.mark.parametrize("changes", [{"day": "2026-11-13"}, {"day": "soon"}, {"clock": "25:99"}])
def test_a_time_that_cannot_be_stops_the_sending_and_keeps_the_words(ben, conversation, changes):
    answer = sent_with(ben, conversation, **changes)
    assert answer.status_code == 422
    assert "has passed or can" in answer.content.decode()
    assert not Message.objects.filter(direction="out").exists()
    assert conversation.drafts.get().text == DRAFT


def test_without_script_the_bar_is_a_step_before_sending(ben, conversation):
    fields = {"mode": "reply", "text": DRAFT, "to": "grace@whitlow.example"}
    step = ben.post(path(conversation, "reply"), fields)
    assert step.status_code == 422
    page = step.content.decode()
    assert "Look it over, then send" in page
    assert 'name="seen"' in page
    assert not Message.objects.filter(direction="out").exists()


def test_with_script_what_is_sent_before_a_pause_is_followed_like_an_untouched_bar(
    ben, conversation
):
    fields = {"mode": "reply", "text": DRAFT, "to": "grace@whitlow.example", "scripted": "yes"}
    assert ben.post(path(conversation, "reply"), fields).status_code == 302
    assert made(conversation).get().due_at.isoformat() == "2026-11-20T16:00:00+00:00"


def test_an_answer_that_promises_nothing_goes_at_once(ben, conversation):
    fields = {"mode": "reply", "text": "It is good until May.", "to": "grace@whitlow.example"}
    assert ben.post(path(conversation, "reply"), fields).status_code == 302
    assert Message.objects.filter(direction="out").exists()


def test_who_wants_no_advice_gets_none_and_is_not_stopped(house, ben, conversation):
    house.ben.is_advised = False
    house.ben.save()
    assert "<section" not in advised(ben, conversation)
    fields = {"mode": "reply", "text": DRAFT, "to": "grace@whitlow.example"}
    assert ben.post(path(conversation, "reply"), fields).status_code == 302
    assert not made(conversation).exists()


def test_a_note_promises_nobody_anything(ben, conversation):
    ben.post(path(conversation, "note"), {"mode": "note", "text": DRAFT})
    assert not Promise.objects.exclude(kind="reply").exists()


def test_questions_stay_those_since_our_last_answer(house, ben, conversation):
    fields = {"mode": "reply", "text": "Yes, until May.", "to": "grace@whitlow.example"}
    ben.post(path(conversation, "reply"), fields)
    deliver(at=MONDAY_NOON + MINUTE)
    receive(
        house, "May I bring a friend?", answers=conversation.messages.get(direction="out"),
        at=MONDAY_NOON + HOUR,
    )  # fmt: skip
    page = advised(ben, conversation, "Hello")
    assert "May I bring a friend?" in page
    assert "Until when" not in page


def test_a_hostile_draft_is_read_without_harm(ben, conversation):
    page = advised(ben, conversation, "I'll call you <script>alert(1)</script> tomorrow. " * 4_000)
    assert "<script" not in page
    assert page.count('name="seen"') <= 8


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30"])
@pytest.mark.parametrize("clock", ["", "00:00"])
def test_a_day_that_nobody_can_promise_is_asked_about_again(ben, conversation, day, clock):
    page = advised(ben, conversation)
    [key] = re.findall(r'name="seen" value="([^"]+)"', page)
    given = {"seen": key, f"track-{key}": "on", f"day-{key}": day, f"clock-{key}": clock}
    assert f'value="{day}"' in advised(ben, conversation, **given)

    sent = {"mode": "reply", "text": DRAFT, "to": "grace@whitlow.example"} | given
    assert ben.post(path(conversation, "reply"), sent).status_code == 422
    assert not Promise.objects.filter(what__icontains="gift-card link").exists()
