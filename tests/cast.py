"""The cast as a fixture: `house.ana` owns, `house.ben` answers, `house.carl` must not see."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.utils import translation
from pytest_django import DjangoDbBlocker

from tests.factories import make_house


@pytest.fixture
def house(db: None) -> SimpleNamespace:
    return make_house()


@pytest.fixture(scope="module")
def rows_of_module(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """For a fixture of a module's scope: what it writes is there for all tests of the module.

    What a test itself writes is taken back after it, as ever. Lend it a `deepcopy` of what is in
    memory.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def house_language() -> Iterator[None]:
    """A page asked for in German leaves its thread German; the next test begins afresh."""
    yield
    translation.deactivate()
