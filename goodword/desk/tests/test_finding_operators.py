"""What each operator finds, and for whom."""

from __future__ import annotations

from copy import deepcopy
from types import SimpleNamespace

import pytest

from goodword.conversations import actions as conversations
from goodword.conversations.models import Conversation, Draft, Following, Reading
from goodword.desk import handling
from goodword.desk.answering import replying
from goodword.desk.roads import InboundFile
from goodword.desk.search import finding
from goodword.desk.search.operators import CHOICES
from tests.factories import DAY, HOUR, MONDAY_NOON, deliver, make_house, receive, reply

pytestmark = pytest.mark.django_db
NOW = MONDAY_NOON + 3 * DAY  # Thursday, 13:00 in Berlin


def found(text, by, *, order="newest", at=NOW) -> list[int]:
    page = finding.find(finding.read(text, at=at), by=by, order=order)
    assert not page.stopped
    return [hit.conversation for hit in page.hits]


@pytest.fixture
def desk(desk_of_module: SimpleNamespace, db: None) -> SimpleNamespace:
    return deepcopy(desk_of_module)


@pytest.fixture(scope="module")
def desk_of_module(rows_of_module: None) -> SimpleNamespace:
    """Four conversations of the front team and one of the workshop, all of them different."""
    house = make_house(MONDAY_NOON - 9 * DAY)
    rings = receive(
        house, "My gold ring broke.", subject="Ring", at=MONDAY_NOON,
        files=[InboundFile("ring.png", "image/png", b"png")],
    ).conversation  # fmt: skip
    tom = receive(
        house, "A gift card, please.", sender="tom@hill.example", name="Tom Hill",
        subject="Größe", at=MONDAY_NOON + DAY,
    ).conversation  # fmt: skip
    eva = receive(
        house, "Where is the card?", sender="eva@lake.example", name="Eva Lake",
        subject="Order", at=MONDAY_NOON + 2 * DAY,
    ).conversation  # fmt: skip
    done = receive(
        house, "Thanks for the ring.", sender="old@hill.example", name="Otto Hill",
        subject="Thanks", at=MONDAY_NOON - 5 * DAY,
    ).conversation  # fmt: skip
    hidden = receive(
        house, "A ring to mend, with a card.", inbox=house.repairs, sender="sue@sea.example",
        name="Sue Sea", subject="Ring", to="repairs@shop.example", at=MONDAY_NOON,
    ).conversation  # fmt: skip
    handling.assign(tom, to=house.ben, by=house.ben, at=NOW)
    conversations.tag(tom, "VIP", by=house.ben, at=NOW)
    conversations.tag(hidden, "secret", by=house.carl, at=NOW)
    reply(eva, house.lea, "It left today.", to=["eva@lake.example"], at=NOW - HOUR)
    deliver(at=NOW)
    handling.no_answer_needed(done, by=house.ben, at=NOW - HOUR)
    handling.close(done, by=house.ben, at=NOW - HOUR)
    replying.write_note(rings, by=house.ben, text="Nickel allergy", at=NOW - 2 * HOUR)
    handling.mark_urgent(rings, urgent=True, by=house.ben, at=NOW)
    house.named = {"rings": rings, "tom": tom, "eva": eva, "done": done, "hidden": hidden}
    return house


def names(desk, text, by, **kw) -> list[str]:
    by_key = {each.pk: name for name, each in desk.named.items()}
    return [by_key[key] for key in found(text, by, **kw)]


CASES = {
    "ring": ["rings", "done"],
    '"gold ring"': ["rings"],
    '"ring gold"': [],
    "ring -gold": ["done"],
    "card -from:tom": ["eva"],
    "from:grace": ["rings"],
    "von:whitlow": ["rings"],
    "from:hill": ["tom", "done"],
    "from:tom@hill.example": ["tom"],
    "from:lea": ["eva"],
    "to:eva": ["eva"],
    "with:eva": ["eva"],
    "with:hill card": ["tom"],
    "subject:größe": ["tom"],
    "subject:grosse": ["tom"],
    "subject:ring": ["rings"],
    "tag:vip": ["tom"],
    "-tag:vip in:open": ["eva", "rings"],
    "tag:secret": [],
    "is:open": ["eva", "tom", "rings"],
    "is:closed": ["done"],
    "is:open is:closed": ["eva", "tom", "done", "rings"],
    "-is:open": ["done"],
    "is:mine": ["tom"],
    "is:unassigned is:open": ["rings"],
    "is:owed": ["tom", "rings"],
    "-is:owed is:open": ["eva"],
    "is:late": ["tom", "rings"],
    "is:urgent": ["rings"],
    "is:scheduled": [],
    "is:spam": [],
    "is:aside": [],
    "is:unread": ["eva", "tom", "rings"],
    "in:mine": ["tom"],
    "in:waiting": ["eva"],
    "in:closed": ["done"],
    "in:unsent": [],
    "in:all": ["eva", "tom", "done", "rings"],
    "inbox:hello ring": ["rings", "done"],
    "inbox:hello@shop.example is:closed": ["done"],
    "inbox:repairs": [],
    "assigned:me": ["tom"],
    "assigned:ben": ["tom"],
    'assigned:"Ben Okri"': ["tom"],
    "assigned:nobody is:closed": ["done"],
    "assigned:carl": [],
    "team:front is:open": ["eva", "tom", "rings"],
    "team:workshop": [],
    "before:2026-11-16": ["done"],
    "on:2026-11-17": ["tom"],
    'since:2026-11-17 card': ["eva", "tom"],
    "after:2026-11-17": ["eva", "rings"],
    "due:2026-11-16": [],
    "due:late": ["tom", "rings"],
    "has:attachment": ["rings"],
    "-has:attachment is:open": ["eva", "tom"],
    "has:note": ["rings"],
    "has:draft": [],
    "has:promise": [],
}  # fmt: skip


