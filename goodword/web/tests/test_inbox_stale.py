"""An answer is stopped when something was said since it was begun. By forms alone."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from goodword.conversations import readings
from goodword.conversations.models import Conversation, Draft, Message
from goodword.desk.answering import meanwhile, replying
from goodword.desk.answering.recipients import Recipients
from tests.factories import DAY, HOUR, MINUTE, deliver, make_house, receive, reply

pytestmark = pytest.mark.django_db

GRACE = "grace@whitlow.example"
PIECE = {"headers": {"HX-Request": "true"}}


@pytest.fixture
def house() -> SimpleNamespace:
    return make_house(timezone.now() - 9 * DAY)


@pytest.fixture
def asked(house: SimpleNamespace) -> Conversation:
    """Grace asked, Lea answered, Grace has the answer."""
    asked = receive(house, at=timezone.now() - 3 * HOUR).conversation
    reply(asked, house.lea, at=timezone.now() - 2 * HOUR)
    deliver(at=timezone.now() - HOUR)
    return asked


def signed_in(teammate) -> Client:
    client = Client()
    client.force_login(teammate)
    return client


@pytest.fixture
def ben(house: SimpleNamespace) -> Client:
    return signed_in(house.ben)


def url(conversation: Conversation, act: str = "") -> str:
    return f"/conversations/{conversation.public_id}/" + (f"{act}/" if act else "")


def seen_in(page) -> str:
    found = re.search(r'name="known" value="(\d*)"', page.content.decode())
    assert found
    return found[1]


def writes_again(house, conversation, text="One more thing") -> Message:
    last = conversation.messages.filter(direction="out").order_by("-id").first()
    return receive(house, text, answers=last, at=timezone.now())


def send(client, conversation, seen, **more):
    form = {"mode": "reply", "text": "It left today.", "to": GRACE, "known": seen} | more
    return client.post(url(conversation, "reply"), form)


def test_given_she_wrote_again_the_answer_waits_with_her_words_above_it(ben, house, asked):
    seen = seen_in(ben.get(url(asked)))
    writes_again(house, asked, "Stop! <b>Wrong</b> watch.")

    stopped = send(ben, asked, seen)
    page = stopped.content.decode()
    assert stopped.status_code == 422
    above, draft = page.index("Stop! &lt;b&gt;Wrong"), page.index('id="composer-text"')
    assert page.index('class="stale"') < page.rindex("Stop! &lt;b&gt;Wrong") < draft
    assert above < draft and "It left today.</textarea>" in page[draft:]
    assert Draft.objects.get().text == "It left today."
    assert not asked.messages.filter(teammate=house.ben).exists()


def test_send_anyway_sends_it_and_is_stopped_again_by_what_is_newer_still(ben, house, asked):
    seen = seen_in(ben.get(url(asked)))
    writes_again(house, asked, "First news")
    stopped = send(ben, asked, seen)
    anyway = stopped.context["composer"].stale.newest
    writes_again(house, asked, "Second news")

    again = send(ben, asked, seen, anyway=anyway)
    assert again.status_code == 422
    assert [str(each.text) for each in again.context["composer"].stale.said] == [
        "<p>Second news</p>"
    ]
    assert send(ben, asked, seen_in(again)).status_code == 422  # told, and no word that it was read
    sent = send(ben, asked, seen, anyway=again.context["composer"].stale.newest)
    assert sent.status_code == 302
    assert asked.messages.filter(teammate=house.ben).count() == 1
    assert not Draft.objects.exists()


def test_words_that_went_from_another_page_of_theirs_ask_before_they_go_again(ben, house, asked):
    seen = seen_in(ben.get(url(asked)))
    assert send(ben, asked, seen, text="It left today.\n\nWith a card.").status_code == 302

    again = send(ben, asked, seen)
    assert again.status_code == 422
    [said] = again.context["composer"].stale.said
    assert "With a card." in said.text
    assert send(ben, asked, seen, text="And the invoice.").status_code == 302
    assert asked.messages.filter(teammate=house.ben).count() == 2


def test_keep_writing_leads_back_to_the_page_which_knows_the_news(ben, house, asked):
    seen = seen_in(ben.get(url(asked)))
    news = writes_again(house, asked)
    send(ben, asked, seen)

    page = ben.post(url(asked, "draft"), {"mode": "reply", "text": "Both left."}, follow=True)
    assert seen_in(page) == str(news.pk)
    assert send(ben, asked, seen_in(page)).status_code == 302


def test_a_colleagues_answer_on_its_way_counts_as_said_and_a_note_does_not(ben, house, asked):
    seen = seen_in(ben.get(url(asked)))
    replying.write_note(asked, by=house.lea, text="Careful", at=timezone.now())
    assert send(ben, asked, seen).status_code == 302

    lea = signed_in(house.lea)
    seen = seen_in(lea.get(url(asked)))
    reply(asked, house.ben, "And another", at=timezone.now())
    stopped = send(lea, asked, seen)
    assert stopped.status_code == 422
    assert [each.name for each in stopped.context["composer"].stale.said] == ["Ben Okri"]


def test_what_i_said_myself_is_no_news_to_me(ben, house, asked):
    seen = seen_in(ben.get(url(asked)))
    assert send(ben, asked, seen).status_code == 302
    assert send(ben, asked, seen, text="And by the way").status_code == 302
    assert asked.messages.filter(teammate=house.ben).count() == 2


def test_a_double_click_is_still_one_answer_and_no_alarm(ben, house, asked):
    seen = seen_in(ben.get(url(asked)))
    once = "23456789bcdfghjk"
    assert send(ben, asked, seen, once=once).status_code == 302
    writes_again(house, asked)
    assert send(ben, asked, seen, once=once).status_code == 302
    assert asked.messages.filter(teammate=house.ben).count() == 1


def test_turning_to_a_note_and_back_forgets_nothing_and_a_page_opened_anew_knows_all(
    ben, house, asked
):
    seen = seen_in(ben.get(url(asked)))
    news = writes_again(house, asked)
    form = {"mode": "reply", "text": "Half", "known": seen, "switch": "note"}
    note = ben.post(url(asked, "draft"), form, follow=True, **PIECE)
    assert seen_in(note) == seen
    form = {"mode": "note", "text": "", "known": seen, "switch": "reply"}
    back = ben.post(url(asked, "draft"), form, follow=True, **PIECE)
    assert seen_in(back) == seen
    assert send(ben, asked, seen_in(back)).status_code == 422

    assert seen_in(ben.get(url(asked))) == str(news.pk)  # with the old draft in it


def test_a_mail_read_in_late_is_news_although_it_came_before_what_the_page_showed(
    ben, house, asked
):
    last = asked.messages.get(direction="out")
    newest = writes_again(house, asked, "The newer")
    seen = seen_in(ben.get(url(asked)))
    late = receive(house, "The older", answers=last, at=timezone.now() - HOUR / 2)
    Message.objects.filter(pk=late.pk).update(stored_at=timezone.now() + MINUTE)
    assert late.pk < newest.pk == int(seen)

    stopped = send(ben, asked, seen)
    assert stopped.status_code == 422
    assert [str(each.text) for each in stopped.context["composer"].stale.said] == [
        "<p>The older</p>"
    ]


def test_the_piece_that_htmx_swaps_is_the_composer_alone(ben, house, asked):
    seen = seen_in(ben.get(url(asked)))
    writes_again(house, asked)
    form = {"mode": "reply", "text": "Yes", "to": GRACE, "known": seen}
    stopped = ben.post(url(asked, "reply"), form, **PIECE)
    assert stopped.status_code == 422
    assert stopped.headers["HX-Retarget"] == "#composer"
    assert stopped.content.decode().count("<form") == 1


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 30, "1 OR 1"])
def test_a_page_that_says_nonsense_of_what_it_showed_loses_no_word(ben, asked, seen):
    answer = send(ben, asked, seen)
    if answer.status_code == 422:
        assert "It left today.</textarea>" in answer.content.decode()
    else:
        assert (answer.status_code, asked.messages.filter(teammate__name="Ben Okri").count()) == (
            302,
            1,
        )


def test_who_answers_knowing_all_has_read_it_and_who_says_nothing_of_it_has_not(house, asked):
    to, at = Recipients(to=(GRACE,)), timezone.now()
    newest = Conversation.objects.get(pk=asked.pk).latest_key
    replying.reply(asked, by=house.ben, text="Hm", recipients=to, at=at)
    assert readings.unread([Conversation.objects.get(pk=asked.pk)], by=house.ben)

    replying.reply(asked, by=house.ben, text="Ja", recipients=to, after=newest, at=at + MINUTE)
    assert readings.is_read(Conversation.objects.get(pk=asked.pk), by=house.ben)


def test_what_stood_in_a_conversation_joined_meanwhile_is_news(house, asked):
    other = receive(house, "From home", sender="grace@home.example", at=timezone.now())
    to = Recipients(to=(GRACE,))
    known = Conversation.objects.get(pk=asked.pk).latest_key
    Conversation.objects.filter(pk=asked.pk).update(redirect_to=other.conversation)

    with pytest.raises(meanwhile.SaidMeanwhile) as stopped:
        replying.reply(
            asked, by=house.ben, text="Hm", recipients=to, after=known, at=timezone.now()
        )
    assert [each.text for each in stopped.value.messages] == ["From home"]
