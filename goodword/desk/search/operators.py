"""The operators of the search language and their words: those that every language knows, and the
names that people give them in their own. All of them work for everybody, whatever their language.

They are compared folded (core.text.fold). The first of a language is the one that is shown to
whoever reads it, so it is spelt as that language spells it: German nouns with a capital.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain

from goodword.core.text import fold

# By canonical name: what Goodword writes, and shows in its help and suggestions.
ALIASES: dict[str, dict[str, tuple[str, ...]]] = {
    "from": {"en": ("sender", "author"), "de": ("von", "absender")},
    "to": {"en": ("recipient", "cc"), "de": ("an", "empfänger")},
    "with": {"en": ("person", "customer", "contact"), "de": ("mit", "kunde", "kundin")},
    "subject": {"en": ("title",), "de": ("betreff",)},
    "tag": {"en": ("tags", "label"), "de": ("schlagwort", "etikett")},
    "is": {"en": ("status", "state"), "de": ("ist", "zustand")},
    "in": {"en": ("folder",), "de": ("ordner",)},
    "has": {"en": (), "de": ("hat",)},
    "inbox": {"en": ("mailbox",), "de": ("posteingang", "postfach")},
    "assigned": {"en": ("assignee", "agent", "owner"), "de": ("bei", "zugewiesen")},
    "team": {"en": ("group",), "de": ("gruppe",)},
    "before": {"en": ("until",), "de": ("vor",)},
    "after": {"en": (), "de": ("nach",)},
    "since": {"en": (), "de": ("seit",)},
    "on": {"en": ("date",), "de": ("am",)},
    "due": {"en": (), "de": ("fällig",)},
    "number": {"en": ("conversation", "ticket", "ref"), "de": ("nummer", "gespräch", "vorgang")},
    "field": {"en": (), "de": ("feld",)},
}

# The values of those operators that know theirs, with their aliases.
CHOICES: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {
    "is": {
        "open": {"en": ("active",), "de": ("offen",)},
        "closed": {"en": ("solved", "resolved", "done"), "de": ("geschlossen", "erledigt")},
        "snoozed": {"en": ("pending", "on hold"), "de": ("zurückgestellt",)},
        "spam": {"en": ("junk",), "de": ()},
        "trash": {"en": ("deleted", "bin"), "de": ("Papierkorb", "gelöscht")},
        "unassigned": {"en": ("untaken", "free"), "de": ("frei", "zu vergeben")},
        "mine": {"en": (), "de": ("meine", "mein", "meins")},
        "owed": {"en": ("unanswered",), "de": ("geschuldet", "unbeantwortet")},
        "late": {"en": ("overdue",), "de": ("überfällig", "spät")},
        "unread": {"en": ("new",), "de": ("ungelesen", "neu")},
        "following": {"en": ("followed",), "de": ("beobachtet", "verfolgt")},
        "aside": {"en": ("side",), "de": ("Rückfrage", "Nebengespräch")},
        "urgent": {"en": (), "de": ("dringend", "eilig")},
        "scheduled": {"en": ("to leave later", "later"), "de": ("geplant", "geht später")},
    },
    "in": {
        "mine": {"en": (), "de": ("meine",)},
        "unassigned": {"en": (), "de": ("zu vergeben", "frei")},
        "waiting": {"en": ("waiting on them",), "de": ("wir warten", "wartend")},
        "snoozed": {"en": (), "de": ("zurückgestellt",)},
        "all": {"en": (), "de": ("alle", "alles")},
        "open": {"en": (), "de": ("offen",)},
        "closed": {"en": (), "de": ("geschlossen",)},
        "unsent": {"en": ("not sent",), "de": ("nicht gesendet",)},
        "spam": {"en": ("junk",), "de": ()},
        "trash": {"en": ("bin",), "de": ("Papierkorb",)},
        "anywhere": {"en": ("everywhere",), "de": ("überall",)},
    },
    "has": {
        "attachment": {"en": ("attachments", "file", "files"), "de": ("Anhang", "Datei")},
        "note": {"en": ("notes",), "de": ("Notiz", "Notizen")},
        "draft": {"en": ("drafts",), "de": ("Entwurf",)},
        "promise": {"en": ("promises",), "de": ("Zusage", "Zusagen", "Versprechen")},
    },
}

# Days and periods, and what takes them.
DATED = frozenset({"before", "after", "since", "on", "due"})
DAYS: dict[str, tuple[str, ...]] = {
    "today": ("heute",),
    "yesterday": ("gestern",),
    "tomorrow": ("morgen",),
    "this week": ("week", "diese Woche", "dieser Woche", "Woche"),
    "last week": ("letzte Woche", "letzter Woche"),
    "next week": ("nächste Woche", "nächster Woche"),
    "this month": ("month", "diesen Monat", "dieser Monat", "diesem Monat", "Monat"),
    "last month": ("letzten Monat", "letzter Monat", "letztem Monat"),
    "next month": ("nächsten Monat", "nächster Monat", "nächstem Monat"),
    "this year": ("year", "dieses Jahr", "diesem Jahr", "Jahr"),
    "last year": ("letztes Jahr", "letztem Jahr"),
}

PEOPLE_OF_OURS = {
    "me": ("ich", "mir", "mich", "myself"),
    "nobody": ("none", "niemand", "niemandem"),
}


def _by_alias(words: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {fold(alias): name for name, aliases in words.items() for alias in (name, *aliases)}


def _all(words: Mapping[str, Mapping[str, Iterable[str]]]) -> dict[str, str]:
    return _by_alias({name: chain(*by.values()) for name, by in words.items()})


NAMES = _all(ALIASES)
VALUES = {name: _all(values) for name, values in CHOICES.items()}
DAY_NAMES = _by_alias(DAYS)
OURS = _by_alias(PEOPLE_OF_OURS)


def word(name: str, language: str) -> str:
    """An operator in the language of who reads it."""
    return next(iter(ALIASES[name].get(language[:2], ())), name) if language[:2] != "en" else name


def day(name: str, language: str) -> str:
    """A day or a stretch of days, as `word`."""
    if not language.startswith("de"):
        return name
    return next(each for each in DAYS[name] if each not in {"week", "month", "year"})


def choice(name: str, value: str, language: str) -> str:
    """A value of an operator, as `word`."""
    aliases = CHOICES.get(name, {}).get(value, {})
    return next(iter(aliases.get(language[:2], ())), value) if language[:2] != "en" else value


def said(name: str, value: str, language: str) -> str:
    """The value of a term that was read, as `word`, in whatever language it was typed."""
    if name == "due" and value in CHOICES["is"]:
        return choice("is", value, language)
    if name in DATED and (known := DAY_NAMES.get(fold(value))):
        return day(known, language)
    return choice(name, value, language)
