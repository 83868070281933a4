"""The cast as a fixture: `house.ana` owns, `house.ben` answers, `house.carl` must not see."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.utils import translation

from tests.factories import make_house


@pytest.fixture
def house(db: None) -> SimpleNamespace:
    return make_house()


@pytest.fixture(autouse=True)
def house_language() -> Iterator[None]:
    """A page asked for in German leaves its thread German; the next test begins afresh."""
    yield
    translation.deactivate()
