"""Live tests of mailbox settings: asked for on a page, made by the worker, told when done."""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from goodword.accounts.models import Teammate
from goodword.channels.email import diagnosing, oauth
from goodword.channels.email.accounts import (
    AccountSettings,
    Token,
    imap_server,
    settings_from_json,
    settings_to_json,
    smtp_server,
)
from goodword.channels.email.failures import Finding, explain
from goodword.channels.email.models import Trial
from goodword.channels.email.providers import CONSENTS
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
        sealed=sealing.seal(settings_to_json(settings)),
        asked_at=at,
        due_at=at,
    )
    transaction.on_commit(waking.wake)
    return trial


def ask_consent(
    settings: AccountSettings, *, redirect_uri: str, by: Teammate, at: datetime
) -> Trial:
    """A trial that waits until the provider's answer comes back to `redirect_uri`."""
    asking = {"redirect_uri": redirect_uri, "verifier": oauth.new_verifier()}
    return Trial.objects.create(
        by=by,
        sealed=sealing.seal(settings_to_json(replace(settings, tokens=None))),
        asking=sealing.seal(json.dumps(asking)),
        asked_at=at,
    )


def waits_for_consent(trial: Trial) -> bool:
    return trial.due_at is None and trial.done_at is None


def consent_address(trial: Trial, *, state: str) -> str:
    """Where the provider asks. Raises CannotUnseal."""
    settings, asking = settings_of(trial), json.loads(sealing.unseal(trial.asking))
    assert settings.client is not None, "only ask_consent makes trials that wait"
    known = CONSENTS.get(settings.client.provider)
    return oauth.authorize_address(
        settings.client,
        redirect_uri=asking["redirect_uri"],
        state=state,
        verifier=asking["verifier"],
        extra={"login_hint": settings.imap_user or settings.smtp_user}
        | dict(known.extra if known else ()),
    )


def consent_given(trial: Trial, code: str, *, at: datetime) -> bool:
    """The provider agreed: let the worker fetch the tokens and try. False: it was told before.

    Raises CannotUnseal.
    """
    if not waits_for_consent(trial):
        return False
    asking = json.loads(sealing.unseal(trial.asking)) | {"code": code}
    won = _waiting(trial).update(asking=sealing.seal(json.dumps(asking)), due_at=at)
    transaction.on_commit(waking.wake)
    return bool(won)


def consent_refused(trial: Trial, trouble: oauth.Trouble, *, at: datetime) -> bool:
    """The provider said no. False: it was told before."""
    found = {"consent": _plain(explain(trouble))}
    return bool(_waiting(trial).update(found=found, done_at=at, asking=""))


def forget_tokens(trial: Trial) -> None:
    """Once used they are renewed elsewhere; an old one given again could undo that."""
    settings = replace(settings_of(trial), tokens=None)
    Trial.objects.filter(pk=trial.pk).update(sealed=sealing.seal(settings_to_json(settings)))


def _waiting(trial: Trial) -> QuerySet[Trial]:
    # What makes an answer count once: whoever comes second finds nothing that waits.
    return Trial.objects.filter(pk=trial.pk, due_at__isnull=True, done_at__isnull=True)


def settings_of(trial: Trial) -> AccountSettings:
    """What was tried. Raises CannotUnseal."""
    return settings_from_json(sealing.unseal(trial.sealed))


def findings(trial: Trial) -> dict[str, Finding]:
    """What came of it, by "consent", "imap" and "smtp"; a part that wasn't asked for has none."""
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
            found = _made(trial, clock) if trial.tries <= _MOST_TRIES else _given_up()
        except sealing.CannotUnseal:
            found = _given_up()
        plain = {side: _plain(one) for side, one in found.items()}
        Trial.objects.filter(pk=trial.pk, lease=trial.lease).update(found=plain, done_at=clock())
        due.finish(trial)
    return tried


def sweep(*, at: datetime) -> int:
    """Remove trials after a day, with the secrets in them; returns how many went."""
    return Trial.objects.filter(asked_at__lte=at - KEPT).delete()[0]


def _plain(finding: Finding) -> dict[str, object]:
    return {"ok": finding.ok, "code": finding.code, "words": finding.server_words}


def _made(trial: Trial, clock: Callable[[], datetime]) -> dict[str, Finding]:
    settings = settings_of(trial)
    if settings.client is None:
        return _try(settings)
    if settings.tokens is None:
        try:
            settings = _with_tokens(trial, settings, at=clock())
        except oauth.Trouble as trouble:
            return {"consent": explain(trouble)}
    return {"consent": Finding(ok=True, code="ok"), **_try(settings)}


def _with_tokens(trial: Trial, settings: AccountSettings, *, at: datetime) -> AccountSettings:
    """Exchange the code, and keep what it was exchanged for: it works once. Raises Trouble."""
    assert settings.client is not None
    asking = json.loads(sealing.unseal(trial.asking))
    tokens = oauth.exchange(settings.client, at=at, **asking)
    settings = replace(settings, tokens=tokens)
    Trial.objects.filter(pk=trial.pk).update(
        sealed=sealing.seal(settings_to_json(settings)), asking=""
    )
    return settings


def _try(settings: AccountSettings) -> dict[str, Finding]:
    """Both halves at once, each within its time."""
    halves: dict[str, Try] = {}
    tokens = settings.tokens
    token: Token | None = (lambda rejected: tokens.access) if tokens else None
    if settings.imap_host:
        imap = imap_server(settings, token=token, timeout_seconds=_STEP_SECONDS)
        halves["imap"] = lambda: diagnosing.try_imap(imap)
    if settings.smtp_host:
        smtp = smtp_server(settings, token=token, timeout_seconds=_STEP_SECONDS)
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
