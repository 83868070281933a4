"""The disk fills up, by and by and to the last byte, and has room again later.

A small file system of its own (tmpfs) holds the data folder, so "full" is what the kernel says.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import cycle
from pathlib import Path

from goodword.bench.faults import probes
from goodword.bench.faults.account import Account, account_for
from goodword.bench.faults.house import Browser, House
from goodword.bench.faults.killing import Tell, settle
from goodword.bench.faults.plan import DOORS, INBOXES, Letter, Plan, Round
from goodword.bench.faults.traffic import Traffic
from goodword.bench.servers import NotInstalled

SIZE_MB = 48
LEAST_MB = 4  # what GOODWORD_LEAST_DISK_MB is set to
_MB = 1024 * 1024
_LOOK_SECONDS = 2.0  # who would take a mail without room does so within that
_LARGE = Letter(
    "large", INBOXES[0], ("smtp",), b"Subject: Large\r\n\r\n" + (b"x" * 62 + b"\r\n") * 2**17, 0, 0
)


@contextmanager
def small_disk() -> Iterator[Path]:
    """A folder on a file system of SIZE_MB. Raises NotInstalled where none may be mounted."""
    folder = Path(tempfile.mkdtemp(prefix="goodword-disk-"))
    try:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", folder],
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise NotInstalled(f"a small file system can't be mounted here: {done.stderr.strip()}")
        try:
            yield folder
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)
    finally:
        folder.rmdir()


def run(plan: Plan, house: House, *, tell: Tell = lambda _: None) -> Account:
    """The first round's letters meet a disk that is nearly full, a second's one that is full.

    `house.data` lies on the small disk, and LEAST_MB is its GOODWORD_LEAST_DISK_MB.
    """
    nearly, *wholly = plan.rounds
    house.live_as("embedded")
    traffic = Traffic(house)
    wrong: list[str] = []
    ballast = _Ballast(house.data.parent / "ballast")
    try:
        ballast.leave((LEAST_MB + 2) * _MB)
        tell("there is room for small mails only")
        if not 400 <= (code := probes.smtp_says(house, _LARGE)) < 500:
            wrong.append(f"SMTP said {code} to a mail that is larger than the disk")
        ballast.leave(LEAST_MB * _MB // 2)
        tell("the disk is nearly full")
        wrong += _while_short(house, traffic, nearly)
        if "disk of this machine is nearly full" not in Browser(house.url).page("/inbox/all/"):
            wrong.append("nearly full: the page doesn't say so")
        for each in wholly:
            ballast.leave(0)
            tell("the disk is full")
            wrong += _while_short(house, traffic, each)
        ballast.remove()
        tell("there is room again")
        traffic.finish(seconds=120)
    finally:
        ballast.remove()
        traffic.stop()
    settle(plan, house)
    account = account_for(plan, house)
    account.wrong += wrong + traffic.trouble
    return account


def _while_short(house: House, traffic: Traffic, each: Round) -> list[str]:
    """Everybody tries to bring mail, and nothing may be taken."""
    wrong = []
    before = probes.arrivals(house)
    by_every_door = zip(each.letters, cycle(DOORS), strict=False)
    letters = tuple(replace(letter, doors=(door,)) for letter, door in by_every_door)
    traffic.add(letters, each.replies)
    if not 400 <= (code := probes.smtp_says(house, each.letters[0])) < 500:
        wrong.append(f"SMTP said {code} without room on the disk")
    if (code := probes.pipe_says(house, each.letters[0])) != 75:
        wrong.append(f"the pipe ended with {code} without room on the disk")
    time.sleep(_LOOK_SECONDS)
    if (taken := probes.arrivals(house) - before) != 0:
        wrong.append(f"{taken} mails were taken without room on the disk")
    return wrong


class _Ballast:
    def __init__(self, path: Path) -> None:
        self._path = path

    def leave(self, free_bytes: int) -> None:
        """Fill the disk until about so much is free; 0: until the kernel says no."""
        with self._path.open("ab") as ballast:
            wanted = shutil.disk_usage(self._path.parent).free - free_bytes
            with suppress(OSError):
                while wanted > 0 or not free_bytes:
                    size = min(wanted, _MB) if free_bytes else 4096
                    os.write(ballast.fileno(), b"\0" * size)
                    wanted -= size

    def remove(self) -> None:
        self._path.unlink(missing_ok=True)
