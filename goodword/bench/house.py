"""A Goodword of its own to measure: its folder, its database, its processes."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click
import django

from goodword.bench import processes
from goodword.bench.servers.goodword_process import GoodwordProcess
from goodword.bench.servers.postgres import Postgres


class House:
    """The data and the processes on it; this process works on the same data."""

    def __init__(self, folder: Path, postgres: Postgres | None) -> None:
        self.folder, self._postgres = folder, postgres
        self.process = self._make("web")

    def _make(self, command: str) -> GoodwordProcess:
        return GoodwordProcess(
            command=command,
            data=self.folder,
            database_url=self._postgres.url if self._postgres else "",
        )

    @contextmanager
    def serving(self, command: str) -> Iterator[None]:
        with self._make(command) as self.process:
            try:
                yield
            except AssertionError as error:
                error.add_note(self.process.log)
                raise

    def idle_mb(self, command: str) -> dict[str, float]:
        with self.serving(command):
            time.sleep(2)  # each of its lanes has looked once
            return self.memory_mb()

    def memory_mb(self) -> dict[str, float]:
        found = {"goodword": round(processes.pss_mb(self.process.pid), 1)}
        if self._postgres:
            found["postgres"] = round(processes.pss_mb(_pid(self._postgres)), 1)
        return found

    def cpu_seconds(self) -> tuple[float, float]:
        """Of the web server, and of the database beside it."""
        database = processes.cpu_seconds(_pid(self._postgres)) if self._postgres else 0.0
        return processes.cpu_seconds(self.process.pid), database


def _pid(postgres: Postgres) -> int:
    return int((postgres.folder / "data" / "postmaster.pid").read_text().split()[0])


# Making all tables takes longer than some measurements.
begin_with_option = click.option(
    "--begin-with", type=click.Path(path_type=Path), hidden=True, help="A data folder to copy."
)


@contextmanager
def at_work(database: str, *, begin_with: Path | None = None) -> Iterator[House]:
    """With the data folder of its own, on which this process works as well; removed in the end.

    `begin_with`: a data folder that it begins as a copy of.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="goodword-bench-")))
        if begin_with is not None:
            shutil.copytree(begin_with, folder / "data")
        postgres = stack.enter_context(Postgres()) if database == "postgres" else None
        house = House(folder / "data", postgres)
        os.environ.update(house.process.environment)
        house.process.remove()  # each that serves is made anew
        os.environ["DJANGO_SETTINGS_MODULE"] = "goodword.settings"
        django.setup()
        yield house
