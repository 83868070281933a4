"""Whom one may block from a conversation that is spam."""

from __future__ import annotations

from dataclasses import dataclass

from goodword.accounts.models import Teammate
from goodword.conversations.models import Conversation
from goodword.desk.intake import screening
from goodword.desk.models import SenderRule
from goodword.people.organisations import public_providers


@dataclass(frozen=True, slots=True)
class Offer:
    """A rule that one may make from a conversation that is spam; `is_made`: it is one."""

    value: str
    is_made: bool = False


def offers(found: Conversation, *, by: Teammate) -> list[Offer]:
    """Whom one may block from here: who wrote last, and the domain they write from."""
    author = found.messages.exclude(address=None).order_by("-pk").select_related("address").first()
    address = author.address.value if author and author.address else ""
    domain = address.rpartition("@")[2]
    if not domain or found.state != Conversation.State.SPAM:
        return []
    values = [address]
    if screening.may_rule(by) and domain not in public_providers():
        values.append(f"@{domain}")
    made = set(
        SenderRule.objects.filter(value__in=values, verdict=screening.Verdict.BLOCK).values_list(
            "value", flat=True
        )
    )
    return [Offer(value, value in made) for value in values]
