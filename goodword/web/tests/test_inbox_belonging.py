"""Do two conversations belong together? Asked of a person, decided once, undone for nobody."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from goodword.conversations import actions as conversations
from goodword.conversations.models import Conversation, Draft, Link
from goodword.desk import events as desk
from goodword.desk import handling
from goodword.desk.intake import joining
from goodword.events.models import Event
from goodword.web.live.news import News, news_of
from tests.factories import DAY, HOUR, MINUTE, deliver, make_house, receive, reply

pytestmark = pytest.mark.django_db

NOW = timezone.now()
QUESTION = "Do they belong together?"


@pytest.fixture
def house() -> SimpleNamespace:
    return make_house(NOW - 60 * DAY)


@pytest.fixture
def two(house: SimpleNamespace) -> SimpleNamespace:
    """Grace's conversation, and what seems to go on with it from an address that has no part."""
    asked = receive(house, at=NOW - 2 * DAY)
    said = reply(asked.conversation, house.ana, at=NOW - DAY)
    deliver(at=NOW - DAY + MINUTE)
    stranger = receive(
        house, "It is me, from home.", sender="g@home.example", name="", subject="Re: card",
        answers=said, at=NOW - HOUR,
    )  # fmt: skip
    return SimpleNamespace(first=asked.conversation, later=stranger.conversation)


def at(conversation: Conversation, act: str = "") -> str:
    return f"/conversations/{conversation.public_id}/{act}"


def inside(who: str, house: SimpleNamespace) -> Client:
    client = Client()
    client.force_login(getattr(house, who))
    return client


@pytest.fixture
def ben(house: SimpleNamespace) -> Client:
    return inside("ben", house)


def test_both_ask_naming_the_address_that_had_no_part_and_the_others_last_words(ben, two):
    later, first = ben.get(at(two.later)).text, ben.get(at(two.first)).text
    assert QUESTION in later and QUESTION in first
    assert "g@home.example seems to go on with another conversation, but from" in later
    assert "It left this morning." in later
    assert "g@home.example seems to go on with this, but from g@home.example" in first
    assert "It is me, from home." in first


@pytest.mark.parametrize("asked_at", ["later", "first"])
def test_joining_leads_to_the_older_one_where_everything_stands(ben, two, asked_at):
    here = getattr(two, asked_at)
    other = two.first if here == two.later else two.later
    page = ben.post(at(here, "join/?folder=all"), {"other": other.public_id}, follow=True)
    assert page.redirect_chain == [(at(two.first, "?folder=all"), 302)]
    assert "It is me, from home." in page.text and "Where is my gift card?" in page.text
    assert "Joined. What was said in both stands here now." in page.text
    assert QUESTION not in page.text


def test_the_address_of_what_was_joined_leads_on_and_keeps_what_it_says_of_the_list(
    ben, house, two
):
    joining.join(two.later, two.first, by=house.ben, at=NOW)
    answer = ben.get(at(two.later, "?folder=all&order=due"))
    assert (answer.status_code, answer.url) == (302, at(two.first, "?folder=all&order=due"))
    assert ben.get(at(two.later)).url == at(two.first)
    assert inside("carl", house).get(at(two.later)).status_code == 404


def test_what_a_page_sends_that_was_open_meanwhile_is_not_lost(ben, house, two):
    joining.join(two.later, two.first, by=house.ana, at=NOW)
    ben.post(at(two.later, "draft/"), {"mode": "reply", "text": "Half a sent"})
    assert Draft.objects.get().conversation == two.first
    ben.post(at(two.later, "note/"), {"mode": "note", "text": "I rang her."})
    assert two.first.messages.filter(text="I rang her.").exists()


def test_a_second_click_joins_nothing_more_and_complains_of_nothing(ben, two):
    other = {"other": two.first.public_id}
    ben.post(at(two.later, "join/"), other)
    page = ben.post(at(two.later, "join/"), other, follow=True)
    assert page.redirect_chain[0][0].startswith(at(two.first))
    assert "decided already" not in page.text
    assert Event.objects.filter(kind=desk.ConversationsJoined.KIND).count() == 1


