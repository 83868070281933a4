"""One conversation in the order of time: what was said, what was promised, what was done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Case, Count, Min, Q, QuerySet, TextField, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from goodword.accounts.models import Teammate
from goodword.conversations import formatting
from goodword.conversations import queries as conversations
from goodword.conversations.models import Attachment, Conversation, Mention, Message, Recipient
from goodword.core import prepared
from goodword.desk.answering.queueing import HOLDS
from goodword.people.models import Address
from goodword.promises.models import Promise
from goodword.web.inbox import deliveries, happenings, invitations, marks, mentions
from goodword.web.inbox.asides import Aside
from goodword.web.inbox.deliveries import Leaving, Line
from goodword.web.inbox.happenings import Happened
from goodword.web.inbox.invitations import Card
from goodword.web.inbox.marks import Mark
from goodword.web.inbox.promised import Promised, Word
from goodword.web.inbox.showing import MOST_SHOWN, chip_of, linked

LATEST = 20  # messages of a long conversation that are shown at once
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_MOST_PREVIEW_BYTES = 8 * 1024 * 1024
_FRAME_EDGES, _MOST_FRAME = 20, 560  # CSS px


@dataclass(frozen=True, slots=True)
class Ended:
    """How the answer owed to a message ended."""

    state: str
    at: datetime
    words: str


@dataclass(slots=True)
class Said:
    """A message with all that its article shows."""

    message: Message
    name: str
    address: str  # of ours: what it left from, where it could have been another
    quiet: str  # what kind of automatic mail it is; empty for a person's word
    text: SafeString
    rest: str
    is_formatted: bool  # by marks of ours, so the page itself shows it
    quoted: str
    framed: bool
    frame_height: int
    calls_out: bool
    marks: list[Mark]
    confirmed: str  # who vouches for the sender
    card: Card | None
    pictures: list[Attachment]
    files: list[Attachment]
    lines: list[Line]
    leaving: Leaving | None
    ended: Ended | None
    promised: Sequence[Word] = ()  # what it promises
    told: Sequence[Recipient] = ()
    mentions: Sequence[Mention] = ()
    is_newest_of_theirs: bool = False
    kind: str = "said"

    @property
    def at(self) -> datetime:
        return self.message.said_at

    @property
    def has_many_files(self) -> bool:
        return len(self.pictures) + len(self.files) > 1

    @property
    def in_trouble(self) -> bool:
        return any(line.tone == "late" for line in self.lines)

    @property
    def sent_to(self) -> str:
        """Whom a teammate's own mail names, that is a note here."""
        rows = self.told if self.message.is_note else ()
        return ", ".join(r.address.written for r in rows if r.role != Recipient.Role.REPLY_TO)

    @property
    def is_note_by_mail(self) -> bool:
        """A teammate wrote it in their own mail program."""
        return self.message.is_note and self.message.road == "email"


@dataclass(frozen=True, slots=True)
class Day:
    """A line between two days."""

    at: datetime
    kind: str = "day"


@dataclass(slots=True)
class Timeline:
    items: list[Said | Happened | Aside | Day] = field(default_factory=list)
    earlier: int = 0
    since: datetime | None = None  # of the first message that is not shown

    @property
    def said(self) -> list[Said]:
        return [item for item in self.items if isinstance(item, Said)]

    @property
    def messages(self) -> list[Message]:
        return [item.message for item in self.said]

    @property
    def addresses(self) -> list[Address]:
        """Who outside wrote what is shown, or was written to."""
        authors = [item.message.address for item in self.said if item.message.address]
        return authors + [row.address for item in self.said for row in item.told]


