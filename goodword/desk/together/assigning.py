"""New conversations find their owner by themselves: by turn, or whoever has fewest waiting.

Only where the inbox says so, and only to whoever is on duty there now. Nobody is given more than
the inbox's limit of conversations that await us; what nobody has room for waits in the inbox,
owed by its team, until the sweep finds somebody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat

from goodword.accounts import queries as accounts
from goodword.accounts.models import Teammate
from goodword.conversations import locking
from goodword.conversations.events import Assigned
from goodword.conversations.models import Conversation
from goodword.desk import handling, queries
from goodword.events import actions as events
from goodword.events import queries as trail
from goodword.inboxes.models import Inbox
from goodword.plan import queries as plan
from goodword.promises.models import REPLY, Promise

Assigns, State = Inbox.Assigns, Conversation.State
_WHY = {Assigns.BY_TURN.value: "by_turn", Assigns.BY_LOAD.value: "by_load"}


def give_opened(conversation: Conversation, *, road: str, at: datetime) -> None:
    """Find an owner for what was opened just now, before an answer is owed in it.

    Costs nothing where the inbox assigns by hand. In the transaction that opens it.
    """
    if conversation.inbox.assigns == Assigns.BY_HAND or conversation.state != State.OPEN:
        return
    chosen = _choose(conversation.inbox, road=road, at=at)
    if chosen is not None:
        conversation.assignee = chosen
        conversation.save(update_fields=["assignee"])
        handling.announce_given(conversation, chosen, by=None, why=_why(conversation), at=at)


def give_waiting(*, at: datetime, most: int = 50) -> int:
    """Find owners for what waits, where somebody has room again or has come on duty; what is due
    first goes first. Returns how many were given.
    """
    given = 0
    for inbox in Inbox.objects.exclude(assigns=Assigns.BY_HAND).order_by("pk"):
        for conversation in _waiting(inbox)[:most]:
            if not _give(conversation, at=at):
                break
            given += 1
    return given


@transaction.atomic
def _give(conversation: Conversation, *, at: datetime) -> bool:
    """Whether somebody was found; what was taken meanwhile is left to whoever took it."""
    conversation = locking.lock(conversation)
    if not _waiting(conversation.inbox).filter(pk=conversation.pk).exists():
        return True
    chosen = _choose(conversation.inbox, road="", at=at)
    if chosen is None:
        return False
    handling.give(conversation, chosen, by=None, why=_why(conversation), at=at)
    return True


def _why(conversation: Conversation) -> str:
    return _WHY[conversation.inbox.assigns]


def _waiting(inbox: Inbox) -> QuerySet[Conversation]:
    """What nobody has and awaits us, soonest due first. What a person gave back stays there."""
    answer = Promise.objects.filter(conversation=OuterRef("pk"), kind=REPLY, state="open")
    name = Concat(Value("conversation:"), Cast(OuterRef("pk"), CharField()))
    put_back = trail.trail().filter(subject=name, kind=Assigned.KIND).exclude(actor=events.SYSTEM)
    return (
        Conversation.objects.filter(
            Exists(answer), inbox=inbox, assignee=None, team=None, redirect_to=None,
            state=State.OPEN,
        )
        .exclude(Exists(put_back))
        .order_by(Subquery(answer.values("due_at")[:1]))
    )  # fmt: skip


def _choose(inbox: Inbox, *, road: str, at: datetime) -> Teammate | None:
    """Whose it is now, and note that it was their turn; None where nobody is there or has room.

    While another process gives something of this inbox, the sweep will give this: nobody waits
    here for a lock, as whoever receives many messages may hold several.
    """
    rows = Inbox.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
    found = rows.filter(pk=inbox.pk).first()
    on_duty = [each.teammate_id for each in plan.current().on_duty(inbox.pk, road, at)]
    if found is None or not on_duty:
        return None
    loads = queries.waiting_for(on_duty)
    room = [k for k in on_duty if found.most_each is None or loads.get(k, 0) < found.most_each]
    if not room:
        return None
    in_turn = _in_turn(room, after=found.given_last_id or 0)
    by_load = found.assigns == Assigns.BY_LOAD
    key = min(in_turn, key=lambda each: loads.get(each, 0)) if by_load else in_turn[0]
    Inbox.objects.filter(pk=inbox.pk).update(given_last=key)
    return accounts.active().filter(pk=key).first()


def _in_turn(keys: Sequence[int], *, after: int) -> list[int]:
    """Round and round in one order: whoever comes next after who was last, first."""
    return sorted(keys, key=lambda each: (each <= after, each))
