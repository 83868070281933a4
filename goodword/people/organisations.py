"""Who belongs to one organisation, as far as addresses tell: a domain of their own."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from goodword.people.models import Address


@cache
def public_providers() -> frozenset[str]:
    """Domains where anybody gets an address: to share one means nothing."""
    lines = (Path(__file__).parent / "public_providers.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def domain_of(address: Address) -> str:
    """The domain of an e-mail address; empty where it tells of no organisation."""
    domain = address.value.rpartition("@")[2] if address.kind == Address.Kind.EMAIL else ""
    return "" if domain in public_providers() else domain


def share_one(address: Address, others: Iterable[Address]) -> bool:
    """Whether `address` is at the same organisation as one of `others`."""
    domain = domain_of(address)
    return bool(domain) and any(domain_of(other) == domain for other in others)
