"""Which conversation a message belongs to, and who belongs to a conversation.

An id proves nothing by itself, and a From address is a claim: only people who belong join. What
seems to continue a conversation and may not join it opens one of its own, linked to that one, and
a person is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.conversations import actions as conversations
from goodword.conversations import carrying, locking, queries
from goodword.conversations.models import Conversation, Link, Message
from goodword.core import prepared
from goodword.desk import events as facts
from goodword.desk import handling
from goodword.desk.intake import returning
from goodword.desk.intake.known import Known
from goodword.desk.keeping import owing
from goodword.desk.models import Joined
from goodword.desk.roads import Authentication, Inbound
from goodword.desk.together import leading_on, sides
from goodword.events import actions as events
from goodword.inboxes.models import Inbox
from goodword.people import organisations
from goodword.people import queries as people
from goodword.people.actions import normalised
from goodword.people.models import Address
from goodword.promises import actions as promises
from goodword.promises import queries as owed
from goodword.promises.models import REPLY, Promise

State = Conversation.State


class CannotJoin(Exception):
    """These two can't become one conversation; `str()` says why."""


@dataclass(frozen=True, slots=True)
class Place:
    """The conversation a message goes to (None: a new one), and the one it only seems to fit.

    `beside`: a teammate comes in on what we and somebody else say to each other.
    """

    conversation: Conversation | None = None
    suspected: Conversation | None = None
    beside: bool = False


def place_of(
    inbound: Inbound,
    address: Address,
    *,
    authenticity: str,
    teammate: Teammate | None,
    known: Known,
) -> Place:
    """Where a message from `address` goes, locked. `teammate`: who of ours has that address."""
    if inbound.kind == "bounce":
        about = returning.about(inbound)
        return Place(known.conversation(about.conversation_id) if about else None)
    suspected = None
    ours = teammate is not None or known.is_ours(address.value)
    who = _Writer(address, authenticity, teammate, ours=ours)
    for conversation in _pointed_at(inbound, known):
        place = _place_in(conversation, who) or _across(conversation, who, known)
        if place is not None:
            return place
        suspected = suspected or conversation
    for lead in known.awaiting(inbound):
        if lead.message_id is None or lead.conversation_id is None:
            continue
        there = known.conversation(lead.conversation_id)
        if there is None:
            continue
        place = _place_in(there, who)
        if place and _was_answered_in(there, lead.message_id, inbound, address):
            return place
        suspected = suspected or there
    return Place(suspected=suspected)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Who claims to have written a message. `ours`: from an address of the house."""

    address: Address
    authenticity: str
    teammate: Teammate | None
    ours: bool


def _place_in(conversation: Conversation, who: _Writer) -> Place | None:
    """How they come in there; None when they don't."""
    if who.ours and not queries.wrote_in(conversation, who.address):
        # Named in Cc they took part as well; what counts is that it is truly one of us.
        if who.authenticity == Message.Authenticity.PASS:
            return Place(conversation, beside=who.teammate is not None)
        return None
    if _belongs(conversation, who.address, authenticity=who.authenticity):
        return Place(conversation)
    return None


def _was_answered_in(
    conversation: Conversation, answer: int, inbound: Inbound, address: Address
) -> bool:
    """Whether the answer that was quicker belongs to it too: an id that somebody knows draws nobody
    to what they wrote, nor to what was written in another's name, nor into the spam.
    """
    if conversation.state == State.SPAM:
        return False
    message = Message.objects.select_related("address").get(pk=answer)
    if message.address is None:  # one of us wrote it
        return True
    if message.authenticity == Message.Authenticity.FAIL:
        return False
    told = (inbound.sender, *inbound.to, *inbound.cc)
    if message.address.value in {normalised(each.address, kind=each.kind) for each in told}:
        return True
    return conversation.inbox.joins_organisation and organisations.share_one(
        message.address, [address]
    )


def _pointed_at(inbound: Inbound, known: Known) -> Iterator[Conversation]:
    """The conversations it names, each once: by ids first, then by a signed reply address."""
    leads = known.leads(inbound.road, inbound.refers_to)
    for key in (*dict.fromkeys(lead.conversation_id for lead in leads), known.signed(inbound)):
        if key is not None and (found := known.conversation(key)) is not None:
            yield found


