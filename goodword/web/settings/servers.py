"""Which servers checked the newest mails of an inbox, as a suggestion of whom to trust."""

from __future__ import annotations

from goodword.channels.email.authentication import authentications
from goodword.channels.email.mime import Part
from goodword.conversations.models import Conversation, Message
from goodword.files import actions as files
from goodword.inboxes.models import Inbox

_NEWEST = 10
_MOST_HEAD = 65_536  # bytes


def seen(inbox: Inbox) -> list[str]:
    """The uppermost server of each of the newest mails: it was the last to write there.

    Where our own server writes nothing that is the sender's word, so a person decides.
    """
    open_here = inbox.conversations.filter(state=Conversation.State.OPEN).order_by("-latest_key")
    mails = Message.objects.filter(
        conversation__in=list(open_here.values_list("pk", flat=True)[:_NEWEST]),
        direction=Message.Direction.IN,
        raw__isnull=False,
    )
    found = [_uppermost(mail) for mail in mails.select_related("raw").order_by("-id")[:_NEWEST]]
    return list(dict.fromkeys(name for name in found if name))


def _uppermost(mail: Message) -> str:
    assert mail.raw is not None  # asked for in `seen`
    with files.path_of(mail.raw).open("rb") as raw:
        head = raw.read(_MOST_HEAD)
    return next((each.server for each in authentications(Part(head))), "")
