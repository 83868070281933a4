"""What was promised in one conversation, as all who got our mail can read it."""

from __future__ import annotations

import io
import logging
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from goodword.conversations.models import Conversation
from goodword.desk.intake import joining
from goodword.desk.keeping import promising, public_links
from goodword.people import actions as people
from goodword.people.models import Person
from goodword.plan import queries as plan
from goodword.promises.models import Promise
from goodword.web.yours import outside
from tests.factories import DAY, HOUR, MONDAY_NOON, make_house, receive

pytestmark = pytest.mark.django_db
NOW = MONDAY_NOON + 2 * HOUR


@pytest.fixture
def house():
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        house = make_house()
        house.conversation = receive(house).conversation
        house.ida = receive(house, sender="ida@home.example", name="Ida", subject="Mine")
        yield house


def word(house, what: str, conversation: Conversation | None = None, **more: object) -> Promise:
    due = plan.current().moment_due(NOW + DAY, zone="UTC")
    found = conversation or house.conversation
    return promising.track(found, what=what, due=due, by=house.ben, at=MONDAY_NOON, **more)


def key_of(house, *, at=MONDAY_NOON) -> str:
    return public_links.key_about(house.conversation, at=at)


def get(key: str, **headers: str):
    return Client().get(f"/yours/about/{key}/", headers=headers)


def read(house, **headers: str) -> str:
    answer = get(key_of(house), **headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_says_what_was_promised_there_both_ways_and_nowhere_else(house):
    word(house, "Send you the link")
    word(house, "Send the photo", direction="theirs")
    promising.keep(word(house, "Engrave the ring"), by=house.ben, at=NOW)
    word(house, "Ask again in spring", direction="to_ourselves")
    word(house, "Check the margin", is_shown=False)
    word(house, "Repair the watch", house.ida.conversation)
    page = read(house)
    assert "Our promises in this conversation" in page
    assert "We owe you 2 things" in page  # with the answer
    for shown in ("Send you the link", "Send the photo", "Engrave the ring", ">Answer<"):
        assert shown in page
    for hidden in ("in spring", "margin", "watch"):
        assert hidden not in page


def test_nobody_learns_there_who_the_others_are_or_what_they_wrote(house):
    Person.objects.update(language="de", zone="Asia/Tokyo")
    joining.join(house.conversation, into=house.ida.conversation, by=house.ana, at=NOW)
    page = read(house)
    for hidden in ("Grace", "Whitlow", "Ida", "gift card", "Mine", "Tokyo", "you wrote", "Okri"):
        assert hidden not in page
    assert '<html lang="en">' in page and "Europe/Berlin" in page
    assert '<html lang="de">' in read(house, **{"accept-language": "de"})


def test_it_is_for_reading_and_no_way_leads_on(house):
    promise = word(house, "Send you the link")
    promising.no_longer_needed(word(house, "Wrap it"), at=NOW)
    key, page = key_of(house), read(house)
    assert "Wrap it" in page
    assert "<form" not in page and "<button" not in page and key not in page
    assert Client().post(f"/yours/about/{key}/").status_code == 405
    for start in (f"/yours/about/{key}/", f"/yours/{key}/"):
        for act in ("", "needed/", "another-time/"):
            path = f"{start}{promise.public_id}/{act}"
            assert Client().post(path, {"wish": "Friday"}).status_code == 404
        assert Client().post(f"{start}new-link/").status_code == 404
    promise.refresh_from_db()
    assert promise.is_open and promise.steps.count() == 1


def test_once_joined_the_link_leads_on(house):
    word(house, "Send you the link")
    word(house, "Repair the watch", house.ida.conversation)
    joining.join(house.conversation, into=house.ida.conversation, by=house.ana, at=NOW)
    page = read(house)
    assert "Send you the link" in page and "Repair the watch" in page


def test_it_is_served_as_a_persons_page_is(house):
    answer = get(key_of(house))
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"] and "no-store" in answer["Cache-Control"]
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert not answer.cookies
    for _n in range(outside.MOST_LOOKS):
        answer = get(key_of(house))
    assert answer.status_code == 429 and "Retry-After" in answer


def test_wrong_keys_and_withdrawn_ones_get_one_and_the_same_answer(house):
    key, grace = key_of(house), house.conversation.person
    own = public_links.key_of(grace, at=MONDAY_NOON)
    people.withdraw_links(grace, by=house.ana, at=NOW)
    answers = [get(each) for each in (key, own, "x", f"{key}x", "a.b.c")]
    assert {each.status_code for each in answers} == {404}
    assert len({each.content for each in answers}) == 1


def test_no_key_stands_in_the_log(house, monkeypatch):
    said, key = io.StringIO(), key_of(house)
    monkeypatch.setattr(logging.getLogger().handlers[0], "stream", said)
    Client().post(f"/yours/about/{key}/")
    assert "(POST): /yours/about/…/" in said.getvalue()
    assert key not in said.getvalue()


def test_an_ended_link_says_so_and_mails_nobody(house, settings):
    settings.URL = "https://desk.shop.example"
    word(house, "Send you the link")
    answer = get(key_of(house, at=NOW - timedelta(days=91)))
    page = answer.content.decode()
    assert answer.status_code == 410
    assert "This link has ended" in page and "Send you" not in page and "<form" not in page