def _belongs(conversation: Conversation, address: Address, *, authenticity: str) -> bool:
    if conversation.side_of_id is not None and not sides.may_join(conversation, address):
        return False
    if queries.took_part(conversation, address):
        return True
    if authenticity == Message.Authenticity.FAIL:
        return False
    if conversation.side_of_id is None and _is_theirs_too(conversation, address):
        return True
    return conversation.inbox.joins_organisation and organisations.share_one(
        address, queries.addresses_in(conversation)
    )


def _is_theirs_too(conversation: Conversation, address: Address) -> bool:
    """Whether a teammate found it to be of somebody who took part from another address."""
    return bool(prepared.rows("theirs too", _theirs_too, conversation.pk, address.pk))


def _theirs_too(conversation: int, address: int) -> QuerySet[Address, tuple[int]]:
    here = queries.addresses_in(Conversation(pk=conversation))
    return here.filter(pk__in=people.held_beside(address)).values_list("pk")[:1]


def _across(conversation: Conversation, who: _Writer, known: Known) -> Place | None:
    """What a customer answers to an aside, or whom we asked aside to the customer's conversation,
    goes to the one of the two where they belong: neither ever reads the other.
    """
    for key in sides.across(conversation):
        other = known.conversation(key)
        if other is not None and (place := _place_in(other, who)) is not None:
            return place
    return None


def authenticity_of(inbound: Inbound, inbox: Inbox) -> Authentication | None:
    """What can be said of who sent it; None when nothing can.

    Anybody can write an Authentication-Results header. One of a server the inbox trusts counts
    whatever it says; without such a server only the uppermost counts, and only when it speaks
    against the sender: nobody forges that.
    """
    trusted = set(inbox.trusted_servers.lower().split())
    if trusted:
        said = next((each for each in inbound.authentications if each.server in trusted), None)
        return said if said and said.verdict != "none" else None
    first = next(iter(inbound.authentications), None)
    return first if first and first.verdict == "fail" else None


# What a person decides


@transaction.atomic
def join(conversation: Conversation, into: Conversation, *, by: Teammate, at: datetime) -> None:
    """Two conversations are one: everything said in `conversation` stands in `into` from now on.

    What is left is a redirect: its ids and its address lead on for ever. Of two answers owed the
    one due first stays owed. `unjoining.undo` takes it back. Raises MayNot, CannotJoin.
    """
    rights.require_answer(by)
    locked = locking.lock_all([conversation.pk, into.pk])
    if not {conversation.pk, into.pk} <= locked.keys():
        raise CannotJoin("one of them was thrown away for good")
    conversation, into = locked[conversation.pk], locked[into.pk]
    if conversation.pk == into.pk:
        raise CannotJoin("a conversation can't be joined with itself")
    if conversation.side_of_id or into.side_of_id:
        raise CannotJoin("a customer must never see what is said aside")
    if not (conversation.is_live and into.is_live):
        raise CannotJoin("one of them is spam, in the trash or joined already")
    before = _how_it_was(conversation, into)
    answers = Promise.objects.filter(kind=REPLY, conversation__in=[conversation, into])
    owed_before = list(answers.filter(state=Promise.State.OPEN).values_list("pk", flat=True))
    _leave_one_answer_owed(conversation, into, by=by, at=at)
    promises.carry_over(owed.of_conversation(conversation), into)
    owners = _hand_to_who_is_there(into, by=by, at=at)
    owing.carry_over(conversation, into)
    moved = carrying.carry_over(conversation, into)
    told = leading_on.carry_over(conversation, into, drafts=moved["drafts"], at=at)
    waived = owing.waive_no_more_than_one(into)
    # Who has one of them has both, where they may answer there.
    if (to := conversation.assignee or conversation.team) and not (into.assignee or into.team):
        with suppress(handling.CannotSee):
            handling.assign(into, to=to, by=by, at=at)
    into.refresh_from_db()
    _be_as_awake_as(conversation, into, by=by, at=at)
    owing.settle(into, by=by, at=at, why="joined")
    # Also what nobody awaits any more, since we answered later in the other one.
    let_go = Promise.objects.filter(pk__in=owed_before, state=Promise.State.RELEASED)
    released = list(let_go.order_by("pk").values_list("pk", flat=True))
    more = {"released": released, "owners": owners, "waived": waived, "told": told}
    slept = into.snoozed_until
    after = {"state_after": into.state, "sleeps_until": slept.isoformat() if slept else None}
    moved |= before | more | after
    Joined.objects.create(conversation=conversation, into=into, by=by, at=at, moved=moved)
    fact = facts.ConversationsJoined(
        conversation_id=into.pk, inbox_id=into.inbox_id, joined_id=conversation.pk
    )
    events.announce(fact, by=by, about=into, at=at)


