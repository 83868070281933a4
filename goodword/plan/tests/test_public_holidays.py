"""Public holidays, as far as we ask the library more than it answers by itself."""

from __future__ import annotations

from datetime import date

import pytest

from goodword.plan import public_holidays
from goodword.plan.models import Calendar


def test_the_names_are_in_the_language_asked_for_else_in_the_countrys():
    names = {each: public_holidays.of_year("CH", "", 2026, each)[date(2026, 1, 1)] for each in
             ("", "fr", "en", "en-GB", "tlh")}  # fmt: skip
    assert names == {
        "": "Neujahrstag",
        "fr": "Nouvel An",
        "en": "New Year's Day",
        "en-GB": "New Year's Day",
        "tlh": "Neujahrstag",
    }


@pytest.mark.parametrize(
    ("country", "region", "refused"),
    [
        ("DE", "", None),
        ("DE", "BY", None),
        ("", "", None),
        ("XX", "", public_holidays.UnknownCountry),
        ("de", "", public_holidays.UnknownCountry),
        ("DE", "by", public_holidays.UnknownRegion),
        ("", "BY", public_holidays.UnknownRegion),
    ],
)
def test_a_form_is_told_what_is_unknown(country: str, region: str, refused: type | None):
    if refused is None:
        assert public_holidays.check(country, region) is None
    else:
        with pytest.raises(refused):
            public_holidays.check(country, region)


@pytest.mark.parametrize("country", ["DE", "GB", "US", "SE", "IN", "JP"])
def test_a_year_holds_its_own_days_only_and_no_sundays_by_the_dozen(country: str):
    days = public_holidays.of_year(country, "", 2026)
    assert all(day.year == 2026 for day in days)
    assert 0 < len(days) < 40


def test_what_a_deadline_asks_of_an_unknown_place_is_answered_as_well_as_can_be():
    assert public_holidays.of_year("DE", "gone", 2026) == public_holidays.of_year("DE", "", 2026)
    assert public_holidays.of_year("XX", "", 2026) == {}


def test_the_codes_of_regions_fit_their_column():
    longest = max(len(code) for codes in public_holidays.regions().values() for code in codes)
    assert longest <= Calendar._meta.get_field("region").max_length


def test_every_country_and_region_can_be_asked():
    """The library's own lists agree with what it answers, so that no choice fails later."""
    for country, codes in public_holidays.regions().items():
        for region in ("", *codes[-1:]):
            assert isinstance(public_holidays.of_year(country, region, 2026), dict)
