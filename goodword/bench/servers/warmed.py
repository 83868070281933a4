"""A Python that has loaded Goodword once: each piece of code runs in a fork of it.

Loading takes a second of CPU, and a test asks for many small things.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

_LOADED = """
import json, os, sys
import django
django.setup()
for line in sys.stdin:
    asked = json.loads(line)
    if child := os.fork():
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
        continue
    for number, place in enumerate((os.devnull, asked["out"], asked["err"])):
        os.dup2(os.open(place, os.O_RDWR | os.O_CREAT, 0o600), number)
    # It ends as a program of its own: a fault is told on stderr, and what ran at exit runs.
    exec(asked["code"], {"__name__": "__main__"})
    sys.exit()
"""


class Warmed:
    """It holds no connection to the database: the forks open and close their own."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = dict(environment)
        self._folder = tempfile.TemporaryDirectory(prefix="goodword-warmed-")
        self._log = Path(self._folder.name) / "log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _LOADED],
                env={**self.environment, "DJANGO_SETTINGS_MODULE": "goodword.settings"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )

    def run(self, code: str, *, timeout: float) -> subprocess.CompletedProcess[str]:
        """As a new process with `python -c code` would; Django is set up."""
        assert self._process.stdin is not None and self._process.stdout is not None
        folder = Path(tempfile.mkdtemp(dir=self._folder.name))
        asked = {"code": code, "out": str(folder / "out"), "err": str(folder / "err")}
        with suppress(BrokenPipeError):  # it has ended, and what it says is read below
            self._process.stdin.write(json.dumps(asked).encode() + b"\n")
            self._process.stdin.flush()
        if not select.select([self._process.stdout], [], [], timeout)[0]:
            self.end()
            raise subprocess.TimeoutExpired(code, timeout)
        if not (said := self._process.stdout.readline()):
            raise RuntimeError(f"Goodword can't be loaded:\n{self._log.read_text()}")
        out, err = ((folder / name).read_text() for name in ("out", "err"))
        return subprocess.CompletedProcess(code, int(said), out, err)

    def end(self) -> None:
        """With the fork that still runs: left alone it would go on writing to the database."""
        if self._process.returncode is None:  # else the number may be another's by now
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()
        self._folder.cleanup()
