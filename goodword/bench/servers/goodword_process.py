"""Goodword itself as a real process: `run`, `web` or `work`, with a data folder and spare ports."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from goodword.bench.servers import LOOPBACK, spare_port, wait_until
from goodword.bench.servers.warmed import Warmed

_ROOT = Path(__file__).resolve().parents[3]
_START_SECONDS = 60  # a first start migrates and collects the static files
_STOP_SECONDS = 20  # a crowded machine takes its time
_WORKS = "Goodword works."
# Loopback never goes through the proxy that the shell may name.
_straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class GoodwordProcess:
    """`start` waits until it serves. `run` calls other commands in the same environment.

    Without `database_url` the database is SQLite in the data folder. `environment` adds to what
    the process sees; nothing of ours comes from outside but PATH, HOME and the language.
    """

    host: str = LOOPBACK
    port: int
    smtp_port: int
    url: str
    data: Path
    environment: dict[str, str]

    def __init__(
        self,
        *,
        database_url: str = "",
        environment: dict[str, str] | None = None,
        command: str = "run",
        data: Path | None = None,
    ) -> None:
        """With `data` given that folder is used and kept (a second process on the same data)."""
        self._process: subprocess.Popen[bytes] | None = None
        self._warmed: Warmed | None = None
        self._command = command
        self._began_at = 0
        self._folder = Path(tempfile.mkdtemp(prefix="goodword-process-"))
        self.data = data or self._folder / "data"
        self.port, self.smtp_port = spare_port(), spare_port()
        self.url = f"http://{LOOPBACK}:{self.port}"
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            "PYTHONPATH": str(_ROOT),
            "PYTHONUNBUFFERED": "1",
            "GOODWORD_DATA": str(self.data),
            "GOODWORD_PORT": str(self.port),
            "GOODWORD_SMTP_PORT": str(self.smtp_port),
            **({"GOODWORD_DATABASE_URL": database_url} if database_url else {}),
            **(environment or {}),
        }

    def start(self) -> Self:
        """Start; `run` waits for a good /healthz, `web` for any, `work` until it says it works."""
        self.launch()
        self.wait_until_it_serves()
        return self

    def launch(self) -> None:
        """Start and wait for nothing; `wait_until_it_serves` does that."""
        self._began_at = len(self.log)
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "goodword", self._command],
                env=self.environment,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def wait_until_it_serves(self) -> None:
        wait_until(self._is_healthy, seconds=_START_SECONDS, what=f"{self.url} serves")

    def stop(self) -> None:
        """SIGTERM; not gone within five seconds is a fault, told with the log (then killed)."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(
                f"goodword {self._command} ran on {_STOP_SECONDS} s after SIGTERM:\n{self.log}"
            ) from None
        self._process = None

    def kill(self) -> None:
        """SIGKILL: no farewell, as when the power goes."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def restart(self) -> Self:
        """Stop (when running) and start on the same data and ports."""
        self.stop()
        return self.start()

    def remove(self) -> None:
        """Stop, and remove the data folder (unless it was given)."""
        try:
            self.stop()
        finally:
            if self._warmed is not None:
                self._warmed.end()
            shutil.rmtree(self._folder, ignore_errors=True)

    def run(
        self, *arguments: str, input: str | bytes | None = None, timeout: float = 60
    ) -> subprocess.CompletedProcess[bytes]:
        """`goodword <arguments>` beside the server; look at returncode, stdout, stderr (bytes)."""
        return subprocess.run(
            [sys.executable, "-m", "goodword", *arguments],
            env=self.environment,
            cwd=self._folder,
            input=input.encode() if isinstance(input, str) else input,
            stdin=subprocess.DEVNULL if input is None else None,
            capture_output=True,
            timeout=timeout,
        )

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        """`goodword <arguments>` beside the server, left running; give it its input, or kill it."""
        return subprocess.Popen(
            [sys.executable, "-m", "goodword", *arguments],
            env=self.environment,
            cwd=self._folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def python(self, code: str, *, timeout: float = 60) -> subprocess.CompletedProcess[str]:
        """Python beside the server, with Django set up; loading Goodword is paid for once."""
        if self._warmed is not None and self._warmed.environment != self.environment:
            self._warmed.end()
            self._warmed = None
        if self._warmed is None:
            self._warmed = Warmed(self.environment)
        try:
            return self._warmed.run(code, timeout=timeout)
        except subprocess.TimeoutExpired:
            self._warmed = None  # it has ended with what it ran
            raise

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None, "not started"
        return self._process.pid

    @property
    def log(self) -> str:
        """What all starts so far wrote to stdout and stderr."""
        path = self._folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.kill()
            self.remove()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.remove()

    def _is_healthy(self) -> bool:
        if not self.running:
            raise RuntimeError(f"goodword {self._command} ended while starting:\n{self.log}")
        if self._command == "work":
            return _WORKS in self.log[self._began_at :]
        status, _ = self.health()
        return status == 200 or (self._command == "web" and status != 0)

    def health(self) -> tuple[int, dict[str, Any]]:
        """Status and body of /healthz; 0 and nothing when nobody answers."""
        try:
            with _straight.open(f"{self.url}/healthz", timeout=2) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                told = error.read()
            with suppress(ValueError):  # a page of ours that says that something broke
                return error.code, json.loads(told)
            return error.code, {}
        except OSError:
            return 0, {}
