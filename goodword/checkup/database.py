"""The database: reachable, sound, of this version, and with our clock."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from goodword.core.diagnosis import Diagnosis, megabytes, span, worst

_ABOUT = "Database"
_MOST_WAL_BYTES = 512 * 2**20
_CLOCKS_DIFFER = timedelta(seconds=30)
_LEAST_POSTGRES = 150000


def look() -> Iterator[Diagnosis]:
    try:
        connection.ensure_connection()
        found = list(_sqlite() if connection.vendor == "sqlite" else _postgres())
        yield from found
        if worst(found) != "wrong":
            yield from _migrations()
    except DatabaseError as error:
        yield out_of_reach(error)


def out_of_reach(error: DatabaseError) -> Diagnosis:
    words = " ".join(str(error).split())
    if "malformed" in words or "not a database" in words:
        return _damaged(words)
    return Diagnosis(
        "wrong", "database", _ABOUT, f"it can't be used: {words}.",
        "Check that it runs, GOODWORD_DATABASE_URL, and that the data folder is yours.",
    )  # fmt: skip


def _damaged(words: str) -> Diagnosis:
    return Diagnosis(
        "wrong", "database", _ABOUT, f"its file is damaged: {words}.",
        "Stop Goodword, keep a copy of the data folder, and restore the last backup into an empty"
        " one. Then look at the disk.",
    )  # fmt: skip


def _migrations() -> Iterator[Diagnosis]:
    executor = MigrationExecutor(connection)
    known = set(executor.loader.disk_migrations)
    applied = set(executor.loader.applied_migrations)
    ours = {app for app, _ in known}
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    strange = sorted(f"{app} {name}" for app, name in applied - known if app in ours)
    if strange:
        yield Diagnosis(
            "wrong", "migrations", _ABOUT,
            f"it was used by a newer Goodword ({strange[-1]}).",
            "Install that version again, or restore the backup from before.",
        )  # fmt: skip
    elif missing:
        yield Diagnosis(
            "wrong", "migrations", _ABOUT,
            f"{len(missing)} steps behind this version of Goodword.",
            "Run `goodword migrate`; `goodword run` and `goodword web` do it by themselves.",
        )  # fmt: skip


def _sqlite() -> Iterator[Diagnosis]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(3)")
        said = [str(row[0]) for row in cursor.fetchall()]
    if said != ["ok"]:
        yield _damaged("; ".join(said)[:300])
        return
    path = Path(str(settings.DATABASES["default"]["NAME"]))
    wal = path.with_name(f"{path.name}-wal")
    wal_bytes = wal.stat().st_size if wal.exists() else 0
    if wal_bytes > _MOST_WAL_BYTES:
        yield Diagnosis(
            "look", "wal", _ABOUT,
            f"{megabytes(wal_bytes)} wait in {wal.name} to be moved into the database: some"
            " program has kept it open and read for long.",
            "Restart Goodword, and end other programs that have the file open.",
        )  # fmt: skip
        return
    size = megabytes(path.stat().st_size) if path.exists() else "in memory"
    yield Diagnosis("ok", "database", _ABOUT, f"SQLite {sqlite3.sqlite_version}, {size}, sound.")


def _postgres() -> Iterator[Diagnosis]:
    asked = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT clock_timestamp(), current_setting('server_version_num')::int,"
            " current_setting('server_encoding'), pg_database_size(current_database()),"
            " current_setting('server_version'), current_setting('synchronous_commit'),"
            " current_setting('fsync')"
        )
        theirs, number, encoding, size, version, commit, fsync = cursor.fetchone()
    yield from _clocks(theirs, asked + (timezone.now() - asked) / 2)
    if number < _LEAST_POSTGRES:
        yield Diagnosis(
            "wrong", "database", _ABOUT, f"PostgreSQL {version} is older than 15.", "Upgrade it."
        )
    elif encoding != "UTF8":
        yield Diagnosis(
            "wrong", "database", _ABOUT,
            f"its encoding is {encoding}, so most of the world's names can't be stored.",
            "Make a database with ENCODING 'UTF8', and move by `goodword backup` and `restore`.",
        )  # fmt: skip
    else:
        words = f"PostgreSQL {version}, {megabytes(size)}, reachable."
        yield Diagnosis("ok", "database", _ABOUT, words)
    if fsync == "off" or commit == "off":
        yield Diagnosis(
            "look", "durable", _ABOUT,
            "it says that something is stored before it is on the disk: a power cut loses mail"
            " that senders believe delivered.",
            "Set fsync and synchronous_commit to on in postgresql.conf.",
        )  # fmt: skip


def _clocks(theirs: datetime, ours: datetime) -> Iterator[Diagnosis]:
    if abs(theirs - ours) > _CLOCKS_DIFFER:
        way = "ahead of" if ours > theirs else "behind"
        yield Diagnosis(
            "wrong", "clock", "Clock",
            f"this machine is {span(ours - theirs)} {way} the database's: deadlines are wrong on"
            " one of them.",
            "Let both set their clocks by the network (chrony, systemd-timesyncd).",
        )  # fmt: skip
