"""A conversation held until the transaction ends; verbs begin with it.

Rows that refer to a conversation are stored also by who doesn't hold it, as how far somebody has
read. On PostgreSQL the whole hold would stop them at their commit, and whoever holds it and stores
the same row would wait for them for ever: so what is held is all but the key. SQLite's write lock
does the same by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from django.db.models import F, Q, QuerySet

from goodword.conversations.models import Conversation, Message
from goodword.core import prepared


def lock(conversation: Conversation) -> Conversation:
    """The conversation as it is now, or the one that it was joined into.

    Raises Conversation.DoesNotExist when it was thrown away for good meanwhile.
    """
    key: int | None = conversation.pk
    while key is not None:
        for found in prepared.objects("locked", _locked, key):
            return found
        # What was joined with another is never held alone: whoever throws both away holds first
        # what it leads to, and the two would wait for each other.
        shells = Conversation.objects.filter(pk=key).values_list("redirect_to", "pk")
        key = next((leads_to or pk for leads_to, pk in shells), None)
    raise Conversation.DoesNotExist(conversation.pk)


def lock_around(message: Message) -> Conversation:
    """The conversation in which `message` stands, noted on it: until we hold it, the message may
    be moved to another, by a join, a split or the undoing of one.

    Raises Message.DoesNotExist.
    """
    key = message.conversation_id
    while True:
        found = None
        with suppress(Conversation.DoesNotExist):  # the message may have been moved before
            found = lock(Conversation(pk=key))
        there = prepared.rows("where it stands", _where, message.pk)
        if not there:
            raise Message.DoesNotExist(message.pk)
        before, ((key,),) = key, there
        # The same again: it was left behind by a join, and what that leads to is held.
        if found is not None and key in {found.pk, before}:
            message.conversation = found
            return found


def lock_all(
    keys: Iterable[int], *, shells: bool = True, for_good: bool = False
) -> dict[int, Conversation]:
    """`lock` for those of these keys, in one order for everybody who locks several: what was joined
    after what it may lead to, and asides last, since a verb that finds either has their
    conversation already. `shells`: also what was joined. `for_good`: they are to be deleted, so
    nothing that refers to them is stored any more.
    """
    alone_first = [F(name).asc(nulls_first=True) for name in ("side_of", "redirect_to")]
    in_order = _held(for_good=for_good).order_by(*alone_first, "pk")
    standing = Q() if shells else Q(redirect_to__isnull=True)
    return {row.pk: row for row in in_order.filter(standing, pk__in=keys)}


def _held(*, for_good: bool = False) -> QuerySet[Conversation]:
    rows = Conversation.objects.select_for_update(of=("self",), no_key=not for_good)
    return rows.select_related("inbox__team")


def _locked(key: int) -> QuerySet[Conversation]:
    return _held().filter(pk=key, redirect_to__isnull=True)


def _where(message: int) -> QuerySet[Message, tuple[int]]:
    return Message.objects.filter(pk=message).values_list("conversation")
