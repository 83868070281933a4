"""What became of a message of ours, for each recipient, in words; and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from goodword.conversations.models import Message, Recipient
from goodword.desk.answering import later
from goodword.desk.answering.later import Then
from goodword.desk.models import Dispatch
from goodword.ui import times

State = Recipient.State
_SOON_AFTER = timedelta(minutes=30)  # an undo window and a few tries, which need no word
TROUBLE = {State.REFUSED, State.UNKNOWN, State.DELAYED, State.BOUNCED}


@dataclass(frozen=True, slots=True)
class Line:
    """One line below a message. `choices`: which decisions a person may take."""

    icon: str
    words: str
    tone: str = ""  # "late", "soon" or nothing
    said: str = ""  # the other side's own words
    advice: str = ""
    address: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Leaving:
    """The message waits for the end of its undo window, for the moment that somebody `chose`, or
    for a person (`held`). `then`: what becomes of the conversation after. `stays`: it can't be
    taken back, since some have it or it is automatic.
    """

    at: datetime | None
    seconds: int = 0
    held: str = ""
    chosen: bool = False
    then: str = ""
    stays: bool = False

    @property
    def words(self) -> str:
        return ngettext("Leaves in %(n)d s", "Leaves in %(n)d s", self.seconds) % {
            "n": self.seconds
        }


def leaving(message: Message, told: Sequence[Recipient], *, now: datetime) -> Leaving | None:
    """Whether it waits: to be taken back until somebody has begun to send it, or for a person."""
    dispatch = dispatch_of(message)
    states = {row.state for row in told}
    if dispatch is None or State.QUEUED not in states:
        return None
    begun = states != {State.QUEUED}
    if dispatch.held:
        held, stays = _held(dispatch, begun), begun or message.automatic
        return Leaving(None, held=held, then=_after(dispatch, now), stays=stays)
    if begun:
        return None
    if dispatch.due_at and dispatch.tries == 0 and dispatch.due_at > now:
        seconds = max(1, round((dispatch.due_at - now).total_seconds()))
        then = _after(dispatch, now)
        return Leaving(dispatch.due_at, seconds, chosen=dispatch.later, then=then)
    return None


def _after(dispatch: Dispatch, now: datetime) -> str:
    if dispatch.then == Then.CLOSE:
        return _("Then the conversation is closed.")
    if dispatch.then == Then.SNOOZE and dispatch.then_until:
        until = {"until": times.short(dispatch.then_until, now)}
        return _("Then the conversation is snoozed until %(until)s.") % until
    return ""


def dispatch_of(message: Message) -> Dispatch | None:
    """The dispatch as fetched with the message; None for what never leaves by itself."""
    return getattr(message, "dispatch", None)


def lines(message: Message, told: Sequence[Recipient], *, now: datetime) -> list[Line]:
    """A line for those who have it, and one for each of the others."""
    rows = [row for row in told if row.role != Recipient.Role.REPLY_TO]
    found: list[Line] = []
    accepted = [row for row in rows if row.state == State.ACCEPTED]
    if accepted:
        found.append(_accepted(accepted, message, now=now))
    if leaving(message, told, now=now) is None:
        has_others = len({row.state for row in rows}) > 1
        waiting = (row for row in rows if row.state == State.QUEUED)
        found += [_waiting(row, message, has_others=has_others) for row in waiting]
    for row in rows:
        if row.state == State.SENDING:
            words = _("Leaving now for %(address)s") % {"address": row.address.written}
            found.append(Line("send", words))
        elif row.state in TROUBLE:
            found.append(_trouble(row))
    return found


def _accepted(rows: Sequence[Recipient], message: Message, *, now: datetime) -> Line:
    """With the moment, where that is not the one which the message itself shows."""
    said = {"addresses": ", ".join(row.address.written for row in rows)}
    first = min(row.changed_at for row in rows)
    if first - message.said_at < _SOON_AFTER:
        return Line("check", _("Accepted for %(addresses)s") % said)
    moment = {"moment": times.short(first, now)}
    return Line("check", _("Accepted %(moment)s for %(addresses)s") % (said | moment))


def _waiting(row: Recipient, message: Message, *, has_others: bool) -> Line:
    dispatch = dispatch_of(message)
    address = row.address.written
    said = row.words or (dispatch.why if dispatch and dispatch.tries else "")
    if dispatch is None or not said or said == "later":
        return Line("send", _("Leaving now for %(address)s") % {"address": address})
    advice = _("Goodword tries again by itself, for two days.")
    if dispatch.later and has_others:
        more = _("It has left for others, so it is not held back when they write meanwhile.")
        advice = f"{advice} {more}"
    words = _("Not yet taken for %(address)s") % {"address": address}
    return Line("clock", words, tone="soon", said=_(said), advice=advice)


def _trouble(row: Recipient) -> Line:
    about = {"address": row.address.written}
    words, advice, choices = {
        State.REFUSED: (
            _("Refused for %(address)s") % about,
            _("The answer is still owed. Check the address, or reach them another way."),
            ("again", "leave"),
        ),
        State.BOUNCED: (*_came_back(row), ("again", "leave")),
        State.DELAYED: (
            _("Not yet through to %(address)s") % about,
            _("A mail server on the way keeps trying, for some days. Until it is there the "
              "answer stays owed."),
            ("received", "again", "leave"),
        ),
        State.UNKNOWN: (
            _("May or may not have reached %(address)s") % about,
            _("The line broke at the wrong moment. Sending again keeps its identity, so that "
              "most mail programs show it once."),
            ("received", "again", "leave"),
        ),
    }[State(row.state)]  # fmt: skip
    # A server's words or a sentence of ours. "" would name the head of the catalogue.
    said = _(row.words) if row.words else ""
    icon, tone = ("hourglass", "soon") if row.state == State.DELAYED else ("circle-alert", "late")
    if row.dealt_with_at:
        return Line(icon, words, said=said, advice=_("Left at that."))
    return Line(icon, words, tone, said, advice, row.address.value, choices)


def _came_back(row: Recipient) -> tuple[str, str]:
    """Words and advice; what is known of the address says whether it is for good."""
    about = {"address": row.address.written}
    if row.address.bouncing_since is None:
        return (
            _("Came back from %(address)s") % about,
            _("It did not reach them. Check the address, or reach them another way."),
        )
    if row.address.bounces_hard:
        return (
            _("Came back from %(address)s for good") % about,
            _("Mail is refused there. Check the address, or reach them another way."),
        )
    return (
        _("Came back from %(address)s for now") % about,
        _("The address is right, but mail did not get in. Send again later, or reach them "
          "another way."),
    )  # fmt: skip


def _held(dispatch: Dispatch, begun: bool) -> str:
    why = _why_held(dispatch.held)
    return why + " " + _("Some of those it is for have it already.") if begun else why


def _why_held(code: str) -> str:
    if code == later.THEY_WROTE:
        return _("Held back: they have written since it was to leave later. Look whether it fits.")
    if code == later.PUT_ASIDE:
        return _("Held back: when it was to leave, the conversation was spam or in the trash.")
    if code.startswith("restore"):
        return _("Held back after a restore: it may have left before the backup was read in.")
    return _("Held back until a person looks at it.")
