"""Countries and regions whose public holidays we know, as one chooses them from a list."""

from __future__ import annotations

from functools import lru_cache

from goodword.plan import public_holidays
from goodword.web.setup import places
from goodword.web.setup.places import Choices


def countries() -> Choices:
    """In the reader's language, by name."""
    return [(code, name) for code, name in places.countries() if code in public_holidays.regions()]


def regions_of(country: str) -> Choices:
    """The regions of a country that have holidays of their own, by name; none: all are alike."""
    names = _names(country)
    pairs = [(code, names.get(code, code)) for code in public_holidays.regions().get(country, ())]
    return sorted(pairs, key=lambda pair: pair[1].casefold())


def is_region(country: str, region: str) -> bool:
    return region in public_holidays.regions().get(country, ())


@lru_cache(maxsize=64)
def _names(country: str) -> dict[str, str]:
    if country not in public_holidays.regions():
        return {}
    import holidays  # it takes a tenth of a second, and most processes never need it

    aliases = holidays.country_holidays(country).get_subdivision_aliases()
    return {code: names[0] for code, names in aliases.items() if names}
