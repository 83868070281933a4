"""An empty desk that mail is brought to, watched from outside: its rows, its CPU, its memory."""

from __future__ import annotations

import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg

from goodword.bench import processes
from goodword.bench.servers import LOOPBACK
from goodword.bench.servers.dovecot import Dovecot
from goodword.bench.servers.goodword_process import GoodwordProcess
from goodword.bench.servers.postgres import Postgres

ADDRESS = "hello@shop.example"
_LOOK_SECONDS = 0.1
_WEIGH_SECONDS = 1.0
_LONGEST_SECONDS = 1800
_COMMITTING_SECONDS = 1.5
_DONE = "SELECT (SELECT count(*) FROM desk_arrival), (SELECT count(*) FROM desk_arrival WHERE"
_DONE += " due_at IS NOT NULL), (SELECT count(*) FROM events_delivery WHERE due_at IS NOT NULL)"
_CONNECT = """
import datetime, django; django.setup()
from goodword.channels.email import accounts
from goodword.inboxes.models import Inbox
at = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
accounts.connect(Inbox.objects.get(), accounts.AccountSettings(**{settings!r}), by=None, at=at)
"""


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment, by three clocks; or what lies between two. CPU is that of all together."""

    seconds: float
    cpu_seconds: float
    database_cpu_seconds: float


class Desk:
    """Set up with one inbox; `running` lets `goodword run` serve it."""

    idle_mb: dict[str, float]
    busy_mb: dict[str, float]

    def __init__(self, folder: Path, postgres: Postgres | None) -> None:
        self.folder, self._postgres = folder, postgres
        self.idle_mb, self.busy_mb = {}, {}
        self._process = GoodwordProcess(
            data=folder,
            database_url=postgres.url if postgres else "",
            environment={"GOODWORD_SMTP_RATE": "1000000", "GOODWORD_LOG_LEVEL": "WARNING"},
        )

    def __enter__(self) -> Self:
        self._run(
            "setup", "--owner", "ana@shop.example", "--password-file", "-", "--business", "Shop",
            "--country", "DE", "--zone", "Europe/Berlin", "--inbox", ADDRESS,
            input="correct horse battery",
        )  # fmt: skip
        self._connection = self._open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()
        self._process.remove()

    def _open(self) -> Any:
        if self._postgres:
            return psycopg.connect(self._postgres.url, autocommit=True)
        return sqlite3.connect(self.folder / "goodword.sqlite3", isolation_level=None)

    def _run(self, *arguments: str, input: str | None = None) -> None:
        done = self._process.run(*arguments, input=input, timeout=_LONGEST_SECONDS)
        if done.returncode:
            raise RuntimeError(f"goodword {arguments[0]}: {(done.stdout + done.stderr).decode()}")

    @property
    def smtp_port(self) -> int:
        return self._process.smtp_port

    @contextmanager
    def running(self, *, idle_seconds: float) -> Iterator[None]:
        self._process.start()
        try:
            time.sleep(idle_seconds)
            self.idle_mb = self._memory_mb()
            yield
        except Exception as error:
            error.add_note(self._process.log)
            raise
        finally:
            self._process.stop()

    def connect(self, dovecot: Dovecot, user: str) -> None:
        """Let the inbox follow a mailbox of `dovecot`, from its first mail on."""
        settings = {
            "imap_host": LOOPBACK,
            "imap_port": dovecot.imap_port,
            "imap_security": "none",
            "imap_user": user,
            "imap_password": dovecot.password,
        }
        subprocess.run(
            [sys.executable, "-c", _CONNECT.format(settings=settings)],
            env={**self._process.environment, "DJANGO_SETTINGS_MODULE": "goodword.settings"},
            check=True,
        )

    # What is looked at from outside

    def moment(self) -> Moment:
        database = processes.cpu_seconds(self._postgres.pid) if self._postgres else 0.0
        cpu = database + processes.cpu_seconds(self._process.pid)
        return Moment(time.monotonic(), cpu, database)

    def _memory_mb(self) -> dict[str, float]:
        found = {"goodword": round(processes.pss_mb(self._process.pid), 1)}
        if self._postgres:
            found["postgres"] = round(processes.pss_mb(self._postgres.pid), 1)
        return found

    def wait_for(self, count: int, *, since: Moment, from_the_first: bool = False) -> Moment:
        """What it took to receive `count` mails; the CPU, until nothing is left to do.

        `from_the_first`: the clock begins when the first of them is there.
        """
        begun, received_at, weighed_at = since.seconds, 0.0, since.seconds
        while True:
            now = time.monotonic()
            arrived, waiting, undelivered = self._connection.execute(_DONE).fetchone()
            if from_the_first and arrived == 0:
                begun = now
            if not received_at and arrived >= count and not waiting:
                received_at = now
            if received_at and not undelivered:
                break
            if now - begun > _LONGEST_SECONDS:
                raise TimeoutError(f"{arrived} arrived, {waiting} of them wait")
            if now - weighed_at > _WEIGH_SECONDS:
                weighed_at = now
                self.busy_mb = max(self.busy_mb, self._memory_mb(), key=lambda mb: sum(mb.values()))
            time.sleep(_LOOK_SECONDS)
        ended = self.moment()
        return Moment(
            received_at - begun,
            ended.cpu_seconds - since.cpu_seconds,
            ended.database_cpu_seconds - since.database_cpu_seconds,
        )

    def run_to_its_end(self, *arguments: str) -> Moment:
        """What a command takes from its start to its end, when nothing else runs."""

        def cpu() -> tuple[float, float]:
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            database = processes.cpu_seconds(self._postgres.pid) if self._postgres else 0.0
            return used.ru_utime + used.ru_stime + database, database

        begun, before = time.monotonic(), cpu()
        self._run(*arguments)
        seconds, after = time.monotonic() - begun, cpu()
        return Moment(seconds, after[0] - before[0], after[1] - before[1])

    def commits_a_second(self) -> float:
        """How many small durable commits, one after the other, this disk and database manage."""
        if not self._postgres:
            # What Django sets for each connection.
            self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute("CREATE TABLE bare (number integer, words text)")
        begun, number = time.monotonic(), 0
        while (now := time.monotonic()) - begun < _COMMITTING_SECONDS:
            self._connection.execute(f"INSERT INTO bare VALUES ({number}, '{'x' * 500}')")
            number += 1
        self._connection.execute("DROP TABLE bare")
        return number / (now - begun)

    def check(self, count: int) -> None:
        """That every mail is there, and `goodword check` finds nothing wrong."""
        (there,) = self._connection.execute("SELECT count(*) FROM conversations_message").fetchone()
        if there != count:
            raise AssertionError(f"{count} mails were brought, {there} messages are there")
        self._run("check")
