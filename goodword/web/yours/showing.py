"""What the page of one person shows: plain values, each section in one query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from goodword.desk.answering import queueing
from goodword.desk.keeping import unkeeping
from goodword.plan import words
from goodword.promises import kinds
from goodword.promises.models import REPLY, Promise
from goodword.ui.times import Clock
from goodword.web.inbox.showing import chip_of

Direction, State = Promise.Direction, Promise.State
_MOST_OPEN, _MOST_ENDED = 200, 20


@dataclass(frozen=True, slots=True)
class Shown:
    """A promise. `state` is a key of goodword.ui.chips.FORMS."""

    public_id: str
    state: str
    at: datetime
    words: str
    when: str  # a sentence about its time, or how it went on
    who: str  # who sees to it and since when
    may_let_go: bool = False
    may_need_again: bool = False


class Sections(NamedTuple):
    owed: list[Shown]
    waited_for: list[Shown]
    let_down: list[Shown]
    kept: list[Shown]
    let_go: list[Shown]
    signed: str  # first names of those who gave these words
    sentence: str


def sections(
    promises: QuerySet[Promise], *, house: str, now: datetime, to_several: bool = False
) -> Sections:
    """`promises`: what the person may see (`promises.queries.shown_to`). Four queries.

    `to_several`: others read it as well, so it says of nobody what they wrote, and when.
    """
    ours = promises.filter(direction=Direction.OURS)
    newest = ours.order_by("-ended_at", "-id")
    still_open = list(promises.filter(state=State.OPEN)[:_MOST_OPEN])
    broken = list(newest.filter(state=State.BROKEN)[:_MOST_ENDED])
    kept = list(newest.filter(state__in=[State.KEPT, State.KEPT_LATE])[:_MOST_ENDED])
    # Why a colleague or the house let go of an answer is no news to who needed none.
    let_go = newest.filter(state=State.RELEASED).filter(
        Q(ended_why="they_let_go") | (Q(ended_why="no_longer_needed") & ~Q(kind=REPLY))
    )[:_MOST_ENDED]
    draw = _Drawing(house, now, to_several)
    owed = [each for each in still_open if each.direction == Direction.OURS]
    theirs = [each for each in still_open if each.direction == Direction.THEIRS]
    return Sections(
        owed=[draw.owed(each) for each in owed],
        waited_for=[draw.waited_for(each) for each in theirs],
        let_down=[draw.let_down(each) for each in broken],
        kept=[draw.ended(each) for each in kept],
        let_go=[draw.ended(each) for each in let_go],
        signed=", ".join(_first_names([*owed, *kept])) or house,
        sentence=_sentence(owed, now),
    )


def one(promise: Promise, *, house: str, now: datetime) -> Shown:
    draw = _Drawing(house, now)
    return draw.owed(promise) if promise.is_open else draw.ended(promise)


def by_when(at: datetime, *, now: datetime) -> str:
    """As in "by Tuesday 24 November, 10:00", in the active language and zone."""
    zone, language = timezone.get_current_timezone_name(), get_language() or ""
    return words.promised(at, zone=zone, language=language, now=now)


def words_of(promise: Promise) -> str:
    """What was promised; an answer is named by the subject that they themselves wrote."""
    if promise.kind != REPLY:
        return promise.what or str(kinds.get(promise.kind).title)
    asked = promise.message
    if asked is None or asked.person_id != promise.person_id or not asked.subject:
        return _("An answer to your message")
    subject = queueing.answer_subject(asked.subject).removeprefix("Re: ")
    return _("An answer to “%(subject)s”") % {"subject": subject}


class _Drawing:
    """The house, the clock and who reads it, which are the same for all."""

    def __init__(self, house: str, now: datetime, to_several: bool = False) -> None:
        self.house, self.now, self.clock, self.to_several = house, now, Clock(now), to_several

    def owed(self, promise: Promise) -> Shown:
        by = by_when(promise.due_at, now=self.now)
        when = by[:1].upper() + by[1:]
        if promise.due_at < self.now:
            when = _("We said %(when)s. It is late, and we are sorry; we still owe it.") % {
                "when": by
            }
        return self._shown(promise, when=when, who=self._who(promise), may_let_go=True)

    def waited_for(self, promise: Promise) -> Shown:
        by = by_when(promise.due_at, now=self.now)
        noted = _("noted on %(day)s") % {"day": self.clock.date(promise.made_at)}
        return self._shown(promise, when=by[:1].upper() + by[1:], who=noted)

    def let_down(self, promise: Promise) -> Shown:
        said = _("We said %(when)s, and did not do it.") % {
            "when": by_when(promise.due_at, now=self.now)
        }
        return self._shown(promise, when=f"{said} {self._since(promise)}".strip())

    def ended(self, promise: Promise) -> Shown:
        again = unkeeping.may_need_again(promise, at=self.now)
        return self._shown(promise, may_need_again=again)

    def _shown(
        self,
        promise: Promise,
        *,
        when: str = "",
        who: str = "",
        may_let_go: bool = False,
        may_need_again: bool = False,
    ) -> Shown:
        state, at = chip_of(promise, now=self.now)
        what = words_of(promise)
        if self.to_several and promise.kind == REPLY:
            what = str(kinds.get(REPLY).title)
        return Shown(promise.public_id, state, at, what, when, who, may_let_go, may_need_again)

    def _who(self, promise: Promise) -> str:
        name = _first_name(promise)
        house = {"house": self.house, "who": name}
        signed = _("%(who)s, %(house)s") % house if name else self.house
        day = {"signed": signed, "day": self.clock.date(promise.made_at)}
        if promise.kind == REPLY and not self.to_several:
            return _("%(signed)s · you wrote on %(day)s") % day
        return _("%(signed)s · promised on %(day)s") % day

    def _since(self, promise: Promise) -> str:
        """What became of it: the word given anew."""
        after = getattr(promise, "successor", None)
        if after is None or not after.is_shown:
            return ""
        if after.is_open:
            return _("You have our word anew, %(when)s.") % {
                "when": by_when(after.due_at, now=self.now)
            }
        if after.state in (State.KEPT, State.KEPT_LATE) and after.ended_at is not None:
            return _("It was done on %(day)s.") % {"day": self.clock.date(after.ended_at)}
        return ""


def _first_name(promise: Promise) -> str:
    return promise.owner.name.split()[0] if promise.owner and promise.owner.name.strip() else ""


def _first_names(promises: Iterable[Promise]) -> list[str]:
    return [name for name in dict.fromkeys(map(_first_name, promises)) if name][:4]


def _sentence(owed: list[Promise], now: datetime) -> str:
    """All of it in one sentence."""
    if not owed:
        return _("We owe you nothing at the moment.")
    late = sum(each.due_at < now for each in owed)
    count = {"n": len(owed)}
    if late == len(owed):
        return (
            ngettext(
                "We owe you one thing, and it is late. We are sorry.",
                "We owe you %(n)d things, and they are late. We are sorry.",
                len(owed),
            )
            % count
        )
    if late:
        return ngettext(
            "We owe you %(n)d things, and one of them is late. We are sorry.",
            "We owe you %(n)d things, and %(late)d of them are late. We are sorry.",
            late,
        ) % (count | {"late": late})
    return ngettext(
        "We owe you one thing, %(when)s.", "We owe you %(n)d things, the next %(when)s.", len(owed)
    ) % (count | {"when": by_when(owed[0].due_at, now=now)})
