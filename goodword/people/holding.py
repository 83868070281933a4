"""The addresses of a person: several may hold one, and one of them is primary for its new mail."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.core.text import clean_line
from goodword.events import actions as events
from goodword.inboxes.models import InboxAddress
from goodword.people import actions as people
from goodword.people import events as facts
from goodword.people import queries, words
from goodword.people.models import Address, Holding, Person

# As the two databases would not agree: PostgreSQL puts nothing last.
_STANDS_FIRST = F("person__redirect_to").asc(nulls_first=True)


class NotAnAddress(Exception):
    """`str()` is what was typed."""


class IsOurs(Exception):
    """We write from there: an inbox, or a teammate."""


class HeldAlready(Exception):
    """They hold it."""


class NotHeld(Exception):
    """It was taken away before."""


@transaction.atomic
def add_address(
    person: Person,
    value: str,
    *,
    kind: str = Address.Kind.EMAIL,
    label: str = "",
    by: Teammate,
    at: datetime,
) -> Holding:
    """They can be reached there too. Where somebody else holds it as well, its new mail stays with
    them (`become_primary`). Raises MayNot, NotAnAddress, IsOurs,
    HeldAlready.
    """
    rights.require_answer(by)
    person = queries.standing(person)
    _check(value, kind)
    if kind == Address.Kind.EMAIL and _is_ours(people.normalised(value)):
        raise IsOurs(value)
    known = people.know_address(value, kind=kind)
    address = Address.objects.select_for_update(no_key=True).get(pk=known.pk)
    before = Holding.objects.filter(person__in=queries.keys_of(person), address=address)
    if before.filter(until__isnull=True).exists():
        raise HeldAlready(address.written)
    held = before.order_by(_STANDS_FIRST).first() or Holding(person=person, address=address)
    held.label, held.since, held.until = clean_line(label, most=60), at, None
    held.preferred = not queries.holdings_of(person).exists()
    held.primary = not address.holdings.filter(primary=True).exists()
    held.save()
    words.remember(person)
    _announce(held, on=True, by=by, at=at)
    return held


def _is_ours(value: str) -> bool:
    """What reached only ourselves would count as having reached them."""
    inboxes = InboxAddress.objects.filter(value=value)
    return inboxes.exists() or Teammate.objects.filter(email__iexact=value).exists()


def _check(value: str, kind: str) -> None:
    line = people.normalised(value, kind=Address.Kind(kind))
    try:
        if kind == Address.Kind.EMAIL:
            validate_email(line)
        elif not line:
            raise ValidationError("empty")
    except ValidationError as error:
        raise NotAnAddress(value) from error


@transaction.atomic
def label(holding: Holding, words: str, *, by: Teammate, at: datetime) -> None:
    """What it is to them: at work, at home, … Raises MayNot, NotHeld."""
    _lock(holding, by)
    holding.label = clean_line(words, most=60)
    holding.save(update_fields=["label"])
    _changed(holding, by=by, at=at)


@transaction.atomic
def prefer(holding: Holding, *, by: Teammate, at: datetime) -> None:
    """It is where they are written to, where nothing else is said. Raises MayNot, NotHeld."""
    _lock(holding, by)
    keys = queries.keys_of(holding.person)
    Holding.objects.filter(person__in=keys, preferred=True).update(preferred=False)
    Holding.objects.filter(pk=holding.pk).update(preferred=True)
    holding.preferred = True
    _changed(holding, by=by, at=at)


@transaction.atomic
def become_primary(holding: Holding, *, by: Teammate, at: datetime) -> None:
    """New mail from the address is theirs, and of nobody else who holds it. Raises MayNot, NotHeld.

    The caller has asked: it was somebody else's so far.
    """
    address = _lock(holding, by)
    address.holdings.filter(primary=True).update(primary=False)
    Holding.objects.filter(pk=holding.pk).update(primary=True)
    holding.primary = True
    _changed(holding, by=by, at=at)


@transaction.atomic
def take_away(holding: Holding, *, by: Teammate, at: datetime) -> None:
    """They hold it no longer: what was said stays theirs. Its new mail is the next holder's, and
    of somebody new where there is none. Raises MayNot, NotHeld.
    """
    address = _lock(holding, by)
    # Each of two who were merged may hold it: taken from the one alone it would be the other's.
    keys = queries.keys_of(holding.person)
    held = address.holdings.filter(person__in=keys, until__isnull=True)
    before = list(held)
    held.update(until=at, primary=False, preferred=False)
    if any(each.primary for each in before):
        _be_first(address.holdings.filter(until__isnull=True).order_by("id").first(), "primary")
    if any(each.preferred for each in before):
        _be_first(queries.holdings_of(holding.person).first(), "preferred")
    words.remember(queries.standing(holding.person))
    _announce(holding, on=False, by=by, at=at)


def _be_first(holding: Holding | None, column: str) -> None:
    if holding is not None:
        setattr(holding, column, True)
        holding.save(update_fields=[column])


def _lock(holding: Holding, by: Teammate) -> Address:
    """The address, locked, and the holding as it is now. Raises MayNot, NotHeld."""
    rights.require_answer(by)
    address = Address.objects.select_for_update(no_key=True).get(pk=holding.address_id)
    holding.refresh_from_db()
    if holding.until is not None:
        raise NotHeld
    return address


def _announce(holding: Holding, *, on: bool, by: Teammate, at: datetime) -> None:
    fact = facts.AddressHeld(address_id=holding.address_id, on=on)
    events.announce(fact, by=by, about=queries.standing(holding.person), at=at)


def _changed(holding: Holding, *, by: Teammate, at: datetime) -> None:
    fact = facts.AddressChanged(address_id=holding.address_id)
    events.announce(fact, by=by, about=queries.standing(holding.person), at=at)
