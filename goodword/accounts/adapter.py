"""What allauth asks of this house."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goodword.accounts import queries
from goodword.accounts.models import IdentityProvider, Teammate
from goodword.core import sealing


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Nobody signs up by themselves: the first owner has a link, everyone else an invitation."""

    # allauth's German says "du" here, and every other page of ours "Sie".
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": gettext_lazy(
            "To keep strangers out, Goodword waits a while after many tries."
            " Nothing was changed. Try again in five minutes."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_reauthentication_methods(self, user: Teammate) -> list[dict[str, Any]]:
        """The passkey first, where there is one: it is a touch."""
        ways: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        for way in ways:
            if way["id"].endswith(":webauthn"):
                way["description"] = _("Use a passkey")
        return sorted(ways, key=lambda way: not way["id"].endswith(":webauthn"))

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Teammate,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        # allauth looks in a table of its own; ours is the teammate.
        super().send_notification_mail(template_prefix, user, context, email or user.email)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth carries no types
    """Secrets of second factors lie sealed in the database, as mailbox passwords do."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy(
            "This code doesn't fit. An app shows a new one every 30 seconds."
        ),
    }

    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(encrypted_text)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        business = queries.business()
        name = f"{business.name} · Goodword" if business else "Goodword"
        return {**super().get_public_key_credential_rp_entity(), "name": name}

    def generate_authenticator_name(self, user: Teammate, type: Authenticator.Type) -> str:
        """Said when somebody gave their key no name."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey %(number)s") % {"number": number}


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Who comes from an identity provider is a teammate already, or is not let in."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """The providers that owners wrote down; their secrets lie sealed in our own rows."""
        rows = IdentityProvider.objects.order_by("name")
        if provider and provider != "openid_connect":
            rows = rows.filter(public_id=provider)
        if client_id:
            rows = rows.filter(client_id=client_id)
        return [_app(row) for row in rows]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Connect a first visit with the teammate of that address; later ones are known by it.

        By ourselves: the library would take away the password of whoever has one.
        """
        if sociallogin.is_existing:
            return
        vouched = sociallogin.provider.app.settings["vouches_for_addresses"]
        said = [each.email for each in sociallogin.email_addresses if each.verified or vouched]
        known = list(queries.teammates_at(said).values())
        if len(known) != 1:
            words = _(
                "Nobody here signs in with the address that %(provider)s gave. Ask an owner for an "
                "invitation, or sign in with your password."
            )
            messages.error(request, words % {"provider": sociallogin.provider.app.name})
            raise ImmediateHttpResponse(redirect("account_login"))
        _connect(request, sociallogin, known[0])

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: object = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        words = _("%(provider)s did not let you in. Try again, or sign in with your password.")
        messages.error(request, words % {"provider": provider.name})
        raise ImmediateHttpResponse(redirect("account_login"))


@transaction.atomic
def _connect(request: HttpRequest, sociallogin: SocialLogin, teammate: Teammate) -> None:
    """Unless an owner wrote down another server since it was asked (`signing_in.keep_provider`)."""
    asked = sociallogin.provider.app
    rows = IdentityProvider.objects.select_for_update(no_key=True).filter(
        public_id=asked.provider_id
    )
    if rows.filter(server_url=asked.settings["server_url"]).exists():
        sociallogin.connect(request, teammate)
        return
    messages.error(request, _("How one signs in has just been changed here. Try again."))
    raise ImmediateHttpResponse(redirect("account_login"))


def _app(row: IdentityProvider) -> SocialApp:
    """As allauth knows a provider; never stored."""
    return SocialApp(
        provider="openid_connect",
        provider_id=row.public_id,
        name=row.name,
        client_id=row.client_id,
        secret=sealing.unseal(row.secret),
        settings={
            "server_url": row.server_url,
            "oauth_pkce_enabled": True,
            "vouches_for_addresses": row.vouches_for_addresses,
        },
    )
