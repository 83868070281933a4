"""Asking somebody outside, aside of a conversation: its customer never sees it.

What is begun here is a conversation of its own: it is answered, closed and promised in like any
other (`replying`, `handling`, `promising`), and it owes nobody an answer.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from email.utils import parseaddr
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from goodword.accounts import queries as accounts
from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.conversations import actions as conversations
from goodword.conversations import locking, queries
from goodword.conversations.models import Conversation, Draft, DraftFile, Message, Recipient
from goodword.core.text import clean_line
from goodword.desk import events as facts
from goodword.desk import handling, telling, whom
from goodword.desk.answering import replying
from goodword.desk.answering.recipients import NobodyToReach, Recipients, written
from goodword.desk.answering.replying import NothingSaid
from goodword.desk.keeping import owing, public_links
from goodword.desk.together import sides
from goodword.events import actions as events
from goodword.events.models import Event
from goodword.files.models import File
from goodword.notices import actions as notices
from goodword.people import actions as people

NOTICE = "aside_answered"


class NoAsideHere(Exception):
    """Nothing can be said aside of this: it is an aside itself, spam, or in the trash."""


class NotToForward(Exception):
    """That message isn't of this conversation, or is a note for colleagues alone."""


def begin(
    conversation: Conversation,
    *,
    to: Recipients,
    subject: str,
    text: str,
    files: Sequence[tuple[str, str, File]] = (),
    forwarded: Message | None = None,
    without: Collection[str] = (),
    by: Teammate,
    once: str = "",
    at: datetime,
) -> Conversation:
    """Ask somebody outside about `conversation`, in a conversation of its own, which is returned.

    `files`: name, content type and bytes of each. `forwarded`: a message of it, or said aside of
    it, that follows the text with its files, but for those whose public ids are in `without`.
    `once`: see `replying.reply`. Raises MayNot, NobodyToReach, NothingSaid, NoAsideHere,
    NotToForward, sides.SeenByCustomer, leaving_from.NotOfInbox.
    """
    rights.require_answer(by)
    if not to.count:
        raise NobodyToReach
    if not (text.strip() or files or forwarded):
        raise NothingSaid
    html = replying.html_of(text, None) if forwarded is None else ""
    with transaction.atomic():
        parent = locking.lock(conversation)
        if once and (said := _begun_before(parent, once, by=by)) is not None:
            return said
        _require_may_begin(parent, to, forwarded)
        side = _open(parent, to, subject, at=at)
        draft = _drafted(side, text, files, forwarded, without, by=by, at=at)
        message = replying.reply(
            side, by=by, text=draft.text, html=html, recipients=to, draft=draft, once=once, at=at
        )
        fact = facts.AsideBegun(
            conversation_id=parent.pk,
            inbox_id=parent.inbox_id,
            message_id=message.pk,
            aside_id=side.pk,
            forwards=forwarded is not None,
        )
        events.announce(fact, by=by, about=parent, at=at)
    return side


def _require_may_begin(parent: Conversation, to: Recipients, forwarded: Message | None) -> None:
    if parent.side_of_id is not None or not parent.is_live:
        raise NoAsideHere
    sides.require_unseen(parent.pk, (*to.to, *to.cc, *to.bcc))
    if forwarded is not None:
        _require_of(parent, forwarded)


def _begun_before(parent: Conversation, once: str, *, by: Teammate) -> Conversation | None:
    """What a form that was sent twice has begun already."""
    said = Message.objects.filter(public_id=once, teammate=by, conversation__side_of=parent)
    found = said.select_related("conversation").first()
    return found.conversation if found else None


def _require_of(parent: Conversation, forwarded: Message) -> None:
    where = Conversation.objects.filter(pk=forwarded.conversation_id)
    here = where.values_list("pk", "redirect_to", "side_of").get()
    if parent.pk not in here or forwarded.is_note:
        raise NotToForward


def _open(parent: Conversation, to: Recipients, subject: str, *, at: datetime) -> Conversation:
    """Who is named first is whom it is with. Whoever sees `parent` sees it too."""
    name, address = parseaddr((*to.to, *to.cc, *to.bcc)[0])
    person, _address = people.meet(address, name=name, at=at)
    side = conversations.open_conversation(
        inbox=parent.inbox, person=person, subject=subject, side_of=parent, at=at
    )
    also = parent.also_in.select_related("inbox")
    conversations.show_in(side, [each.inbox for each in also])
    return side


