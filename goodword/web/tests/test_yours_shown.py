"""What a teammate keeps off a person's page, and puts back there."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

import pytest
import time_machine
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client

from goodword.accounts import rights
from goodword.desk import checking
from goodword.desk.answering import replying
from goodword.desk.answering.recipients import Recipients
from goodword.desk.keeping import promising, public_links
from goodword.events.models import Event
from goodword.plan import queries as plan
from goodword.promises.models import Promise
from goodword.promises.queries import owed_reply, shown_to
from tests.factories import DAY, HOUR, MONDAY_NOON, deliver, make_house, receive

pytestmark = pytest.mark.django_db
NOW = MONDAY_NOON + 2 * HOUR


@pytest.fixture
def house():
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        house = make_house()
        house.conversation = receive(house).conversation
        house.grace = house.conversation.person
        yield house


@pytest.fixture
def ben(house: SimpleNamespace, client: Client) -> Client:
    client.force_login(house.ben)
    return client


def word(house: SimpleNamespace, what: str, *, due: datetime = NOW + DAY, **more: object):
    return promising.track(
        house.conversation,
        what=what,
        due=plan.current().moment_due(due, zone="Europe/Berlin"),
        **{"by": house.ben, "at": min(MONDAY_NOON, due - HOUR), **more},
    )


def their_page(house: SimpleNamespace, *more: str) -> str:
    return f"/yours/{'/'.join([public_links.key_of(house.grace, at=MONDAY_NOON), *more])}/"


def read(house: SimpleNamespace) -> str:
    return Client().get(their_page(house)).content.decode()


def show(client: Client, promise: Promise, shown: str):
    return client.post(f"/promises/{promise.public_id}/show/", {"shown": shown}, follow=True)


def test_what_is_taken_off_their_page_is_gone_there_and_comes_back(house, ben):
    promise = word(house, "Ask the jeweller")
    theirs = word(house, "Send the photo", direction="theirs")
    for each in (promise, theirs):
        told = show(ben, each, "no").content.decode()
        assert "They don&#x27;t see it on their page." in told
        assert "You took it off their page" in told and "Put it on their page" in told
    assert "jeweller" not in read(house) and "photo" not in read(house)
    assert "We owe you one thing" in read(house)  # the answer

    told = show(ben, promise, "yes").content.decode()
    assert "You put it on their page" in told and "Take it off their page" in told
    assert "jeweller" in read(house)
    assert checking.violations() == []


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("act", ["", "needed", "another-time"])
def test_nothing_can_be_done_on_their_page_with_what_stands_not_there(house, method, act):
    promise = word(house, "Ask the jeweller", is_shown=False)
    path = their_page(house, *filter(None, [promise.public_id, act]))
    status = 405 if (method, act) == ("get", "needed") else 404
    assert getattr(Client(), method)(path, {"wish": "Friday"}).status_code == status
    promise.refresh_from_db()
    assert promise.is_open and [each.kind for each in promise.steps.all()] == ["made"]


def test_what_has_ended_is_taken_off_as_well_and_its_word_anew_with_it(house):
    kept = promising.keep(word(house, "Polish it"), by=house.ben, at=NOW)
    promising.show(kept, False, by=house.ben, at=NOW)
    hidden = word(house, "Call the smith", due=NOW - HOUR, is_shown=False)
    due = plan.current().moment_due(NOW + DAY, zone="UTC")
    assert not promising.promise_anew(hidden, due=due, by=house.ben, at=NOW).is_shown
    late = word(house, "Send you the link", due=NOW - HOUR)
    anew = promising.promise_anew(late, due=due, by=house.ben, at=NOW)
    assert "You have our word anew" in read(house)
    promising.show(anew, False, by=house.ben, at=NOW)
    page = read(house)
    assert "Send you the link" in page and "You have our word anew" not in page
    assert "Polish" not in page and "smith" not in page


def test_it_is_written_down_once_with_names_of_nothing(house):
    promise = word(house, "Ask the jeweller")
    for shown in (False, False, True, True):
        promising.show(promise, shown, by=house.ben, at=NOW)
    steps = promise.steps.filter(kind__in=["shown", "hidden"]).order_by("pk")
    assert [(each.kind, each.by) for each in steps] == [("hidden", house.ben), ("shown", house.ben)]
    told = Event.objects.filter(kind__in=["promises.shown", "promises.hidden"])
    assert told.count() == 2
    assert all("jeweller" not in str(each.data) for each in told)


def test_an_answer_is_always_shown_and_what_we_promised_ourselves_never(house, ben):
    answer = owed_reply(house.conversation)
    ours = word(house, "Think about it", direction="to_ourselves")
    for promise, shown in ((answer, False), (ours, True)):
        with pytest.raises(promising.NoChoice):
            promising.show(promise, shown, by=house.ben, at=NOW)
        page = show(ben, promise, "no").content.decode()
        assert "An answer is always on their page" in page and "off their page" not in page
    assert list(shown_to(house.grace)) == [answer]
    with pytest.raises(IntegrityError), transaction.atomic():
        Promise.objects.filter(pk=answer.pk).update(is_shown=False)


def test_who_only_reads_sees_how_it_stands_and_changes_nothing(house, client):
    promise = word(house, "Ask the jeweller")
    client.force_login(house.lou)
    page = show(client, promise, "no").content.decode()
    assert "They see it there" in page and "Take it off" not in page
    with pytest.raises(rights.MayNot):
        promising.show(promise, False, by=house.lou, at=NOW)
    promise.refresh_from_db()
    assert promise.is_shown


@pytest.mark.parametrize("ticked", [True, False])
@pytest.mark.parametrize("direction", ["ours", "theirs"])
def test_whoever_notes_a_promise_says_whether_they_see_it(house, ben, direction, ticked):
    sent = {"what": "The photo", "direction": direction, "kind": "do", "day": "2026-11-20"}
    sent |= {"is_shown": "on"} if ticked else {}
    place = {"person": "grace@whitlow.example", "inbox": house.hello.public_id}
    for url, more in (
        (f"/conversations/{house.conversation.public_id}/promise/", {}),
        ("/promises/new/", place),
    ):
        asked = ben.get(url).content.decode()
        box = asked.split('name="is_shown"')[1].split(">")[0]
        assert "They see it on their page" in asked and "checked" in box
        assert ben.post(url, sent | more).status_code == 302
    noted = Promise.objects.exclude(kind="reply")
    assert [each.is_shown for each in noted] == [ticked, ticked]
    assert shown_to(house.grace).exclude(kind="reply").count() == (2 if ticked else 0)


def test_what_an_answer_promises_that_has_not_left_is_theirs_to_read_once_it_has(house):
    said = promising.Said(
        "Ring about the clasp", plan.current().moment_due(NOW + 3 * DAY, zone="UTC")
    )
    replying.reply(
        house.conversation,
        by=house.ben,
        text="I'll ring you about the clasp.",
        recipients=Recipients(to=("grace@whitlow.example",)),
        promised=[said],
        leaves_at=NOW + DAY,
        at=NOW,
    )
    about = f"/yours/about/{public_links.key_about(house.conversation, at=MONDAY_NOON)}/"
    assert "clasp" not in read(house) + Client().get(about).content.decode()

    deliver(at=NOW + DAY)
    assert "clasp" in read(house) and "clasp" in Client().get(about).content.decode()
