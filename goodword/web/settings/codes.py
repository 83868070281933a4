"""The forms that take a code in place of a touch: of the app, or a recovery code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from allauth.mfa.base import forms as codes
from django.core.exceptions import ValidationError
from django.utils.translation import gettext


@contextmanager
def _in_our_words() -> Iterator[None]:
    """Where an app is only being set up there are no recovery codes: here there are."""
    try:
        yield
    except ValidationError as error:
        if error.code != "incorrect_code":
            raise
        words = gettext(
            "This code doesn't fit. An app shows a new one every 30 seconds, and a recovery code"
            " works once."
        )
        raise ValidationError(words, code=error.code) from error


class SignInWithCodeForm(codes.AuthenticateForm):  # type: ignore[misc]  # allauth carries no types
    def clean_code(self) -> str:
        with _in_our_words():
            return str(super().clean_code())


class GiveCodeAgainForm(codes.ReauthenticateForm):  # type: ignore[misc]  # as above
    def clean_code(self) -> str:
        with _in_our_words():
            return str(super().clean_code())
