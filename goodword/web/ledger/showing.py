"""How a promise is shown, wherever it stands: plain values for templates, computed once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from django.db.models import prefetch_related_objects
from django.urls import get_script_prefix, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.people.models import Address
from goodword.promises import kinds
from goodword.promises import queries as promises
from goodword.promises.models import REPLY, Promise
from goodword.ui import times
from goodword.ui.chips import FORMS
from goodword.web.inbox.showing import chip_of, name_of

Direction = Promise.Direction
_KEEP_ICON = "check"
_NOTE_ICON, _NOTED_ICON = "sticky-note", "notebook-pen"
_ROAD_ICONS = {
    "email": "mail",
    "phone": "phone",
    "chat": "message-circle",
    "form": "file-text",
    "text": "smartphone",
    "social": "at-sign",
    "post": "mailbox",
}


_ROAD_WORDS = {
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Phone"),
    "chat": gettext_lazy("Chat"),
    "form": gettext_lazy("Form"),
    "text": gettext_lazy("Text message"),
    "social": gettext_lazy("Social"),
    "post": gettext_lazy("Letter"),
}


@dataclass(frozen=True, slots=True)
class Act:
    """What keeps the promise. Without an address: the button that marks it as kept."""

    word: str
    icon: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A promise in a list. `state` is a key of goodword.ui.chips.FORMS, `at` its moment."""

    promise: Promise
    state: str
    at: datetime
    words: str
    who: str
    owner: str
    is_mine: bool
    url: str
    said: Saying
    act: Act
    detail: str
    stands: str
    may_act: bool

    @property
    def public_id(self) -> str:
        return self.promise.public_id

    @property
    def is_late(self) -> bool:
        return self.state == "late"

    @property
    def by(self) -> str:
        """For the chip's tooltip."""
        return _("you") if self.is_mine else self.owner

    @property
    def owner_short(self) -> str:
        """The first name of a teammate; a team's whole name."""
        return self.owner.split()[0] if self.promise.owner and self.owner else self.owner

    @property
    def is_theirs(self) -> bool:
        return self.promise.direction == Direction.THEIRS


@dataclass(frozen=True, slots=True)
class Saying:
    """Where and when the word was given. `url` leads there, if it was said in a conversation."""

    where: str
    at: datetime
    icon: str
    url: str = ""


def icons() -> frozenset[str]:
    """All that rows may show: once on their page, by `marks.symbols`."""
    drawn = [form.icon for form in FORMS.values()] + [kind.icon for kind in kinds.known()]
    return frozenset([*drawn, *_ROAD_ICONS.values(), _KEEP_ICON, _NOTE_ICON, _NOTED_ICON])


def shown(found: Iterable[Promise], *, by: Teammate, now: datetime) -> list[Shown]:
    """`found` as `goodword.promises.ledger.with_all_shown` gives them. At most three queries."""
    rows = list(found)
    _know_addresses(rows)
    anew = promises.made_anew(row for row in rows if row.state == Promise.State.BROKEN)
    return [_show(row, by=by, now=now, anew=row.pk in anew) for row in rows]


def _show(promise: Promise, *, by: Teammate, now: datetime, anew: bool) -> Shown:
    state, at = chip_of(promise, now=now)
    return Shown(
        promise=promise,
        state=state,
        at=at,
        words=words_of(promise),
        who=name_of(promise.person) if promise.person else "",
        owner=str(promise.owner or promise.team or ""),
        is_mine=promise.owner_id == by.pk,
        url=address("promises:promise", promise.public_id),
        said=saying_of(promise),
        act=act_of(promise),
        detail=_detail(promise),
        stands=_("Promised anew") if anew else stands(promise),
        may_act=promise.is_open and rights.may_answer(by),
    )


def _know_addresses(rows: Sequence[Promise]) -> None:
    """Fetch the addresses of whoever has no name, or is to be called."""
    asked = [
        row.person for row in rows if row.person and (not row.person.name or row.kind == kinds.CALL)
    ]
    if asked:
        prefetch_related_objects(asked, "holdings__address")


def address(name: str, public_id: str) -> str:
    return _path(name, get_script_prefix()).replace("/0/", f"/{public_id}/")


@lru_cache
def _path(name: str, prefix: str) -> str:
    """The address of one called 0: reversing takes longer than all else of a row."""
    return reverse(name, args=["0"])


def words_of(promise: Promise) -> str:
    """What was promised. An answer is named by what it is about."""
    if promise.what:
        return promise.what
    title = str(kinds.get(promise.kind).title)
    about = promise.conversation.subject if promise.conversation else ""
    if not about:
        return title
    return _("%(what)s: %(about)s") % {"what": title, "about": about}


