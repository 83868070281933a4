"""The forms of passkeys: in our words, and safe from what no browser would send.

The library takes what a browser says for well made; anybody can post anything, and gets a refusal.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.webauthn import forms as passkeys
from cryptography.exceptions import InvalidSignature
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

_ILL_MADE = (KeyError, IndexError, TypeError, AttributeError, ValueError, InvalidSignature)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except ValidationError as error:
        raise ValidationError(gettext("This passkey does not fit. Try again.")) from error
    except _ILL_MADE as error:
        raise ValidationError(gettext("This passkey does not fit. Try again.")) from error


class AddPasskeyForm(passkeys.AddWebAuthnForm):  # type: ignore[misc]  # allauth carries no types
    name = forms.CharField(
        label=_("What do you call it?"),
        max_length=60,
        required=False,
        help_text=_("The phone, the laptop, the key on my ring."),
    )
    passwordless = forms.BooleanField(
        label=_("Sign in with it alone"),
        required=False,
        initial=True,
        help_text=_("Without the password. Otherwise it is a second factor beside it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["name"] = ""  # the library proposes one

    def clean(self) -> dict[str, Any]:
        with _refusing():
            cleaned: dict[str, Any] = super().clean()
        return cleaned


class SignInWithPasskeyForm(passkeys.LoginWebAuthnForm):  # type: ignore[misc]
    def clean_credential(self) -> Any:
        with _refusing():
            return super().clean_credential()


class ShowPasskeyForm(passkeys.AuthenticateWebAuthnForm):  # type: ignore[misc]
    def clean_credential(self) -> Any:
        with _refusing():
            return super().clean_credential()


class ShowPasskeyAgainForm(passkeys.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    def clean_credential(self) -> Any:
        with _refusing():
            return super().clean_credential()