def of(
    conversation: Conversation,
    *,
    replies: Iterable[Promise],
    words: Promised,
    asides: Sequence[Aside] = (),
    by: Teammate,
    now: datetime,
    whole: bool = False,
) -> Timeline:
    """The latest messages, or all of them, with what was done in between."""
    shown = list(_messages(conversation)) if whole else _latest(conversation)
    earlier, first = (0, None) if whole else _before(conversation, shown)
    since = shown[0].said_at if earlier else None
    ended = {each.message_id: _ended(each, by=by, now=now) for each in replies if not each.is_open}
    said = _all_said(conversation, shown, ended, now=now)
    _note_calls(said)
    for item in said:
        item.promised = words.by_message.get(item.message.pk, ())
    theirs = (each for each in reversed(said) if each.message.is_inbound and not each.quiet)
    if (newest := next(theirs, None)) is not None:
        newest.is_newest_of_theirs = True
    names = {each.key: each.who for each in asides}
    done = happenings.of(conversation, since=since, by=by, asides=names)
    given = [line for line in words.lines if since is None or line.at >= since]
    apart = [each for each in asides if since is None or each.at >= since]
    items: list[Said | Happened | Aside] = [*said, *done, *given, *apart]
    items.sort(key=lambda item: item.at)
    return Timeline(list(_with_days(items)), earlier, first)


def _before(conversation: Conversation, shown: Sequence[Message]) -> tuple[int, datetime | None]:
    """How many messages were said before those shown, and when the first of all was."""
    if len(shown) < LATEST:
        return 0, None
    counted = conversation.messages.aggregate(all=Count("pk"), first=Min("said_at"))
    earlier = max(counted["all"] - len(shown), 0)
    return earlier, counted["first"] if earlier else None


def _all_said(
    conversation: Conversation,
    shown: Sequence[Message],
    ended: Mapping[int | None, Ended],
    *,
    now: datetime,
) -> list[Said]:
    told, attached = conversations.told(shown), conversations.attached(shown)
    several = getattr(conversation, "has_senders", False)
    return [
        _said(
            each,
            _address(each, several=several),
            told=told[each.pk],
            attached=attached[each.pk],
            ended=ended.get(each.pk),
            now=now,
        )
        for each in shown
    ]


def _note_calls(said: Sequence[Said]) -> None:
    """Whom each note calls, and that in its text."""
    calls = mentions.of_notes([item.message for item in said])
    for item in said:
        if item.message.pk in calls:
            item.mentions = calls[item.message.pk]
            item.text = mentions.marked(item.text, item.mentions)


def _latest(conversation: Conversation) -> list[Message]:
    def build(key: int) -> QuerySet[Message]:
        return _messages(Conversation(pk=key)).order_by("-id")[:LATEST]

    return prepared.objects("latest messages", build, conversation.pk)[::-1]


_WRITTEN_HERE = Q(direction=Message.Direction.OUT, teammate__isnull=False, raw__isnull=True)


def _messages(conversation: Conversation) -> QuerySet[Message]:
    """Never the whole HTML of theirs: the database says what the page must know of it."""
    remote = Q()
    for quote in ('"', "'", ""):
        remote |= Q(html__icontains=f"src={quote}http")
    has_picture = Q(html__icontains="<img") | Q(html__icontains="<table")
    return (
        Message.objects.filter(conversation=conversation)
        .defer("search_text", "html")
        .select_related("address", "teammate", "dispatch", "forwarded_by")
        .annotate(
            has_html=~Q(html=""),
            pictured=has_picture,
            calls_out=has_picture & remote,
            our_html=Case(
                When(_WRITTEN_HERE, then="html"), default=Value(""), output_field=TextField()
            ),
        )
        .order_by("id")
    )


def _with_days(
    items: Sequence[Said | Happened | Aside],
) -> Iterable[Said | Happened | Aside | Day]:
    day = None
    for item in items:
        here = timezone.localdate(item.at)
        if here != day:
            day = here
            yield Day(item.at)
        yield item


