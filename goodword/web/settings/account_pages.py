"""Sign-in by allauth, with only those of its pages that Goodword wants; the others are not here.

Nobody signs up, so there is nothing to confirm, and an address is changed by nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount.adapter import get_adapter as providers
from allauth.socialaccount.providers.openid_connect import views as openid
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, re_path
from django.utils.translation import gettext as _
from django.views.generic import RedirectView
from requests import RequestException

from goodword.accounts import queries as accounts
from goodword.channels.email import notices
from goodword.web import limiting

View = Callable[..., HttpResponseBase]
_MOST_STEPS = 20  # a minute, from one address


class SignIn(account.LoginView):  # type: ignore[misc]  # allauth carries no types
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # Before there is an owner nobody can sign in: the page says how to get the link.
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "unowned": not accounts.owners().exists(),
            "providers": providers().list_apps(self.request),
        }


class SecondFactor(mfa.AuthenticateView):  # type: ignore[misc]  # as above
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        options = context.get("js_data", {}).get("request_options", {})
        known = options.get("publicKey", {}).get("allowCredentials")
        apps = Authenticator.objects.filter(type=Authenticator.Type.TOTP)
        user = self.stage.login.user
        return context | {
            "has_passkey": bool(known),
            "has_app": apps.filter(user=user).exists(),
            # Nobody else could take it away for them.
            "is_only_owner": list(accounts.owners()[:2]) == [user],
            "address": user.email,
        }


class TurnAppOff(totp.DeactivateTOTPView):  # type: ignore[misc]  # as above
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        kept = Authenticator.objects.filter(
            user=self.request.user, type=Authenticator.Type.WEBAUTHN
        )
        return context | {"has_passkey": kept.exists()}


class ForgotPassword(account.PasswordResetView):  # type: ignore[misc]  # allauth carries no types
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"can_send": notices.can_send()}


def marked(view: View) -> View:
    """As our own pages answer: 422 where a form comes back with errors, and no placeholders."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        form = (getattr(response, "context_data", None) or {}).get("form")
        if form is None:
            return response
        for name, field in form.fields.items():
            field.widget.attrs.pop("placeholder", None)  # allauth says each label twice
            if str(field.help_text).startswith("<ul"):  # Django's rules; the page's lead says them
                form[name].help_text = ""  # as it is drawn: it was made when the form was checked
        for bound in form.visible_fields()[:1]:
            bound.field.widget.attrs.setdefault("autofocus", True)
        if request.method == "POST" and response.status_code == 200 and form.errors:
            response.status_code = 422
        return response

    return wrapped


def provided(view: View) -> View:
    """A step of OpenID Connect: a server that can't be reached is said, and is no fault of ours.

    Each asks that server, while the page waits: so nobody may take many.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, provider_id: str) -> HttpResponseBase:
        if not limiting.allows(request, "provided", most=_MOST_STEPS):
            messages.error(request, _("Too many tries from here. Wait a minute, then try again."))
            return redirect("account_login")
        try:
            return view(request, provider_id)
        except (RequestException, KeyError, ValueError):  # unreachable, or no such server at all
            words = _("The other server can't be reached just now. Sign in with your password.")
            messages.error(request, words)
            return redirect("account_login")

    return wrapped


def not_here(request: HttpRequest) -> HttpResponseBase:
    """allauth asks for this name, and the page it would lead to is not wanted."""
    raise Http404


urlpatterns = [
    path("login/", marked(SignIn.as_view()), name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", marked(account.reauthenticate), name="account_reauthenticate"),
    path("password/change/", marked(account.password_change), name="account_change_password"),
    path("password/reset/", marked(ForgotPassword.as_view()), name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        marked(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path("2fa/", RedirectView.as_view(pattern_name="settings:profile"), name="mfa_index"),
    path("2fa/authenticate/", marked(SecondFactor.as_view()), name="mfa_authenticate"),
    path("2fa/reauthenticate/", marked(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", marked(totp.activate_totp), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", marked(TurnAppOff.as_view()), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/",
        codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/download/",
        codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path(
        "passkeys/", RedirectView.as_view(pattern_name="settings:profile"), name="mfa_list_webauthn"
    ),
    path("passkeys/add/", marked(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path("passkeys/sign-in/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path(
        "passkeys/reauthenticate/",
        marked(passkeys.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("passkeys/<int:pk>/rename/", marked(passkeys.edit_webauthn), name="mfa_edit_webauthn"),
    path("passkeys/<int:pk>/remove/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
    # Registered with providers as they stand: never change them.
    path("from/<slug:provider_id>/", provided(openid.login), name="openid_connect_login"),
    path(
        "from/<slug:provider_id>/back/", provided(openid.callback), name="openid_connect_callback"
    ),
    path("from/", not_here, name="socialaccount_connections"),
    path("signup/", not_here, name="account_signup"),
    path("email/", not_here, name="account_email"),
    path("password/set/", not_here, name="account_set_password"),
    path("confirm-email/", not_here, name="account_email_verification_sent"),
]
