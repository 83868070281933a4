"""A draft shown to colleagues, one of whom is asked to finish or to approve it.

It stays the writer's, who can take it back, until who was asked goes on with it. Sending it ends
all this, as the draft goes then.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import datetime

from django.db import transaction

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.conversations import actions as conversations
from goodword.conversations import locking, merging
from goodword.conversations.models import Conversation, Draft
from goodword.desk import events as facts
from goodword.desk import handling, telling
from goodword.desk.answering import replying
from goodword.desk.keeping import owing
from goodword.events import actions as events
from goodword.notices import actions as notices

AskedFor = Draft.AskedFor


class NotShared(Exception):
    """It was taken back, sent or finished meanwhile, or somebody else is asked now."""


class TextChanged(Exception):
    """It reads otherwise than what was approved."""


def stamp(draft: Draft) -> str:
    """Names what a draft says, to whom and with which files, as it is now."""
    files = sorted(draft.files.values_list("public_id", flat=True))
    said = "\0".join([draft.text, draft.to, draft.cc, draft.bcc, draft.sender, *files])
    return hashlib.sha256(said.encode()).hexdigest()[:20]


@transaction.atomic
def share(
    draft: Draft, *, asked: Teammate | None, asked_for: str = "", by: Teammate, at: datetime
) -> Draft:
    """Show one's own answer to colleagues; ask one of them for something, or none.

    Raises MayNot, NotShared, handling.CannotSee.
    """
    rights.require_answer(by)
    conversation, draft = _lock(draft)
    if draft.teammate_id != by.pk or draft.kind != Draft.Kind.REPLY:
        raise NotShared
    if asked is not None and (asked == by or not owing.can_answer(asked, conversation.inbox)):
        raise handling.CannotSee(asked.name)
    draft.shared_at, draft.asked = at, asked
    draft.asked_for = (asked_for or AskedFor.FINISH) if asked else ""
    _save_unapproved(draft)
    notices.settle_matter(_matter(draft), at=at)
    _announce(draft, f"asked_to_{draft.asked_for}" if asked else "shared", to=asked, by=by, at=at)
    if asked is not None:
        _tell(draft, asked, f"{draft.asked_for}_draft", by=by, at=at)
    return draft


@transaction.atomic
def take_back(draft: Draft, *, by: Teammate, at: datetime) -> None:
    """The writer shows it no longer. Raises NotShared."""
    _conversation, draft = _lock_shared(draft)
    if draft.teammate_id != by.pk:
        raise NotShared
    _end(draft, at=at)
    _announce(draft, "taken_back", by=by, at=at)


@transaction.atomic
def discard(draft: Draft, *, by: Teammate, at: datetime) -> None:
    """Its writer has emptied it; who was asked about it is asked no more."""
    with suppress(NotShared):
        take_back(draft, by=by, at=at)
    conversations.discard_draft(draft, by=by)


@transaction.atomic
def go_on(draft: Draft, *, by: Teammate, at: datetime) -> Draft:
    """Whoever was asked to finish it has it now; what they had begun stands after it.

    Raises MayNot, NotShared.
    """
    conversation, draft = _lock_asked(draft, AskedFor.FINISH, by=by)
    writer = draft.teammate
    own = conversation.drafts.filter(teammate=by, kind=Draft.Kind.REPLY).first()
    if own is not None:
        merging.merge_into(draft, own)
    _end(draft, at=at)  # while it is known whose it was
    draft.teammate, draft.saved_at = by, at
    draft.save(update_fields=["teammate", "saved_at"])
    _announce(draft, "gone_on", by=by, at=at)
    _tell(draft, writer, "draft_taken", by=by, at=at)
    return draft


@transaction.atomic
def approve(draft: Draft, *, seen: str, by: Teammate, at: datetime) -> Draft:
    """It may go out as it is; `seen` is the `stamp` of what was looked at.

    Raises MayNot, NotShared, TextChanged.
    """
    _conversation, draft = _lock_asked(draft, AskedFor.APPROVE, by=by)
    if stamp(draft) != seen:
        raise TextChanged
    draft.approved_by, draft.approved_at = by, at
    draft.save(update_fields=["approved_by", "approved_at"])
    notices.settle_matter(_matter(draft), at=at)
    _announce(draft, "approved", by=by, at=at)
    _tell(draft, draft.teammate, "draft_approved", by=by, at=at)
    return draft


@transaction.atomic
def send_back(draft: Draft, *, word: str = "", by: Teammate, at: datetime) -> None:
    """It is the writer's alone again, with a word that stands as a note. Raises MayNot, NotShared.

    Whoever was asked for either does it.
    """
    conversation, draft = _lock_asked(draft, by=by)
    _end(draft, at=at)
    if word.strip():
        replying.write_note(conversation, by=by, text=word, at=at)
    _announce(draft, "sent_back", by=by, at=at)
    _tell(draft, draft.teammate, "draft_back", word=word, by=by, at=at)


def asked_in_vain() -> list[Draft]:
    """Drafts about which somebody is asked who can't answer there any more."""
    rows = Draft.objects.filter(asked__isnull=False)
    rows = rows.select_related("asked", "teammate", "conversation__inbox").order_by("pk")
    return [
        each
        for each in rows
        if each.asked and not owing.can_answer(each.asked, each.conversation.inbox)
    ]


