"""Setting up, the same from the browser and from the command line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from goodword.accounts import actions as accounts
from goodword.accounts import queries as accounts_queries
from goodword.accounts.models import Business, Role, Teammate
from goodword.inboxes import actions as inboxes
from goodword.inboxes.models import Inbox
from goodword.plan import actions as plan
from goodword.plan import public_holidays
from goodword.plan.actions import WeeklyPeriod
from goodword.web.setup import places


class SetupFault(Exception):
    """Something given can't be used; the message says what, in words."""


class AlreadyOwned(SetupFault):
    """There is an owner."""


class UnknownZone(SetupFault):
    pass


class UnknownCountry(SetupFault):
    pass


class UnknownLanguage(SetupFault):
    pass


class BadAddress(SetupFault):
    pass


class WeakPassword(SetupFault):
    pass


class NoName(SetupFault):
    pass


@transaction.atomic
def set_up(
    *,
    owner_name: str,
    owner_email: str,
    password: str,
    business: str,
    country: str,
    zone: str,
    language: str,
    inbox_address: str,
    at: datetime,
) -> Teammate:
    """All of the first evening but the mailbox, in one go. Raises SetupFault, with the reason."""
    _check_names(owner_name, business)
    check_address(owner_email)
    check_password(password, name=owner_name, email=owner_email)
    check_places(zone=zone, country=country, language=language)
    check_address(inbox_address)
    try:
        owner = accounts.found(name=owner_name, email=owner_email, password=password, at=at)
    except accounts.AlreadyOwned as error:
        raise AlreadyOwned(
            _("This Goodword has an owner already, so nothing was changed. Sign in at its address.")
        ) from error
    except accounts.AddressTaken as error:
        raise BadAddress(_("A teammate with this address is here already.")) from error
    accounts.name_business(
        name=business, zone=zone, country=country, language=language, by=owner, at=at
    )
    open_first_inbox(address=inbox_address, language=language, by=owner, at=at)
    return owner


@transaction.atomic
def open_first_inbox(*, address: str, language: str, by: Teammate, at: datetime) -> Inbox:
    """An inbox named after its address, and a team that owes its answers.

    Raises AddressInUse.
    """
    local, _at, domain = address.strip().lower().rpartition("@")
    # In the business's language: it is a name from here on, to be changed at will. It stands among
    # the folders, of which one is All.
    team = accounts_queries.teams().first() or accounts.make_team(
        name=pgettext("name of the first team", "Everyone"), members=[by], by=by, at=at
    )
    name = local.replace(".", " ").replace("_", " ").strip() or domain
    return inboxes.make(
        name=name[:1].upper() + name[1:],
        addresses=[address],
        team=team,
        language=language,
        by=by,
        at=at,
    )


@transaction.atomic
def set_first_hours(
    business: Business,
    periods: Sequence[WeeklyPeriod],
    first_minutes: int,
    *,
    by: Teammate,
    at: datetime,
) -> None:
    """When the house is open, and in how many open minutes it answers. Raises NeverOpen."""
    plan.make_calendar(
        name=_("Opening hours"),
        zone=business.zone,
        country=business.country if business.country in public_holidays.regions() else "",
        periods=periods,
        by=by,
        at=at,
    )
    plan.set_target(first_minutes=first_minutes, next_minutes=first_minutes, by=by, at=at)


def check_places(*, zone: str, country: str, language: str) -> None:
    """Raises UnknownZone, UnknownCountry, UnknownLanguage."""
    if not places.is_zone(zone):
        raise UnknownZone(
            _("“%(zone)s” is not a time zone. Give one such as Europe/Berlin.") % {"zone": zone}
        )
    if not places.is_country(country):
        raise UnknownCountry(
            _("“%(country)s” is not a country code. Give two letters, such as DE.")
            % {"country": country}
        )
    if language not in dict(places.languages()):
        known = ", ".join(code for code, _name in places.languages())
        raise UnknownLanguage(
            _("Goodword does not speak “%(language)s” yet. Give one of: %(known)s.")
            % {"language": language, "known": known}
        )


def check_address(address: str) -> None:
    """Raises BadAddress."""
    try:
        validate_email(address.strip())
    except ValidationError as error:
        raise BadAddress(
            _("“%(address)s” is not a mail address. Give one such as hello@shop.example.")
            % {"address": address}
        ) from error


def check_password(password: str, *, name: str, email: str) -> None:
    """Raises WeakPassword."""
    try:
        validate_password(password, user=Teammate(name=name, email=email, role=Role.OWNER))
    except ValidationError as error:
        raise WeakPassword(" ".join(error.messages)) from error


def _check_names(owner: str, business: str) -> None:
    if not owner.strip():
        raise NoName(_("The owner needs a name: customers and teammates see it."))
    if not business.strip():
        raise NoName(_("The business needs a name: customers see it."))
