"""What the test run says about itself: what is missing, and where it keeps its data."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from goodword.bench.servers import NotInstalled, find_program
from tests.servers.fixtures import installed


def _nothing() -> None:
    find_program("goodword-no-such-program")


def test_given_a_missing_program_its_test_is_skipped_and_says_why(monkeypatch):
    monkeypatch.delenv("GOODWORD_TEST_STRICT", raising=False)

    with pytest.raises(pytest.skip.Exception, match="goodword-no-such-program isn't installed"):
        installed(_nothing)


def test_given_a_strict_run_a_missing_program_is_a_failure(monkeypatch):
    monkeypatch.setenv("GOODWORD_TEST_STRICT", "1")

    with pytest.raises(pytest.fail.Exception, match="goodword-no-such-program isn't installed"):
        installed(_nothing)


def test_given_a_program_in_sbin_it_is_found_with_an_ordinary_path(monkeypatch):
    monkeypatch.setenv("PATH", "/usr/bin")

    assert find_program("ldconfig").endswith("/ldconfig")
    with pytest.raises(NotInstalled):
        _nothing()


def test_given_a_test_run_its_data_folder_is_its_own():
    assert settings.DATA_DIR.name.startswith("goodword-tests-")
    assert Path(os.environ["GOODWORD_DATA"]).resolve() == settings.DATA_DIR


@pytest.mark.django_db
def test_given_the_asked_database_the_tests_run_on_it():
    asked = os.environ.get("GOODWORD_TEST_DATABASE", "sqlite")

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert connection.vendor == {"sqlite": "sqlite", "postgres": "postgresql"}[asked]


if connection.vendor == "postgresql":

    @pytest.mark.django_db(transaction=True)
    def test_what_is_still_asked_gives_way_to_the_emptying_of_the_tables():
        with ThreadPoolExecutor(1) as page:
            asked = page.submit(_how_long_it_waits).result()
        assert (_how_long_it_waits(), asked) == ("30s", "1s")


def _how_long_it_waits() -> str:
    connection.close()
    with connection.cursor() as cursor, closing(connection):
        cursor.execute("SHOW deadlock_timeout")
        return str(cursor.fetchone()[0])
