"""What is done with a promise where it stands: kept, undone, moved, given anew, handed over."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client

from goodword.desk.keeping import owing
from goodword.desk.models import NoAnswerNeeded
from goodword.promises import actions as promises
from goodword.promises.models import Promise
from goodword.web.tests.promised import THURSDAY, promise
from tests.factories import DAY, HOUR, MINUTE, deliver, make_house, receive, reply

pytestmark = pytest.mark.django_db
NOW = THURSDAY
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def house() -> SimpleNamespace:
    return make_house(NOW - 60 * DAY)


@pytest.fixture
def ana(house: SimpleNamespace) -> Client:
    client = Client()
    client.force_login(house.ana)
    return client


def _url(about: Promise, act: str = "") -> str:
    return f"/promises/{about.public_id}/{act}"


def _said(client: Client) -> str:
    return client.get("/promises/").content.decode()


def test_without_script_keeping_leads_back_and_says_so(house, ana) -> None:
    given = promise(house, due=NOW + HOUR)

    answer = ana.post(_url(given, "keep/"), {"back": "/"})

    assert answer["Location"] == "/"
    assert "Kept." in _said(ana)
    given.refresh_from_db()
    assert (given.state, given.ended_by) == ("kept", house.ana)


def test_with_htmx_the_row_turns_to_kept_with_undo_and_undo_owes_it_again(house, ana) -> None:
    given = promise(house, due=NOW - HOUR)

    row = ana.post(_url(given, "keep/"), {"back": "/"}, headers=HTMX).content.decode()
    assert "Kept late" in row and "1 h late" in row
    assert _url(given, "not-kept/") in row and 'data-closes-after="4000"' in row

    row = ana.post(_url(given, "not-kept/"), {"back": "/"}, headers=HTMX).content.decode()
    assert "Late" in row and _url(given, "keep/") in row
    given.refresh_from_db()
    assert given.is_open and given.ended_at is None
    page = ana.get(_url(given)).content.decode()
    assert "You kept it, after its time" in page and "You took it back" in page


def test_an_answer_given_by_phone_is_kept_by_hand_and_undone_with_its_conversation(
    house, ana
) -> None:
    message = receive(house, at=NOW - HOUR)
    owed = Promise.objects.get(conversation=message.conversation)

    ana.post(_url(owed, "keep/"))
    assert NoAnswerNeeded.objects.filter(message=message).exists()

    ana.post(_url(owed, "not-kept/"))
    owed.refresh_from_db()
    assert owed.is_open
    assert owing.owed_message(message.conversation) == message


def test_an_answer_that_arrived_is_not_undone(house, ana) -> None:
    message = receive(house, at=NOW - 2 * HOUR)
    reply(message.conversation, house.ana, at=NOW - HOUR)
    deliver(at=NOW)
    kept = Promise.objects.get(conversation=message.conversation)
    assert kept.state == "kept"

    assert "not-kept" not in ana.get(_url(kept)).content.decode()
    ana.post(_url(kept, "not-kept/"))
    kept.refresh_from_db()
    assert kept.state == "kept"


def test_given_a_colleague_who_was_quicker_the_page_says_so_and_nothing_happens_twice(
    house, ana
) -> None:
    given = promise(house, due=NOW + HOUR)
    promises.keep(given, by=house.ben, at=NOW - MINUTE)

    answer = ana.post(_url(given, "keep/"), {"back": "/"}, headers=HTMX)

    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/")
    assert "A colleague was quicker" in _said(ana)
    given.refresh_from_db()
    assert given.ended_by == house.ben


# Another time


def test_in_time_it_is_moved_to_a_moment_and_the_step_says_why(house, ana) -> None:
    given = promise(house, due=NOW + HOUR)

    ana.post(_url(given, "move/"), {"day": "2026-11-20", "clock": "14:30", "why": "No thread"})

    given.refresh_from_db()
    assert given.due_at.isoformat() == "2026-11-20T13:30:00+00:00"
    assert (given.due_said, given.times_moved) == ("moment", 1)
    page = ana.get(_url(given)).content.decode()
    assert "You moved it from 11:42 to Fri 14:30" in page and "No thread" in page


def test_without_a_time_it_is_due_by_the_end_of_that_day(house, ana) -> None:
    given = promise(house, due=NOW + HOUR)

    ana.post(_url(given, "move/"), {"day": "2026-11-20"})

    given.refresh_from_db()
    assert given.due_said == "day"
    assert given.due_at.isoformat() == "2026-11-20T16:00:00+00:00"  # 17:00 where no hours are set


def test_for_someone_elsewhere_the_time_is_what_their_clock_shows(house, ana) -> None:
    given = promise(house, due=NOW + HOUR)
    given.person.zone = "America/New_York"
    given.person.save()

    assert "As their clock shows it: America/New_York." in (
        ana.get(_url(given, "move/")).content.decode()
    )
    ana.post(_url(given, "move/"), {"day": "2026-11-20", "clock": "09:00"})

    given.refresh_from_db()
    assert given.due_at.isoformat() == "2026-11-20T14:00:00+00:00"


def test_once_late_it_is_promised_anew_and_both_stand_in_the_ledger(house, ana) -> None:
    given = promise(house, due=NOW - HOUR)

    page = ana.get(_url(given, "move/")).content.decode()
    assert "Promise it anew" in page and "Its time passed at 09:42" in page
    ana.post(_url(given, "move/"), {"day": "2026-11-20", "clock": "14:30"})

    given.refresh_from_db()
    assert given.state == "broken"
    assert given.successor.due_at.isoformat() == "2026-11-20T13:30:00+00:00"
    page = ana.get("/promises/?state=broken").content.decode()
    assert "Promised anew" in page
    assert _url(given) in ana.get(_url(given.successor)).content.decode()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"day": ""}, "This field is required"),
        ({"day": "tomorrow"}, "Give a day"),
        ({"day": "2026-11-20", "clock": "noon"}, "Give a time"),
        ({"day": "2026-11-19", "clock": "10:42"}, "That moment has passed"),
        ({"day": "2026-11-18"}, "That moment has passed"),
        ({"day": "9999-12-31"}, "further away than anybody can promise"),
        ({"day": "0001-01-01"}, "further away than anybody can promise"),
        ({"day": "2026-11-20\x00"}, "Give a day"),
    ],
)
def test_a_time_that_cannot_be_promised_is_said_in_the_form_and_changes_nothing(
    house, ana, sent, said
) -> None:
    given = promise(house, due=NOW + HOUR)

    page = ana.post(_url(given, "move/"), sent)
    dialog = ana.post(_url(given, "move/"), sent, headers=HTMX)

    assert page.status_code == dialog.status_code == 422
    assert said in page.content.decode() and said in dialog.content.decode()
    assert dialog.content.decode().lstrip().startswith("<dialog")
    given.refresh_from_db()
    assert (given.due_at, given.times_moved) == (NOW + HOUR, 0)


# Somebody else, or nobody any more


def test_handing_over_offers_those_who_answer_there_and_the_inboxes_teams(house, ana) -> None:
    given = promise(house, due=NOW + HOUR)

    page = ana.get(_url(given, "hand-over/")).content.decode()
    assert "Ben Okri" in page and "Front" in page
    assert "Carl Voss" not in page and "Lou Field" not in page

    ana.post(_url(given, "hand-over/"), {"to": f"teammate:{house.ben.public_id}", "back": "/"})
    given.refresh_from_db()
    assert given.owner == house.ben
    assert "You handed it to Ben Okri" in ana.get(_url(given)).content.decode()


def test_what_they_promised_us_is_handed_to_nobody(house, ana) -> None:
    given = promise(house, direction="theirs", due=NOW + HOUR)

    assert ana.get(_url(given, "hand-over/")).status_code == 404
    sent = {"to": f"teammate:{house.ben.public_id}"}
    assert ana.post(_url(given, "hand-over/"), sent).status_code == 404
    assert "hand-over/" not in ana.get(_url(given)).content.decode()


@pytest.mark.parametrize("to", ["carl", "lou", "nobody"])
def test_nobody_is_handed_what_they_could_not_keep(house, ana, to) -> None:
    given = promise(house, due=NOW + HOUR)
    name = getattr(house, to).public_id if to != "nobody" else "nobody"

    answer = ana.post(_url(given, "hand-over/"), {"to": f"teammate:{name}"})

    assert answer.status_code == 422
    given.refresh_from_db()
    assert given.owner == house.ana


def test_an_answer_is_handed_over_with_its_conversation(house, ana) -> None:
    message = receive(house, at=NOW - HOUR)
    owed = Promise.objects.get(conversation=message.conversation)

    ana.post(_url(owed, "hand-over/"), {"to": f"teammate:{house.ben.public_id}"})

    message.conversation.refresh_from_db()
    assert message.conversation.assignee == house.ben


def test_letting_go_and_breaking_are_told_apart(house, ana) -> None:
    one, other = promise(house, due=NOW + HOUR), promise(house, due=NOW + HOUR)

    ana.post(_url(one, "release/"))
    ana.post(_url(other, "break/"), {"why": "The stone broke"})

    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.state, other.state) == ("released", "broken")
    assert "No longer needed" in ana.get(_url(one)).content.decode()
    assert "The stone broke" in ana.get(_url(other)).content.decode()


def test_an_answer_somebody_waits_for_is_not_simply_broken(house, ana) -> None:
    message = receive(house, at=NOW - HOUR)
    owed = Promise.objects.get(conversation=message.conversation)

    assert "/break/" not in ana.get(_url(owed)).content.decode()
    ana.post(_url(owed, "break/"))

    owed.refresh_from_db()
    assert owed.is_open


# A promise that no conversation holds


def test_a_promise_given_on_the_phone_is_noted_with_a_person_who_is_met(house, ana) -> None:
    form = {
        "what": "Ring about the pearls", "direction": "ours", "kind": "call",
        "person": "David Okonkwo <david@okonkwo.example>", "day": "2026-11-20",
        "clock": "16:30", "inbox": house.hello.public_id,
    }  # fmt: skip

    answer = ana.post("/promises/new/", form)

    given = Promise.objects.get()
    assert answer["Location"] == _url(given)
    assert (given.what, given.kind, given.person.name) == (
        "Ring about the pearls",
        "call",
        "David Okonkwo",
    )
    assert (given.owner, given.inbox) == (house.ana, house.hello)


def test_whom_one_knows_is_named_by_their_name(house, client) -> None:
    receive(house, at=NOW - DAY)
    form = {"what": "x", "direction": "ours", "person": "grace WHITLOW", "day": "2026-11-20"}

    client.force_login(house.carl)  # of another team: to him she is nobody
    assert client.post("/promises/new/", form).status_code == 422
    client.force_login(house.ben)
    assert client.post("/promises/new/", form).status_code == 302
    receive(house, sender="other@whitlow.example", at=NOW - DAY)
    page = client.post("/promises/new/", form)
    assert "Several people have this name" in page.content.decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"what": "\x00 "}, "This field is required|Say what is promised|Null characters"),
        ({"person": ""}, "Say with whom"),
        ({"person": "12 ab"}, "Nobody of this name"),
        ({"day": "2026-11-18"}, "That moment has passed"),
        ({"direction": "sideways"}, "Select a valid choice"),
        ({"inbox": "not-mine"}, "Select a valid choice"),
        ({"kind": "reply"}, "Select a valid choice"),
    ],
)
def test_what_is_no_promise_is_said_in_the_form_and_not_kept(house, ana, change, said) -> None:
    form = {"what": "Send it", "direction": "ours", "person": "a@b.example", "day": "2026-11-20"}

    page = ana.post("/promises/new/", form | change)

    assert page.status_code == 422
    assert any(words in page.content.decode() for words in said.split("|"))
    assert not Promise.objects.exists()


def test_what_they_promise_us_is_waited_for_and_owed_by_nobody_of_us(house, ana) -> None:
    form = {"what": "Send the photo", "direction": "theirs", "person": "a@b.example",
            "day": "2026-11-20", "kind": "do"}  # fmt: skip

    ana.post("/promises/new/", form)

    given = Promise.objects.get()
    assert (given.kind, given.owner, given.team) == ("waiting", None, None)
