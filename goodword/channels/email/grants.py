"""The provider's consent to a mailbox: its access token, renewed before it ends, one at a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from goodword.channels.email import oauth
from goodword.channels.email.models import Grant, MailAccount
from goodword.core import due, sealing

Clock = Callable[[], datetime]

AHEAD = timedelta(minutes=5)
LEASE = timedelta(minutes=1)
# It won't mend by itself; but a provider may have said so by mistake.
_REFUSED_ASK_AGAIN = timedelta(hours=1)
_SOONEST = timedelta(seconds=15)  # whatever life a provider gives its tokens
_WAIT_SECONDS, _LOOK_SECONDS = 40.0, 0.1


def keep(account: MailAccount, client: oauth.Client, tokens: oauth.Tokens, *, at: datetime) -> None:
    """Take this consent in place of any before; a renewal under way has no say any more."""
    Grant.objects.update_or_create(
        account=account,
        defaults={
            "provider": client.provider,
            "authorize_url": client.authorize_url,
            "token_url": client.token_url,
            "scopes": client.scopes,
            "client_id": client.client_id,
            "client_secret": sealing.seal(client.client_secret),
            **_sealed(tokens, at=at),
        },
    )


def client_of(grant: Grant) -> oauth.Client:
    """Raises CannotUnseal."""
    return oauth.Client(
        provider=grant.provider,
        client_id=grant.client_id,
        client_secret=sealing.unseal(grant.client_secret),
        authorize_url=grant.authorize_url,
        token_url=grant.token_url,
        scopes=grant.scopes,
    )


def tokens_of(grant: Grant) -> oauth.Tokens:
    """Raises CannotUnseal."""
    return oauth.Tokens(
        access=sealing.unseal(grant.access_token),
        refresh=sealing.unseal(grant.refresh_token),
        expires_at=grant.expires_at,
    )


def access_token(account: MailAccount, *, rejected: str = "", clock: Clock) -> str:
    """An access token that lasts, another one than `rejected`. Raises Trouble and CannotUnseal.

    May ask the provider, so never call it inside a transaction. While another thread or process
    renews the token this one waits for it.
    """
    ends = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < ends:
        grant = Grant.objects.filter(account=account).first()
        if grant is None:  # disconnected, or given a password, meanwhile
            break
        at = clock()
        tokens = tokens_of(grant)
        usable = tokens.access != rejected and at < grant.expires_at
        not_due = grant.due_at is not None and at < grant.due_at
        if usable and not_due:
            return tokens.access
        if grant.refusal and not_due:
            raise oauth.Trouble(grant.refusal, grant.why)  # type: ignore[arg-type]  # one of ours
        claimed = _claim(grant, at)
        if claimed is None:
            if usable:
                return tokens.access
            time.sleep(_LOOK_SECONDS)
            continue
        try:
            fresh = renew(claimed, clock=clock)
        except oauth.Trouble:
            if usable and clock() < grant.expires_at:
                return tokens.access  # the last minutes of it: a short outage is not felt
            raise
        if fresh:
            return fresh
    raise oauth.Trouble("token_server")


def renew(grant: Grant, *, clock: Clock) -> str:
    """Ask for a new access token, and keep it; "" if the mailbox was connected anew meanwhile.

    The row must have been claimed for LEASE. Raises Trouble and CannotUnseal, and has then put the
    next try off.
    """
    mine = Grant.objects.filter(pk=grant.pk, lease=grant.lease)
    try:
        tokens = oauth.renew(client_of(grant), tokens_of(grant).refresh, at=clock())
    except oauth.Trouble as trouble:
        if not mine.update(refusal=grant.refusal if trouble.passes else trouble.code):
            return ""
        ask_again = clock() + _REFUSED_ASK_AGAIN
        until = due.next_try(grant, at=clock()) if trouble.passes else ask_again
        due.put_off(grant, until=until, why=trouble.words)
        raise
    except sealing.CannotUnseal:
        due.put_off(grant, until=clock() + _REFUSED_ASK_AGAIN, why="sealed with another key")
        raise
    return tokens.access if mine.update(**_sealed(tokens, at=clock())) else ""


def _claim(grant: Grant, at: datetime) -> Grant | None:
    """Make it due, and claim it, unless its token was renewed since we looked."""
    unchanged = Grant.objects.filter(pk=grant.pk, access_token=grant.access_token)
    unchanged.filter(due_at__gt=at).update(due_at=at)
    return next(due.claim(unchanged, at=at, most=1, lease=LEASE), None)


def _sealed(tokens: oauth.Tokens, *, at: datetime) -> dict[str, object]:
    """The columns that a fresh token changes; the claim on the row ends with them."""
    ahead = min(AHEAD, (tokens.expires_at - at) / 2)
    return {
        "access_token": sealing.seal(tokens.access),
        "refresh_token": sealing.seal(tokens.refresh),
        "expires_at": tokens.expires_at,
        "due_at": max(tokens.expires_at - ahead, at + _SOONEST),
        "refusal": "",
        "why": "",
        "tries": 0,
        "lease": "",
        "leased_until": None,
    }
