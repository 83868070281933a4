"""Which address of an inbox an answer leaves from: where the customer wrote, unless one chooses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from goodword.conversations import queries as conversations
from goodword.conversations.models import Conversation, Message, Recipient
from goodword.core import prepared
from goodword.desk.models import Dispatch
from goodword.inboxes import queries as inboxes
from goodword.inboxes.models import Inbox


@dataclass(frozen=True, slots=True)
class Senders:
    """What an answer leaves from by itself, and the others that somebody may choose."""

    usual: str = ""
    others: tuple[str, ...] = ()

    def choice(self, sender: str) -> str:
        """`sender` as it is kept: empty where it is the usual one, or none of them."""
        return sender if sender in self.others else ""


class NotOfInbox(Exception):
    """What was chosen is no address of the conversation's inbox; `usual` is what it leaves from
    where nothing is chosen.
    """

    def __init__(self, chosen: str, usual: str) -> None:
        super().__init__(chosen)
        self.usual = usual


def newest_from_outside(conversation: Conversation) -> Message | None:
    """What a person wrote to us last."""
    found = prepared.objects("newest from outside", _from_outside, conversation.pk)
    return found[0] if found else None


def _from_outside(conversation: int) -> QuerySet[Message]:
    rows = Message.objects.filter(
        conversation=conversation, direction=Message.Direction.IN, inbound_kind="human"
    )
    shown = ("author_name", "authenticity", "address")
    return rows.select_related("address").only(*shown).order_by("-id")[:1]


def among(inbox: Inbox, own: Sequence[str], told: Iterable[Recipient] = ()) -> Senders:
    """Of `own`, the addresses of `inbox`, the preferred first.

    `told`: whom the newest message from outside names; To counts before Cc.
    """
    usual = ""
    if inbox.answers_where_written and len(own) > 1:
        rows = list(told)
        roles = (Recipient.Role.TO, Recipient.Role.CC)
        named = [row.address.value for role in roles for row in rows if row.role == role]
        usual = inboxes.reached(own, named)
    usual = usual or next(iter(own), "")
    return Senders(usual, tuple(each for each in own if each != usual))


def senders(conversation: Conversation) -> Senders:
    """What an answer may leave from."""
    own = inboxes.addresses_of(conversation.inbox_id)
    asked = newest_from_outside(conversation) if len(own) > 1 else None
    told = conversations.told([asked])[asked.pk] if asked else ()
    return among(conversation.inbox, own, told)


def chosen(conversation: Conversation, sender: str) -> str:
    """What it leaves from: `sender` where that is given. Raises NotOfInbox."""
    known = senders(conversation)
    if sender not in {"", known.usual, *known.others}:
        raise NotOfInbox(sender, known.usual)
    return sender or known.usual


def as_choice(conversation: Conversation, sender: str, *, before: str = "") -> str:
    """`sender` as a draft keeps it: see Senders.choice.

    `before`, which the draft keeps by now, stays where the answer leaves from there all the same:
    what became the usual one meanwhile changes no draft.
    """
    if not (sender or before):
        return ""
    known = senders(conversation)
    if before == known.usual and (sender or before) == before:
        return before
    return known.choice(sender)


def still_ours(dispatch: Dispatch) -> None:
    """Before it leaves: its address was taken out of the inbox, or it stands in another by now.

    The caller has claimed it.
    """
    conversation = dispatch.message.conversation
    if dispatch.sender in inboxes.addresses_of(conversation.inbox_id):
        return
    dispatch.sender = senders(conversation).usual
    Dispatch.objects.filter(pk=dispatch.pk).update(sender=dispatch.sender)
