"""Whatever happens in whatever order, the invariants hold."""

import contextlib
import os
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from goodword.accounts.queries import business
from goodword.accounts.rights import MayNot
from goodword.conversations.models import Conversation, Message, Recipient
from goodword.desk import checking, handling, staffing
from goodword.desk.answering import delivering, holding, later, replying
from goodword.desk.answering.recipients import Recipients
from goodword.desk.intake import arriving, joining, receiving, screening
from goodword.desk.keeping import promising, reminding, replanning, unkeeping
from goodword.desk.models import BulkAct, BulkItem, Dispatch, Joined, SenderRule
from goodword.desk.persons import merging as one_person
from goodword.desk.roads import Answer, Party
from goodword.desk.shaping import bulk, bulk_acts, emptying, moving, naming, splitting, unjoining
from goodword.desk.together import aside, assigning, sides
from goodword.people import holding as addresses
from goodword.people.models import Holding, Merged, Person
from goodword.plan import actions as plans
from goodword.plan import queries as plan
from goodword.promises import actions as promises
from goodword.promises.models import REPLY, Promise
from goodword.promises.queries import open_in
from tests.factories import MONDAY_NOON, MemoryRoad, deliver, inbound, make_house, receive, reply

PRINTER = "orders@print.example"
SENDERS = ["grace@whitlow.example", "joe@petty.example"]
KINDS = ["human", "human", "human", "auto_reply", "bounce", "list"]
# More than the suite has time for: GOODWORD_TEST_EXAMPLES=300 pytest goodword/desk/tests/…
EXAMPLES = int(os.environ.get("GOODWORD_TEST_EXAMPLES", "12"))
pick = st.integers(min_value=0, max_value=10_000)
ACTS = st.sampled_from(
    ["keep", "move", "promise_anew", "hand_over", "release", "break_", "no_longer_needed"]
)


def killing(error):
    def stopped(*_args, **_kw):
        raise error

    return stopped


