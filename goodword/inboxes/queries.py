from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from goodword.accounts.models import Business, Teammate
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


def at_address(addresses: Iterable[str]) -> Inbox | None:
    """The inbox of the first of `addresses` that is ours, in their order."""
    wanted = [each.strip().lower() for each in addresses]
    found = {
        row.value: row.inbox
        for row in InboxAddress.objects.filter(value__in=wanted).select_related("inbox")
    }
    return next((found[value] for value in wanted if value in found), None)


def our_addresses() -> set[str]:
    """Every address that is ours, in lower case: we never write to ourselves."""
    return set(InboxAddress.objects.values_list("value", flat=True))


def sender_address(inbox: Inbox) -> str:
    """What our answers are from."""
    return inbox.addresses.order_by("-preferred", "pk").values_list("value", flat=True)[0]


def words(inbox: Inbox, purpose: str, *, language: str = "") -> str:
    """The text for `purpose` in the person's, else the inbox's, else the business's language."""
    texts = dict(inbox.wordings.filter(purpose=purpose).values_list("language", "text"))
    business = Business.objects.filter(pk=1).values_list("language", flat=True).first() or "en"
    for wanted in (language, language.split("-")[0], inbox.language, business):
        if wanted in texts:
            return texts[wanted]
    return next(iter(texts.values()), "")
