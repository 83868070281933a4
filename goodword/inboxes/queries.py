from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Q, QuerySet

from goodword.accounts.models import Business, Teammate
from goodword.core import prepared
from goodword.inboxes.models import Inbox, InboxAddress


def open_to(teammate: Teammate) -> QuerySet[Inbox]:
    """The inboxes a teammate may see: an owner all, anyone else those of their teams."""
    if not teammate.is_active:
        return Inbox.objects.none()
    if teammate.is_owner:
        return Inbox.objects.order_by("name")
    return Inbox.objects.filter(
        Q(pk__in=Inbox.teams.through.objects.filter(team__members=teammate).values("inbox_id"))
    ).order_by("name")


def at_addresses(
    addresses: Iterable[str], *, among: Mapping[str, Inbox] | None = None
) -> list[Inbox]:
    """The inboxes of those of `addresses` that are ours, in their order, each once.

    `among`: what `inboxes_by_address` found for these and others.
    """
    addresses = list(addresses)
    found = inboxes_by_address(addresses) if among is None else among
    forms = (form for each in addresses for form in _forms(each))
    return list(dict.fromkeys(found[form] for form in forms if form in found))


def inboxes_by_address(addresses: Iterable[str]) -> dict[str, Inbox]:
    """Which of `addresses` are ours, in the forms that count, and their inboxes."""
    forms = {form for each in addresses for form in _forms(each)}
    rows = prepared.objects_of("inboxes by address", _at, forms)
    return {row.value: row.inbox for row in rows}


def _at(*values: str) -> QuerySet[InboxAddress]:
    return InboxAddress.objects.filter(value__in=values).select_related("inbox__team")


def at_address(addresses: Iterable[str]) -> Inbox | None:
    """The inbox of the first of `addresses` that is ours, in their order."""
    return next(iter(at_addresses(addresses)), None)


def _forms(address: str) -> list[str]:
    """An address in lower case, and without what stands after a plus: that reaches us as well."""
    value = address.strip().lower()
    local, at, domain = value.rpartition("@")
    return [value, f"{local.partition('+')[0]}{at}{domain}"] if "+" in local else [value]


def ours_of(addresses: Iterable[str]) -> set[str]:
    """Those of `addresses` that are ours, as written: we never write to ourselves."""
    forms = {each: _forms(each) for each in addresses}
    asked = {form for each in forms.values() for form in each}
    rows = prepared.rows_of("ours", _values, asked)
    known = {value for (value,) in rows}
    return {each for each, tried in forms.items() if known & set(tried)}


def _values(*values: str) -> QuerySet[InboxAddress, tuple[str]]:
    return InboxAddress.objects.filter(value__in=values).values_list("value")


def own_and_ours(inbox_id: int, addresses: Iterable[str]) -> tuple[list[str], set[str]]:
    """The addresses of an inbox, the preferred first; and `ours_of` these addresses."""
    forms = {each: _forms(each) for each in addresses}
    asked = {form for each in forms.values() for form in each}
    rows = prepared.rows(("own and ours", len(asked)), _own_and_named, inbox_id, *asked)
    known = {value for value, _inbox in rows}
    ours = {each for each, tried in forms.items() if known & set(tried)}
    return [value for value, inbox in rows if inbox == inbox_id], ours


def _own_and_named(inbox_id: int, *values: str) -> QuerySet[InboxAddress, tuple[str, int]]:
    rows = InboxAddress.objects.filter(Q(inbox=inbox_id) | Q(value__in=values))
    return rows.order_by("-preferred", "pk").values_list("value", "inbox_id")


def addresses_of(inbox_id: int) -> list[str]:
    """What one writes to, the preferred first."""
    return own_and_ours(inbox_id, ())[0]


def reached(own: Sequence[str], addresses: Iterable[str]) -> str:
    """The first of `own` that one of `addresses`, in their order, leads to; empty if none does."""
    return next((form for each in addresses for form in _forms(each) if form in own), "")


def sender_address(inbox: Inbox) -> str:
    """What we write from where nobody has written to us, or it makes no difference."""
    return inbox.addresses.order_by("-preferred", "pk").values_list("value", flat=True)[0]


def address_of(inbox_id: int | None) -> str:
    """What one writes to, the preferred first; empty without an inbox."""
    rows = InboxAddress.objects.filter(inbox=inbox_id).order_by("-preferred", "pk")
    return rows.values_list("value", flat=True).first() or ""


def words(inbox: Inbox, purpose: str, *, language: str = "") -> str:
    """The text for `purpose` in the person's, else the inbox's, else the business's language."""
    return worded(inbox, purpose, language=language)[1]


def worded(inbox: Inbox, purpose: str, *, language: str = "") -> tuple[str, str]:
    """As `words`, behind the language that it is in; both empty where there is none."""
    texts = dict(inbox.wordings.filter(purpose=purpose).values_list("language", "text"))
    business = Business.objects.filter(pk=1).values_list("language", flat=True).first() or "en"
    for wanted in (language, language.split("-")[0], inbox.language, business):
        if wanted in texts:
            return wanted, texts[wanted]
    return next(iter(texts.items()), ("", ""))


def languages() -> set[str]:
    """Codes of the languages in which our inboxes write."""
    return set(Inbox.objects.values_list("language", flat=True))