def _said(
    message: Message,
    address: str,
    *,
    told: list[Recipient],
    attached: list[Attachment],
    ended: Ended | None,
    now: datetime,
) -> Said:
    ours = _formatted(message, attached)
    has_pictures = any(each.is_inline for each in attached)
    framed = bool(message.pictured) and not ours  # type: ignore[attr-defined]
    if framed or ours:  # what the mail itself shows is not listed again
        attached = [each for each in attached if not each.is_inline]
    shown = message.shown_text.strip("\n")
    card = invitations.card_of(message.invitation, attached=attached)
    if card and card.file:
        attached.remove(card.file)
    pictures = [each for each in attached if is_preview(each)]
    return Said(
        message=message,
        name=message.author_name or _name(message),
        address=address,
        quiet=_quiet(message),
        text=ours or linked(shown),
        rest="" if ours else shown[MOST_SHOWN:],
        is_formatted=bool(ours),
        quoted=message.text if message.reply_text else "",
        framed=framed,
        frame_height=_height(message.text, has_pictures=has_pictures),
        calls_out=bool(message.calls_out),  # type: ignore[attr-defined]
        marks=marks.of(message) if message.is_inbound else [],
        confirmed=marks.confirmed(message),
        card=card,
        pictures=pictures,
        files=[each for each in attached if each not in pictures],
        lines=[]
        if message.is_inbound or message.is_note
        else deliveries.lines(message, told, now=now),
        leaving=None if message.is_inbound else deliveries.leaving(message, told, now=now),
        ended=ended,
        told=told,
    )


def _address(message: Message, *, several: bool) -> str:
    if message.address:
        return message.address.written
    dispatch = deliveries.dispatch_of(message) if several else None
    return dispatch.sender if dispatch else ""


def _formatted(message: Message, attached: Sequence[Attachment]) -> SafeString:
    """What we wrote with marks, made of them once and cleaned again here."""
    html: str = message.our_html  # type: ignore[attr-defined]
    if not html:
        return mark_safe("")
    pictures = {each.content_id: picture_url(each) for each in attached if is_preview(each)}
    return mark_safe(formatting.shown(html, cid=pictures.get))  # noqa: S308 -- cleaned there


def picture_url(attachment: Attachment) -> str:
    name = slugify(attachment.name) or "picture"
    return f"{reverse('inbox:attachment', args=[attachment.public_id, name])}?inline=1"


def is_preview(attachment: Attachment) -> bool:
    """Whether the page may show it as a picture: a harmless kind, and not huge."""
    small = attachment.file.size_bytes <= _MOST_PREVIEW_BYTES
    return attachment.content_type.lower() in PICTURES and small


def _name(message: Message) -> str:
    if message.teammate:
        return message.teammate.name
    return message.address.written if message.address else _("Goodword")


def _quiet(message: Message) -> str:
    if not message.automatic:
        return ""
    if not message.is_inbound:
        return _("Holding reply") if message.kind_why == HOLDS else _("Acknowledgement")
    return {
        "auto_reply": _("Automatic answer"),
        "bounce": _("Delivery report"),
        "list": _("From a mailing list"),
    }.get(message.inbound_kind, _("Automatic mail"))


def _height(text: str, *, has_pictures: bool) -> int:
    """A guess at what the frame needs until the page has measured it, in CSS px."""
    lines = sum(1 + len(line) // 76 for line in text.strip().splitlines())
    return min(_MOST_FRAME, _FRAME_EDGES + 23 * lines + (200 if has_pictures else 0))


def _ended(promise: Promise, *, by: Teammate, now: datetime) -> Ended:
    state, at = chip_of(promise, now=now)
    return Ended(state, at, _how_it_ended(promise, by))


def _how_it_ended(promise: Promise, by: Teammate) -> str:
    mine = promise.ended_by_id == by.pk
    who = pgettext("who did it", "you") if mine else str(promise.ended_by or "")
    if promise.state in {Promise.State.KEPT, Promise.State.KEPT_LATE}:
        return _("answered by %(who)s") % {"who": who} if who else _("answered")
    if promise.state == Promise.State.BROKEN:
        return _("the answer we owed never came")
    if promise.ended_why == "no_answer_needed":
        return _("no answer needed, decided by %(who)s") % {"who": who}
    return {
        "spam": _("let go as spam"),
        "trash": _("let go with the conversation"),
        "answered": _("answered before"),
        "they_let_go": _("they need no answer any more, as they said on their page"),
        "joined": _("one answer is owed for both conversations that were joined"),
    }.get(promise.ended_why, _("let go"))
