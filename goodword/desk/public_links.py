"""The link to a person's own page: mail carries it, the page opens by it.

What we write names only the page (`place`). It becomes somebody's own link when the message leaves
(`addressed`), and only where they alone get it. So nothing that opens a page stands in the
database, in a list or in a search.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing

from goodword.conversations.models import Recipient
from goodword.people import queries as people
from goodword.people.models import Person

PATH = "yours/"
GOOD_FOR = timedelta(days=90)
_SALT = "goodword.promises to a person"
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


def addressed(text: str, recipients: Sequence[Recipient], *, at: datetime) -> str:
    """`text` as it leaves at `at`: the page's address is their own where one alone gets it."""
    if _place() not in text or len(recipients) != 1:
        return text
    person = people.only_holder(recipients[0].address)
    if person is None:
        return text
    return re.sub(rf"{re.escape(_place())}(?!\w)", url_of(person, at=at), text)


def without_keys(text: str) -> str:
    """`text` as it is quoted to others: with everybody's own links cut to the page's address."""
    return re.sub(rf"({re.escape(_place())}){_KEY}/?", r"\1", text)


def url_of(person: Person, *, at: datetime) -> str:
    return f"{_place()}{key_of(person, at=at)}/"


def key_of(person: Person, *, at: datetime) -> str:
    """What opens their page, given at `at`; it says nothing about them."""
    return _signer().sign(f"{person.public_id}.{int(at.timestamp()):x}")


def person_of(key: str, *, at: datetime) -> tuple[Person, datetime]:
    """Whose page it opens, and until when. Raises NoSuchLink, LinkEnded."""
    try:
        public_id, _dot, second = _signer().unsign(key).partition(".")
    except signing.BadSignature as error:
        raise NoSuchLink from error
    given = datetime.fromtimestamp(int(second, 16), tz=UTC)
    named = people.known_as(public_id)
    if named is None:
        raise NoSuchLink
    person = people.standing(named)
    since = max((each.links_since for each in (named, person) if each.links_since), default=None)
    if since is not None and given <= since:
        raise NoSuchLink
    if at >= given + GOOD_FOR:
        raise LinkEnded(person)
    return person, given + GOOD_FOR


def _place() -> str:
    return f"{settings.URL}/{PATH}"


def _signer() -> signing.Signer:
    return signing.Signer(salt=_SALT, sep=".")


def _is_near(host: str) -> bool:
    """Whether the name leads to this machine or its own network: no use to a customer."""
    if host == "localhost" or host.endswith((".localhost", ".local")):
        return True
    try:
        return not ip_address(host).is_global
    except ValueError:
        return False
