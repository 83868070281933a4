"""Reply addresses that name the conversation, where a mail program has lost every id."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.crypto import constant_time_compare, salted_hmac

from goodword.conversations.models import Conversation
from goodword.inboxes import queries as inboxes
from goodword.inboxes.models import Inbox

_SIGNATURE_LENGTH = 12


def reply_address(conversation: Conversation, inbox: Inbox, *, sender: str = "") -> str:
    """Where answers to us are sent: `hello+c-ID-SIGNATURE@shop.example` when the inbox signs.

    `sender`: what our answer leaves from, where that is not the preferred address.
    """
    address = sender or inboxes.sender_address(inbox)
    if not inbox.signs_reply_addresses:
        return address
    local, _, domain = address.rpartition("@")
    return f"{local}+c-{conversation.public_id}-{_signature(conversation.public_id)}@{domain}"


def conversation_at(addresses: Iterable[str]) -> Conversation | None:
    """The conversation that a signed reply address among `addresses` names."""
    for address in addresses:
        tag = address.rpartition("@")[0].partition("+")[2].lower()
        kind, _, rest = tag.partition("-")
        public_id, _, signature = rest.partition("-")
        if kind == "c" and constant_time_compare(signature, _signature(public_id)):
            return Conversation.objects.filter(public_id=public_id).first()
    return None


def _signature(public_id: str) -> str:
    signed = salted_hmac("goodword.reply-address", public_id, algorithm="sha256")
    return signed.hexdigest()[:_SIGNATURE_LENGTH]
