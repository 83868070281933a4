"""A throw-away PostgreSQL cluster: its own folder and port, no fsync, gone after `stop`."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from goodword.bench.servers import LOOPBACK, NotInstalled, spare_port, wait_until

_SYSTEM_USER = "postgres"


def _programs() -> Path:
    """The folder of `initdb` and `postgres`; Debian keeps it out of PATH, one per version."""
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    if pg_config := shutil.which("pg_config"):
        told = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=True)
        candidates.insert(0, Path(told.stdout.strip()))
    if initdb := shutil.which("initdb"):
        candidates.append(Path(initdb).resolve().parent)
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise NotInstalled("PostgreSQL (initdb, postgres) isn't installed")


def _version(folder: Path) -> int:
    number = folder.parent.name
    return int(number) if number.isdecimal() else 0


def _as_server_user() -> dict[str, Any]:
    """Arguments for subprocess: PostgreSQL refuses to run as root, so root lends it `postgres`."""
    if os.geteuid() != 0:
        return {}
    return {"user": _SYSTEM_USER, "group": _SYSTEM_USER, "extra_groups": []}


class Postgres:
    """A cluster with one empty database at `url`; `create_database` makes more.

    `durable`: what was committed survives `fail`. Without it commits are quicker.
    """

    url: str
    port: int
    folder: Path

    def __init__(self, *, durable: bool = False) -> None:
        self._durable = durable
        self._programs = _programs()
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0
        self.port = spare_port()
        self.url = self._url("goodword")

    def start(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="goodword-postgres-"))
        if os.geteuid() == 0:
            shutil.chown(self.folder, _SYSTEM_USER, _SYSTEM_USER)
        try:
            self._initialise()
            self._serve()
            self._sql('CREATE DATABASE "goodword"')
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)  # "fast": clients are cut off
            try:
                self._process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def fail(self) -> None:
        """Stop at once and cut everybody off, as when the machine goes; the data stays."""
        assert self._process is not None, "not started"
        self._process.send_signal(signal.SIGQUIT)  # "immediate": recovers at the next start
        self._process.wait(timeout=20)
        self._process = None

    def come_back(self) -> None:
        """Start again after `fail`, on the same data and port."""
        self._serve()

    def create_database(self, *, like: str = "") -> str:
        """URL of a new database in this cluster: empty, or a copy of the one at the URL `like`,
        to which nobody may be connected then.
        """
        self._databases += 1
        name = f"extra_{self._databases}"
        template = f' TEMPLATE "{like.rpartition("/")[2]}"' if like else ""
        self._sql(f'CREATE DATABASE "{name}"{template}')
        return self._url(name)

    @property
    def pid(self) -> int:
        """Of the process that has all others as its children."""
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _url(self, database: str) -> str:
        return f"postgres://goodword@{LOOPBACK}:{self.port}/{database}"

    def _initialise(self) -> None:
        made = subprocess.run(
            [
                self._programs / "initdb",
                f"--pgdata={self.folder / 'data'}",
                "--username=goodword",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ],
            capture_output=True,
            text=True,
            cwd=self.folder,
            **_as_server_user(),
        )
        if made.returncode:
            raise RuntimeError(f"initdb failed: {made.stderr or made.stdout}")

    def _serve(self) -> None:
        settings = {
            "port": self.port,
            "listen_addresses": LOOPBACK,
            "unix_socket_directories": "",
            "fsync": "off",
            # The file system forgets nothing when only a process dies, so fsync may stay off.
            "synchronous_commit": "on" if self._durable else "off",
            "full_page_writes": "off",
            "max_connections": 100,
            "shared_buffers": "64MB",
            # A test that forgets a lock then fails with PostgreSQL's words instead of hanging.
            "lock_timeout": "30s",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self.folder / "data", *options],
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                cwd=self.folder,
                **_as_server_user(),
            )
        wait_until(self._answers, seconds=30, what="PostgreSQL answers")

    def _answers(self) -> bool:
        import psycopg

        if self._process is not None and self._process.poll() is not None:
            raise RuntimeError(f"PostgreSQL stopped while starting:\n{self.log}")
        try:
            psycopg.connect(self._url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _sql(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(statement)