@pytest.mark.parametrize("text", CASES)
def test_what_each_operator_finds_for_an_agent(desk, text) -> None:
    assert sorted(names(desk, text, desk.ben)) == sorted(CASES[text])


@pytest.mark.parametrize("text", [*CASES, "ring secret", "sue", "number:x"])
def test_no_operator_shows_an_agent_of_another_team_anything(desk, text) -> None:
    assert set(names(desk, text, desk.carl)) <= {"hidden"}
    assert "hidden" not in names(desk, text, desk.ben)


def test_an_owner_finds_what_all_teams_have(desk) -> None:
    assert set(names(desk, "ring", desk.ana)) == {"rings", "done", "hidden"}
    assert names(desk, "tag:secret", desk.ana) == ["hidden"]
    assert names(desk, "inbox:repairs", desk.ana) == ["hidden"]
    assert names(desk, "assigned:carl", desk.ana) == []


def test_a_deactivated_teammate_finds_nothing(desk) -> None:
    desk.ben.is_active = False
    assert names(desk, "ring", desk.ben) == names(desk, "is:open", desk.ben) == []


def test_what_i_read_follow_draft_and_promise_is_mine_alone(desk) -> None:
    tom, eva = desk.named["tom"], desk.named["eva"]
    for each in (tom, eva):
        each.refresh_from_db()
        Reading.objects.create(
            teammate=desk.ben, conversation=each, read_to=each.latest_key, at=NOW
        )
    Following.objects.create(teammate=desk.ben, conversation=eva, since=NOW)
    Draft.objects.create(
        conversation=tom, teammate=desk.ben, kind="reply", text="Dear Tom", saved_at=NOW
    )
    assert names(desk, "is:unread", desk.ben) == ["rings"]
    assert names(desk, "is:following", desk.ben) == ["eva"]
    assert names(desk, "has:draft", desk.ben) == ["tom"]
    assert names(desk, "is:following", desk.lea) == names(desk, "has:draft", desk.lea) == []
    assert set(names(desk, "is:unread", desk.lea)) == {"rings", "tom", "eva"}


def test_a_conversation_is_found_by_its_number_and_by_that_of_what_was_joined_into_it(desk) -> None:
    tom, eva = desk.named["tom"], desk.named["eva"]
    assert names(desk, f"ticket:{tom.reference.lower()}", desk.ben) == ["tom"]
    assert names(desk, f"nummer:{tom.reference.replace('-', '')}", desk.ben) == ["tom"]
    Conversation.objects.filter(pk=eva.pk).update(redirect_to=tom)
    assert names(desk, f"number:{eva.reference}", desk.ben) == ["tom"]
    assert names(desk, f"number:{desk.named['hidden'].reference}", desk.ben) == []


def test_spam_and_trash_are_left_out_unless_they_are_asked_for(desk) -> None:
    handling.mark_spam(desk.named["tom"], by=desk.ben, at=NOW)
    assert "tom" not in names(desk, "card", desk.ben)
    assert "tom" not in names(desk, "tag:vip", desk.ben)
    assert names(desk, "card is:spam", desk.ben) == ["tom"]
    assert names(desk, "in:spam", desk.ben) == ["tom"]
    assert set(names(desk, "card in:anywhere", desk.ben)) == {"tom", "eva"}


def test_the_order_is_by_time_or_by_what_is_due(desk) -> None:
    assert names(desk, "is:open", desk.ben, order="oldest") == ["rings", "tom", "eva"]
    assert names(desk, "card", desk.ben, order="oldest") == ["tom", "eva"]
    assert names(desk, "is:open", desk.ben, order="due") == ["rings", "tom", "eva"]
    assert names(desk, "card", desk.ben, order="due") == ["tom", "eva"]


def test_what_names_nothing_is_said(desk) -> None:
    asked = finding.read("tag:gone assigned:nemo inbox:repairs team:x tag:vip", at=NOW)
    page = finding.find(asked, by=desk.ben)
    assert [(term.name, term.value) for term in page.gone] == [
        ("tag", "gone"), ("assigned", "nemo"), ("inbox", "repairs"), ("team", "x"),
    ]  # fmt: skip
    assert page.hits == []


def test_every_choice_can_be_asked_for_and_denied(desk) -> None:
    for name, values in CHOICES.items():
        for value in values:
            assert set(names(desk, f"{name}:{value} in:anywhere", desk.ana)) <= set(desk.named)
            both = {*names(desk, f"{name}:{value} -{name}:{value}", desk.ana)}
            assert not both, (name, value)
