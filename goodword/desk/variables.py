"""What may be filled into words for customers: one list for canned replies, signatures and the
words that stand ready. `wording.filled` does it, in the person's own language and zone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import formats, timezone, translation
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goodword.accounts import queries as accounts
from goodword.accounts.models import Teammate
from goodword.conversations.models import Conversation
from goodword.language import filling
from goodword.promises import queries as promises
from goodword.promises.models import Promise
from goodword.ui import times

DUE = "promise.due"  # "by then you will have our answer", in their words and zone


@dataclass(frozen=True, slots=True)
class Setting:
    """What the values are read from; `by` None: the house writes it."""

    conversation: Conversation
    by: Teammate | None
    at: datetime

    def value_of(self, name: str) -> str | None:
        """The value of one variable in the active language and zone; None for an unknown name."""
        known = KNOWN.get(name)
        return known.value(self) if known else None


@dataclass(frozen=True, slots=True)
class Variable:
    means: Lazy
    example: str
    value: Callable[[Setting], str]


def by_when(moment: datetime, conversation: Conversation) -> str:
    """A moment in the active language and zone: "Tuesday 24 November, 10:00".

    With the zone's short name where they may live by another than ours.
    """
    pattern = _("l j F, H:i")
    if (translation.get_language() or "").split("-")[0] not in dict(settings.LANGUAGES):
        day, clock = (formats.get_format(each) for each in ("DATE_FORMAT", "TIME_FORMAT"))
        pattern = f"l, {day}, {clock}"
    there = timezone.localtime(moment)
    if _may_live_elsewhere(conversation, there):
        pattern = f"{pattern} T"
    return times.worded(there, pattern)


def _may_live_elsewhere(conversation: Conversation, there: datetime) -> bool:
    """Their zone has another clock; or it isn't known, and they write another language than we."""
    business, person = accounts.business(), conversation.person
    if business is None:
        return False
    if person.zone:
        return there.utcoffset() != there.astimezone(ZoneInfo(business.zone)).utcoffset()
    ours = {business.language.split("-")[0], conversation.inbox.language.split("-")[0]}
    return bool(person.language) and person.language.split("-")[0] not in ours


def as_example(text: str, *, by: Teammate | None = None) -> str:
    """`text` filled in for an example person; what one knows of oneself and the house is true."""
    business = accounts.business()
    own = {"business.name": business.name if business else ""}
    if by is not None:
        own |= {"me.name": by.name, "me.first_name": filling.first_name(by.name)}
    examples = {name: each.example for name, each in KNOWN.items()}
    examples |= {name: value for name, value in own.items() if value}
    return filling.fill(text, examples.get)


def doubts(text: str) -> list[str]:
    """What to say of names in `text` that nobody knows: they stay as they are written."""
    sentences = []
    for each in filling.unknown(text, KNOWN):
        if each.meant:
            words = _("%(written)s is not known; did you mean %(meant)s?")
        else:
            words = _("%(written)s is not known, so it stays as it is written.")
        sentences.append(words % {"written": each.written, "meant": each.meant})
    return sentences


def generalised(text: str, conversation: Conversation) -> str:
    """The other way round: `text` of one answer with the person's name as a variable."""
    name = conversation.person.name
    for each, variable in ((name, "person.name"), (filling.first_name(name), "person.first_name")):
        text = filling.with_place(text, each, f"{{{{ {variable} }}}}")
    return text


def _due(setting: Setting) -> str:
    """When the answer is due, else the next of what we promised here."""
    conversation = setting.conversation
    ours = promises.open_in(conversation).exclude(direction=Promise.Direction.THEIRS)
    promise = promises.owed_reply(conversation) or ours.first()
    return by_when(promise.due_at, conversation) if promise else ""


def _today(setting: Setting) -> str:
    return formats.date_format(timezone.localtime(setting.at), _("j F Y"))


def _business(setting: Setting) -> str:
    business = accounts.business()
    return business.name if business else setting.conversation.inbox.name


KNOWN: dict[str, Variable] = {
    "person.first_name": Variable(
        gettext_lazy("their first name"),
        "Grace",
        lambda setting: filling.first_name(setting.conversation.person.name),
    ),
    "person.name": Variable(
        gettext_lazy("their name"),
        "Grace Whitlow",
        lambda setting: setting.conversation.person.name,
    ),
    "me.first_name": Variable(
        gettext_lazy("your first name"),
        "Ben",
        lambda setting: filling.first_name(setting.by.name) if setting.by else "",
    ),
    "me.name": Variable(
        gettext_lazy("your name"), "Ben Okri", lambda setting: setting.by.name if setting.by else ""
    ),
    "conversation.subject": Variable(
        gettext_lazy("the subject"),
        "The spring gift card",
        lambda setting: setting.conversation.subject,
    ),
    "conversation.reference": Variable(
        gettext_lazy("the short name of the conversation"),
        "7HQ2-4MKD",
        lambda setting: setting.conversation.reference,
    ),
    "inbox.name": Variable(
        gettext_lazy("the name of the inbox"),
        "Hello",
        lambda setting: setting.conversation.inbox.name,
    ),
    "business.name": Variable(
        gettext_lazy("the name of the business"), "Marlow & Finch", _business
    ),
    DUE: Variable(
        gettext_lazy("when the answer is due, else the next promise"),
        "Tuesday 24 November, 10:00",
        _due,
    ),
    "today": Variable(gettext_lazy("today's date"), "22 November 2026", _today),
}
