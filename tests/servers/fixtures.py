"""The servers as pytest fixtures. Loaded by the conftest.py at the root, so every test has them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from threading import current_thread, main_thread
from typing import TypeVar

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from playwright.sync_api import Page

from goodword.bench.servers import NotInstalled
from goodword.bench.servers.dovecot import Dovecot
from goodword.bench.servers.goodword_process import GoodwordProcess
from goodword.bench.servers.postgres import Postgres
from goodword.bench.servers.smtp_sink import SmtpSink
from goodword.bench.servers.token_server import TokenServer
from tests.doors.house import PASSWORD, SETUP
from tests.servers import tables
from tests.servers.chromium import Chromium

Server = TypeVar("Server")


def strict() -> bool:
    """GOODWORD_TEST_STRICT=1: a missing program fails its tests instead of skipping them."""
    return os.environ.get("GOODWORD_TEST_STRICT") == "1"


def installed(make: Callable[[], Server]) -> Server:
    """Make the server, or skip the test that asked for it (fail it when strict)."""
    try:
        return make()
    except NotInstalled as missing:
        if strict():
            pytest.fail(f"{missing}, and GOODWORD_TEST_STRICT=1 wants it", pytrace=False)
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL cluster of this worker; `create_database()` gives a test its own database."""
    with installed(Postgres) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def _dovecot() -> Iterator[Dovecot]:
    with installed(Dovecot) as server:
        yield server


@pytest.fixture(scope="session")
def _dovecot_tls() -> Iterator[Dovecot]:
    with installed(lambda: Dovecot(tls=True)) as server:
        yield server


@pytest.fixture
def dovecot(_dovecot: Dovecot) -> Iterator[Dovecot]:
    """Dovecot without TLS. Take a `new_user()`: other tests' mail stays in it."""
    yield from _as_found(_dovecot)


@pytest.fixture
def dovecot_tls(_dovecot_tls: Dovecot) -> Iterator[Dovecot]:
    """Dovecot with IMAPS and STARTTLS under a self-signed certificate."""
    yield from _as_found(_dovecot_tls)


def _as_found(server: Dovecot) -> Iterator[Dovecot]:
    """Lend the server, and after the test start it and set its password again if need be."""
    password = server.password
    yield server
    if not server.running:
        server.start()
    if server.password != password:
        server.set_password(password)


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    """An SMTP server that accepts everything until told otherwise; fresh for each test."""
    with SmtpSink() as sink:
        yield sink


@pytest.fixture
def token_server() -> Iterator[TokenServer]:
    """An OAuth 2 provider whose people agree to everything; fresh for each test."""
    with TokenServer() as server:
        yield server


class Mould:
    """A Goodword that is made once, stopped for good; each test gets a copy of it."""

    def __init__(self, made: GoodwordProcess) -> None:
        self._made = made

    def run(self, *arguments: str, input: str | None = None) -> None:
        done = self._made.run(*arguments, input=input)
        assert done.returncode == 0, done.stderr.decode()

    def cast(self, **options: object) -> GoodwordProcess:
        """A copy with these options of `GoodwordProcess`, not started yet."""
        like = self._made.environment.get("GOODWORD_DATABASE_URL", "")
        if like:
            options = {"database_url": tables.new_database(like=like), **options}
        process = GoodwordProcess(**options)  # type: ignore[arg-type]  # passed through as given
        shutil.copytree(self._made.data, process.data, dirs_exist_ok=True)
        return process

    def remove(self) -> None:
        self._made.remove()


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """What Django finds there is the copy of `tables`; it goes with its folder or its cluster."""
    return True


def _outlast(connection: BaseDatabaseWrapper, **_: object) -> None:
    """What a page still asks when its test has ended gives way to the emptying of the tables."""
    if connection.vendor == "postgresql" and current_thread() is main_thread():
        with connection.cursor() as cursor:
            cursor.execute("SET deadlock_timeout = '30s'")  # the first who looks is stopped


connection_created.connect(_outlast)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    tables.copy_for_tests()


@pytest.fixture(scope="session")
def empty_goodword() -> Iterator[Mould]:
    """Its tables are made and nobody owns it."""
    mould = Mould(tables.goodword())
    yield mould
    mould.remove()


@pytest.fixture(scope="session")
def shop_goodword(empty_goodword: Mould) -> Iterator[Mould]:
    """It has its owner, its business and one inbox: the shop of `tests/doors/house.py`."""
    mould = Mould(empty_goodword.cast())
    mould.run(*SETUP, input=PASSWORD + "\n")
    yield mould
    mould.remove()


@pytest.fixture
def new_goodword() -> Iterator[GoodwordProcess]:
    """It runs, and when it started it found nothing: no folder, no tables."""
    with GoodwordProcess(database_url=tables.new_database()) as process:
        yield process


Starter = Callable[..., GoodwordProcess]


@pytest.fixture
def start_goodword(empty_goodword: Mould) -> Iterator[Starter]:
    """`start_goodword(environment={})` runs a Goodword that ends with the test.

    Its database is of the kind that the run is about.
    """
    yield from _starter(empty_goodword)


@pytest.fixture
def start_shop(shop_goodword: Mould) -> Iterator[Starter]:
    """As `start_goodword`; what runs is a shop that is set up."""
    yield from _starter(shop_goodword)


def _starter(mould: Mould) -> Iterator[Starter]:
    running: list[GoodwordProcess] = []

    def start(**options: object) -> GoodwordProcess:
        process = mould.cast(**options)
        running.append(process)
        return process.start()

    yield start
    for process in reversed(running):
        process.remove()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    # Not for the session: while Playwright is open, its event loop counts as running in this
    # thread, and every other test that the worker still has could neither use asyncio.run nor,
    # without the switch below, the database.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        with installed(Chromium) as browser:
            yield browser


@pytest.fixture
def page(chromium: Chromium) -> Iterator[Page]:
    """A page in a fresh profile. An error in the page's own script fails the test."""
    faults: list[str] = []
    with chromium.context() as context:
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        yield page
    assert not faults, f"errors in the page's script: {faults}"
