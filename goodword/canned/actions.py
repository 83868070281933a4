"""Write canned replies and put them away. What they do is done in `applying`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from goodword.accounts import rights
from goodword.accounts.models import Team, Teammate
from goodword.canned import events as facts
from goodword.canned import queries
from goodword.canned import steps as doing
from goodword.canned.models import CannedReply, CannedText
from goodword.canned.steps import Do, Step
from goodword.core.text import clean, clean_line, fold
from goodword.events import actions as events
from goodword.inboxes.models import Inbox

For = CannedReply.For
MOST_TEXT = 20_000


class NothingToSay(Exception):
    """It neither says nor does anything."""


class AnswersAndNeedsNone(Exception):
    """It sends an answer and says that none is needed."""


@dataclass(frozen=True, slots=True)
class Written:
    """All that is said of a canned reply. `texts` by language; `team` None: everybody, or me;
    `inboxes` None: those it is offered in stay.
    """

    name: str
    shortcut: str = ""
    folder: str = ""
    shared_with: str = For.ME
    team: Team | None = None
    inboxes: tuple[Inbox, ...] | None = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()


@transaction.atomic
def make(written: Written, *, by: Teammate, at: datetime) -> CannedReply:
    """Raises MayNot, NothingToSay, AnswersAndNeedsNone, steps.Malformed."""
    folder = clean_line(written.folder, most=60)
    last = CannedReply.objects.filter(folder=folder).aggregate(last=Max("position"))["last"]
    reply = CannedReply(owner=by, made_at=at, position=0 if last is None else last + 1)
    _write(reply, written, by=by)
    events.announce(facts.CannedReplyMade(), by=by, about=reply, at=at)
    return reply


@transaction.atomic
def change(reply: CannedReply, written: Written, *, by: Teammate, at: datetime) -> None:
    """Raises as `make`."""
    _require_change(reply, by)
    _write(reply, written, by=by)
    events.announce(facts.CannedReplyChanged(), by=by, about=reply, at=at)


@transaction.atomic
def copy(reply: CannedReply, *, by: Teammate, at: datetime) -> CannedReply:
    """One's own of what one sees. Raises MayNot."""
    copied = Written(
        name=_("%(name)s (copy)") % {"name": reply.name[:60]},
        folder=reply.folder,
        inboxes=tuple(reply.inboxes.all()),
        texts=dict(reply.texts.values_list("language", "text")),
        steps=tuple(doing.read(reply.steps)),
    )
    return make(copied, by=by, at=at)


@transaction.atomic
def archive(reply: CannedReply, *, by: Teammate, at: datetime) -> None:
    """It is offered no more, and can be taken back out. Raises MayNot."""
    _require_change(reply, by)
    if CannedReply.objects.filter(pk=reply.pk, archived_at__isnull=True).update(archived_at=at):
        events.announce(facts.CannedReplyArchived(), by=by, about=reply, at=at)


@transaction.atomic
def restore(reply: CannedReply, *, by: Teammate, at: datetime) -> None:
    """Raises MayNot."""
    _require_change(reply, by)
    if CannedReply.objects.filter(pk=reply.pk, archived_at__isnull=False).update(archived_at=None):
        events.announce(facts.CannedReplyRestored(), by=by, about=reply, at=at)


@transaction.atomic
def move_up(reply: CannedReply, *, by: Teammate) -> None:
    """One place further up in its folder. Raises MayNot."""
    _require_change(reply, by)
    seen = queries.visible_to(by).filter(folder=reply.folder, archived_at__isnull=True)
    listed = list(queries.in_folders(seen))
    at = next((place for place, each in enumerate(listed) if each.pk == reply.pk), 0)
    if at:
        listed[at - 1 : at + 1] = [listed[at], listed[at - 1]]
    for position, each in enumerate(listed):
        each.position = position
    CannedReply.objects.bulk_update(listed, ["position"])


def count_use(public_ids: Iterable[str], *, by: Teammate, at: datetime) -> None:
    """They stood in an answer that was sent, or were applied."""
    used = queries.visible_to(by).filter(public_id__in=set(public_ids))
    used.update(times_used=F("times_used") + 1, last_used_at=at)


def _require_change(reply: CannedReply, by: Teammate) -> None:
    seen = queries.visible_to(by).filter(pk=reply.pk).exists()
    if not seen or not queries.may_change(reply, by):
        raise rights.MayNot(_("This canned reply is shared: whoever leads the team changes it."))


def _require_sharing(written: Written, by: Teammate) -> None:
    rights.require_answer(by)
    if written.shared_with == For.ME:
        return
    mine = queries.teams_for(by)
    if not queries.may_share(by) or (written.team and not mine.filter(pk=written.team.pk).exists()):
        raise rights.MayNot(_("Whoever leads a team writes for it; yours alone is yours to write."))


def _write(reply: CannedReply, written: Written, *, by: Teammate) -> None:
    _require_sharing(written, by)
    cleaned = {language: clean(text).strip() for language, text in written.texts.items()}
    texts = {language: text[:MOST_TEXT] for language, text in cleaned.items() if text}
    steps = doing.in_order(written.steps)
    if not texts and not steps:
        raise NothingToSay
    if texts and any(each.do is Do.NO_ANSWER for each in steps):
        raise AnswersAndNeedsNone
    reply.name = clean_line(written.name, most=80)
    reply.shortcut = clean_line(written.shortcut, most=30).removeprefix("/").replace(" ", "-")
    reply.folder = clean_line(written.folder, most=60)
    reply.shared_with = written.shared_with
    reply.team = written.team if written.shared_with == For.TEAM else None
    if written.shared_with == For.ME:
        reply.owner = by
    reply.steps = doing.kept(steps)
    words = [reply.name, reply.folder, reply.shortcut, *texts.values()]
    # Words are looked for by their beginnings: each stands behind a blank.
    reply.search_text = f" {fold(' '.join(words))}"
    reply.save()
    if written.inboxes is not None:
        reply.inboxes.set([*written.inboxes, *queries.inboxes_unseen(reply, by)])
    reply.texts.all().delete()
    CannedText.objects.bulk_create(
        CannedText(reply=reply, language=language, text=text) for language, text in texts.items()
    )
