"""The way of an answer out, second half: handed to its road, and what the other side said.

A crash at any point sends again only what the other side cannot have accepted: until `commit` the
recipients are queued; from then until the answer is written down they are *sending*; whoever is
found sending without a worker is *unknown*, and a person decides.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.conversations import locking
from goodword.conversations.models import Conversation, Message, Recipient
from goodword.core import due
from goodword.desk import events as facts
from goodword.desk import roads
from goodword.desk.answering import later, leaving_from
from goodword.desk.answering.outbound import outbound_of
from goodword.desk.keeping import owing
from goodword.desk.models import Dispatch
from goodword.desk.roads import Answer, LeaseLost, Outcome
from goodword.events import actions as events
from goodword.events import waking
from goodword.inboxes.models import Inbox

logger = logging.getLogger(__name__)

GIVE_UP_AFTER = timedelta(days=2)
LAPSED = "lapsed"  # the `why` of what never left, since it names a time that has passed
LEASE = timedelta(seconds=60)  # renewed while a worker lives, so a dead one delays nothing for long
Clock = Callable[[], datetime]


class NotInTrouble(Exception):
    """There is nothing to decide about this recipient any more."""


def deliver_due(*, clock: Clock, most: int = 10) -> int:
    """Deliver what is due. Returns how many messages were tried."""
    done = 0
    for dispatch in due.claim(
        Dispatch.objects.all(),
        at=clock(),
        most=most,
        lease=LEASE,
        furthest=due.LONGEST_WAIT,
        chosen=Q(later=True, tries=0),
    ):
        done += 1
        try:
            with due.held(dispatch, clock=clock, lease=LEASE):
                deliver(dispatch, clock=clock)
        except (LeaseLost, Message.DoesNotExist, Conversation.DoesNotExist):
            continue  # another worker has it, or it was thrown away for good meanwhile
        except Exception as error:
            logger.exception("delivery failed", extra={"dispatch": dispatch.pk})
            _record(dispatch, Outcome(trouble=f"{type(error).__name__}: {error}"), at=clock())
    return done


def deliver(dispatch: Dispatch, *, clock: Clock) -> None:
    """Hand one claimed message over and write down what was answered. Raises LeaseLost."""
    if later.hold_what_is_overtaken(dispatch, at=clock()):
        return
    message = dispatch.message
    _doubt_what_was_interrupted(message, at=clock())
    if dispatch.good_until is not None and dispatch.good_until <= clock():
        _let_lapse(dispatch, at=clock())
        return
    waiting = list(
        message.recipients.filter(state=Recipient.State.QUEUED).select_related("address")
    )
    if not waiting:
        due.finish(dispatch)
        return
    # Whoever stands in To and in Cc is one address on the way, and two rows here.
    by_address: dict[str, list[int]] = {}
    for row in waiting:
        by_address.setdefault(row.address.written, []).append(row.pk)

    def commit(addresses: Sequence[str]) -> None:
        with transaction.atomic():
            if not due.renew(dispatch, until=clock() + LEASE):
                raise LeaseLost
            Recipient.objects.filter(
                pk__in=[key for each in addresses for key in by_address[each]],
                state=Recipient.State.QUEUED,
            ).update(state=Recipient.State.SENDING, changed_at=clock())

    leaving_from.still_ours(dispatch)
    outbound = outbound_of(message, envelope=list(by_address))
    outcome = roads.road(message.road).send(outbound, commit=commit)
    _record(dispatch, outcome, at=clock())


@transaction.atomic
def _let_lapse(dispatch: Dispatch, *, at: datetime) -> None:
    """Mail could not leave for long: nobody reads a promise of a time that has passed.

    What the house says by itself bothers nobody; what a person wrote comes back as work.
    """
    message = dispatch.message
    waiting = message.recipients.filter(state=Recipient.State.QUEUED)
    keys = list(waiting.values_list("pk", flat=True))
    words = _("It was not sent: the time that it names had passed before it could leave.")
    unsent = {each.address.written: Answer("refused", words) for each in waiting}
    _record(dispatch, Outcome(answers=unsent), at=at)
    Dispatch.objects.filter(pk=dispatch.pk).update(why=LAPSED)
    if message.teammate_id is None:
        Recipient.objects.filter(pk__in=keys).update(dealt_with_at=at)


def _doubt_what_was_interrupted(message: Message, *, at: datetime) -> None:
    """A worker died after the other side could have accepted: only a person can know."""
    message.recipients.filter(state=Recipient.State.SENDING).update(
        state=Recipient.State.UNKNOWN,
        words=_("Goodword stopped while the mail server was taking this message."),
        changed_at=at,
    )


@transaction.atomic
def _record(dispatch: Dispatch, outcome: Outcome, *, at: datetime) -> None:
    message = dispatch.message
    locking.lock_around(message)
    _doubt_unanswered(message, outcome, at=at)
    tired = at - dispatch.queued_at >= GIVE_UP_AFTER
    for row in message.recipients.filter(
        state__in=[Recipient.State.QUEUED, Recipient.State.SENDING]
    ).select_related("address"):
        answer = outcome.answers.get(row.address.written)
        if answer is None or answer.state == "later":
            words = answer.words if answer else outcome.trouble
            answer = Answer("refused" if tired else "later", words)
        row.state = {
            "accepted": Recipient.State.ACCEPTED,
            "refused": Recipient.State.REFUSED,
            "unknown": Recipient.State.UNKNOWN,
            "later": Recipient.State.QUEUED,
        }[answer.state]
        row.words, row.changed_at = answer.words[:2000], at
        row.save(update_fields=["state", "words", "changed_at"])
    states = list(message.recipients.values_list("state", flat=True))
    if Recipient.State.QUEUED in states:
        due.put_off(dispatch, until=due.next_try(dispatch, at=at), why=outcome.trouble or "later")
    else:
        due.finish(dispatch)
    if Recipient.State.ACCEPTED in states:
        owing.answered(message, at=at)
        later.come_after(message, at=at)
    _announce(message, states, at=at)


def _doubt_unanswered(message: Message, outcome: Outcome, *, at: datetime) -> None:
    """Committed, yet no answer was written down for them: they may have it."""
    answered = list(outcome.answers)
    message.recipients.filter(state=Recipient.State.SENDING).exclude(
        address__written__in=answered
    ).update(
        state=Recipient.State.UNKNOWN,
        words=outcome.trouble[:2000] or _("The line broke before the mail server answered."),
        changed_at=at,
    )


def _announce(message: Message, states: list[str], *, at: datetime) -> None:
    where = {
        "conversation_id": message.conversation_id,
        "inbox_id": message.conversation.inbox_id,
        "message_id": message.pk,
    }
    fact: events.Fact
    if Recipient.State.QUEUED in states:
        fact = facts.DeliveryPutOff(**where)
    else:
        fact = facts.MessageDelivered(
            **where,
            accepted=states.count(Recipient.State.ACCEPTED),
            refused=states.count(Recipient.State.REFUSED),
            unknown=states.count(Recipient.State.UNKNOWN),
        )
    events.announce(fact, by=None, about=message.conversation, at=at)


# What a person decides


_TROUBLE = [
    Recipient.State.REFUSED,
    Recipient.State.UNKNOWN,
    Recipient.State.DELAYED,
    Recipient.State.BOUNCED,
]


@transaction.atomic
def send_again(recipient: Recipient, *, by: Teammate, at: datetime) -> None:
    """Another try for this recipient, under the same Message-ID. Raises MayNot, NotInTrouble."""
    rights.require_answer(by)
    locking.lock_around(recipient.message)
    _decide(recipient, Recipient.State.QUEUED, at=at)
    # A lease stays: its worker may have the message in hand for other recipients at this moment.
    Dispatch.objects.filter(message=recipient.message).update(
        due_at=at, queued_at=at, tries=0, why="", held="", good_until=None
    )
    _announce_decision(recipient, by=by, at=at)
    transaction.on_commit(waking.wake)


@transaction.atomic
def count_as_received(recipient: Recipient, *, by: Teammate, at: datetime) -> None:
    """A person knows that they have it. Raises MayNot, NotInTrouble."""
    rights.require_answer(by)
    message = recipient.message
    locking.lock_around(message)
    _decide(recipient, Recipient.State.ACCEPTED, at=at)
    owing.answered(message, at=at)
    later.come_after(message, at=at)
    _announce_decision(recipient, by=by, at=at)


@transaction.atomic
def leave_it(recipient: Recipient, *, by: Teammate, at: datetime) -> None:
    """A person saw the trouble and leaves it at that; what is owed stays owed."""
    rights.require_answer(by)
    won = Recipient.objects.filter(
        pk=recipient.pk, state__in=_TROUBLE, dealt_with_at__isnull=True
    ).update(dealt_with_at=at)
    if not won:
        raise NotInTrouble
    _announce_decision(recipient, by=by, at=at)


@transaction.atomic
def let_go(message: Message, *, by: Teammate, at: datetime) -> None:
    """Send a message that was held back, after a person looked at it. Raises MayNot."""
    rights.require_answer(by)
    held = Dispatch.objects.filter(message=message, due_at__isnull=True).exclude(held="")
    anew = {"due_at": at, "queued_at": at, "tries": 0, "why": "", "good_until": None}
    if held.update(held="", later=False, **anew):
        fact = facts.MessageLetGo(
            conversation_id=message.conversation_id,
            inbox_id=message.conversation.inbox_id,
            message_id=message.pk,
        )
        events.announce(fact, by=by, about=message.conversation, at=at)
        transaction.on_commit(waking.wake)


@transaction.atomic
def leave_unsent(message: Message, *, by: Teammate, at: datetime) -> None:
    """What was held back leaves for none of those who haven't got it; what is owed stays owed.

    What a person wrote and has begun to reach nobody is taken back instead, with what it promises.
    Raises MayNot, NotInTrouble; that also when nobody holds it any more.
    """
    rights.require_answer(by)
    locking.lock_around(message)
    begun = message.recipients.exclude(state=Recipient.State.QUEUED)
    if not message.automatic and not begun.exists():
        raise NotInTrouble
    held = Dispatch.objects.filter(message=message, due_at__isnull=True).exclude(held="")
    if not held.update(held="", later=False, then="", then_until=None, good_until=None):
        raise NotInTrouble
    words = gettext_noop("It was held back, and left unsent.")
    message.recipients.filter(state=Recipient.State.QUEUED).update(
        state=Recipient.State.REFUSED, words=words, changed_at=at, dealt_with_at=at
    )
    fact = facts.MessageLeftUnsent(
        conversation_id=message.conversation_id,
        inbox_id=message.conversation.inbox_id,
        message_id=message.pk,
    )
    events.announce(fact, by=by, about=message.conversation, at=at)


@transaction.atomic
def try_soon(inbox: Inbox, *, at: datetime) -> int:
    """There is another way out of the inbox: what couldn't leave before is tried now. How many."""
    waiting = Dispatch.objects.filter(
        message__conversation__inbox=inbox, due_at__gt=at, tries__gt=0, lease=""
    )
    transaction.on_commit(waking.wake)
    return waiting.update(due_at=at, tries=0)


@transaction.atomic
def hold_everything(*, why: str, at: datetime) -> int:
    """Nothing that is queued leaves by itself: each waits for a person. Used after a restore."""
    waiting = Dispatch.objects.filter(due_at__isnull=False)
    for dispatch in waiting.select_related("message"):
        _doubt_what_was_interrupted(dispatch.message, at=at)
    return waiting.update(due_at=None, held=why, leased_until=None, lease="")


def _decide(recipient: Recipient, state: str, *, at: datetime) -> None:
    won = Recipient.objects.filter(pk=recipient.pk, state__in=_TROUBLE).update(
        state=state, words="", changed_at=at, dealt_with_at=None
    )
    if not won:
        raise NotInTrouble
    recipient.refresh_from_db()


def _announce_decision(recipient: Recipient, *, by: Teammate, at: datetime) -> None:
    message = recipient.message
    fact = facts.TroubleDecided(
        conversation_id=message.conversation_id,
        inbox_id=message.conversation.inbox_id,
        message_id=message.pk,
        recipient_id=recipient.pk,
        state=recipient.state,
    )
    events.announce(fact, by=by, about=message.conversation, at=at)
