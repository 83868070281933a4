from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Nobody signs up by themselves: the first owner has a link, everyone else an invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