def _how_it_was(conversation: Conversation, into: Conversation) -> dict[str, Any]:
    """What a join changes of the two rows, so that undoing it finds it again."""
    slept, closed = conversation.snoozed_until, into.closed_at
    return {
        "promises": list(owed.of_conversation(conversation).values_list("pk", flat=True)),
        "snoozed_until": slept.isoformat() if slept else None,
        "had_nobody": not (into.assignee_id or into.team_id),
        "state_before": into.state,
        "into_snoozed_until": into.snoozed_until.isoformat() if into.snoozed_until else None,
        "closed": [closed.isoformat(), into.closed_by_id, into.closed_why] if closed else None,
    }


def _hand_to_who_is_there(into: Conversation, *, by: Teammate, at: datetime) -> dict[str, str]:
    """What came along from another inbox is owed by the team, where its owner doesn't answer.

    Gives who owed it before, by the promise's key.
    """
    handed = {}
    for promise in owed.open_in(into).exclude(kind=REPLY).select_related("owner", "team"):
        owner = promise.owner or promise.team
        if owner is not None and not owing.can_keep(owner, into.inbox):
            promises.hand_over(promise, to=into.inbox.team, by=by, at=at, why="joined")
            handed[str(promise.pk)] = events.name_of(owner)
    return handed


def _be_as_awake_as(
    conversation: Conversation, into: Conversation, *, by: Teammate, at: datetime
) -> None:
    """What was open or to come back in `conversation` is so in `into`; its snoozing is over."""
    sleep, now_asleep = conversation.snoozed_until, into.snoozed_until
    if conversation.state == State.OPEN and into.state in {State.CLOSED, State.SNOOZED}:
        conversations.set_state(into, State.OPEN, by=by, at=at, why="joined")
    elif sleep and (into.state == State.CLOSED or (now_asleep and sleep < now_asleep)):
        conversations.set_state(into, State.SNOOZED, by=by, at=at, until=sleep)
    if sleep:  # nothing is left there to wake
        Conversation.objects.filter(pk=conversation.pk).update(state=State.OPEN, snoozed_until=None)


def _leave_one_answer_owed(
    conversation: Conversation, into: Conversation, *, by: Teammate, at: datetime
) -> None:
    two = [p for p in (owed.owed_reply(conversation), owed.owed_reply(into)) if p is not None]
    if len(two) == 2:
        sooner, later = sorted(two, key=lambda each: each.due_at)
        promises.release(later, by=by, at=at, why="joined")
        promises.ask_again(sooner, at=at)


@transaction.atomic
def keep_apart(
    conversation: Conversation, other: Conversation, *, by: Teammate, at: datetime
) -> None:
    """A person found that they don't belong together: it isn't asked again. Raises MayNot."""
    rights.require_answer(by)
    between = Q(conversation=conversation, other=other) | Q(conversation=other, other=conversation)
    suspected = Link.objects.filter(between, why=Link.Why.SUSPECTED)
    if suspected.update(why=Link.Why.APART):
        fact = facts.ConversationsKeptApart(
            conversation_id=conversation.pk, inbox_id=conversation.inbox_id, other_id=other.pk
        )
        events.announce(fact, by=by, about=conversation, at=at)