class Desk(RuleBasedStateMachine):
    """Months of it: mails come in, words are given and broken, servers refuse, people leave."""

    def __init__(self):
        super().__init__()
        self.house = make_house()
        self.at = MONDAY_NOON

    def later(self, minutes=7):
        self.at += timedelta(minutes=minutes)
        return self.at

    def any_conversation(self, n):
        found = list(Conversation.objects.filter(redirect_to=None).order_by("pk"))
        return found[n % len(found)] if found else None

    def someone(self, n):
        chosen = (self.house.ben, self.house.lea, self.house.ana)[n % 3]
        chosen.refresh_from_db()
        return chosen if chosen.is_active else self.house.ana

    @rule(sender=st.sampled_from(SENDERS), kind=st.sampled_from(KINDS), n=pick, joins=st.booleans())
    def mail_comes_in(self, sender, kind, n, joins):
        ours = list(Message.objects.filter(direction="out").order_by("pk"))
        answers = ours[n % len(ours)] if ours and joins else None
        receive(
            self.house,
            sender=sender,
            kind=kind,
            answers=answers,
            at=self.later(),
            bounced_recipient=SENDERS[n % 2],
            bounce_hard=True,
        )

    @rule(sender=st.sampled_from(SENDERS), n=pick, comes=st.booleans())
    def an_answer_comes_before_its_mail_or_that_comes(self, sender, n, comes):
        own = f"slow-{n % 3}@whitlow.example"
        ids = {"external_ids": [own]} if comes else {"refers_to": [own]}
        receive(self.house, sender=sender, cc=[Party(SENDERS[n % 2])], at=self.later(), **ids)

    @rule(n=pick, leaves=st.booleans())
    def a_backup_is_restored_and_someone_looks(self, n, leaves):
        delivering.hold_everything(why="restored", at=self.later())
        held = list(Dispatch.objects.exclude(held="").order_by("pk"))
        if held:
            decide = delivering.let_go if leaves else delivering.leave_unsent
            try:
                decide(held[n % len(held)].message, by=self.someone(n), at=self.at)
            except delivering.NotInTrouble:
                pass  # nobody has it: it is taken back instead

    @rule(n=pick, kind=st.sampled_from(["failed", "failed", "delayed", "complaint"]))
    def an_answer_bounces(self, n, kind):
        left = list(Recipient.objects.filter(state__in=["accepted", "delayed"]).order_by("pk"))
        if left:
            recipient = left[n % len(left)]
            receive(
                self.house,
                sender="mailer-daemon@x.example",
                kind="bounce",
                bounce_kind=kind,
                answers=recipient.message,
                at=self.later(),
                bounced_recipient=recipient.address.value,
                bounce_hard=True,
            )

    @rule(n=pick, who=pick, to=st.sampled_from([PRINTER, *SENDERS]), forwards=st.booleans())
    def somebody_is_asked_aside(self, n, who, to, forwards):
        found = self.any_conversation(n)
        if found is None:
            return
        passed_on = found.messages.order_by("-id").first() if forwards else None
        refused = (aside.NoAsideHere, aside.NotToForward, sides.SeenByCustomer)
        with contextlib.suppress(*refused):
            aside.begin(
                found,
                to=Recipients(to=(to,)),
                subject="Order",
                text="When?",
                forwarded=passed_on,
                by=self.someone(who),
                at=self.later(),
            )

    @rule(n=pick)
    def whom_we_asked_answers(self, n):
        asked = Message.objects.filter(direction="out", recipients__address__value=PRINTER)
        ours = list(asked.order_by("pk"))
        if ours:
            receive(self.house, sender=PRINTER, answers=ours[n % len(ours)], at=self.later())

    @rule(sender=st.sampled_from([*SENDERS, "ben@shop.example"]), n=pick)
    def a_mail_comes_to_both_inboxes_twice(self, sender, n):
        ours = list(Message.objects.filter(direction="out").order_by("pk"))
        at = self.later()
        mail = inbound(
            sender=sender,
            cc=[Party("repairs@shop.example")],
            answers=ours[n % len(ours)] if ours else None,
            at=at,
        )
        for mailbox in (self.house.repairs, self.house.hello):
            inbox, *also = arriving.inboxes_of(mail, mailbox)
            receiving.receive(mail, inbox=inbox, also=also, at=at)

    @rule(n=pick, into=pick)
    @precondition(lambda self: Conversation.objects.exists())
    def someone_joins_two(self, n, into):
        two = self.any_conversation(n), self.any_conversation(into)
        try:
            joining.join(*two, by=self.house.ana, at=self.later())
        except joining.CannotJoin:
            pass

    def shape(self):
        """Which messages and promises stand where, and how each conversation is."""
        rows = Conversation.objects.values_list(
            "pk", "redirect_to", "state", "snoozed_until", "assignee", "team", "tags"
        )
        promised = Promise.objects.filter(state="open").exclude(kind=REPLY)
        owed = promised.values_list("pk", "conversation", "due_at", "message")
        # Where a join or its undoing hands a conversation over, the answer may be owed anew.
        answers = Promise.objects.filter(state="open", kind=REPLY).values_list("conversation")
        places = Message.objects.values_list("pk", "conversation", "no_answer_needed__by")
        return [sorted(each, key=repr) for each in (rows, owed, answers, places)]

    @rule(n=pick, into=pick)
    @precondition(lambda self: Conversation.objects.exists())
    def someone_joins_two_and_thinks_better_of_it(self, n, into):
        two = self.any_conversation(n), self.any_conversation(into)
        before = self.shape()
        with contextlib.suppress(joining.CannotJoin):
            joining.join(*two, by=self.house.ana, at=self.at)
            unjoining.undo(unjoining.last_into(two[1]), by=self.house.ana, at=self.at)
            assert self.shape() == before

    @rule(n=pick, and_after=st.booleans(), undoes=st.booleans())
    @precondition(lambda self: Message.objects.exists())
    def someone_splits_a_message_off(self, n, and_after, undoes):
        found = list(Message.objects.order_by("pk"))
        with contextlib.suppress(splitting.CannotSplit, joining.CannotJoin):
            message = found[n % len(found)]
            new = splitting.split(message, and_after=and_after, by=self.house.ana, at=self.later())
            if undoes:
                splitting.undo(new, by=self.house.ana, at=self.later())

    @rule(n=pick, to=pick, undoes=st.booleans())
    @precondition(lambda self: Conversation.objects.exists())
    def someone_moves_it_to_another_inbox(self, n, to, undoes):
        conversation = self.any_conversation(n)
        inbox = (self.house.hello, self.house.repairs)[to % 2]
        with contextlib.suppress(moving.CannotMove, moving.CannotMoveBack):
            moving.move(conversation, inbox, by=self.house.ana, at=self.later())
            if undoes:
                moving.move_back(conversation, by=self.house.ana, at=self.later())

    @rule(n=pick, who=pick)
    @precondition(lambda self: Conversation.objects.exists())
    def it_is_with_somebody_else(self, n, who):
        people = list(Person.objects.order_by("pk"))
        person = people[who % len(people)]
        naming.change_person(self.any_conversation(n), person, by=self.house.ana, at=self.later())

    @rule(n=pick, into=pick, who=pick)
    @precondition(lambda self: Person.objects.count() > 1)
    def two_turn_out_to_be_one_person(self, n, into, who):
        people = list(Person.objects.order_by("pk"))
        one, other = people[n % len(people)], people[into % len(people)]
        with contextlib.suppress(one_person.CannotMerge):
            one_person.merge(one, other, by=self.someone(who), at=self.later())

    @rule(n=pick, who=pick)
    @precondition(lambda self: Merged.objects.filter(undone_at=None).exists())
    def they_are_two_after_all(self, n, who):
        merges = list(Merged.objects.filter(undone_at=None).order_by("pk"))
        with contextlib.suppress(one_person.CannotMerge):
            one_person.take_apart(merges[n % len(merges)], by=self.someone(who), at=self.later())

    @rule(n=pick, sender=st.sampled_from(SENDERS))
    @precondition(lambda self: Person.objects.exists())
    def an_address_is_given_or_taken_away(self, n, sender):
        people = list(Person.objects.order_by("pk"))
        held = list(Holding.objects.filter(until=None).order_by("pk"))
        acted = {"by": self.house.ana, "at": self.later()}
        if n % 3 == 0 and held:
            addresses.take_away(held[n % len(held)], **acted)
        elif n % 3 == 1 and held:
            addresses.prefer(held[n % len(held)], **acted)
            addresses.become_primary(held[n % len(held)], **acted)
        else:
            with contextlib.suppress(addresses.HeldAlready):
                addresses.add_address(people[n % len(people)], sender, **acted)

    @rule(n=pick)
    @precondition(lambda self: Conversation.objects.filter(state="trash").exists())
    def something_is_thrown_away_for_good(self, n):
        trash = list(Conversation.objects.filter(state="trash").order_by("pk"))
        emptying.purge(trash[n % len(trash)], by=self.house.ana, at=self.later())

    @rule(sender=st.sampled_from(SENDERS), blocks=st.booleans())
    def someone_blocks_or_lets_in(self, sender, blocks):
        if blocks:
            screening.block(sender, sure=True, by=self.house.ana, at=self.later())
        else:
            SenderRule.objects.all().delete()

    @rule(days=st.sampled_from([1, 40]))
    def the_sweep_empties_the_trash(self, days):
        emptying.trash_old_spam(at=self.later(minutes=days * 24 * 60))
        emptying.empty_due(at=self.at)

    @rule(n=pick)
    @precondition(lambda self: Joined.objects.exists())
    def someone_undoes_a_join(self, n):
        found = list(Joined.objects.order_by("pk"))
        with contextlib.suppress(unjoining.CannotUndo):
            unjoining.undo(found[n % len(found)], by=self.house.ana, at=self.later())

    @rule(n=pick)
    @precondition(lambda self: Conversation.objects.exists())
    def someone_answers_and_it_is_accepted(self, n):
        conversation = self.any_conversation(n)
        theirs = conversation.person.holdings.first().address.written
        with contextlib.suppress(sides.SeenByCustomer):  # who is asked aside may be both
            reply(conversation, self.house.ana, at=self.later(), to=[theirs])
        deliver(at=self.later())

    @rule(n=pick, who=pick, to=st.sampled_from([*SENDERS, "third@party.example"]))
    @precondition(lambda self: Conversation.objects.exists())
    def someone_replies(self, n, who, to):
        with contextlib.suppress(sides.SeenByCustomer):  # an aside, to whose customer it would go
            reply(self.any_conversation(n), self.someone(who), at=self.later(), to=[to])

    @rule(
        n=pick, who=pick, hours=st.sampled_from([1, 30]), then=st.sampled_from(["close", "snooze"])
    )
    @precondition(lambda self: Conversation.objects.exists())
    def someone_replies_later_and_puts_it_aside(self, n, who, hours, then):
        conversation, at = self.any_conversation(n), self.later()
        theirs = conversation.person.holdings.first().address.written
        with contextlib.suppress(sides.SeenByCustomer):
            replying.reply(
                conversation,
                by=self.someone(who),
                text="It leaves later.",
                recipients=Recipients(to=(theirs,)),
                leaves_at=at + timedelta(hours=hours) if n % 3 else None,
                then=then,
                then_until=at + timedelta(days=2),
                at=at,
            )

    @rule(n=pick, hours=st.sampled_from([None, 5]))
    def someone_gives_it_another_time(self, n, hours):
        waiting = list(Message.objects.filter(dispatch__later=True).order_by("pk"))
        if waiting:
            moment = self.at + timedelta(hours=hours) if hours else None
            try:
                later.leave_at(waiting[n % len(waiting)], moment, by=self.house.ana, at=self.at)
            except later.HasBegun:
                pass

    @rule(n=pick)
    def someone_takes_it_back(self, n):
        queued = list(Message.objects.filter(dispatch__due_at__isnull=False).order_by("pk"))
        if queued:
            try:
                replying.take_back(queued[n % len(queued)], by=self.house.ana, at=self.at)
            except replying.TooLate:
                pass

    @rule(state=st.sampled_from(["accepted", "accepted", "refused", "later", "unknown"]))
    def workers_deliver(self, state):
        road = MemoryRoad(answers={each: Answer(state, "words") for each in SENDERS})
        deliver(at=self.later(), road=road)

    @rule(before=st.booleans())
    def a_worker_is_killed(self, before):
        class Killed(BaseException):
            pass

        def kill():
            raise Killed

        road = MemoryRoad(**({"before_commit": kill} if before else {"after_commit": kill}))
        try:
            deliver(at=self.later(), road=road)
        except Killed:
            self.later(minutes=20)  # the lease runs out

    @rule(n=pick, choice=st.sampled_from(["send_again", "count_as_received", "leave_it"]))
    def someone_decides_about_trouble(self, n, choice):
        trouble = list(
            Recipient.objects.filter(state__in=["unknown", "refused", "delayed", "bounced"])
        )
        if trouble:
            try:
                getattr(delivering, choice)(
                    trouble[n % len(trouble)], by=self.house.ana, at=self.later()
                )
            except delivering.NotInTrouble:
                pass

    @rule(
        n=pick,
        who=pick,
        act=st.sampled_from(
            ["close", "reopen", "mark_spam", "trash", "no_answer_needed", "take_back_no_answer"]
        ),
    )
    @precondition(lambda self: Conversation.objects.exists())
    def someone_acts(self, n, who, act):
        conversation = self.any_conversation(n)
        fates = ("stays", "kept", "released", "")[n % 4]  # the last says nothing
        if act in {"close", "trash"} and fates:
            still_open = open_in(conversation).values_list("public_id", flat=True)
            changes = {"fates": dict.fromkeys(still_open, fates)}
        else:
            changes = {}
        try:
            getattr(handling, act)(conversation, by=self.someone(who), at=self.later(), **changes)
        except (handling.AnswerOwed, handling.NothingOwed, handling.PromisesOpen):
            pass

    @rule(
        n=pick,
        who=pick,
        act=st.sampled_from(["assign", "close", "snooze", "reopen", "spam", "trash", "join"]),
        undoes=st.booleans(),
    )
    @precondition(lambda self: Conversation.objects.exists())
    def someone_acts_on_many(self, n, who, act, undoes):
        by, at = self.someone(who), self.later()
        keys = sorted(Conversation.objects.filter(redirect_to=None).values_list("pk", flat=True))
        data = {
            "assign": {"to": ["", f"teammate:{self.house.lea.pk}"][n % 2]},
            "snooze": {"until": (at + timedelta(days=1)).isoformat()},
            "join": {"into": str(keys[0])},
        }.get(act, {})
        row = bulk.ask(act, keys[:: n % 3 + 1], data=data, by=by, at=at)
        bulk.begin(row, at=at)
        if undoes:
            bulk.undo(row, by=by, at=self.later())

    @rule(n=pick)
    @precondition(lambda self: BulkAct.objects.filter(undoing_at=None).exists())
    def someone_takes_an_act_on_many_back(self, n):
        rows = list(BulkAct.objects.filter(undoing_at=None).order_by("pk"))
        row = rows[n % len(rows)]
        with contextlib.suppress(bulk.TooLate):
            bulk.undo(row, by=row.by, at=self.later())

    @rule(n=pick, who=pick, to=pick)
    @precondition(lambda self: Conversation.objects.exists())
    def someone_assigns(self, n, who, to):
        choices = [self.house.ben, self.house.lea, self.house.ana, self.house.front, None]
        try:
            handling.assign(
                self.any_conversation(n), to=choices[to % 5], by=self.someone(who), at=self.later()
            )
        except (handling.CannotSee, MayNot):
            pass

    @rule(n=pick)
    @precondition(lambda self: Conversation.objects.exists())
    def someone_snoozes(self, n):
        conversation = self.any_conversation(n)
        until = self.at + timedelta(days=1)
        handling.snooze(conversation, until=until, by=self.house.ana, at=self.at)

    @rule(days=st.sampled_from([1, 3, 30]))
    def days_pass(self, days):
        handling.wake_due(at=self.later(minutes=days * 24 * 60))

    def due(self, hours):
        if hours % 2:
            day = (self.at + timedelta(hours=hours)).date() + timedelta(days=1)
            return plan.current().day_due(self.house.hello.pk, day, zone="Europe/Berlin")
        return plan.current().moment_due(self.at + timedelta(hours=hours), zone="Asia/Kathmandu")

    @rule(
        n=pick,
        who=pick,
        hours=st.integers(min_value=1, max_value=24 * 40),
        direction=st.sampled_from(["ours", "ours", "theirs", "to_ourselves"]),
        kind=st.sampled_from(["do", "send", "call"]),
    )
    @precondition(lambda self: Conversation.objects.exists())
    def someone_gives_their_word(self, n, who, hours, direction, kind):
        by, owner = self.someone(who), self.someone(n)
        try:
            promising.track(
                self.any_conversation(n),
                what="send the link",
                kind=kind,
                direction=direction,
                owner=owner,
                due=self.due(hours),
                by=by,
                at=self.later(0),
            )
        except handling.CannotSee:
            pass

    @rule(n=pick, hours=st.integers(min_value=1, max_value=24 * 90))
    @precondition(lambda self: Conversation.objects.exists())
    def someone_comes_back_to_it(self, n, hours):
        promising.come_back(
            self.any_conversation(n),
            due=self.due(hours),
            why="",
            by=self.house.ana,
            at=self.at,
        )

    @rule(n=pick, who=pick, hours=st.integers(min_value=1, max_value=24 * 30), act=ACTS)
    @precondition(lambda self: Promise.objects.exists())
    def something_becomes_of_a_promise(self, n, who, hours, act):
        found = list(Promise.objects.order_by("pk"))
        promise, by = found[n % len(found)], self.someone(who)
        changes = {
            "move": {"due": self.due(hours)},
            "promise_anew": {"due": self.due(hours)},
            "hand_over": {"to": [self.house.lea, self.house.front, self.house.carl][n % 3]},
        }.get(act, {})
        if act != "no_longer_needed":
            changes["by"] = by
        try:
            getattr(promising, act)(promise, at=self.at, **changes)
        except (
            MayNot,
            handling.CannotSee,
            promising.NotOurs,
            promising.OnlyAnew,
            promises.AlreadyEnded,
            promises.AlreadyDue,
            promises.NotDueYet,
        ):
            pass

    @rule(n=pick)
    @precondition(lambda self: Promise.objects.filter(ended_why="they_let_go").exists())
    def they_need_it_after_all(self, n):
        found = list(Promise.objects.filter(ended_why="they_let_go").order_by("pk"))
        with contextlib.suppress(unkeeping.NothingToTakeBack):
            unkeeping.still_needed(found[n % len(found)], at=self.at)

    @rule(n=pick, hours=st.integers(min_value=1, max_value=100))
    @precondition(lambda self: Conversation.objects.exists())
    def an_answer_keeps_and_makes_promises(self, n, hours):
        conversation = self.any_conversation(n)
        theirs = conversation.person.holdings.first().address.written
        with contextlib.suppress(sides.SeenByCustomer):
            replying.reply(
                conversation,
                by=self.house.ana,
                text="Here it is, and I'll call you.",
                recipients=Recipients(to=(theirs,)),
                keeps=list(open_in(conversation).exclude(kind="reply")),
                promised=[promising.Said("call you", self.due(hours))],
                at=self.later(0),
            )

    @rule(n=pick, hours=st.integers(min_value=1, max_value=100))
    @precondition(lambda self: Conversation.objects.exists())
    def someone_holds(self, n, hours):
        try:
            holding.hold(
                self.any_conversation(n),
                text="Not forgotten.",
                recipients=Recipients(to=(SENDERS[0],)),
                due=self.due(hours),
                by=self.house.ana,
                at=self.at,
            )
        except handling.NothingOwed:
            pass

    @rule(n=pick, urgent=st.booleans())
    @precondition(lambda self: Conversation.objects.exists())
    def someone_is_in_a_hurry(self, n, urgent):
        handling.mark_urgent(
            self.any_conversation(n), urgent=urgent, by=self.house.ana, at=self.later()
        )

    @rule(days=st.integers(min_value=1, max_value=60), send=st.booleans())
    def the_plan_changes(self, days, send):
        calendar = plans.found_calendar(business(), by=self.house.ana, at=self.at)
        first = self.at.date() + timedelta(days=days % 7)
        plans.close_days(
            calendar,
            first_day=first,
            last_day=first + timedelta(days=days),
            text="",
            by=self.house.ana,
            at=self.at,
        )
        plans.set_inbox_plan(
            self.house.hello,
            calendar=None,
            holding="send" if send else "draft",
            by=self.house.ana,
            at=self.at,
        )
        plans.set_target(
            urgent=send,
            first_minutes=days * 30,
            next_minutes=days * 10,
            by=self.house.ana,
            at=self.at,
        )
        replanning.recompute(at=self.later())

    @rule(days=st.integers(min_value=1, max_value=20))
    def lea_is_away(self, days):
        plans.be_absent(
            self.house.lea,
            since=self.at,
            until=self.at + timedelta(days=days),
            stand_in=self.house.ben if days % 2 else None,
            text="",
            by=self.house.ana,
            at=self.at,
        )

    @rule(killed=st.booleans())
    def the_sweep_comes_by(self, killed):
        class Killed(BaseException):
            pass

        with pytest.MonkeyPatch.context() as patch:
            if killed:
                patch.setattr(reminding, "_look", killing(Killed))
            try:
                reminding.remind_due(at=self.later())
            except Killed:
                pass

    @rule(how=st.sampled_from(["hand", "turn", "load"]), most=st.sampled_from([None, 1, 3]))
    def owners_are_found_by_themselves(self, how, most):
        from goodword.inboxes import actions as inboxes

        inboxes.set_assigning(
            self.house.hello, assigns=how, most_each=most, by=self.house.ana, at=self.at
        )
        assigning.give_waiting(at=self.later())

    @rule()
    def ben_leaves_or_returns(self):
        from goodword.accounts import actions as accounts

        self.house.ben.refresh_from_db()
        if self.house.ben.is_active:
            staffing.take_leave(self.house.ben, by=self.house.ana, at=self.later())
        else:
            accounts.reactivate(self.house.ben, by=self.house.ana, at=self.later())

    @invariant()
    def all_is_well(self):
        assert checking.violations() == []
        assert not BulkItem.objects.filter(why=bulk_acts.FAILED).exists()


@pytest.mark.django_db
def test_the_invariants_hold_whatever_happens():
    from django.db import transaction
    from hypothesis.stateful import run_state_machine_as_test

    class Rollback(Exception):
        pass

    class Fresh(Desk):
        """Each run in a savepoint of its own."""

        def __init__(self):
            self.savepoint = transaction.atomic()
            self.savepoint.__enter__()
            super().__init__()

        def teardown(self):
            self.savepoint.__exit__(Rollback, Rollback(), None)

    run_state_machine_as_test(
        Fresh,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=40,
            suppress_health_check=list(HealthCheck),
            database=None,
            # To look for the shortest way to a fault takes longer than a test may.
            phases=Phase if "GOODWORD_TEST_EXAMPLES" in os.environ else [Phase.generate],
        ),
    )
