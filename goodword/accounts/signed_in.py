"""Who is signed in, asked with every page: Django's own way, with the SQL made once."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from goodword.accounts.models import Teammate
from goodword.core import prepared


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Session | None:
        found = prepared.objects(
            "session", lambda key: Session.objects.filter(session_key=key), self.session_key or ""
        )
        if found and found[0].expire_date > timezone.now():
            return found[0]
        self._session_key = None
        return None


class Backend(AuthenticationBackend):  # type: ignore[misc]  # allauth carries no types
    def get_user(self, user_id: int) -> Teammate | None:
        found = prepared.objects(
            "teammate", lambda key: Teammate.objects.filter(pk=key), int(user_id)
        )
        return found[0] if found and self.user_can_authenticate(found[0]) else None
