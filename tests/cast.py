"""The cast as a fixture: `house.ana` owns, `house.ben` answers, `house.carl` must not see."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.factories import make_house


@pytest.fixture
def house(db: None) -> SimpleNamespace:
    return make_house()
