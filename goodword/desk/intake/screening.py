"""What becomes of mail from an address or a domain, as a person decided: blocked, or always let in.

Nothing is learnt silently. Blocked mail is stored and stands in the spam folder, where nobody owes
it an answer; it blocks nothing that goes on in a conversation which isn't spam or trash.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q, QuerySet

from goodword.accounts import queries as accounts
from goodword.accounts import rights
from goodword.accounts.models import Role, Teammate
from goodword.core import prepared
from goodword.desk import events as facts
from goodword.desk.models import SenderRule
from goodword.events import actions as events
from goodword.inboxes.models import InboxAddress
from goodword.people import actions as people
from goodword.people import queries as holders
from goodword.people.models import Holding
from goodword.people.organisations import public_providers
from goodword.promises.models import Promise

Verdict = SenderRule.Verdict


class NotASender(Exception):
    """Neither a mail address nor `@` and a domain; `str()` is what was typed."""


class WouldMiss(Exception):
    """To block it would keep from us what we want; `str()`: ours, owed, provider."""


def verdicts(addresses: Iterable[str]) -> dict[str, str]:
    """What was decided of these, by normalised address; an allowing rule beats a blocking one.

    One prepared question as long as there is no rule at all, and one more for all of them.
    """
    if not prepared.rows("any sender rule", _any_rule):
        return {}
    names = {value: _names_of(value) for value in map(people.normalised, addresses) if value}
    rules = SenderRule.objects.filter(value__in={name for each in names.values() for name in each})
    known = dict(rules.values_list("value", "verdict"))
    found = {}
    for value, each in names.items():
        said = {known[name] for name in each if name in known}
        if said:
            found[value] = str(Verdict.ALLOW if Verdict.ALLOW in said else Verdict.BLOCK)
    return found


def _any_rule() -> QuerySet[SenderRule, tuple[int]]:
    return SenderRule.objects.values_list("pk")[:1]


def _names_of(value: str) -> list[str]:
    """The address, its domain and those above it, as rules name them."""
    parts = value.rpartition("@")[2].split(".")
    return [value, *(f"@{'.'.join(parts[start:])}" for start in range(len(parts) - 1))]


def rules() -> QuerySet[SenderRule]:
    return SenderRule.objects.select_related("by").order_by("verdict", "value")


def may_rule(teammate: Teammate) -> bool:
    """Owners and leads decide for domains, let in, and remove; who answers blocks an address."""
    return teammate.is_active and teammate.role in {Role.OWNER, Role.LEAD}


def read(text: str) -> str:
    """`Name@Shop.Example`, `@shop.example` or `shop.example` as rules name it.

    Raises NotASender.
    """
    value = people.normalised(text)
    if value and "@" not in value:
        value = f"@{value}"
    try:
        validate_email(f"someone{value}" if value.startswith("@") else value)
    except ValidationError as error:
        raise NotASender(text) from error
    return value


@transaction.atomic
def block(text: str, *, sure: bool = False, by: Teammate, at: datetime) -> SenderRule:
    """Mail from there goes to spam from now on. `sure`: also where it `WouldMiss` something.

    Raises MayNot, NotASender, WouldMiss.
    """
    rights.require_answer(by)
    value = read(text)
    if value.startswith("@") and not may_rule(by):
        raise rights.MayNot
    if not sure and (why := _would_miss(value)):
        raise WouldMiss(why)
    return _rule(value, Verdict.BLOCK, by=by, at=at)


@transaction.atomic
def allow(text: str, *, by: Teammate, at: datetime) -> SenderRule:
    """Mail from there never goes to spam by a rule. Raises MayNot, NotASender."""
    if not may_rule(by):
        raise rights.MayNot
    return _rule(read(text), Verdict.ALLOW, by=by, at=at)


@transaction.atomic
def forget(rule: SenderRule, *, by: Teammate, at: datetime) -> None:
    """It is decided no more. Whoever made a rule may take it back. Raises MayNot."""
    if not may_rule(by) and not (rights.may_answer(by) and rule.by_id == by.pk):
        raise rights.MayNot
    events.announce(facts.SenderRuled(verdict=""), by=by, about=rule, at=at)
    rule.delete()


def _rule(value: str, verdict: str, *, by: Teammate, at: datetime) -> SenderRule:
    decided = {"verdict": verdict, "by": by, "at": at}
    rule = SenderRule.objects.update_or_create(value=value, defaults=decided)[0]
    events.announce(facts.SenderRuled(verdict=verdict), by=by, about=rule, at=at)
    return rule


def _would_miss(value: str) -> str:
    """Why a person should think twice; empty when nothing speaks against it."""
    domain = value.removeprefix("@") if value.startswith("@") else ""
    if domain in public_providers():
        return "provider"
    ours = Q(value__endswith=value) if domain else Q(value=value)
    mates = [each.email.lower() for each in accounts.active()]
    if any(each.endswith(value) if domain else each == value for each in mates):
        return "ours"
    if InboxAddress.objects.filter(ours).exists():
        return "ours"
    theirs = Q(address__value__endswith=value) if domain else Q(address__value=value)
    held = Holding.objects.filter(theirs, until__isnull=True)
    owed = Promise.objects.filter(state=Promise.State.OPEN, person__in=holders.same_as(held))
    return "owed" if owed.exists() else ""
