"""How teammates sign in: other ways than the password, a second factor for all, their sessions."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language

from goodword.accounts import events as facts
from goodword.accounts import queries
from goodword.accounts.models import Business, IdentityProvider, Teammate
from goodword.core import prepared, sealing
from goodword.core.text import clean_line
from goodword.events import actions as events

SEEN_EVERY = timedelta(minutes=15)  # how exactly it is known when a session was used last
_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


class NoFactorOfOnesOwn(Exception):
    """Who asks all for a second factor has none themselves, and would lock themselves out."""


# A second factor


def has_second_factor(teammate: Teammate) -> bool:
    return bool(prepared.rows("second factor", _factors_of, teammate.pk))


def _factors_of(key: int) -> QuerySet[Authenticator, tuple[int]]:
    rows: QuerySet[Authenticator] = Authenticator.objects.filter(user=key, type__in=_FACTORS)
    return rows.values_list("pk")[:1]


def lacks_second_factor(request: HttpRequest, teammate: Teammate, business: Business) -> bool:
    """Whether the house asks for a second factor that this session has not got."""
    if not business.requires_second_factor or has_second_factor(teammate):
        return False
    came_by = {
        record.get("provider")
        for record in get_authentication_records(request, teammate)
        if record.get("method") == "socialaccount"
    }
    enough = IdentityProvider.objects.filter(is_second_factor=True, public_id__in=came_by)
    return not (came_by and enough.exists())


def without_second_factor() -> QuerySet[Teammate]:
    """Active teammates who would have to set one up."""
    factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=_FACTORS)
    return queries.active().filter(~Exists(factors))


@transaction.atomic
def require_second_factor(required: bool, *, by: Teammate, at: datetime) -> None:
    """Ask every teammate for a second factor, or no more. Raises NoFactorOfOnesOwn."""
    if required and not has_second_factor(by):
        raise NoFactorOfOnesOwn
    house = Business.objects.select_for_update(no_key=True).get(pk=1)
    if house.requires_second_factor == required:
        return
    house.requires_second_factor = required
    house.save(update_fields=["requires_second_factor"])
    events.announce(facts.SecondFactorRequired(required), by=by, about=house, at=at)


@transaction.atomic
def take_second_factor(teammate: Teammate, *, by: Teammate | None, at: datetime) -> bool:
    """App, passkeys and recovery codes open nothing any more: the phone is lost, and they with it.

    Whoever found it is signed out too. `by` is None where it was done on the machine itself.
    Returns whether there was any: somebody else may have done it a moment ago.
    """
    taken, _ = Authenticator.objects.filter(user=teammate).delete()
    if not taken:
        return False
    events.announce(facts.SecondFactorTaken(), by=by, about=teammate, at=at)
    end_sessions(teammate, by=by, at=at)
    return True


@transaction.atomic
def note_password_link(teammate: Teammate, *, by: Teammate | None, at: datetime) -> None:
    """Keep in the trail that somebody holds a link to set the teammate's password with."""
    events.announce(facts.PasswordLinkMade(), by=by, about=teammate, at=at)


# Identity providers


@transaction.atomic
def keep_provider(
    provider: IdentityProvider | None,
    *,
    name: str,
    server_url: str,
    client_id: str,
    secret: str,
    vouches_for_addresses: bool,
    is_second_factor: bool,
    by: Teammate,
    at: datetime,
) -> IdentityProvider:
    """Write a provider down, or change it; an empty secret leaves the one there is.

    Whoever came from a server was known by a name that it alone gives: at another it may be
    somebody else's, so all are known by their address first, as at the beginning.
    """
    kept = provider or IdentityProvider(made_at=at)
    kept.name = clean_line(name, most=60)
    server_url = server_url.strip().rstrip("/")
    if kept.server_url != server_url:
        SocialAccount.objects.filter(provider=kept.public_id).delete()
    kept.server_url = server_url
    kept.client_id = clean_line(client_id, most=200)
    kept.secret = sealing.seal(secret) if secret else kept.secret
    kept.vouches_for_addresses = vouches_for_addresses
    kept.is_second_factor = is_second_factor
    kept.save()
    what = "changed" if provider else "added"
    events.announce(facts.SignInWayChanged(what), by=by, about=kept, at=at)
    return kept


@transaction.atomic
def remove_provider(provider: IdentityProvider, *, by: Teammate, at: datetime) -> None:
    """Nobody signs in by it any more; who did has their password, or a link to set one."""
    events.announce(facts.SignInWayChanged("removed"), by=by, about=provider, at=at)
    SocialAccount.objects.filter(provider=provider.public_id).delete()
    provider.delete()


# Sessions


def sessions_of(teammate: Teammate) -> list[UserSession]:
    """Where they are signed in, the one used last first."""
    found = UserSession.objects.purge_and_list(teammate)
    return sorted(found, key=lambda each: each.last_seen_at, reverse=True)


def note_seen(request: HttpRequest, teammate: Teammate, *, at: datetime) -> None:
    """Remember now and then that a session is in use, and in which language: what goes to them by
    mail is written in that.
    """
    seen = request.session.get("seen", 0)
    if at.timestamp() - seen < SEEN_EVERY.total_seconds():
        return
    request.session["seen"] = int(at.timestamp())
    UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=at)
    language = get_language()
    if language and language != teammate.language:
        Teammate.objects.filter(pk=teammate.pk).update(language=language)


@transaction.atomic
def end_sessions(
    teammate: Teammate,
    *,
    only: int | None = None,
    keep: str | None = None,
    by: Teammate | None,
    at: datetime,
) -> int:
    """Sign a teammate out: of the session `only`, else of all but the one whose key is `keep`.

    Returns how many ended.
    """
    rows = UserSession.objects.filter(user=teammate).exclude(session_key=keep or "")
    ended = list(rows if only is None else rows.filter(pk=only))
    for session in ended:
        session.end()
    if ended:
        fact = facts.SignedOutElsewhere(len(ended))
        events.announce(fact, by=by, about=teammate, at=at)
    return len(ended)
