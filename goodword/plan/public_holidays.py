"""Public holidays by country and region, from the `holidays` library, a year at a time."""

from __future__ import annotations

from datetime import date
from functools import cache, lru_cache


class UnknownCountry(Exception):
    """We know no public holidays of this country."""


class UnknownRegion(Exception):
    """We know no public holidays of this region; the country's can still be had."""


@cache
def regions() -> dict[str, tuple[str, ...]]:
    """The countries (ISO 3166-1) whose holidays are known, and their regions' codes."""
    import holidays  # it takes a tenth of a second, and most processes never need it

    known = holidays.list_supported_countries(include_aliases=False)
    return {code: tuple(parts) for code, parts in sorted(known.items()) if len(code) == 2}


def check(country: str, region: str) -> None:
    """Raises UnknownCountry, UnknownRegion. For forms: a deadline takes what it can get."""
    if not country and region:
        raise UnknownRegion(region)
    if country and country not in regions():
        raise UnknownCountry(country)
    if region and region not in regions()[country]:
        raise UnknownRegion(region)


@lru_cache(maxsize=1000)
def of_year(country: str, region: str, year: int, language: str = "") -> dict[date, str]:
    """The public holidays and their names, in `language` or else the country's own.

    Of an unknown region those of its country; of an unknown country none. (The library may lose a
    region with an update, and a deadline must not fail by that.)
    """
    if not country or country not in regions():
        return {}
    import holidays

    part = region if region in regions()[country] else None
    found = holidays.country_holidays(country, subdiv=part)
    tongue = _tongue(language, found.supported_languages) or found.default_language
    found = holidays.country_holidays(country, subdiv=part, years=year, language=tongue)
    return {day: name for day, name in sorted(found.items()) if day.year == year}


def _tongue(language: str, known: tuple[str, ...]) -> str | None:
    """Of the languages that the names are known in, ours: "en" finds "en_US"."""
    language = language.replace("-", "_")
    if language in known:
        return language
    plain = language.partition("_")[0]
    return next((each for each in known if plain and each.partition("_")[0] == plain), None)
