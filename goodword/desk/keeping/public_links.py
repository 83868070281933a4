"""The links to our promises: mail carries them, a page opens by them.

What we write names only the page (`place`). It becomes a link when the message leaves
(`addressed`): to the person's own page where they alone get it, to what was promised in this one
conversation where several do. So nothing that opens a page stands in the database, in a list or
in a search.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing

from goodword.conversations import queries as conversations
from goodword.conversations.models import Conversation, Recipient
from goodword.people import queries as people
from goodword.people.models import Person

PATH = "yours/"
ABOUT = "about/"  # below it: of one conversation
GOOD_FOR = timedelta(days=90)
_SALT = "goodword.promises to a person"
_SALT_ABOUT = "goodword.promises of a conversation"
_KEY = r"\w[\w.-]*"


class NoSuchLink(Exception):
    """It was never given like this, or it was withdrawn."""


class LinkEnded(Exception):
    """It was given, and its time is over."""

    def __init__(self, person: Person) -> None:
        super().__init__(person.pk)
        self.person = person


def place() -> str:
    """The address of the page without anybody's key; empty when no customer can reach us."""
    host = urlsplit(settings.URL).hostname or "localhost"
    return "" if _is_near(host) else _place()


def addressed(
    text: str, recipients: Sequence[Recipient], conversation: Conversation, *, at: datetime
) -> str:
    """`text` as it leaves at `at`: the page's address is their own where one alone gets it, and
    the conversation's where several do.
    """
    if _place() not in text or not recipients:
        return text
    if len(recipients) > 1:
        url = url_about(conversation, at=at)
    elif person := people.only_holder(recipients[0].address):
        url = url_of(person, at=at)
    else:
        return text
    return re.sub(rf"{re.escape(_place())}(?!\w)", url, text)


def without_keys(text: str) -> str:
    """`text` as it is quoted to others: with everybody's links cut to the page's address."""
    return re.sub(rf"({re.escape(_place())})(?:{ABOUT})?{_KEY}/?", r"\1", text)


def url_of(person: Person, *, at: datetime) -> str:
    return f"{_place()}{key_of(person, at=at)}/"


def url_about(conversation: Conversation, *, at: datetime) -> str:
    return f"{_place()}{ABOUT}{key_about(conversation, at=at)}/"


def key_of(person: Person, *, at: datetime) -> str:
    """What opens their page, given at `at`; it says nothing about them."""
    return _sealed(person.public_id, _SALT, at=at)


def key_about(conversation: Conversation, *, at: datetime) -> str:
    """What opens the page of one conversation, given at `at`."""
    return _sealed(conversation.public_id, _SALT_ABOUT, at=at)


def person_of(key: str, *, at: datetime) -> tuple[Person, datetime]:
    """Whose page it opens, and until when. Raises NoSuchLink, LinkEnded."""
    public_id, given = _opened(key, _SALT)
    named = people.known_as(public_id)
    if named is None:
        raise NoSuchLink
    person = people.standing(named)
    return person, _end(given, [named, person], at=at)


def conversation_of(key: str, *, at: datetime) -> tuple[Conversation, datetime]:
    """Of which conversation it opens the page, and until when. Raises NoSuchLink, LinkEnded.

    Whoever withdraws a person's links withdraws those of what they and we write about as well.
    """
    public_id, given = _opened(key, _SALT_ABOUT)
    named = conversations.known_as(public_id)
    if named is None:
        raise NoSuchLink
    conversation = conversations.standing(named)
    theirs = [named.person, conversation.person]
    return conversation, _end(given, [*theirs, *map(people.standing, theirs)], at=at)


def _sealed(public_id: str, salt: str, *, at: datetime) -> str:
    return _signer(salt).sign(f"{public_id}.{int(at.timestamp()):x}")


def _opened(key: str, salt: str) -> tuple[str, datetime]:
    """What was sealed, and when. Raises NoSuchLink."""
    try:
        public_id, _dot, second = _signer(salt).unsign(key).partition(".")
    except signing.BadSignature as error:
        raise NoSuchLink from error
    return public_id, datetime.fromtimestamp(int(second, 16), tz=UTC)


def _end(given: datetime, persons: Sequence[Person], *, at: datetime) -> datetime:
    """Until when a link to the last of `persons` works. Raises NoSuchLink, LinkEnded."""
    since = max((each.links_since for each in persons if each.links_since), default=None)
    if since is not None and given <= since:
        raise NoSuchLink
    if at >= given + GOOD_FOR:
        raise LinkEnded(persons[-1])
    return given + GOOD_FOR


def _place() -> str:
    return f"{settings.URL}/{PATH}"


def _signer(salt: str) -> signing.Signer:
    return signing.Signer(salt=salt, sep=".")


def _is_near(host: str) -> bool:
    """Whether the name leads to this machine or its own network: no use to a customer."""
    if host == "localhost" or host.endswith((".localhost", ".local")):
        return True
    try:
        return not ip_address(host).is_global
    except ValueError:
        return False