def ask_nobody(draft: Draft, *, by: Teammate, at: datetime) -> None:
    """Who was asked can't answer there any more: it is still shown, and its writer is told.

    The caller holds the conversation.
    """
    was = draft.asked
    draft.asked, draft.asked_for = None, ""
    _save_unapproved(draft)
    notices.settle_matter(_matter(draft), at=at)
    _announce(draft, "asked_nobody", to=was, by=by, at=at)
    if was is not None and draft.teammate.pk != by.pk:
        telling.tell_about(
            draft.conversation,
            [draft.teammate],
            says="draft_unseen",
            matter=_matter(draft),
            who=was.name,
            again=True,
            at=at,
        )


def _lock(draft: Draft) -> tuple[Conversation, Draft]:
    """Raises NotShared when it is gone."""
    conversation = locking.lock(draft.conversation)
    rows = Draft.objects.select_for_update(of=("self",), no_key=True)
    rows = rows.select_related("teammate", "asked")
    found = rows.filter(pk=draft.pk, conversation=conversation).first()
    if found is None:
        raise NotShared
    found.conversation = conversation
    return conversation, found


def _lock_shared(draft: Draft) -> tuple[Conversation, Draft]:
    conversation, draft = _lock(draft)
    if draft.shared_at is None:
        raise NotShared
    return conversation, draft


def _lock_asked(draft: Draft, asked_for: str = "", *, by: Teammate) -> tuple[Conversation, Draft]:
    """As shared, when `by` is asked for that and may still answer here."""
    rights.require_answer(by)
    conversation, draft = _lock_shared(draft)
    if draft.asked_id != by.pk or (asked_for and draft.asked_for != asked_for):
        raise NotShared
    if not owing.can_answer(by, conversation.inbox):
        raise rights.MayNot
    return conversation, draft


def _save_unapproved(draft: Draft) -> None:
    draft.approved_by = draft.approved_at = None
    names = ["shared_at", "asked", "asked_for", "approved_by", "approved_at"]
    draft.save(update_fields=names)


def _end(draft: Draft, *, at: datetime) -> None:
    draft.shared_at, draft.asked, draft.asked_for = None, None, ""
    _save_unapproved(draft)
    notices.settle_matter(_matter(draft), at=at)


def matter(conversation_id: int, writer_id: int) -> str:
    """What is told of a draft, of whoever writes it."""
    return f"draft:{conversation_id}:{writer_id}"


def _matter(draft: Draft) -> str:
    return matter(draft.conversation_id, draft.teammate_id)


def _tell(
    draft: Draft, whom: Teammate, says: str, *, word: str = "", by: Teammate, at: datetime
) -> None:
    telling.tell_about(
        draft.conversation,
        [whom],
        says=says,
        matter=_matter(draft),
        who=by.name,
        word=word,
        again=True,
        at=at,
    )


def _announce(
    draft: Draft, what: str, *, to: Teammate | None = None, by: Teammate, at: datetime
) -> None:
    fact = facts.DraftShared(
        conversation_id=draft.conversation_id,
        inbox_id=draft.conversation.inbox_id,
        what=what,
        to=events.name_of(to) if to else "",
    )
    events.announce(fact, by=by, about=draft.conversation, at=at)
