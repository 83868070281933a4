"""The words by which somebody is found, and where their name stands in a list."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.db.models import Q

from goodword.core.text import fold
from goodword.people import queries
from goodword.people.models import Address, Merged, Person, Word

_LAST = "\U0010ffff"


def sorts_as(name: str, value: str) -> str:
    """Who has no name stands where their address does."""
    return fold(name or value)[:200]


def words_of(names: Iterable[str], values: Iterable[str]) -> set[str]:
    """Those of the names, each address whole, and the words before its @."""
    found = {word for name in names for word in fold(name).split()}
    for value in values:
        found |= {value, *fold(value.partition("@")[0]).split()}
    return found


def remember(person: Person) -> None:
    """Whoever stands is found by what they hold and are called now, with all merged into them."""
    merged = Merged.objects.filter(undone_at__isnull=True, person__redirect_to=person)
    held = Address.objects.filter(
        holdings__person__in=queries.keys_of(person), holdings__until__isnull=True
    )
    values = list(held.order_by("-holdings__preferred", "holdings__id").values_list(
        "value", flat=True
    ))  # fmt: skip
    words = words_of([person.name, *merged.values_list("name", flat=True)], values)
    person.sorts_as = sorts_as(person.name, values[0] if values else "")
    person.save(update_fields=["sorts_as"])
    person.words.exclude(word__in=words).delete()
    Word.objects.bulk_create(
        [Word(person=person, word=word) for word in sorted(words)], ignore_conflicts=True
    )


def beginning(word: str, field: str = "word") -> Q:
    """That a column begins with `word`, so that either database looks it up in an index."""
    if connection.vendor == "postgresql":
        return Q((f"{field}__startswith", word))
    # SQLite's LIKE knows no case, so it takes no index; in its order of bytes this is the same.
    return Q((f"{field}__gte", word), (f"{field}__lt", word + _LAST))