def _drafted(
    side: Conversation,
    text: str,
    files: Sequence[tuple[str, str, File]],
    forwarded: Message | None,
    without: Collection[str],
    *,
    by: Teammate,
    at: datetime,
) -> Draft:
    if forwarded is not None:
        text = f"{text.strip()}\n\n{forwarding(forwarded)}".strip()
    draft = conversations.save_draft(side, by=by, kind=Draft.Kind.REPLY, text=text, at=at)
    draft.is_plain = forwarded is not None  # what a stranger wrote becomes no link of ours
    taken = list(files)
    if forwarded is not None:
        along = forwarded.attachments.exclude(public_id__in=without).select_related("file")
        taken += [(each.name, each.content_type, each.file) for each in along.order_by("pk")]
    DraftFile.objects.bulk_create(
        DraftFile(
            draft=draft, name=clean_line(name, most=250) or "file", content_type=kind, file=file
        )
        for name, kind, file in taken
    )
    return draft


# Passing on what was written


def forwarding(message: Message) -> str:
    """A message as it is passed on below one's own words, in the language of the house.

    Without what it quotes, and without what opens a page of theirs or names the conversation.
    """
    business = accounts.business()
    language = business.language if business else settings.LANGUAGE_CODE
    with translation.override(language), timezone.override(ZoneInfo(_zone())):
        lines = [
            "---------- " + _("Forwarded message") + " ----------",
            _("From: %(who)s") % {"who": _author(message)},
            _("Date: %(moment)s") % {"moment": _moment(message.said_at)},
            _("Subject: %(subject)s") % {"subject": message.subject},
        ]
        if to := _sent_to(message):
            lines.append(_("To: %(who)s") % {"who": to})
    said = _without_traces(message.shown_text.strip("\n"))
    return "\n".join(lines) + (f"\n\n{said}" if said else "")


def _zone() -> str:
    business = accounts.business()
    return business.zone if business else "UTC"


def _moment(at: datetime) -> str:
    return formats.date_format(timezone.localtime(at), _("l j F Y, H:i"))


def _author(message: Message) -> str:
    if message.address is not None:
        return written(message.author_name, message.address.written)
    return message.author_name or message.conversation.inbox.name


def _sent_to(message: Message) -> str:
    named = queries.told([message])[message.pk]
    shown = [each for each in named if each.role == Recipient.Role.TO]
    return ", ".join(written(each.name, _plain(each.address.written)) for each in shown)


_TRACE = re.compile(r"\+c-[0-9a-z]+-[0-9a-f]+@", re.IGNORECASE)


def _plain(address: str) -> str:
    """Our address without what names the conversation (`joining.reply_address`)."""
    return _TRACE.sub("@", address)


def _without_traces(text: str) -> str:
    return public_links.without_keys(_plain(text))


# When they answer


def on_answered(event: Event) -> None:
    """Listener of `desk.aside_answered`: who has the conversation hears of it, and it comes back
    where it was put aside until this answer.
    """
    data = event.data
    side = Conversation.objects.select_related("person").filter(pk=data["aside_id"]).first()
    parent = Conversation.objects.filter(pk=data["conversation_id"]).first()
    if side is None or parent is None:
        return
    parent = queries.standing(parent)
    _tell(side, parent, message_id=data["message_id"], at=event.at)
    # From the trash as well, or what they wrote would be gone with it.
    wakes = parent.state in {Conversation.State.SNOOZED, Conversation.State.TRASH}
    if wakes or (data["awaited"] and parent.state == Conversation.State.CLOSED):
        handling.bring_back(parent, why="aside_answered", at=event.at, also_thrown_away=True)


def _tell(side: Conversation, parent: Conversation, *, message_id: int, at: datetime) -> None:
    """Whoever owes the answers there, by name or by being on duty for the team."""
    house = whom.house(at=at)
    owes = owing.owner_of(parent, at=at)

    def said() -> str:
        who = {"who": side.person.name or _("Somebody"), "subject": side.subject}
        return _("They answered aside. %(who)s: %(subject)s") % who

    title = telling.in_each_language(said, house=accounts.business())
    for key in house.owners(whom.owed_by(owes, inbox_id=parent.inbox_id)):
        notices.tell(
            house.answering[key],
            matter=sides.matter_of(message_id),
            kind=NOTICE,
            title=title,
            url=f"{reverse('inbox:conversation', args=[parent.public_id])}#aside-{side.public_id}",
            at=at,
        )
