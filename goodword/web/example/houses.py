"""The real house, and the example beside it: a folder each, and one of them is served.

`goodword run` serves the example for as long as its folder lies in the data folder. To change over
it stops as on SIGTERM and begins anew with the other folder, its listening sockets kept open, so
that whoever comes meanwhile waits a moment and is refused nothing (docs/adr/0015-the-example.md).
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import secrets
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import close_old_connections

from goodword.accounts import queries as accounts
from goodword.conversations.models import Conversation

logger = logging.getLogger(__name__)

_KEYS = "keys-to-the-example"  # one hash a line
_lock = threading.Lock()
_building: subprocess.Popen[bytes] | None = None
_change_over: Callable[[], None] | None = None


def serve_by(change_over: Callable[[], None]) -> None:
    """`goodword run` says how it changes over; without that nothing is offered."""
    global _change_over
    _change_over = change_over


def folder() -> Path:
    """Where the example lies once it is furnished, seen from the real house."""
    return Path(settings.DATA_DIR) / "example"


def _being_furnished() -> Path:
    return Path(settings.DATA_DIR) / ".example-being-furnished"


def home() -> Path | None:
    """The real house, seen from the example; None for an example that stands alone."""
    real = Path(settings.DATA_DIR).parent
    beside = settings.EXAMPLE and Path(settings.DATA_DIR).name == "example"
    return real if beside and (real / "goodword.sqlite3").exists() else None


def stands_beside() -> bool:
    """Whether this is the real house, and the example is what is to be served."""
    return not settings.EXAMPLE and (folder() / settings.EXAMPLE_MARK).exists()


def is_offered() -> bool:
    """Only on the first evening, and only where one process serves one SQLite file of its own."""
    return (
        _change_over is not None
        and not settings.EXAMPLE
        and _has_a_file_of_its_own()
        and accounts.business() is None
        and not Conversation.objects.exists()
    )


def _has_a_file_of_its_own() -> bool:
    """SQLite in the data folder: another folder is another database then."""
    own = Path(settings.DATA_DIR) / "goodword.sqlite3"
    return str(settings.DATABASES["default"]["NAME"]) == str(own)


def begin() -> str:
    """Furnish the example in a process of its own; returns a key that opens it once."""
    with _lock:
        if not is_being_furnished() and not stands_beside():
            _furnish()
        return new_key(folder() if stands_beside() else _being_furnished())


def is_being_furnished() -> bool:
    return _building is not None and _building.poll() is None


def _furnish() -> None:
    global _building
    place = _being_furnished()
    for rest in (place, folder()):  # of a building, or a leaving, that was cut short
        shutil.rmtree(rest, ignore_errors=True)
    place.mkdir(mode=0o700)
    command = [sys.executable, "-m", "goodword", "example", str(place)]
    _building = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603  # our own program
    threading.Thread(target=_move_in, args=(_building, place), daemon=True).start()


def _move_in(building: subprocess.Popen[bytes], place: Path) -> None:
    """Wait until it is furnished; unless something real has begun meanwhile, serve it."""
    try:
        code = building.wait()
        if code != 0 or not is_offered() or _change_over is None:
            logger.warning("the example is not served", extra={"code": code})
            shutil.rmtree(place, ignore_errors=True)
            return
        with _lock:
            place.rename(folder())
        _change_over()
    finally:
        close_old_connections()


def leave() -> None:
    """Serve the real house again. The example goes when nothing serves it any more."""
    if home() is None or _change_over is None:
        return
    (Path(settings.DATA_DIR) / settings.EXAMPLE_MARK).unlink(missing_ok=True)
    _change_over()


def next_house() -> Path:
    """Where to go on after a change-over; an example that was left is dropped."""
    if not settings.EXAMPLE:
        return folder()
    real = home()
    assert real is not None, "only an example beside a real house can be left"
    shutil.rmtree(settings.DATA_DIR)
    return real


def new_key(place: Path) -> str:
    """A key that lets one person into the example in `place` as its owner, once."""
    key = secrets.token_urlsafe(24)
    with (place / _KEYS).open("a") as keys:
        keys.write(f"{_hash(key)}\n")
    os.chmod(place / _KEYS, 0o600)
    return key


def use_key(key: str) -> bool:
    """Whether it opens this example. It never does again."""
    with _lock:
        path = Path(settings.DATA_DIR) / _KEYS
        known = path.read_text().split() if path.exists() else []
        left = [each for each in known if not hmac.compare_digest(each, _hash(key))]
        path.write_text("".join(f"{each}\n" for each in left))
        return len(left) < len(known)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
