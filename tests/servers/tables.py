"""All tables and static files, made once; whoever needs them gets a copy.

Making them takes a process many seconds, copying them nothing. On SQLite they are kept for the
next run as well, until a migration changes or a library.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Callable
from functools import cache
from itertools import count
from pathlib import Path

import psycopg
from django.db import connection

from goodword.bench.servers.goodword_process import GoodwordProcess

CLUSTER = "GOODWORD_TEST_DATABASE_URL"  # of the run's PostgreSQL: the conftest.py at the root
_ROOT = Path(__file__).resolve().parents[2]
_KEPT = _ROOT / ".pytest_cache" / "tables"
_FILE = "goodword.sqlite3"
_A_DAY_SECONDS = 24 * 3600
_numbers = count(1)


def copy_for_tests() -> None:
    """Lay a copy where Django looks for the database of the tests."""
    name = str(connection.creation._get_test_db_name())
    if CLUSTER in os.environ:
        _create(name, like=_in_cluster())
    else:
        shutil.copyfile(_in_file(), name)


def goodword(*, in_file: bool = False) -> GoodwordProcess:
    """A Goodword of nobody, not started yet. `in_file`: on SQLite, whatever the run is about."""
    in_cluster = CLUSTER in os.environ and not in_file
    url = new_database(like=_in_cluster()) if in_cluster else ""
    process = GoodwordProcess(database_url=url)
    process.data.mkdir(mode=0o700)
    if not in_cluster:
        shutil.copyfile(_in_file(), process.data / _FILE)
    # One by one: the whole would give its own rights to the folder.
    shutil.copytree(_static_files() / "static", process.data / "static")
    shutil.copy(_static_files() / "static.made-of", process.data)
    return process


def new_database(*, like: str = "") -> str:
    """URL of a database in the run's PostgreSQL: empty, or a copy of the one at the URL `like`.

    On SQLite "": a process makes its own in its folder.
    """
    if CLUSTER not in os.environ:
        return ""
    return _create(f"goodword_{os.getpid()}_{next(_numbers)}", like=like)


def _in_file() -> Path:
    def make(begun: Path) -> None:
        process = GoodwordProcess()
        _migrate(process)
        shutil.copyfile(process.data / _FILE, begun)
        process.remove()

    return _made_once(_KEPT / _key() / "made.sqlite3", make)


def _static_files() -> Path:
    """A folder of them, gathered. Should our key miss a change, each start gathers them itself."""

    def make(begun: Path) -> None:
        process = GoodwordProcess()
        process.data.mkdir(mode=0o700)
        shutil.copyfile(_in_file(), process.data / _FILE)
        _migrate(process)
        shutil.copytree(process.data / "static", begun / "static")
        shutil.copyfile(process.data / "static.made-of", begun / "static.made-of")
        process.remove()
        for old in _KEPT.glob("static-*"):
            if time.time() - old.stat().st_mtime > _A_DAY_SECONDS:
                shutil.rmtree(old)

    return _made_once(_KEPT / f"static-{_key_of_static()}" / "made", make)


def _made_once(made: Path, make: Callable[[Path], None]) -> Path:
    """The first who asks makes it; other processes wait for it."""
    made.parent.mkdir(parents=True, exist_ok=True)
    with (made.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            begun = made.with_name("begun")
            shutil.rmtree(begun, ignore_errors=True)  # of somebody who was killed
            make(begun)
            begun.rename(made)  # all of it, or nothing
    return made


@cache
def _key_of_static() -> str:
    found = hashlib.sha256((_ROOT / "requirements.lock").read_bytes())
    for path in sorted(_ROOT.glob("goodword/**/static/**/*")):
        stat = path.stat()
        found.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return found.hexdigest()[:16]


@cache
def _key() -> str:
    """Of all that tables are made by."""
    found = hashlib.sha256()
    for path in [*sorted(_ROOT.glob("goodword/**/migrations/*.py")), _ROOT / "requirements.lock"]:
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def _in_cluster() -> str:
    with psycopg.connect(_url("postgres"), autocommit=True) as line:
        line.execute("SET lock_timeout = 0")
        line.execute("SELECT pg_advisory_lock(1)")  # until the line is closed
        if not line.execute("SELECT 1 FROM pg_database WHERE datname = 'tables'").fetchone():
            process = GoodwordProcess(database_url=_create("being_made"))
            _migrate(process)
            process.remove()
            line.execute("ALTER DATABASE being_made RENAME TO tables")
    return _url("tables")


def _migrate(process: GoodwordProcess) -> None:
    made = process.run("migrate", timeout=300)
    assert made.returncode == 0, made.stderr.decode()


def _create(name: str, *, like: str = "") -> str:
    template = f' TEMPLATE "{like.rpartition("/")[2]}"' if like else ""
    with psycopg.connect(_url("postgres"), autocommit=True) as line:
        line.execute(f'CREATE DATABASE "{name}"{template}')
    return _url(name)


def _url(name: str) -> str:
    return f"{os.environ[CLUSTER].rpartition('/')[0]}/{name}"
