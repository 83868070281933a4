"""Words for customers that stand ready: the business's own, else ours, in their language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from goodword.accounts import queries as accounts
from goodword.accounts.models import Teammate
from goodword.conversations.models import Conversation
from goodword.desk import variables
from goodword.desk.keeping import public_links
from goodword.desk.variables import Setting
from goodword.inboxes import queries as inboxes
from goodword.inboxes.models import Wording
from goodword.language import filling
from goodword.people.models import Person

Purpose = Wording.Purpose

_LINK = "{link}"
REFUSALS = (Purpose.NOT_FOR_US, Purpose.NOT_BEFORE, Purpose.RIGHT_PRICE)
STAND_READY = (Purpose.HOLDING, *REFUSALS)


def words_of(
    conversation: Conversation,
    purpose: str,
    *,
    name: str = "",
    by: Teammate | None = None,
    due: datetime | None = None,
    at: datetime | None = None,
    **fill: str,
) -> str:
    """The words for `purpose` in this conversation. Filled in: `{name}`, `{business}`, `{due}`,
    `fill`, the variables, and `{link}`, the page of our promises, which becomes their own when the
    mail leaves. Moments are said in the language in which the words are.

    What isn't given is left as it stands, so that whoever writes sees what to put there; in words
    that go out by themselves nobody would.
    """
    business = accounts.business()
    inbox = conversation.inbox
    with their_language(conversation) as language:
        spoken, text = inboxes.worded(inbox, purpose, language=language)
    with _speaking(spoken or _our_language(conversation), conversation.person):
        text = _with_link(text or default_words(purpose), public_links.place())
        short = {"name": name, "business": business.name if business else inbox.name} | fill
        if due is not None:
            short["due"] = variables.by_when(due, conversation)
        setting = Setting(conversation, by, at or timezone.now())
        keeps = purpose in REFUSALS
        return filling.fill(text, setting.value_of, short=short, keeps=keeps)


def filled(
    text: str, conversation: Conversation, *, by: Teammate | None, at: datetime, keeps: bool = True
) -> str:
    """`text` as this person reads it from `by`. `keeps`: what is not known stays to be seen."""
    return all_filled([text], conversation, by=by, at=at, keeps=keeps)[0]


def all_filled(
    texts: Sequence[str],
    conversation: Conversation,
    *,
    by: Teammate | None,
    at: datetime,
    keeps: bool = True,
) -> list[str]:
    """As `filled`, for many: each value is looked up once."""
    if not any("{{" in each for each in texts):
        return list(texts)
    with their_language(conversation):
        value_of = cache(Setting(conversation, by, at).value_of)
        return [filling.fill(each, value_of, keeps=keeps) for each in texts]


@contextmanager
def their_language(conversation: Conversation) -> Iterator[str]:
    """The language and zone of the person, else of the inbox and the house, are active."""
    language = conversation.person.language or conversation.inbox.language
    if not translation.check_for_language(language.split("-")[0]):
        language = conversation.inbox.language
    with _speaking(language, conversation.person):
        yield language


@contextmanager
def our_words(conversation: Conversation) -> Iterator[None]:
    """As `their_language`, for sentences of ours: in one that we have them in."""
    with _speaking(_our_language(conversation), conversation.person):
        yield


@contextmanager
def _speaking(language: str, person: Person) -> Iterator[None]:
    with translation.override(language), timezone.override(ZoneInfo(zone_of(person))):
        yield


def _our_language(conversation: Conversation) -> str:
    """Never an English sentence around a French date."""
    wanted = (conversation.person.language, conversation.inbox.language)
    known = (each for each in wanted if each.split("-")[0] in dict(settings.LANGUAGES))
    return next(known, settings.LANGUAGE_CODE)


def zone_of(person: Person | None) -> str:
    """The person's zone, else the business's."""
    business = accounts.business()
    return (person.zone if person else "") or (business.zone if business else "UTC")


def _with_link(text: str, link: str) -> str:
    """`{link}` filled in; where no customer could follow it, its line goes."""
    if link or _LINK not in text:
        return text.replace(_LINK, link)
    left = "\n".join(line for line in text.splitlines() if _LINK not in line)
    return re.sub(r"\n{3,}", "\n\n", left).strip()


def _leading_to_their_page(words: str) -> str:
    """Ours, with the link as its last paragraph above the name of the house."""
    seen = _("You can see here what we promised you: {link}")
    body, name = words.rsplit("\n\n", 1)
    return f"{body}\n\n{seen}\n\n{name}"


def default_words(purpose: str) -> str:
    """Ours, in the active language."""
    return _DEFAULTS[purpose]() if purpose in _DEFAULTS else ""


_DEFAULTS: dict[str, Callable[[], str]] = {
    Purpose.ACKNOWLEDGEMENT: lambda: _leading_to_their_page(
        _(
            "Thank you for writing to us. Your message has arrived, and a person will answer it"
            " by {due}.\n\n{business}"
        )
    ),
    Purpose.HOLDING: lambda: _leading_to_their_page(
        _(
            "Your message is with us and not forgotten. It takes us a little longer than we said:"
            " you will have our answer by {due}.\n\n{business}"
        )
    ),
    Purpose.NOT_FOR_US: lambda: _(
        "Thank you for asking us. We have read your message with care. It is not something that"
        " we can do well, so we would rather say so at once than keep you waiting. We wish you"
        " every success with it."
    ),
    Purpose.NOT_BEFORE: lambda: _(
        "Thank you for asking us. We would like to do this, and we can't begin before {date}. If"
        " that suits you, tell us, and we will keep the time free for you."
    ),
    Purpose.RIGHT_PRICE: lambda: _(
        "Thank you for your message. The price that we named was too low, and that was our"
        " mistake. The right one is {price}. We are sorry for the confusion, and we understand if"
        " you would like to think it over."
    ),
}
