"""Steps ticked off and time noted: by whom, once, undone, and through joins."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from goodword.accounts.rights import MayNot
from goodword.desk import handling
from goodword.desk.intake import joining
from goodword.desk.shaping import emptying, unjoining
from goodword.events.models import Event
from goodword.tasks import actions as tasks
from goodword.tasks import queries
from goodword.tasks.models import ChecklistItem, TimeSpent
from tests.factories import DAY, HOUR, MONDAY_NOON, receive

pytestmark = pytest.mark.django_db
LATER = MONDAY_NOON + HOUR


@pytest.fixture
def conversation(house: SimpleNamespace):
    return receive(house).conversation


def words(conversation):
    return [each.words for each in queries.checklist(conversation)]


def test_steps_stand_in_the_order_they_came_and_who_ticked_first_stays(house, conversation):
    ring = tasks.add(conversation, " Ring \x00 the printer\n", by=house.ben, at=MONDAY_NOON)
    tasks.add(conversation, "Send the proof", by=house.lou, at=MONDAY_NOON)  # light, as a note

    tasks.tick(ring, done=True, by=house.lea, at=LATER)
    tasks.tick(ring, done=True, by=house.ben, at=LATER + HOUR)

    first, second = queries.checklist(conversation)
    assert first.words == "Ring the printer" and second.done_at is None
    assert (first.done_by, first.done_at) == (house.lea, LATER)
    kinds = Event.objects.filter(kind="tasks.checklist_changed")
    assert [each.data["how"] for each in kinds.order_by("pk")] == ["added", "added", "done"]
    assert not any("printer" in str(each.data) for each in kinds)


def test_what_is_removed_comes_back_as_it_was(house, conversation):
    item = tasks.add(conversation, "Ring", by=house.ben, at=MONDAY_NOON)
    tasks.tick(item, done=True, by=house.lea, at=LATER)
    tasks.remove(item, by=house.ben, at=LATER)
    tasks.tick(item, done=False, by=house.ben, at=LATER)  # on a page from before
    assert queries.checklist(conversation) == []

    tasks.bring_back(item, by=house.ben, at=LATER)

    (found,) = queries.checklist(conversation)
    assert found.done_by == house.lea


def test_nothing_and_a_hundred_and_first_step_are_refused(house, conversation):
    with pytest.raises(tasks.Empty):
        tasks.add(conversation, " \u200b\x00 ".replace("\u200b", ""), by=house.ben, at=MONDAY_NOON)
    ChecklistItem.objects.bulk_create(
        ChecklistItem(conversation=conversation, words="x", made_by=house.ben, made_at=LATER)
        for _ in range(tasks.MOST)
    )
    with pytest.raises(tasks.TooMany):
        tasks.add(conversation, "One more", by=house.ben, at=MONDAY_NOON)


def test_joined_conversations_have_one_list_and_part_again_with_their_own(house, conversation):
    other = receive(house, sender="x@y.example", subject="Clasp").conversation
    tasks.add(other, "Ring", by=house.ben, at=MONDAY_NOON)
    tasks.add(conversation, "Send", by=house.ben, at=MONDAY_NOON)
    tasks.note_time(other, "25", by=house.ben, at=MONDAY_NOON)

    joining.join(other, conversation, by=house.ben, at=LATER)
    assert set(words(conversation)) == {"Ring", "Send"}
    added = tasks.add(other, "Pack", by=house.ben, at=LATER)  # by a page from before the join
    assert added.conversation == conversation
    assert [each.minutes for each in queries.time_spent(conversation)] == [25]

    undone = unjoining.last_into(conversation)
    assert undone is not None
    unjoining.undo(undone, by=house.ben, at=LATER + HOUR)
    assert words(other) == ["Ring"] and set(words(conversation)) == {"Send", "Pack"}


def test_time_is_ones_own_to_take_back_or_a_leads(house, conversation):
    spent = tasks.note_time(conversation, "1:15 archive", by=house.ben, at=MONDAY_NOON)
    assert (spent.minutes, spent.words) == (75, "archive")
    for who in (house.lou, house.carl):
        with pytest.raises(MayNot):
            tasks.count_time(spent, counts=False, by=who, at=LATER)
    tasks.count_time(spent, counts=False, by=house.lea, at=LATER)
    tasks.count_time(spent, counts=False, by=house.ben, at=LATER)  # no matter how often
    assert queries.time_spent(conversation) == []
    tasks.count_time(spent, counts=True, by=house.ben, at=LATER)
    assert len(queries.time_spent(conversation)) == 1
    by_light = tasks.note_time(conversation, "5", by=house.lou, at=MONDAY_NOON)
    tasks.count_time(by_light, counts=False, by=house.lou, at=LATER)


def test_all_of_it_goes_with_the_conversation(house, conversation):
    tasks.add(conversation, "Ring", by=house.ben, at=MONDAY_NOON)
    tasks.note_time(conversation, "25", by=house.ben, at=MONDAY_NOON)
    handling.trash(conversation, by=house.ben, at=LATER)

    emptying.empty_due(at=LATER + 31 * DAY)

    assert not ChecklistItem.objects.exists() and not TimeSpent.objects.exists()
