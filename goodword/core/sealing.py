"""Secrets at rest: mailbox passwords, sealed with a key in the data folder."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


class CannotUnseal(Exception):
    """The key in the data folder is not the one this secret was sealed with."""


def seal(secret: str) -> str:
    return _box().encrypt(secret.encode()).decode() if secret else ""


def unseal(sealed: str) -> str:
    """Raises CannotUnseal."""
    try:
        return _box().decrypt(sealed.encode()).decode() if sealed else ""
    except InvalidToken as error:
        raise CannotUnseal from error


def _box() -> Fernet:
    digest = hashlib.sha256(settings.MAILBOX_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
