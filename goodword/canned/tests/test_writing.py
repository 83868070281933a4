"""Canned replies are written, shared, found and put away; nobody sees what is somebody else's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from goodword.accounts import rights
from goodword.canned import actions as canned
from goodword.canned import queries, steps
from goodword.canned.actions import Written
from goodword.canned.models import CannedReply
from goodword.canned.steps import Do, Step
from goodword.events.models import Event
from goodword.people.models import Person
from tests.factories import HOUR, MONDAY_NOON, receive

pytestmark = pytest.mark.django_db
For = CannedReply.For


def seen(teammate) -> set[str]:
    return set(queries.visible_to(teammate).values_list("name", flat=True))


def test_what_is_ones_own_is_nobody_elses_and_what_is_shared_is_seen_by_whom_it_is_for(house, make):
    make(name="ben's own")
    make(name="ana's own", by=house.ana)
    make(name="front's", by=house.lea, shared_with=For.TEAM, team=house.front)
    make(name="workshop's", by=house.ana, shared_with=For.TEAM, team=house.workshop)
    make(name="everybody's", by=house.lea, shared_with=For.ALL)

    assert seen(house.ben) == {"ben's own", "front's", "everybody's"}
    assert seen(house.lea) == {"front's", "everybody's"}
    assert seen(house.carl) == {"workshop's", "everybody's"}
    assert seen(house.ana) == {"ana's own", "front's", "workshop's", "everybody's"}
    assert seen(house.lou) == set()  # who sends nothing


def test_who_is_deactivated_sees_none_any_more(house, make):
    make()
    house.ben.is_active = False

    assert seen(house.ben) == set()


@pytest.mark.parametrize(
    ("who", "more"),
    [
        ("ben", {"shared_with": "all"}),
        ("ben", {"shared_with": "team", "team": "front"}),
        ("lea", {"shared_with": "team", "team": "workshop"}),
        ("lou", {}),
    ],
)
def test_agents_write_their_own_leads_for_their_teams_and_light_teammates_none(
    house, make, who, more
):
    if "team" in more:
        more["team"] = getattr(house, more["team"])
    with pytest.raises(rights.MayNot):
        make(by=getattr(house, who), **more)
    assert not CannedReply.objects.exists()


def test_an_agent_changes_none_that_is_shared_and_nobody_what_they_do_not_see(house, make):
    shared = make(by=house.lea, shared_with=For.ALL)
    bens = make(name="ben's own")
    front = make(by=house.lea, shared_with=For.TEAM, team=house.front)
    house.carl.role = "lead"
    for reply, by in ((shared, house.ben), (bens, house.ana), (front, house.carl)):
        for act in (canned.archive, canned.restore):
            with pytest.raises(rights.MayNot):
                act(reply, by=by, at=MONDAY_NOON)
        with pytest.raises(rights.MayNot):
            canned.change(reply, Written("x", texts={"en": "x"}), by=by, at=MONDAY_NOON)


def test_who_takes_what_was_shared_for_themselves_is_its_owner(house, make):
    shared = make(by=house.lea, shared_with=For.ALL)

    canned.change(shared, Written("mine", texts={"en": "x"}), by=house.ana, at=MONDAY_NOON)

    assert seen(house.ana) == {"mine"}
    assert seen(house.lea) == set()


def test_every_change_is_in_the_trail(house, make):
    reply = make()
    canned.change(reply, Written("It left", texts={"en": "Gone."}), by=house.ben, at=MONDAY_NOON)
    for act in (canned.archive, canned.archive, canned.restore, canned.restore):
        act(reply, by=house.ben, at=MONDAY_NOON)

    kinds = Event.objects.filter(subject=f"cannedreply:{reply.pk}").values_list("kind", flat=True)

    assert sorted(kinds) == ["canned.archived", "canned.changed", "canned.made", "canned.restored"]
    assert reply.texts.get().text == "Gone."


def test_a_copy_is_ones_own_with_all_that_it_says_and_does(house, make):
    shared = make(
        "It left.", "tag:post", "close:",
        by=house.lea, shared_with=For.ALL, folder="Post", inboxes=(house.hello,),
    )  # fmt: skip

    copied = canned.copy(shared, by=house.ben, at=MONDAY_NOON)

    assert (copied.name, copied.folder, copied.owner) == ("It left (copy)", "Post", house.ben)
    assert copied.shared_with == For.ME
    assert copied.steps == shared.steps
    assert copied.texts.get().text == "It left."
    assert list(copied.inboxes.all()) == [house.hello]


def test_it_says_or_does_something_and_sends_no_answer_that_it_calls_unneeded(make):
    with pytest.raises(canned.NothingToSay):
        make("  \x00 ")
    with pytest.raises(canned.AnswersAndNeedsNone):
        make("It left.", "no_answer:")
    assert make("", "no_answer:", "close:").texts.count() == 0


def test_names_are_cleaned_and_texts_may_hold_anything(make):
    reply = make(
        "<script>alert(1)</script>\x00{{ {{ x }}",
        name="Refund\u202e\nnow",
        folder=" a\tb ",
        shortcut="/re fund",
    )

    assert (reply.name, reply.folder, reply.shortcut) == ("Refund now", "a b", "re-fund")
    assert reply.texts.get().text == "<script>alert(1)</script>{{ {{ x }}"


def test_the_language_is_the_persons_then_the_inboxs_then_the_businesss(house, make):
    conversation = receive(house).conversation
    texts = {"fr": "oui", "de": "ja", "en": "yes"}
    house.hello.language = "de"
    house.hello.save()
    conversation.refresh_from_db()

    def said(texts: dict[str, str]) -> str:
        return queries.text_in(texts, queries.languages_for(conversation))

    for language, text in (("fr-CA", "oui"), ("fr", "oui"), ("it", "ja"), ("", "ja")):
        Person.objects.update(language=language)
        conversation.person.refresh_from_db()
        assert said(texts) == text
    assert said({"en": "yes", "pl": "tak"}) == "yes"
    assert said({"pl": "tak"}) == "tak"
    assert said({}) == ""


def test_in_a_conversation_those_of_its_inbox_are_offered_the_most_used_first(house, make):
    conversation = receive(house).conversation
    make(name="anywhere")
    make(name="here", inboxes=(house.hello, house.repairs))
    make(name="elsewhere", inboxes=(house.repairs,))
    canned.archive(make(name="away"), by=house.ben, at=MONDAY_NOON)
    last = make(name="last")
    for at, replies in (
        (MONDAY_NOON, ("here", "anywhere")),
        (MONDAY_NOON + HOUR, ("here", "last")),
    ):
        names = CannedReply.objects.filter(name__in=replies).values_list("public_id", flat=True)
        canned.count_use(names, by=house.ben, at=at)

    offered = queries.usable_in(conversation, house.ben)

    assert [each.name for each in offered] == ["here", "last", "anywhere"]
    last.refresh_from_db()
    assert (last.times_used, last.last_used_at) == (1, MONDAY_NOON + HOUR)


def test_only_those_one_sees_are_counted(house, make):
    bens = make()

    canned.count_use([bens.public_id, "nonsense"], by=house.ana, at=MONDAY_NOON)

    bens.refresh_from_db()
    assert bens.times_used == 0


def test_they_are_found_by_the_beginnings_of_words_without_accents(make):
    make("Ihr Geld kommt zurück.", name="Rückzahlung", folder="Geld", shortcut="rz")
    make("It left.", name="Sent")

    def found(words: str) -> list[str]:
        rows = queries.matching(CannedReply.objects.all(), words)
        return sorted(rows.values_list("name", flat=True))

    assert found("ruckz") == found("RÜCK geld") == found("rz") == found("zuruck") == ["Rückzahlung"]
    assert found("zahlung") == found("rz sent") == []
    assert found("") == found("%") == found("''") == ["Rückzahlung", "Sent"]


def test_one_moves_up_within_its_folder(house, make):
    first, second, third = (make(name=name, folder="Post") for name in "abc")
    make(name="elsewhere")

    canned.move_up(third, by=house.ben)
    canned.move_up(third, by=house.ben)
    canned.move_up(third, by=house.ben)

    listed = queries.in_folders(queries.visible_to(house.ben).filter(folder="Post"))
    assert list(listed) == [third, first, second]


def test_steps_are_kept_each_once_in_the_order_in_which_they_are_done():
    read = steps.parse(["close:", "tag:Refund ", "tag:Refund", "note:Look:\nhere", "assign:me"])

    assert read == [
        Step(Do.NOTE, "Look:\nhere"),
        Step(Do.TAG, "Refund"),
        Step(Do.ASSIGN, "me"),
        Step(Do.CLOSE),
    ]
    assert steps.read(steps.kept(read)) == read
    assert steps.parse(each.written for each in read) == read


@pytest.mark.parametrize(
    "written",
    [
        ["erase:"],
        ["tag:"],
        ["tag:\u202e"],
        ["close:now"],
        ["snooze:0"],
        ["snooze:-1"],
        ["snooze:9999999999999999999"],
        ["snooze:٣"],
        ["assign:root"],
        ["assign:teammate:1 OR 1"],
        ["note:" + "x" * 5001],
        ["close:", "snooze:1"],
        ["urgent:", "not_urgent:"],
        ["assign:me", "assign:nobody"],
        [f"tag:{number}" for number in range(21)],
    ],
)
def test_what_is_no_step_is_refused(written):
    with pytest.raises(steps.Malformed):
        steps.parse(written)


@pytest.mark.parametrize(
    "kept", [None, {}, "close", [["close"]], [["close", None]], [[[], ""]], [{"do": "close"}]]
)
def test_a_stored_list_that_is_none_is_refused(kept):
    with pytest.raises(steps.Malformed):
        steps.read(kept)


def test_whoever_changes_it_leaves_it_offered_where_they_do_not_look_in(house, make):
    both = (house.hello, house.repairs)
    macro = make(by=house.ana, shared_with=For.ALL, inboxes=both)
    written = Written(name="It left", shared_with=For.ALL, texts={"en": "It left."})

    canned.change(macro, replace(written, inboxes=(house.hello,)), by=house.lea, at=MONDAY_NOON)
    assert set(macro.inboxes.all()) == set(both)
    canned.change(macro, replace(written, inboxes=()), by=house.lea, at=MONDAY_NOON)
    assert list(macro.inboxes.all()) == [house.repairs]  # not in every inbox of a sudden
    canned.change(macro, replace(written, inboxes=None), by=house.lea, at=MONDAY_NOON)
    assert list(macro.inboxes.all()) == [house.repairs]
    canned.change(macro, written, by=house.ana, at=MONDAY_NOON)
    assert not macro.inboxes.exists()
