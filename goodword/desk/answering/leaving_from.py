"""Which address of an inbox an answer leaves from: where the customer wrote, unless one chooses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet

from goodword.conversations import queries as conversations
from goodword.conversations.models import Conversation, Message, Recipient
from goodword.core import prepared
from goodword.desk.models import Dispatch
from goodword.inboxes import queries as inboxes
from goodword.inboxes.models import Inbox


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


def in_order(inbox: Inbox, own: Sequence[str], told: Iterable[Recipient]) -> tuple[str, ...]:
    """`own`, the addresses of `inbox`, with the usual one first.

    `told`: whom the newest message from outside names; To counts before Cc.
    """
    found = ""
    if inbox.answers_where_written and len(own) > 1:
        rows = list(told)
        roles = (Recipient.Role.TO, Recipient.Role.CC)
        named = [row.address.value for role in roles for row in rows if row.role == role]
        found = inboxes.reached(own, named)
    return tuple(sorted(own, key=lambda each: each != found))


def choices(conversation: Conversation) -> tuple[str, ...]:
    """What an answer may leave from, the usual one first."""
    own = inboxes.addresses_of(conversation.inbox_id)
    asked = newest_from_outside(conversation) if len(own) > 1 else None
    told = conversations.told([asked])[asked.pk] if asked else ()
    return in_order(conversation.inbox, own, told)


def chosen(conversation: Conversation, sender: str) -> str:
    """What it leaves from: `sender` where that is given. Raises NotOfInbox."""
    own = choices(conversation)
    if sender and sender not in own:
        raise NotOfInbox(sender, own[0])
    return sender or own[0]


def as_choice(conversation: Conversation, sender: str, *, before: str = "") -> str:
    """`sender` as a draft keeps it: empty where it is the usual one, or none of the inbox now.

    `before`, which the draft keeps by now, stays where the answer leaves from there all the same:
    what became the usual one meanwhile changes no draft.
    """
    if not (sender or before):
        return ""
    own = choices(conversation)
    if before in own and before == (sender or own[0]):
        return before
    return sender if sender in own[1:] else ""


def still_ours(dispatch: Dispatch) -> None:
    """Before it leaves: its address was taken out of the inbox, or it stands in another by now.

    The caller has claimed it.
    """
    conversation = dispatch.message.conversation
    if dispatch.sender in inboxes.addresses_of(conversation.inbox_id):
        return
    dispatch.sender = choices(conversation)[0]
    Dispatch.objects.filter(pk=dispatch.pk).update(sender=dispatch.sender)
