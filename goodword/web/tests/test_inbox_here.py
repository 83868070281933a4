"""A page says how far it was read, by POST: nothing else makes a conversation read."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from goodword.conversations import readings
from goodword.conversations.models import Conversation, Reading
from goodword.events.models import Event
from goodword.notices import actions as notices
from goodword.notices import queries as notice_queries
from tests.factories import DAY, HOUR, make_house, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> SimpleNamespace:
    return make_house(timezone.now() - 9 * DAY)


@pytest.fixture
def asked(house: SimpleNamespace) -> Conversation:
    conversation = receive(house, at=timezone.now() - HOUR).conversation
    return Conversation.objects.get(pk=conversation.pk)


@pytest.fixture
def ben(house: SimpleNamespace) -> Client:
    client = Client()
    client.force_login(house.ben)
    return client


def url(conversation, act=""):
    return f"/conversations/{conversation.public_id}/{act}"


def test_looking_at_the_page_reads_nothing_until_the_page_says_that_it_was_shown(ben, house, asked):
    ben.get(url(asked))
    ben.get(url(asked, "colleagues/"))
    assert not Reading.objects.exists()

    events = Event.objects.count()
    ben.post(url(asked, "here/"), {"page": "page2345", "read_to": str(asked.latest_key)})
    assert readings.is_read(asked, by=house.ben) and not readings.is_read(asked, by=house.lea)
    assert Event.objects.count() == events  # nobody's business


def test_typing_writes_nothing(ben, asked, django_assert_max_num_queries):
    ben.get(url(asked, "colleagues/"))  # the session notes now and then that it is used
    with django_assert_max_num_queries(10) as asked_for:
        ben.post(url(asked, "here/"), {"page": "page2345", "doing": "reply"})
    statements = [each["sql"].split()[0] for each in asked_for.captured_queries]
    assert set(statements) == {"SELECT"}


def test_what_the_bell_says_of_it_is_seen_with_it_and_the_rest_is_not(ben, house, asked):
    at = timezone.now()
    for number, place in enumerate((url(asked), "/inbox/mine/")):
        for who in (house.ben, house.lea):
            notices.tell(
                who, matter=f"promise:{number}", kind="late", title="Late", url=place, at=at
            )

    ben.post(url(asked, "here/"), {"read_to": str(asked.latest_key)})
    assert [each.url for each in notice_queries.unseen(house.ben)] == ["/inbox/mine/"]
    assert notice_queries.unseen(house.lea).count() == 2


@pytest.mark.parametrize("to", ["", "x", "-5", "9" * 40, "\x00", "²"])
def test_a_key_that_is_none_reads_nothing(ben, asked, to):
    answer = ben.post(url(asked, "here/"), {"page": "page2345", "read_to": to})
    assert answer.status_code == 200
    assert not Reading.objects.exists()


def test_marked_as_unread_one_is_back_at_the_list_where_it_stands_out(ben, house, asked):
    ben.post(url(asked, "here/"), {"read_to": str(asked.latest_key)})
    answer = ben.post(url(asked, "unread/") + "?folder=unassigned", follow=True)

    assert answer.redirect_chain == [("/inbox/unassigned/", 302)]
    assert not readings.is_read(asked, by=house.ben)


def test_a_row_stands_out_until_i_have_read_it_and_for_my_colleague_longer(ben, house, asked):
    lea = Client()
    lea.force_login(house.lea)
    dot = '<span class="dot" role="img" aria-label="unread"'
    assert dot in ben.get("/inbox/all/").content.decode()

    ben.post(url(asked, "here/"), {"read_to": str(asked.latest_key)})
    assert dot not in ben.get("/inbox/all/").content.decode()
    assert dot in lea.get("/inbox/all/").content.decode()
    receive(house, "And?", sender="b@x.example", at=timezone.now() - DAY)
    assert ben.get("/inbox/all/").content.decode().count(dot) == 1
