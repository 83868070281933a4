"""What lies in the trash is gone for good after thirty days, or when somebody says so.

A conversation goes in one transaction, whole: messages, drafts, files' references, readings, links,
the redirects that lead to it and what was said aside. What stays: the ids from outside, leading
nowhere, so that no fetch brings it back; and what was promised, without its conversation.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from goodword.accounts import rights
from goodword.accounts.models import Role, Teammate
from goodword.conversations import locking, queries
from goodword.conversations.models import Conversation, ExternalId, Message
from goodword.desk import events as facts
from goodword.desk import handling
from goodword.desk.models import Arrival, Dispatch
from goodword.desk.shaping import moving
from goodword.events import actions as events
from goodword.inboxes import queries as inboxes
from goodword.notices import actions as notices
from goodword.promises.models import Promise

KEPT = timedelta(days=30)
State = Conversation.State


class NotInTrash(Exception):
    """Somebody took it out of the trash, or it is gone already."""


def gone_at(conversation: Conversation) -> datetime | None:
    """Until when the trash keeps it."""
    return conversation.trashed_at + KEPT if conversation.trashed_at else None


def may_empty(teammate: Teammate) -> bool:
    """Owners and leads throw away for good; others move to the trash."""
    return teammate.is_active and teammate.role in {Role.OWNER, Role.LEAD}


def trash_of(teammate: Teammate) -> QuerySet[Conversation]:
    """What `teammate` may throw away for good: the trash of the inboxes open to them."""
    trash = queries.visible_to(teammate).filter(state=State.TRASH)
    mine = inboxes.open_to(teammate).order_by().values("pk")
    return trash if teammate.is_owner else trash.filter(inbox__in=mine)


@transaction.atomic
def purge(conversation: Conversation, *, by: Teammate, at: datetime) -> None:
    """Throw one away for good. Raises MayNot, NotInTrash."""
    if not may_empty(by) or not trash_of(by).filter(pk=conversation.pk).exists():
        raise rights.MayNot
    _purge(conversation.pk, by=by, at=at)


@transaction.atomic
def empty(*, by: Teammate, at: datetime) -> int:
    """All that lies in the trash now is due to go, as if its time had come. Raises MayNot."""
    if not may_empty(by):
        raise rights.MayNot
    theirs = trash_of(by).order_by()
    number = theirs.count()
    fact = facts.TrashEmptied(conversations=number)
    events.announce(fact, by=by, about=by, at=at)
    # Never by their keys: a trash may hold more than a statement takes.
    rows = Conversation.objects.filter(pk__in=theirs.values("pk"), state=State.TRASH)
    rows.filter(trashed_at__gt=at - KEPT).update(trashed_at=at - KEPT)
    return number


def empty_due(*, at: datetime, most: int = 20) -> int:
    """Throw away what has been in the trash for its time; one short transaction each."""
    due = Conversation.objects.filter(state=State.TRASH, trashed_at__lte=at - KEPT)
    due = due.exclude(side_of__state=State.TRASH)  # it goes along
    gone = 0
    for key in due.order_by("trashed_at", "pk").values_list("pk", flat=True)[:most]:
        try:
            with transaction.atomic():
                _purge(key, by=None, at=at, since=at - KEPT)
            gone += 1
        except NotInTrash:  # they wrote, or somebody was quicker
            continue
    return gone


def forget_refused(*, at: datetime) -> int:
    """Let go of the bytes of mails that came again after they had been thrown away for good."""
    gone = Arrival.objects.filter(state=Arrival.State.GONE, arrived_at__lte=at - timedelta(days=1))
    return gone.delete()[0]


def trash_old_spam(*, at: datetime, most: int = 50) -> int:
    """What nobody missed among the spam for thirty days goes to the trash, for thirty more."""
    old = Conversation.objects.filter(state=State.SPAM, spam_since__lte=at - KEPT)
    moved = 0
    for conversation in old.order_by("spam_since")[:most]:
        moved += handling.trash_old_spam(conversation, before=at - KEPT, at=at)
    return moved


def _purge(key: int, *, by: Teammate | None, at: datetime, since: datetime | None = None) -> None:
    """`since`: it must lie in the trash at least from then on. Raises NotInTrash."""
    going = _all_of(key)
    found = locking.lock_all(going, for_good=True).get(key)
    trashed = found is not None and found.state == State.TRASH and not found.redirect_to_id
    if found is None or not trashed or (since and (found.trashed_at or at) > since):
        raise NotInTrash
    if _all_of(key) != going:  # something was joined into it while we waited
        raise NotInTrash
    rows = Conversation.objects.filter(pk__in=going)
    notices.withdraw(moving.notices_of(list(rows)), at=at)
    # Of what it came in as, nothing is left to read; its identity remains.
    Arrival.objects.filter(message__conversation__in=going).delete()
    promised = Promise.objects.filter(conversation__in=going)
    promised.exclude(state=Promise.State.OPEN).update(said="")
    promised.update(conversation=None, message=None)
    messages = Message.objects.filter(conversation__in=going)
    # Its own ids stay and lead nowhere; for what it waited something else may wait.
    ExternalId.objects.filter(message__in=messages, scope__endswith=":awaited").delete()
    fact = facts.ConversationPurged(
        conversation_id=found.pk, inbox_id=found.inbox_id, messages=messages.count()
    )
    # In the order in which who just sends one of them holds these.
    Dispatch.objects.filter(message__in=messages).delete()
    messages.delete()
    rows.update(redirect_to=None, side_of=None)
    rows.delete()
    found.pk = key
    events.announce(fact, by=by, about=found, at=at)


def _all_of(key: int) -> list[int]:
    """With the keys of what leads to it and of what was said aside."""
    found = {key}
    newer = found
    while newer:
        beside = Q(redirect_to__in=newer) | Q(side_of__in=newer)
        rows = Conversation.objects.filter(beside)
        newer = set(rows.values_list("pk", flat=True)) - found
        found |= newer
    return sorted(found)
