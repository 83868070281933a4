"""Our promises to you: what the page of one person says, and what it never says."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from goodword.conversations.models import Conversation
from goodword.desk import checking, handling
from goodword.desk.intake import joining
from goodword.desk.keeping import promising, public_links, theirs
from goodword.notices.models import Notice
from goodword.people.models import Person
from goodword.plan import queries as plan
from goodword.promises import kinds
from goodword.promises.models import Promise
from goodword.promises.queries import owed_reply
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, deliver, make_house, receive, reply

pytestmark = pytest.mark.django_db
NOW = MONDAY_NOON + 2 * HOUR


@pytest.fixture
def house():
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        house = make_house()
        house.message = receive(house)
        house.conversation = house.message.conversation
        house.grace = house.message.person
        house.reply = owed_reply(house.conversation)
        yield house


def word(
    house: SimpleNamespace, what: str, *, due: datetime = NOW + DAY, **more: object
) -> Promise:
    return promising.track(
        house.conversation,
        what=what,
        due=plan.current().moment_due(due, zone="Europe/Berlin"),
        **{"by": house.ben, "at": min(MONDAY_NOON, due - HOUR), **more},
    )


def path_of(person: Person, *more: str, at: datetime = MONDAY_NOON) -> str:
    return f"/yours/{'/'.join([public_links.key_of(person, at=at), *more])}/"


def read(person: Person, client: Client | None = None, query: str = "", **headers: str) -> str:
    answer = (client or Client()).get(path_of(person) + query, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def section(page: str, heading: str) -> str:
    return page.split(f"<h2>{heading}</h2>")[1].split("</section>")[0] if heading in page else ""


def test_it_says_what_is_owed_what_we_wait_for_what_was_kept_and_where_we_let_them_down(house):
    word(house, "Send you the gift-card link")
    word(house, "Send the photo of the ring", direction="theirs")
    promising.keep(word(house, "Engrave the ring"), by=house.ben, at=NOW)
    promising.keep(word(house, "Call the jeweller", due=NOW - MINUTE), by=house.ben, at=NOW)
    broken = word(house, "Polish it by noon", due=NOW - HOUR)
    promising.promise_anew(
        broken, due=plan.current().moment_due(NOW + 2 * DAY, zone="UTC"), why="Ben forgot it",
        by=house.ben, at=NOW,
    )  # fmt: skip
    promising.release(word(house, "Wrap it as a present"), by=house.ben, at=NOW)

    page = read(house.grace)
    assert "Our promises to you, Grace Whitlow" in page
    assert "We owe you 3 things, the next by Tuesday 17 November, 13:00." in page
    owed = section(page, "What we owe you")
    assert "Send you the gift-card link" in owed and "Ben, Marlow &amp; Finch · promised" in owed
    assert "An answer to “The spring gift card”" in owed
    assert "Marlow &amp; Finch · you wrote on 16 Nov" in owed
    assert "photo" in section(page, "What we are waiting for from you")
    down = section(page, "Where we let you down")
    assert "We said by Monday 16 November, 14:00, and did not do it." in down
    assert "You have our word anew, by Wednesday 18 November, 15:00." in down
    kept = section(page, "What we kept")
    assert "Engrave the ring" in kept and "Kept late" in kept
    assert "Wrap it" in section(page, "What is no longer needed")
    assert "mailto:hello@shop.example" in page
    assert "Ben forgot it" not in page


def test_what_is_late_is_said_plainly_and_still_owed(house):
    word(house, "Send you the link", due=NOW - HOUR)
    page = read(house.grace)
    assert "We owe you 2 things, and one of them is late. We are sorry." in page
    assert "It is late, and we are sorry; we still owe it." in page


def test_who_is_owed_nothing_reads_so(house):
    reply(house.conversation, house.ben, at=NOW)
    deliver(at=NOW + MINUTE)
    page = read(house.grace)
    assert "We owe you nothing at the moment." in page
    assert "An answer to “The spring gift card”" in section(page, "What we kept")


def test_it_never_shows_what_is_not_for_them(house):
    word(house, "Ask her again in spring", direction="to_ourselves")
    word(house, "Send it", said="I'll send it, promised Ben secretly")
    other = receive(house, "Mine?", sender="ida@home.example", name="Ida", subject="Idas secret")
    word(SimpleNamespace(**vars(house) | {"conversation": other.conversation}), "Repair Idas watch")
    handling.no_answer_needed(house.conversation, by=house.ben, at=NOW)
    page = read(house.grace)
    for hidden in ("in spring", "secretly", "Ida", "watch", "Front", "Okri", "spring gift card"):
        assert hidden not in page


def test_an_answer_joined_with_anothers_conversation_keeps_its_own_subject(house):
    ida = receive(house, "Mine?", sender="ida@home.example", name="Ida", subject="Idas secret")
    joining.join(house.conversation, into=ida.conversation, by=house.ana, at=NOW)
    shown = {each.person.name: each for each in Promise.objects.filter(kind="reply", state="open")}
    for person in Person.objects.all():
        page = read(person)
        if person != ida.person:
            assert "Idas secret" not in page
        if person.name not in shown:
            assert "We owe you nothing" in page


def test_it_speaks_their_language_in_their_zone_whatever_the_browser_says(house):
    Person.objects.update(language="de", zone="Asia/Tokyo")
    page = read(house.grace, **{"accept-language": "en"})
    assert '<html lang="de">' in page
    assert "Dienstag" in page and "21:00" in page
    Person.objects.update(language="fr", zone="")
    german = read(house.grace, **{"accept-language": "de"})
    assert "Dienstag" in german and "13:00" in german


def test_who_was_merged_finds_both_lives_on_one_page(house):
    word(house, "Send you the link")
    other = Person.objects.create(name="G. Whitlow", made_at=NOW)
    Person.objects.filter(pk=house.grace.pk).update(redirect_to=other)
    assert "Send you the link" in read(house.grace)
    assert "Send you the link" in read(other)


def test_names_and_words_are_text_and_nothing_else(house):
    Person.objects.update(name="<script>alert(1)</script>")
    Promise.objects.update(what="<b>x</b>{{ 1 }}")
    Conversation.objects.update(subject="</title><img src=x>")
    house.message.subject = '"><img src=x onerror=alert(1)>'
    house.message.save(update_fields=["subject"])
    page = read(house.grace)
    assert "<script" not in page and "<img" not in page and "<b>x" not in page


def test_a_hundred_promises_cost_what_one_does_and_all_of_them_are_there(house):
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            read(house.grace)
        return len(asked)

    word(house, "First")
    promising.keep(word(house, "Kept first"), by=house.ben, at=NOW)
    promising.no_longer_needed(word(house, "Gone first"), at=NOW)
    late = word(house, "Broken first", due=NOW - HOUR)
    promising.break_(late, by=house.ben, at=NOW)
    cost()
    before = cost()
    for n in range(100):
        word(house, f"Thing {n}")
    for n in range(25):
        promising.keep(word(house, f"Kept {n}"), by=house.ben, at=NOW + n * MINUTE)
        promising.no_longer_needed(word(house, f"Gone {n}"), at=NOW)
        promising.break_(word(house, f"Broken {n}", due=NOW - HOUR), by=house.ben, at=NOW)
    assert cost() <= before
    assert before <= 16
    page = read(house.grace)
    assert "Thing 99" in page and "Kept 24" in page and "Kept first" not in page


# What they can do


def press(client: Client, person: Person, promise: Promise, *more: str):
    return client.post(path_of(person, promise.public_id, *more), follow=True)


def test_no_longer_needed_is_asked_first_then_done_and_said_with_a_way_back(house, client):
    promise = word(house, "Send you the link")
    asked = client.get(path_of(house.grace, promise.public_id))
    assert "Is this no longer needed?" in asked.content.decode()
    promise.refresh_from_db()
    assert promise.is_open

    done = press(client, house.grace, promise)
    assert done.redirect_chain[0][1] == 303
    assert "You have let us off: “Send you the link”." in done.content.decode()
    promise.refresh_from_db()
    assert (promise.state, promise.ended_by, promise.ended_why) == ("released", None, "they_let_go")

    again = press(client, house.grace, promise, "needed")
    assert "We owe it to you again: “Send you the link”." in again.content.decode()
    promise.refresh_from_db()
    assert promise.is_open and promise.due_at == NOW + DAY
    assert checking.violations() == []


def test_an_answer_let_go_of_is_none_that_anybody_owes(house, client):
    press(client, house.grace, house.reply)
    assert owed_reply(house.conversation) is None
    assert checking.violations() == []
    team = Client()
    team.force_login(house.ben)
    told = team.get(f"/conversations/{house.conversation.public_id}/").content.decode()
    assert "they need no answer any more, as they said on their page" in told
    press(client, house.grace, house.reply, "needed")
    assert owed_reply(house.conversation) == house.reply
    assert checking.violations() == []


def test_pressed_twice_or_after_a_teammate_was_quicker_it_shows_how_it_stands(house, client):
    promise = word(house, "Send you the link")
    asked_late = path_of(house.grace, promise.public_id)
    promising.keep(promise, by=house.ben, at=NOW)
    assert "Nothing was changed" in press(client, house.grace, promise).content.decode()
    assert "Nothing was changed" in press(client, house.grace, promise, "needed").content.decode()
    assert client.get(asked_late).status_code == 303
    promise.refresh_from_db()
    assert promise.state == "kept"


def test_words_in_the_address_put_nothing_on_the_page(house):
    other = receive(house, "Mine?", sender="ida@home.example", name="Ida", subject="Idas secret")
    theirs = owed_reply(other.conversation)
    promising.no_longer_needed(theirs, at=NOW)
    for query in (
        f"?ended={theirs.public_id}",
        f"?again={theirs.public_id}",
        "?ended=%00",
        "?x=<b>",
    ):
        page = read(house.grace, query=query)
        assert "You have let us off" not in page and "We owe it to you again" not in page


def test_when_its_time_has_passed_no_way_back_is_offered(house):
    call = word(house, "Call you", due=NOW + MINUTE, kind=kinds.CALL)
    promising.no_longer_needed(call, at=NOW)
    assert "I do still need it" in read(house.grace)
    with time_machine.travel(NOW + timedelta(minutes=2), tick=False):
        assert "I do still need it" not in read(house.grace)


def wish_for(client: Client, person: Person, promise: Promise, words: str):
    path = path_of(person, promise.public_id, "another-time")
    return client.post(path, {"wish": words}, follow=True)


def test_another_time_is_told_to_whoever_owes_it_and_our_word_stands(house, client):
    promise = word(house, "Call you about the stone")
    assert (
        "Which time suits you better?"
        in client.get(path_of(house.grace, promise.public_id, "another-time")).content.decode()
    )
    said = wish_for(client, house.grace, promise, "Thursday\nafternoon")
    assert "Until then our word stands as it is." in said.content.decode()
    promise.refresh_from_db()
    assert promise.is_open and promise.due_at == NOW + DAY

    notice = Notice.objects.get(teammate=house.ben)
    assert notice.kind == "other_time"
    assert "They ask for another time:" in notice.title and "stone" in notice.title
    client.force_login(house.ben)
    told = client.get(notice.url).content.decode()
    assert "They asked for another time" in told and "Thursday afternoon" in told
    assert "Thursday afternoon" not in read(house.grace)


def test_an_answer_can_be_asked_for_another_time_as_well(house, client):
    wish_for(client, house.grace, house.reply, "Friday")
    assert set(Notice.objects.values_list("teammate__name", flat=True)) == {
        "Ben Okri", "Lea Sommer",
    }  # fmt: skip
    assert checking.violations() == []


@pytest.mark.parametrize("words", ["", "  ", "\x00"])
def test_a_wish_needs_words(house, client, words):
    answer = wish_for(client, house.grace, house.reply, words)
    assert answer.status_code == 422
    assert "Say which time would suit you." in answer.content.decode()
    assert not Notice.objects.exists()


def test_nobody_is_flooded_with_wishes_and_what_has_ended_has_none(house, client):
    promise = word(house, "Call you")
    for n in range(8):
        answer = wish_for(client, house.grace, promise, f"Friday {n} " + "x" * 5000)
    assert "Nothing was changed" in answer.content.decode()
    assert promise.steps.filter(kind=theirs.OTHER_TIME).count() == theirs.MOST_WISHES
    promising.keep(promise, by=house.ben, at=NOW)
    assert "Nothing was changed" in wish_for(client, house.grace, promise, "x").content.decode()
