"""Zones, countries and languages as one chooses them from a list."""

from __future__ import annotations

import zoneinfo
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from django.conf import settings
from django.utils.translation import get_language, pgettext_lazy

Choices = list[tuple[str, str]]
GroupedChoices = list[tuple[str, Choices]]

# The areas of the tz database; what lies outside them are old names of the same zones.
_AREAS = {
    "Europe": pgettext_lazy("area of time zones", "Europe"),
    "America": pgettext_lazy("area of time zones", "America"),
    "Asia": pgettext_lazy("area of time zones", "Asia"),
    "Africa": pgettext_lazy("area of time zones", "Africa"),
    "Australia": pgettext_lazy("area of time zones", "Australia"),
    "Pacific": pgettext_lazy("area of time zones", "Pacific"),
    "Atlantic": pgettext_lazy("area of time zones", "Atlantic"),
    "Indian": pgettext_lazy("area of time zones", "Indian"),
    "Antarctica": pgettext_lazy("area of time zones", "Antarctica"),
    "Arctic": pgettext_lazy("area of time zones", "Arctic"),
}
# CLDR also names unions, test regions and places without a code of their own.
_NO_COUNTRIES = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}


@lru_cache(maxsize=1)
def _zone_names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def is_zone(name: str) -> bool:
    return name in _zone_names()


@lru_cache(maxsize=1)
def _old_names() -> dict[str, tuple[str, ...]]:
    """What a zone was called before, by its name of today: Europe/Kyiv was Europe/Kiev."""
    found: dict[str, tuple[str, ...]] = {}
    for old, today in sorted(get_global("zone_aliases").items()):
        if today in _zone_names():
            found[today] = (*found.get(today, ()), old)
    return found


def zones(chosen: str = "") -> GroupedChoices:
    """Every zone once, by its area: "Europe/Vienna" is "Vienna" under "Europe", "Wien" in German.

    A zone that was `chosen` by an old name, as browsers still say Asia/Calcutta, keeps that name.
    """
    grouped: GroupedChoices = [("", [("UTC", "UTC")])]
    old = {name for names in _old_names().values() for name in names}
    for area, area_name in _AREAS.items():
        names = [name for name in _zone_names() - old if name.startswith(f"{area}/")]
        cities = [(_said(name, chosen), _city(name)) for name in names]
        by_city = sorted(cities, key=lambda pair: (pair[1].casefold(), pair[0]))
        grouped.append((str(area_name), by_city))
    return grouped


def _said(name: str, chosen: str) -> str:
    return chosen if chosen in _old_names().get(name, ()) else name


def _city(name: str) -> str:
    # CLDR goes by the name that it met first.
    known = _locale().time_zones
    cities = (known.get(each, {}).get("city") for each in (name, *_old_names().get(name, ())))
    return next(filter(None, cities), name.rpartition("/")[2].replace("_", " "))


def countries() -> Choices:
    """ISO 3166-1 codes with names in the reader's language, by name."""
    names = _locale().territories
    found = [
        (code, name)
        for code, name in names.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
    ]
    return sorted(found, key=lambda pair: pair[1].casefold())


def is_country(code: str) -> bool:
    return code in dict(countries())


def languages() -> Choices:
    """The languages that Goodword itself speaks."""
    return [(code, language_name(code)) for code, _name in settings.LANGUAGES]


def customer_languages() -> Choices:
    """The languages that customers may be written to in: more than Goodword speaks, by name."""
    found = [(code, name) for code, name in _locale().languages.items() if len(code) == 2]
    return sorted(found, key=lambda pair: pair[1].casefold())


def language_name(code: str) -> str:
    """The name of a language in the reader's: "German"; the code itself when nobody knows it."""
    name = _locale().languages.get(code.replace("-", "_")) or code
    return str(name[:1].upper() + name[1:])


def _locale() -> Locale:
    try:
        return Locale.parse(get_language() or "en", sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")
