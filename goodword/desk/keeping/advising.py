"""What is found in what is written: promises in a draft, theirs in a mail, and their questions.

Advice only; a person decides. Nothing of it is stored but that a sentence was found to promise
nothing, as a digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q

from goodword.accounts import queries as accounts
from goodword.accounts.models import Teammate
from goodword.conversations.models import Conversation, Message, Recipient
from goodword.core.text import clean_line, fold
from goodword.desk.models import NotAPromise
from goodword.language import gist, questions
from goodword.language import promises as language
from goodword.language.promises import Commitment, OfficeHours
from goodword.language.questions import Answered, Pitch
from goodword.plan import hours as business_time
from goodword.plan import queries as plan
from goodword.plan.hours import Hours
from goodword.plan.service_plan import Due
from goodword.promises import kinds
from goodword.promises.models import Promise

_MOST_MESSAGES = 5  # of theirs that are read for questions
_MOST_READ = 20_000  # characters of one of them
_MOST_FOUND = 8  # promises that are asked about at once
_KINDS = {"call": kinds.CALL, "send": kinds.SEND}


@dataclass(frozen=True, slots=True)
class Found:
    """A promise found in writing. `key` names its sentence; `spans` are the promising words in it,
    counted in the text that was read.
    """

    key: str
    what: str
    kind: str
    sentence: str
    due: Due
    by_default: bool  # nobody said when: the plan's time for a next answer stands in
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Advice:
    promises: list[Found]
    questions: list[Answered]
    pitch: Pitch | None

    @property
    def unanswered(self) -> int:
        return sum(not each.answered for each in self.questions)


def advise(conversation: Conversation, draft: str, *, by: Teammate, at: datetime) -> Advice:
    """On what `by` is writing here."""
    asked = questions.find([each.shown_text[:_MOST_READ] for each in open_messages(conversation)])
    compared = questions.compare(asked, draft)
    left = [each.question for each in compared if not each.answered]
    return Advice(
        promises=promised_in(draft, conversation, by=by, at=at),
        questions=compared,
        pitch=questions.pitch(draft, left, asked=asked),
    )


def promised_in(
    text: str, conversation: Conversation, *, by: Teammate, at: datetime
) -> list[Found]:
    """What `text`, sent now, would promise them; without what `by` found to be no promise."""
    return _found(text, conversation, side="agent", by=by, at=at)


def promised_by_them(
    conversation: Conversation, *, by: Teammate, at: datetime
) -> list[tuple[Message, Found]]:
    """What their open messages promise us, and nobody has noted yet."""
    messages = open_messages(conversation)
    noted = set(
        Promise.objects.filter(conversation=conversation, direction="theirs").values_list(
            "said", flat=True
        )
    )
    return [
        (message, each)
        for message in messages
        for each in _found(
            message.shown_text[:_MOST_READ],
            conversation,
            side="customer",
            by=by,
            at=message.said_at,
        )
        if each.sentence not in noted and each.due.at > at
    ]


def open_messages(conversation: Conversation) -> list[Message]:
    """What they wrote since our last answer, oldest first; the latest few.

    One of ours that is to leave answers already: asked again at once, their questions would stand
    there as if nothing had been said. Refused or taken back, it is none any more.
    """
    leaving = Recipient.objects.filter(
        message=OuterRef("pk"), state__in=[Recipient.State.QUEUED, Recipient.State.SENDING]
    )
    ours = Q(Exists(leaving), direction=Message.Direction.OUT, automatic=False)
    said = conversation.messages.filter(Q(counted=True) | ours).order_by("-id")
    open_ones: list[Message] = []
    for message in said.only("id", "direction", "text", "reply_text", "said_at", "public_id")[
        :_MOST_MESSAGES
    ]:
        if not message.is_inbound:
            break
        open_ones.append(message)
    return open_ones[::-1]


def dismiss(sentences: Iterable[str], *, by: Teammate, at: datetime) -> None:
    """These promise nothing, says `by`; they are not asked about it again."""
    NotAPromise.objects.bulk_create(
        [NotAPromise(by=by, digest=_digest(each), at=at) for each in dict.fromkeys(sentences)],
        ignore_conflicts=True,
    )


def _found(
    text: str,
    conversation: Conversation,
    *,
    side: Literal["agent", "customer"],
    by: Teammate,
    at: datetime,
) -> list[Found]:
    business = accounts.business()
    zone = ZoneInfo(business.zone if business else "UTC")
    hours = plan.current().hours_of(conversation.inbox_id)
    detected = [
        each
        for each in language.detect(
            text, sent_at=at, zone=zone, side=side, hours=_office_hours(hours)
        )
        if not each.conditional
    ]
    known = _dismissed([each.sentence for each in detected], by=by)
    found: dict[str, Found] = {}
    for number, each in enumerate(detected):
        digest = _digest(each.sentence)
        if digest in known:
            continue
        key = f"{digest[:16]}{number if digest[:16] in found else ''}"
        found[key] = Found(
            key=key,
            what=_what(each),
            kind=_KINDS.get(gist.kind_of(each.what), kinds.DO),
            sentence=clean_line(each.sentence, most=500),
            due=_due(each, conversation, zone=zone, at=at),
            by_default=each.due is None,
            spans=each.words,
        )
    return list(found.values())[:_MOST_FOUND]


def _what(commitment: Commitment) -> str:
    what = clean_line(gist.brief(commitment.what) or commitment.sentence, most=200)
    return what[:1].upper() + what[1:]


def _due(
    commitment: Commitment, conversation: Conversation, *, zone: ZoneInfo, at: datetime
) -> Due:
    current = plan.current()
    if commitment.due is None or commitment.due <= at:
        return current.answer_due(
            conversation.inbox_id,
            first=False,
            kind_id=conversation.person.kind_id,
            urgent=conversation.urgent,
            since=at,
        )
    by_the_day = current.day_due(conversation.inbox_id, commitment.due.date(), zone=zone.key)
    if by_the_day.at == commitment.due:
        return by_the_day
    return current.moment_due(commitment.due, zone=zone.key)


def _office_hours(hours: Hours | None) -> OfficeHours:
    """The week's first opening and last closing of each day, as the deadlines read them."""
    if hours is None:
        return OfficeHours()
    week: list[tuple[time, time] | None] = []
    for periods in hours.week:
        if not periods:
            week.append(None)
            continue
        last = min(max(each.until_minute for each in periods), business_time.DAY_MINUTES - 1)
        week.append((_clock(min(each.from_minute for each in periods)), _clock(last)))
    return OfficeHours(tuple(week))


def _clock(minute: int) -> time:
    return time(minute // 60, minute % 60)


def _dismissed(sentences: Sequence[str], *, by: Teammate) -> set[str]:
    if not sentences:
        return set()
    asked = {_digest(each) for each in sentences}
    return set(NotAPromise.objects.filter(by=by, digest__in=asked).values_list("digest", flat=True))


def _digest(sentence: str) -> str:
    return hashlib.sha256(fold(sentence).encode()).hexdigest()