def act_of(promise: Promise) -> Act:
    kind, conversation = kinds.get(promise.kind), promise.conversation
    if kind.name == kinds.CALL and (number := _number_of(promise)):
        return Act(str(kind.verb), kind.icon, f"tel:{number}")
    if conversation is not None:
        url = address("inbox:conversation", conversation.public_id)
        if kind.by_message:
            return Act(str(kind.verb), kind.icon, f"{url}?compose=reply#composer")
        if kind.name in (kinds.COME_BACK, kinds.CALL):
            return Act(str(kind.verb), kind.icon, url)
    elif kind.name == kinds.CALL:
        return Act(str(kind.verb), kind.icon, address("promises:promise", promise.public_id))
    return Act(_("Keep"), _KEEP_ICON)


def _number_of(promise: Promise) -> str:
    if promise.person is None:
        return ""
    held = (each.address for each in promise.person.holdings.all() if each.until is None)
    numbers = (each.value for each in held if each.kind == Address.Kind.PHONE)
    return next(numbers, "")


def saying_of(promise: Promise) -> Saying:
    """For an answer: the message that awaits it."""
    message, conversation = promise.message, promise.conversation
    url = address("inbox:conversation", conversation.public_id) if conversation else ""
    if message is not None:
        where = _("Note") if message.is_note else road_word(message.road)
        icon = _NOTE_ICON if message.is_note else _ROAD_ICONS.get(message.road, "mail")
        there = f"{url}#message-{message.public_id}" if url else ""
        return Saying(where, message.said_at, icon, there)
    if conversation is not None:
        return Saying(_("Conversation"), promise.made_at, "mail", url)
    return Saying(_("Noted"), promise.made_at, _NOTED_ICON)


def road_word(road: str) -> str:
    """ "E-mail", "Phone"."""
    return str(_ROAD_WORDS.get(road, road.capitalize()))


def _detail(promise: Promise) -> str:
    """What stands beside the name: how urgent it became, and what it is about."""
    parts = []
    if promise.urgency:
        parts.append(_asked_again(promise.urgency))
    if promise.team is not None and promise.is_open:
        parts.append(_("%(team)s, taken by nobody yet") % {"team": promise.team.name})
    conversation = promise.conversation
    if promise.said:
        parts.append(_("“%(words)s”") % {"words": promise.said})
    elif conversation is not None and promise.kind == REPLY:
        parts.append(conversation.latest_words)
    elif conversation is not None and conversation.subject != promise.what:
        parts.append(conversation.subject)
    return " · ".join(part for part in parts if part)


def _asked_again(often: int) -> str:
    if often == 1:
        return _("second time of asking")
    return ngettext("asked %(count)d time more", "asked %(count)d times more", often) % {
        "count": often
    }


def stands(promise: Promise) -> str:
    """How it ended, in a few words; of what is open: what was done to it since it was given."""
    if promise.is_open:
        return _open_words(promise)
    if promise.state in (Promise.State.RELEASED, Promise.State.BROKEN):
        return why_words(promise.ended_why)
    apart = (promise.ended_at or promise.due_at) - promise.due_at
    minutes = int(abs(apart) / timedelta(minutes=1))
    if minutes == 0:
        return _("on the minute")
    span = times.span(minutes)
    if apart > timedelta(0):
        return pgettext("how long past due", "%(span)s late") % {"span": span}
    return _("%(span)s early") % {"span": span}


def _open_words(promise: Promise) -> str:
    if promise.times_moved:
        return ngettext("moved once", "moved %(count)d times", promise.times_moved) % {
            "count": promise.times_moved
        }
    return _asked_again(promise.urgency) if promise.urgency else ""


def why_words(why: str) -> str:
    """Why it ended; what a person wrote stands as they wrote it."""
    words = {
        "no_longer_needed": _("No longer needed"),
        "they_let_go": _("They let us off"),
        "they_need_it": _("They do need it"),
        "no_answer_needed": _("No answer needed"),
        "spam": _("It was spam"),
        "trash": _("Moved to the trash"),
        "joined": _("Joined with another conversation"),
        "join_undone": _("The joining was undone"),
        "split_off": _("A message was split off"),
        "moved": _("Moved to another inbox"),
        "moved_back": _("Moved back"),
        "moment_passed": _("Its moment passed"),
        "taken_back": _("It was not kept after all"),
        "bounced": _("Bounced"),
        "held": _("They were told when the answer will come"),
        "away": _("away"),
        # What happened to it says these already.
        "undone": "",
        "owed_again": "",
    }
    return words.get(why, why)
