"""Live tests of mailbox settings: asked for on a page, made by the worker, told when done."""

from __future__ import annotations

import dataclasses
import json
import queue
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from goodword.accounts.models import Teammate
from goodword.channels.email import diagnosing
from goodword.channels.email.accounts import AccountSettings, imap_server, smtp_server
from goodword.channels.email.explaining import Finding
from goodword.channels.email.models import Trial
from goodword.core import due, sealing
from goodword.events import waking

KEPT = timedelta(days=1)
_LEASE = timedelta(minutes=2)
_STEP_SECONDS = 15.0  # one step of the conversation with a server
_WHOLE_SECONDS = 45.0
_MOST_TRIES = 3

Try = Callable[[], Finding]


@transaction.atomic
def ask(settings: AccountSettings, *, by: Teammate, at: datetime) -> Trial:
    """Let the worker try these settings; they are stored sealed and go within a day."""
    trial = Trial.objects.create(
        by=by,
        sealed=sealing.seal(json.dumps(dataclasses.asdict(settings))),
        asked_at=at,
        due_at=at,
    )
    transaction.on_commit(waking.wake)
    return trial


def settings_of(trial: Trial) -> AccountSettings:
    """What was tried. Raises CannotUnseal."""
    return AccountSettings(**json.loads(sealing.unseal(trial.sealed)))


def findings(trial: Trial) -> dict[str, Finding]:
    """What came of it, by "imap" and "smtp"; a half without a server has none."""
    return {
        side: Finding(ok=found["ok"], code=found["code"], server_words=found["words"])
        for side, found in trial.found.items()
    }


def of(teammate: Teammate, public_id: str) -> Trial | None:
    """A trial of this teammate's; nobody sees another's."""
    return Trial.objects.filter(by=teammate, public_id=public_id).first()


def try_due(*, clock: Callable[[], datetime], most: int = 4) -> int:
    """Make the tests that are due; returns how many."""
    tried = 0
    for trial in due.claim(Trial.objects.all(), at=clock(), most=most, lease=_LEASE):
        tried += 1
        try:
            found = _try(settings_of(trial)) if trial.tries <= _MOST_TRIES else _given_up()
        except sealing.CannotUnseal:
            found = _given_up()
        plain = {
            side: {"ok": one.ok, "code": one.code, "words": one.server_words}
            for side, one in found.items()
        }
        Trial.objects.filter(pk=trial.pk, lease=trial.lease).update(found=plain, done_at=clock())
        due.finish(trial)
    return tried


def sweep(*, at: datetime) -> int:
    """Remove trials after a day, with the secrets in them; returns how many went."""
    return Trial.objects.filter(asked_at__lte=at - KEPT).delete()[0]


def _try(settings: AccountSettings) -> dict[str, Finding]:
    """Both halves at once, each within its time."""
    halves: dict[str, Try] = {}
    if settings.imap_host:
        imap = imap_server(settings, timeout_seconds=_STEP_SECONDS)
        halves["imap"] = lambda: diagnosing.try_imap(imap)
    if settings.smtp_host:
        smtp = smtp_server(settings, timeout_seconds=_STEP_SECONDS)
        halves["smtp"] = lambda: diagnosing.try_smtp(smtp)
    results: queue.SimpleQueue[tuple[str, Finding]] = queue.SimpleQueue()
    threads = [
        # A daemon: a server that drips a byte a second must not hold up the end of the process.
        threading.Thread(target=lambda s=side, t=half: results.put((s, t())), daemon=True)
        for side, half in halves.items()
    ]
    for thread in threads:
        thread.start()
    ends = time.monotonic() + _WHOLE_SECONDS
    for thread in threads:
        thread.join(max(0, ends - time.monotonic()))
    found = {side: Finding(ok=False, code="timeout") for side in halves}
    while not results.empty():
        side, finding = results.get()
        found[side] = finding
    return found


def _given_up() -> dict[str, Finding]:
    return {"imap": Finding(ok=False, code="other")}
