"""One act on many conversations: each exactly once, whoever is killed, and back again as one."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from goodword.accounts import actions as accounts
from goodword.accounts.models import Role, Teammate
from goodword.accounts.rights import MayNot
from goodword.conversations import actions as conversations
from goodword.conversations import locking
from goodword.conversations.models import Conversation, Reading
from goodword.desk import checking, handling
from goodword.desk.keeping import promising
from goodword.desk.models import BulkAct
from goodword.desk.shaping import bulk, bulk_acts
from goodword.events.models import Event
from goodword.plan import queries as plan
from goodword.promises.models import Promise
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, deliver, receive, reply

pytestmark = pytest.mark.django_db
NOW = MONDAY_NOON + 2 * HOUR


@pytest.fixture(autouse=True)
def _nobody_waits(monkeypatch):
    """Batches are as large as they may be, and come one after another."""
    monkeypatch.setattr(bulk, "HOLDS_SECONDS", 60)
    monkeypatch.setattr(bulk, "RESTS_SECONDS", 0)


def written(house: SimpleNamespace, most: int, *, answered: bool = False) -> list[Conversation]:
    found = []
    for number in range(most):
        sender = f"p{number}@x.example"
        at = MONDAY_NOON + number * MINUTE / 100
        conversation = receive(house, sender=sender, at=at).conversation
        if answered:
            handling.no_answer_needed(conversation, by=house.ben, at=at)
        found.append(conversation)
    return found


def keys(found: list[Conversation]) -> list[int]:
    return [each.pk for each in found]


def done(
    act: str, found: list[Conversation], by: Teammate, *, at=NOW, **data: str
) -> tuple[BulkAct, bulk.Outcome]:
    row = bulk.ask(act, keys(found), data=data, by=by, at=at)
    bulk.begin(row, at=at)
    return row, bulk.outcome(row)


def looks(found: list[Conversation]) -> list[tuple[object, ...]]:
    rows = Conversation.objects.filter(pk__in=keys(found)).order_by("pk")
    return [
        (
            each.state, each.snoozed_until, each.closed_at, each.closed_by, each.assignee,
            each.team, each.redirect_to, sorted(each.tags.values_list("name", flat=True)),
            list(Promise.objects.filter(conversation=each).order_by("pk").values_list(
                "state", "due_at", "owner", "team")),
            list(Reading.objects.filter(conversation=each).values_list("teammate", "read_to")),
        )
        for each in rows
    ]  # fmt: skip


def due_at(at):
    return plan.current().moment_due(at, zone="Europe/Berlin")


@pytest.mark.parametrize(
    ("act", "data"),
    [
        ("tag", {"name": "spring"}),
        ("untag", {"name": "old"}),
        ("snooze", {"until": (NOW + DAY).isoformat()}),
        ("spam", {}),
        ("trash", {}),
        ("no_answer_needed", {}),
        ("read", {}),
        ("unread", {}),
    ],
)
def test_done_in_one_go_and_undone_every_conversation_is_as_it_was(house, act, data) -> None:
    found = written(house, 3)
    for each in found[:2]:
        conversations.tag(each, "old", by=house.ben, at=NOW)
        Reading.objects.create(conversation=each, teammate=house.ben, read_to=5, at=NOW)
    Reading.objects.create(conversation=found[2], teammate=house.ben, read_to=7, at=NOW)
    before = looks(found)

    row, said = done(act, found, house.ben, **data)
    assert (said.total, said.done, said.refused) == (3, 3, {})
    assert looks(found) != before
    assert not list(checking.violations())

    bulk.undo(row, by=house.ben, at=NOW + HOUR)
    assert bulk.outcome(row).undone == 3 and row.undone_at
    assert looks(found) == before
    assert not list(checking.violations())


@pytest.mark.parametrize("to", ["ben", "lea", "front", ""])
def test_a_selection_is_given_away_with_what_is_owed_and_comes_back(house, to) -> None:
    found = written(house, 3)
    whom = getattr(house, to) if to else None
    name = f"{'team' if to == 'front' else 'teammate'}:{whom.pk}" if whom else ""
    handling.assign(found[0], to=house.ben, by=house.ben, at=NOW)
    before = looks(found)

    row, said = done("assign", found, house.ben, to=name)

    assert said.done == 3
    for each in Conversation.objects.all():
        assert (each.assignee or each.team) == whom
    bulk.undo(row, by=house.ben, at=NOW)
    assert looks(found) == before


def test_before_closing_it_is_told_how_many_stay_open_and_why_and_they_do(house) -> None:
    owed, promised, free = written(house, 1), written(house, 2)[1:], []
    free = [receive(house, sender=f"f{n}@x.example", at=NOW).conversation for n in range(3)]
    for each in (*promised, *free):
        handling.no_answer_needed(each, by=house.ben, at=NOW)
    promising.track(promised[0], what="Send it", due=due_at(NOW + DAY), by=house.ben, at=NOW)
    row = bulk.ask("close", keys(owed + promised + free), data={}, by=house.ben, at=NOW)

    counted = bulk.count(row)
    assert counted == bulk.Counted(5, {"answer_owed": 1, "promised": 1}, 0)
    assert set(Conversation.objects.values_list("state", flat=True)) == {"open"}

    bulk.begin(row, at=NOW)
    said = bulk.outcome(row)
    assert (said.done, said.refused) == (3, {"answer_owed": 1, "promised": 1})
    assert Conversation.objects.filter(state="closed").count() == 3


def test_what_a_trash_lets_go_of_is_told_before(house) -> None:
    row = bulk.ask("trash", keys(written(house, 4)), data={}, by=house.ben, at=NOW)

    assert bulk.count(row) == bulk.Counted(4, {}, lets_go=4)


def test_an_agent_takes_nothing_from_a_colleague_and_a_lead_may(house) -> None:
    found = written(house, 3)
    handling.assign(found[0], to=house.lea, by=house.lea, at=NOW)

    _row, said = done("assign", found, house.ben, to=f"teammate:{house.ben.pk}")
    assert (said.done, said.refused) == (2, {"colleagues": 1})

    _row, said = done("assign", found, house.lea, to=f"teammate:{house.lea.pk}")
    assert said.done == 3


def test_a_light_teammate_marks_read_for_themselves_and_may_nothing_else(house) -> None:
    found = written(house, 2)
    for act in bulk_acts.VERBS.keys() - bulk_acts.OF_ONES_OWN:
        with pytest.raises(MayNot):
            bulk.ask(act, keys(found), data={}, by=house.lou, at=NOW)

    _row, said = done("read", found, house.lou)
    assert said.done == 2
    assert set(Reading.objects.values_list("teammate", flat=True)) == {house.lou.pk}


def test_given_the_role_was_taken_between_the_count_and_the_act_nothing_is_done(house) -> None:
    found = written(house, 2)
    row = bulk.ask("spam", keys(found), data={}, by=house.ben, at=NOW)
    accounts.change_role(house.ben, Role.LIGHT, by=house.ana, at=NOW)

    bulk.begin(row, at=NOW)

    assert bulk.outcome(row).refused == {"may_not": 2}
    assert not Conversation.objects.filter(state="spam").exists()


def test_given_keys_of_another_inbox_they_are_left_as_they_are(house) -> None:
    other = receive(house, inbox=house.repairs, to="repairs@shop.example").conversation

    row, said = done("close", [other], house.ben)

    assert said.refused == {"gone": 1}
    assert not bulk.left_as_they_are(row, by=house.ben)
    assert bulk.of(house.carl).count() == 0 and bulk.of(house.ben).get() == row


def test_what_comes_in_after_the_count_is_not_touched(house) -> None:
    row = bulk.ask("spam", keys(written(house, 2)), data={}, by=house.ben, at=NOW)
    late = receive(house, sender="late@x.example", at=NOW).conversation

    bulk.begin(row, at=NOW)

    late.refresh_from_db()
    assert late.state == "open"


def test_said_twice_it_is_done_once_and_unsaid_it_is_never_done(house) -> None:
    found = written(house, 2)
    unsaid = bulk.ask("trash", keys(found), data={}, by=house.ben, at=NOW)
    row, _said = done("tag", found, house.ben, name="spring")
    bulk.begin(row, at=NOW)

    assert bulk.work_due(at=NOW + DAY) == 0
    assert Event.objects.filter(kind="conversations.tagged").count() == 2
    with pytest.raises(bulk.TooLate):
        bulk.undo(unsaid, by=house.ben, at=NOW)
    assert bulk.sweep(at=NOW + 2 * DAY) and not BulkAct.objects.filter(pk=unsaid.pk).exists()
    assert BulkAct.objects.filter(pk=row.pk).exists()


def test_a_large_one_is_the_workers_and_two_of_them_do_each_conversation_once(house) -> None:
    found = written(house, 65)
    row, said = done("tag", found, house.ben, name="spring")
    assert (said.waiting, said.done) == (65, 0)

    first, second = BulkAct.objects.get(), BulkAct.objects.get()
    claimed = next(bulk.due.claim(BulkAct.objects.all(), at=NOW, lease=bulk.LEASE))
    assert bulk._batch(claimed, at=NOW) == 20
    assert bulk.work_due(at=NOW) == 0  # the first one has it
    # The first is slow, its lease runs out, and a second goes on; the first then does no more.
    late = NOW + timedelta(minutes=2)
    second = next(bulk.due.claim(BulkAct.objects.all(), at=late, lease=bulk.LEASE))
    assert bulk._batch(claimed, at=late) == 0
    while bulk._batch(second, at=late):
        pass

    assert bulk.outcome(first).done == 65
    assert Event.objects.filter(kind="conversations.tagged").count() == 65
    row.refresh_from_db()
    assert row.finished_at == late and row.due_at is None


def test_a_large_one_lets_others_write_after_every_moment_that_it_wrote(house, monkeypatch) -> None:
    row, _said = done("tag", written(house, 53), house.ben, name="spring")
    monkeypatch.setattr(bulk, "HOLDS_SECONDS", -1)  # as on a machine where each takes long
    rests: list[tuple[float, int]] = []
    monkeypatch.setattr(
        bulk.time, "sleep", lambda seconds: rests.append((seconds, bulk.outcome(row).done))
    )

    monkeypatch.setattr(bulk, "RESTS_SECONDS", 0.1)
    assert bulk.work_due(at=NOW) == 5  # then other acts have their turn

    assert rests == [(0.1, number) for number in range(1, 6)]
    while bulk.work_due(at=NOW):
        pass
    assert bulk.outcome(row).done == 53


def test_who_asks_again_and_again_and_does_nothing_waits_a_minute(house) -> None:
    found = keys(written(house, 1))
    for number in range(bulk.UNBEGUN):
        at = NOW + timedelta(seconds=number)
        first = bulk.ask("close", found, data={}, by=house.ben, at=at)
    with pytest.raises(bulk.TooMany):
        bulk.ask("close", found, data={}, by=house.ben, at=NOW + timedelta(seconds=30))
    bulk.ask("close", found, data={}, by=house.lea, at=NOW)  # a colleague is free to

    bulk.begin(first, at=NOW)  # what is done counts no more
    bulk.ask("close", found, data={}, by=house.ben, at=NOW + timedelta(seconds=30))
    bulk.ask("close", found, data={}, by=house.ben, at=NOW + timedelta(minutes=5))
    assert bulk.of(house.ben).filter(due_at=None, finished_at=None).count() == bulk.UNBEGUN


class Killed(BaseException):
    """As kill -9: nothing after it runs, and what was not committed is gone."""


def test_killed_in_a_batch_every_conversation_is_done_once_after_a_restart(
    house, monkeypatch
) -> None:
    found = written(house, 55)
    row, _said = done("tag", found, house.ben, name="spring")
    real, calls = bulk_acts.VERBS["tag"], []

    def dying(*given: object) -> None:
        calls.append(1)
        real(*given)
        if len(calls) == 33:
            raise Killed

    monkeypatch.setitem(bulk_acts.VERBS, "tag", dying)
    with pytest.raises(Killed):
        bulk.work_due(at=NOW)
    assert bulk.outcome(row).done == 20  # the second batch is gone whole

    assert bulk.work_due(at=NOW + timedelta(seconds=30)) == 0  # the dead one still holds it
    bulk.work_due(at=NOW + timedelta(minutes=2))

    assert bulk.outcome(row).done == 55
    assert Event.objects.filter(kind="conversations.tagged").count() == 55


def test_killed_while_undoing_everything_is_undone_once_after_a_restart(house, monkeypatch) -> None:
    found = written(house, 55)
    row, _said = done("spam", found, house.ben)
    while bulk.work_due(at=NOW):
        pass
    bulk.undo(row, by=house.ben, at=NOW)
    real, calls = bulk.undoing.undo, []

    def dying(*given: object, **named: object) -> None:
        calls.append(1)
        real(*given, **named)
        if len(calls) == 27:
            raise Killed

    monkeypatch.setattr(bulk.undoing, "undo", dying)
    with pytest.raises(Killed):
        bulk.work_due(at=NOW)
    bulk.work_due(at=NOW + timedelta(minutes=2))

    assert bulk.outcome(row).undone == 55
    assert set(Conversation.objects.values_list("state", flat=True)) == {"open"}
    assert not list(checking.violations())


def test_one_that_fails_by_itself_stops_no_other(house, monkeypatch) -> None:
    found = written(house, 3)

    def failing(conversation: Conversation, *given: object) -> None:
        if conversation.pk == found[1].pk:
            raise ZeroDivisionError
        bulk_acts._spam(conversation, *given)

    monkeypatch.setitem(bulk_acts.VERBS, "spam", failing)
    _row, said = done("spam", found, house.ben)

    assert (said.done, said.refused) == (2, {"failed": 1})


def test_undone_what_a_colleague_changed_since_stays_and_is_counted(house) -> None:
    found = written(house, 3)
    row, _said = done("snooze", found, house.ben, until=(NOW + DAY).isoformat())
    handling.reopen(found[0], by=house.lea, at=NOW + MINUTE)
    handling.snooze(found[0], until=NOW + 3 * DAY, by=house.lea, at=NOW + MINUTE)
    conversations.tag(found[1], "vip", by=house.lea, at=NOW + MINUTE)

    bulk.undo(row, by=house.ben, at=NOW + HOUR)

    said = bulk.outcome(row)
    assert (said.undone, said.kept) == (2, {"changed_since": 1})
    assert [each.conversation for each in bulk.left_as_they_are(row, by=house.ben)] == [found[0]]
    found[0].refresh_from_db()
    assert found[0].snoozed_until == NOW + 3 * DAY


def test_given_they_wrote_since_undoing_an_opening_does_not_close_over_it(house) -> None:
    [conversation] = written(house, 1)
    answer = reply(conversation, house.ben, at=NOW, to=["p0@x.example"])
    deliver(at=NOW + MINUTE)
    handling.close(conversation, by=house.ben, at=NOW + 2 * MINUTE)
    row, _said = done("reopen", [conversation], house.ben, at=NOW + 3 * MINUTE)
    receive(house, "And now?", sender="p0@x.example", answers=answer, at=NOW + 4 * MINUTE)

    bulk.undo(row, by=house.ben, at=NOW + 5 * MINUTE)

    conversation.refresh_from_db()
    assert conversation.state == "open" and bulk.outcome(row).kept == {"changed_since": 1}
    assert not list(checking.violations())


def test_undone_while_it_runs_what_waits_is_never_done_and_the_rest_is_as_before(house) -> None:
    found = written(house, 60)
    before = looks(found)
    row, _said = done("spam", found, house.ben)
    claimed = next(bulk.due.claim(BulkAct.objects.all(), at=NOW, lease=bulk.LEASE))
    bulk._batch(claimed, at=NOW)

    bulk.undo(row, by=house.ben, at=NOW)
    while bulk._batch(claimed, at=NOW):
        pass

    said = bulk.outcome(row)
    assert (said.waiting, said.undone) == (40, 20)
    assert looks(found) == before


def test_it_is_undone_within_a_day_once_and_by_who_did_it(house) -> None:
    row, _said = done("spam", written(house, 2), house.ben)

    with pytest.raises(MayNot):
        bulk.undo(row, by=house.ana, at=NOW)
    with pytest.raises(bulk.TooLate):
        bulk.undo(row, by=house.ben, at=NOW + 25 * HOUR)
    bulk.undo(row, by=house.ben, at=NOW)
    with pytest.raises(bulk.TooLate):
        bulk.undo(row, by=house.ben, at=NOW)


def test_a_selection_is_joined_into_the_oldest_and_parted_again(house) -> None:
    found = [receive(house, at=MONDAY_NOON + n * MINUTE).conversation for n in range(3)]
    before = looks(found)

    row, said = done("join", found[1:], house.ben, into=str(found[0].pk))
    assert said.done == 2
    assert found[0].messages.count() == 3
    assert not list(checking.violations())

    bulk.undo(row, by=house.ben, at=NOW)
    assert bulk.outcome(row).undone == 2
    assert [each.messages.count() for each in found] == [1, 1, 1]
    assert [each[0] for each in looks(found)] == [each[0] for each in before]
    assert not list(checking.violations())


def test_given_an_answer_is_owed_again_undoing_a_reopening_closes_nothing(house):
    found = written(house, 1, answered=True)
    handling.close(found[0], by=house.ben, at=MONDAY_NOON + HOUR)
    row, _outcome = done("reopen", found, house.ben)
    handling.take_back_no_answer(found[0], by=house.lea, at=NOW + MINUTE)
    bulk.undo(row, by=house.ben, at=NOW + 2 * MINUTE)

    assert bulk.outcome(row).kept == {bulk_acts.CHANGED: 1}
    assert Conversation.objects.get().state == "open"
    assert checking.violations() == []


def test_what_a_colleague_does_just_before_a_batch_begins_is_not_undone_with_it(house, monkeypatch):
    found = written(house, 2, answered=True)

    def wait_for_a_colleague(keys):
        monkeypatch.undo()
        handling.assign(found[0], to=house.lea, by=house.lea, at=NOW)  # who held the lock
        return locking.lock_all(keys)

    monkeypatch.setattr(locking, "lock_all", wait_for_a_colleague)
    row, _outcome = done("close", found, house.ben)
    bulk.undo(row, by=house.ben, at=NOW + MINUTE)

    rows = Conversation.objects.order_by("pk")
    assert list(rows.values_list("state", "assignee")) == [("open", house.lea.pk), ("open", None)]
