"""Mail servers that bring mail: several senders at once, in a process beside the measurement."""

from __future__ import annotations

import smtplib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

from goodword.bench import mails
from goodword.bench.servers import LOOPBACK

_READY = b"ready\n"


class Senders:
    """The process; it makes its mails first. `begin` lets it send, `finish` waits for its end."""

    def __init__(self, port: int, *, count: int, seed: int, to: str, at_once: int) -> None:
        given = [str(port), str(count), str(seed), to, str(at_once)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "goodword.bench.sending", *given],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def __enter__(self) -> Self:
        assert self._process.stdout is not None
        if self._process.stdout.readline() != _READY:
            raise RuntimeError("the senders ended before they began")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self._process.kill()
        self._process.communicate()

    def begin(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(b"go\n")
        self._process.stdin.flush()

    def finish(self) -> None:
        """Raises RuntimeError when a mail was not taken."""
        if self._process.wait(timeout=60):
            raise RuntimeError("a sender heard something else than 250")


def send(port: int, raws: list[bytes], *, to: str) -> None:
    """One sender: one connection, one mail after the other. Raises SMTPException."""
    with smtplib.SMTP(LOOPBACK, port, timeout=60) as smtp:
        for raw in raws:
            smtp.sendmail("customer@home.example", [to], raw)


def _main(port: str, count: str, seed: str, to: str, at_once: str) -> None:
    raws = list(mails.make(int(count), seed=int(seed), to=to))
    sys.stdout.buffer.write(_READY)
    sys.stdout.flush()
    sys.stdin.readline()
    senders = int(at_once)
    with ThreadPoolExecutor(senders) as threads:
        sent = [
            threads.submit(send, int(port), raws[number::senders], to=to)
            for number in range(senders)
        ]
        for each in sent:
            each.result()


if __name__ == "__main__":
    _main(*sys.argv[1:])
