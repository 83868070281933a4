"""Make an inbox and change what it says of us."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from goodword.accounts.models import Team, Teammate
from goodword.core.text import clean, clean_line
from goodword.events import actions as events
from goodword.inboxes import events as facts
from goodword.inboxes.models import Inbox, InboxAddress, Wording


class AddressInUse(Exception):
    """Another inbox has this address."""


class NoAddress(Exception):
    """An inbox needs an address: it is what our answers are from."""


@transaction.atomic
def make(
    *,
    name: str,
    addresses: Iterable[str],
    team: Team,
    language: str = "en",
    by: Teammate | None,
    at: datetime,
) -> Inbox:
    """A new inbox; the first of `addresses` is preferred.

    Raises AddressInUse, NoAddress.
    """
    inbox = Inbox.objects.create(
        name=clean_line(name, most=80), team=team, language=language, made_at=at
    )
    inbox.teams.add(team)
    _set_addresses(inbox, addresses)
    events.announce(facts.InboxMade(), by=by, about=inbox, at=at)
    return inbox


@transaction.atomic
def change(
    inbox: Inbox,
    *,
    name: str,
    addresses: Iterable[str],
    team: Team,
    teams: Iterable[Team],
    language: str,
    acknowledges: bool,
    joins_organisation: bool,
    signs_reply_addresses: bool,
    answers_where_written: bool,
    trusted_servers: str,
    by: Teammate,
    at: datetime,
) -> None:
    """Raises AddressInUse, NoAddress. `desk.staffing.change_inbox` also moves what is owed."""
    before = _settings_of(Inbox.objects.get(pk=inbox.pk))
    inbox.name, inbox.team, inbox.language = clean_line(name, most=80), team, language
    inbox.acknowledges = acknowledges
    inbox.joins_organisation = joins_organisation
    inbox.signs_reply_addresses = signs_reply_addresses
    inbox.answers_where_written = answers_where_written
    inbox.trusted_servers = clean_line(trusted_servers, most=500).lower()
    inbox.save(update_fields=_FIELDS)
    inbox.teams.set({*teams, team})
    _set_addresses(inbox, addresses)
    after = _settings_of(inbox)
    fact = facts.InboxChanged(changed=tuple(name for name in after if after[name] != before[name]))
    events.announce(fact, by=by, about=inbox, at=at)


@transaction.atomic
def set_assigning(
    inbox: Inbox, *, assigns: str, most_each: int | None, by: Teammate, at: datetime
) -> None:
    """Who gets a new conversation by itself, and up to how many that await us."""
    if (inbox.assigns, inbox.most_each) == (assigns, most_each):
        return
    inbox.assigns, inbox.most_each = assigns, most_each
    inbox.save(update_fields=["assigns", "most_each"])
    events.announce(facts.InboxChanged(changed=("assigns",)), by=by, about=inbox, at=at)


_FIELDS = (
    "name",
    "team",
    "language",
    "acknowledges",
    "joins_organisation",
    "signs_reply_addresses",
    "answers_where_written",
    "trusted_servers",
)


def _settings_of(inbox: Inbox) -> dict[str, object]:
    """What an inbox is set to, to be compared."""
    addresses = inbox.addresses.order_by("-preferred", "value").values_list("value", flat=True)
    return {
        **{name: getattr(inbox, name) for name in _FIELDS},
        "teams": set(inbox.teams.values_list("pk", flat=True)),
        "addresses": list(addresses),
    }


@transaction.atomic
def word(inbox: Inbox, purpose: str, texts: dict[str, str], *, by: Teammate, at: datetime) -> None:
    """Set what the inbox says for `purpose`, by language; an empty text takes a variant out."""
    for language, text in texts.items():
        if text.strip():
            Wording.objects.update_or_create(
                inbox=inbox,
                purpose=purpose,
                language=language,
                defaults={"text": clean(text).strip()},
            )
        else:
            Wording.objects.filter(inbox=inbox, purpose=purpose, language=language).delete()
    events.announce(facts.InboxChanged(changed=(purpose,)), by=by, about=inbox, at=at)


def _set_addresses(inbox: Inbox, addresses: Iterable[str]) -> None:
    values = list(dict.fromkeys(each.strip().lower() for each in addresses if each.strip()))
    if not values:
        raise NoAddress
    taken = InboxAddress.objects.filter(value__in=values).exclude(inbox=inbox).first()
    if taken:
        raise AddressInUse(taken.value)
    inbox.addresses.exclude(value__in=values).delete()
    inbox.addresses.update(preferred=False)
    for place, value in enumerate(values):
        InboxAddress.objects.update_or_create(
            value=value, defaults={"inbox": inbox, "preferred": place == 0}
        )