def test_kept_apart_neither_asks_again(ben, two):
    page = ben.post(at(two.first, "keep-apart/"), {"other": two.later.public_id}, follow=True)
    assert "They stay apart." in page.text
    assert "You found that another conversation does not belong to this" in page.text
    assert QUESTION not in page.text and QUESTION not in ben.get(at(two.later)).text
    page = ben.post(at(two.later, "join/"), {"other": two.first.public_id}, follow=True)
    assert "Join these two?" in page.text  # by hand it goes all the same, once one is sure
    assert Conversation.objects.filter(redirect_to__isnull=False).count() == 0


@pytest.mark.parametrize("act", ["join/", "keep-apart/"])
@pytest.mark.parametrize("other", ["", "nobody", "\x00", "self", "unrelated", "hidden"])
def test_only_what_was_asked_about_is_decided(ben, house, two, act, other):
    unrelated = receive(house, sender="x@x.example", at=NOW - HOUR).conversation
    hidden = receive(house, inbox=house.repairs, sender="y@y.example", at=NOW).conversation
    conversations.link(two.later, hidden, why=Link.Why.SUSPECTED, at=NOW)
    names = {"self": two.later, "unrelated": unrelated, "hidden": hidden}
    sent = names[other].public_id if other in names else other
    before = list(Link.objects.values_list("pk", "why"))
    page = ben.post(at(two.later, act), {"other": sent}, follow=True)
    asks = act == "join/" and other == "unrelated"
    assert ("Join these two?" if asks else "This was decided already") in page.text
    assert list(Link.objects.values_list("pk", "why")) == before
    assert not Conversation.objects.filter(redirect_to__isnull=False).exists()


def test_however_many_strangers_name_it_a_few_are_asked_about_at_once(ben, house, two):
    said = two.first.messages.filter(direction="out").get()
    for n in range(6):
        receive(house, sender=f"s{n}@evil.example", answers=said, at=NOW - MINUTE)
    assert ben.get(at(two.first)).text.count(QUESTION + "</b>") == 5


def test_what_a_teammate_may_not_see_is_not_asked_about(house, two):
    hidden = receive(house, inbox=house.repairs, sender="y@y.example", at=NOW).conversation
    conversations.link(hidden, two.first, why=Link.Why.SUSPECTED, at=NOW)
    assert inside("ben", house).get(at(two.first)).text.count(QUESTION) == 2  # label and words
    assert QUESTION not in inside("carl", house).get(at(hidden)).text
    assert inside("ana", house).get(at(two.first)).text.count(QUESTION) == 4


def test_spam_is_not_joined_and_the_refusal_is_kind(ben, house, two):
    handling.mark_spam(two.later, by=house.ben, at=NOW)
    page = ben.get(at(two.first)).text
    assert "Join them" not in page and "They don't belong together" in page.replace("&#x27;", "'")
    page = ben.post(at(two.first, "join/"), {"other": two.later.public_id}, follow=True).text
    assert "can&#x27;t be joined: one of them is spam" in page


def test_light_is_told_and_offered_nothing(house, two):
    lou = inside("lou", house)
    page = lou.get(at(two.later)).text
    assert QUESTION in page and "Join them" not in page
    page = lou.post(at(two.later, "join/"), {"other": two.first.public_id}, follow=True).text
    assert "Your role reads and writes notes here" in page


# Live


def news(conversation: Conversation) -> News:
    return news_of(Event.objects.filter(data__conversation_id=conversation.pk))[-1]


def test_the_people_of_another_inbox_that_sees_it_are_told_and_of_their_own_inbox_alone(house):
    message = receive(house, at=NOW)
    mine = {house.repairs.pk}
    assert news(message.conversation).topics(mine) == []
    conversations.show_in(message.conversation, [house.repairs])
    told = news(message.conversation).topics(mine)
    assert told == [f"inbox:{house.repairs.pk}", f"conversation:{message.conversation.public_id}"]
    assert f"inbox:{house.hello.pk}" in news(message.conversation).topics({house.hello.pk})
    assert news(message.conversation).topics(set()) == []


def test_the_pages_of_what_was_joined_away_are_told(house, two):
    joining.join(two.later, two.first, by=house.ben, at=NOW)
    told = news(two.first).topics({house.hello.pk})
    assert f"conversation:{two.later.public_id}" in told
    assert f"conversation:{two.first.public_id}" in told


def test_a_hundred_events_cost_what_one_does(house):
    for number in range(20):
        receive(house, sender=f"p{number}@x.example", at=NOW)
    with CaptureQueriesContext(connection) as captured:
        found = news_of(Event.objects.all())
    assert len(found) > 20 and len(captured) == 3
