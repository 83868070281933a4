"""Sign-in by allauth, with only those of its pages that Goodword wants; the others are not here.

Nobody signs up, so there is nothing to confirm, and an address is changed by nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path, re_path
from django.views.generic import RedirectView

from goodword.accounts import queries as accounts
from goodword.channels.email import notices

View = Callable[..., HttpResponseBase]


class SignIn(account.LoginView):  # type: ignore[misc]  # allauth carries no types
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # Before there is an owner nobody can sign in: the page says how to get the link.
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"unowned": not accounts.owners().exists()}


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
        for field in form.fields.values():
            field.widget.attrs.pop("placeholder", None)  # allauth says each label twice
            if str(field.help_text).startswith("<ul"):  # Django's rules; the page's lead says them
                field.help_text = ""
        for bound in form.visible_fields()[:1]:
            bound.field.widget.attrs.setdefault("autofocus", True)
        if request.method == "POST" and response.status_code == 200 and form.errors:
            response.status_code = 422
        return response

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
    path("2fa/authenticate/", marked(mfa.authenticate), name="mfa_authenticate"),
    path("2fa/reauthenticate/", marked(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", marked(totp.activate_totp), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", marked(totp.deactivate_totp), name="mfa_deactivate_totp"),
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
    path("signup/", not_here, name="account_signup"),
    path("email/", not_here, name="account_email"),
    path("password/set/", not_here, name="account_set_password"),
    path("confirm-email/", not_here, name="account_email_verification_sent"),
]
