"""The worker: lanes of due work, the mailboxes, the doors for mail, in threads of one process."""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime

from django.conf import settings
from django.db import close_old_connections, connection
from django.utils import timezone

from goodword import wiring
from goodword.channels.email.fetching import Fetcher
from goodword.channels.email.intake import Doors
from goodword.events import actions as events
from goodword.events import waking

logger = logging.getLogger(__name__)

_LOOK_SECONDS = 0.5
# Where something came more comes soon: it gathers meanwhile, and shares one look and its commits.
_BETWEEN_LOOKS_SECONDS, _MANY = 0.1, 40
_SWEEP_SECONDS = 10.0
_BEAT_SECONDS = 10.0


def _at_most_every(seconds: int, job: wiring.Job) -> wiring.Job:
    """`job`, but called again only after `seconds`; the first call works at once."""
    last: float | None = None

    def paced(at: datetime) -> int:
        nonlocal last
        now = time.monotonic()
        if last is not None and now - last < seconds:
            return 0
        last = now
        return job(at)

    return paced


class Worker:
    """Start it, stop it. A lane finishes the row it has in hand before it ends."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        lanes = [(name, jobs, _LOOK_SECONDS) for name, jobs in wiring.LANES.items()]
        sweep = [_at_most_every(seconds, job) for job, seconds in wiring.SWEEP]
        lanes.append(("sweep", sweep, _SWEEP_SECONDS))
        self._threads = [
            threading.Thread(target=self._lane, args=lane, name=f"lane-{lane[0]}") for lane in lanes
        ]
        self._fetcher = Fetcher(clock=timezone.now)
        self._doors = Doors(clock=timezone.now)

    def start(self) -> None:
        """Raises CannotListen when a port for mail is taken."""
        self._doors.start()
        for thread in self._threads:
            thread.start()
        if not settings.EXAMPLE:
            self._fetcher.start()

    def stop(self) -> None:
        self._doors.stop()
        self._stop.set()
        waking.wake()
        self._fetcher.stop()
        for thread in self._threads:
            if thread.is_alive():  # a start that failed began none
                thread.join()

    def _lane(self, name: str, jobs: list[wiring.Job], pause: float) -> None:
        seen, beaten = 0, 0.0
        while not self._stop.is_set():
            done, looked = 0, time.monotonic()
            try:
                if time.monotonic() - beaten > _BEAT_SECONDS:
                    events.beat(name, at=timezone.now())
                    beaten = time.monotonic()
                for job in jobs:
                    done += job(timezone.now())
            except Exception:  # a lane never ends by itself: the next round tries again
                logger.exception("a lane failed", extra={"lane": name})
                self._stop.wait(2)
            close_old_connections()
            if not done:
                seen = self._rest(seen, pause)
            if done < _MANY:
                self._stop.wait(max(0.0, looked + _BETWEEN_LOOKS_SECONDS - time.monotonic()))
        connection.close()

    def _rest(self, seen: int, pause: float) -> int:
        if pause > _LOOK_SECONDS:
            self._stop.wait(pause)
            return seen
        return waking.wait(seen, seconds=pause)
