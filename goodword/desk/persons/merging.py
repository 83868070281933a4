"""Which two are one person: what comes along, who may decide it, and how it is taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.conversations import queries as conversations
from goodword.conversations.models import Conversation, Message
from goodword.fields.models import Field
from goodword.people import filling, merging
from goodword.people import queries as people
from goodword.people.models import Address, Merged, Person, PersonNote, PersonValue
from goodword.promises import queries as promises
from goodword.promises.models import Promise


class CannotMerge(Exception):
    """They can't be one, or not by this teammate; `str()` says why, in words for them."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What is one's from then on. Counts are of what came along from `person`."""

    person: Person
    into: Person
    addresses: list[Address]
    conversations: int
    promises: int  # open, both ways
    notes: int
    given: list[str]  # columns of `people.merging.SHARED` that `into` has from `person`
    # Fields where both have something else: which, of `person` (hidden), of `into` (shown).
    differ: list[tuple[Field, str, str]]


def preview(person: Person, into: Person, *, by: Teammate) -> Preview:
    """Raises MayNot, CannotMerge."""
    person, into = people.standing(person), people.standing(into)
    _require(person, into, by)
    keys = people.keys_of(person)
    told = Conversation.objects.filter(person__in=keys, redirect_to__isnull=True)
    owed = Promise.objects.filter(person__in=keys, state=Promise.State.OPEN)
    theirs = dict(PersonValue.objects.filter(person__in=keys).values_list("field", "text"))
    return Preview(
        person,
        into,
        list(people.addresses_of(person)),
        told.count(),
        owed.exclude(direction=Promise.Direction.TO_OURSELVES).count(),
        PersonNote.objects.filter(person__in=keys).count(),
        merging.given(person, into),
        [
            (field, theirs[field.pk], text)
            for field, text in filling.values_of_person(into)
            if text and theirs.get(field.pk, text) != text
        ],
    )


@transaction.atomic
def merge(person: Person, into: Person, *, by: Teammate, at: datetime) -> Merged:
    """`person` is `into` from now on. Raises MayNot, CannotMerge."""
    rights.require_answer(by)
    person, into = _held(people.standing(person), people.standing(into))
    if person.redirect_to_id or into.redirect_to_id:  # somebody was quicker
        raise CannotMerge(_merged_just_now())
    _require(person, into, by)
    return merging.merge(person, into, by=by, at=at)


@transaction.atomic
def take_apart(merged: Merged, *, by: Teammate, at: datetime) -> Person:
    """They are two after all; gives who stands by themselves again. Raises MayNot, CannotMerge."""
    rights.require_answer(by)
    merged.refresh_from_db()  # who stands by now
    _person, stood = _held(merged.person, people.standing(merged.into))
    if not sees_all_of(stood, by):
        raise CannotMerge(_unseen())
    try:
        return merging.take_apart(merged, by=by, at=at)
    except merging.NotMerged as error:
        raise CannotMerge(_("They were taken apart before.")) from error
    except merging.MergedOn as error:
        raise CannotMerge(_merged_just_now()) from error


def sees_all_of(person: Person, teammate: Teammate) -> bool:
    """Whether nothing was said with them or promised between us that this teammate may not see."""
    if not teammate.is_active:
        return False
    if teammate.is_owner:
        return True
    keys = people.keys_of(person)
    seen = conversations.visible_to(teammate)
    with_them = Conversation.objects.filter(person__in=keys, redirect_to__isnull=True)
    if with_them.exclude(conversations.holding(seen, "pk")).exists():
        return False
    if Message.objects.filter(person__in=keys).exclude(conversations.holding(seen)).exists():
        return False
    known = promises.visible_to(teammate).order_by().values("pk")
    return not Promise.objects.filter(person__in=keys).exclude(pk__in=known).exists()


def _require(person: Person, into: Person, by: Teammate) -> None:
    rights.require_answer(by)
    if person.pk == into.pk:
        raise CannotMerge(_("This is one person already."))
    if not (sees_all_of(person, by) and sees_all_of(into, by)):
        raise CannotMerge(_unseen())
    if _is_asked_aside(person, into) or _is_asked_aside(into, person):
        raise CannotMerge(
            _("One of them was asked aside about a conversation with the other, who must not "
              "read what was said there.")
        )  # fmt: skip


def _held(person: Person, into: Person) -> tuple[Person, Person]:
    """Both as they are now, which nobody merges on until the transaction ends: only then it is
    known what there is to be seen.
    """
    locked = merging.lock(person, into)
    return locked[person.pk], locked[into.pk]


def _merged_just_now() -> str:
    return _("One of them was merged with somebody else just now.")


def _unseen() -> str:
    return _("There is more between them and us than you may see. An owner can decide it.")


def _is_asked_aside(person: Person, customer: Person) -> bool:
    """Whether we write with one about a conversation of the other."""
    with_them = Conversation.objects.filter(
        person__in=people.keys_of(person), side_of__person__in=people.keys_of(customer)
    )
    held = people.addresses_of(person).values("pk")
    written = Q(
        messages__recipients__address__in=held,
        side_of__person__in=people.keys_of(customer),
    )
    return with_them.exists() or Conversation.objects.filter(written).exists()
