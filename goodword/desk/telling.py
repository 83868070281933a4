"""What a notice of a promise says, in the language of the house, and where it leads."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from goodword.accounts import queries as accounts
from goodword.accounts.models import Teammate
from goodword.events import actions as events
from goodword.notices import actions as notices
from goodword.plan import words
from goodword.promises import kinds
from goodword.promises.models import Promise

# %(when)s is "by Tuesday 24 November, 10:00", %(owner)s who owes it, %(what)s the promise.
TITLES = {
    "due_soon": gettext_noop("Promised %(when)s: %(what)s"),
    "late": gettext_noop("Late, promised %(when)s: %(what)s"),
    "stand_in": gettext_noop("For %(owner)s, who is away. Promised %(when)s: %(what)s"),
    "backup": gettext_noop("You are the backup of %(owner)s. Promised %(when)s: %(what)s"),
    "lead": gettext_noop("Nobody has kept this yet. %(owner)s promised it %(when)s: %(what)s"),
    "missed": gettext_noop("Missed, promised %(when)s: %(what)s"),
    "handed_over": gettext_noop("Yours now, promised %(when)s: %(what)s"),
    "their_day": gettext_noop("Their word is due: %(what)s"),
    "come_back": gettext_noop("The day has come: %(what)s"),
    "other_time": gettext_noop("They ask for another time. Promised %(when)s: %(what)s"),
}
_ON_ITS_PAGE = {"other_time"}  # what they asked for stands in the promise's own history


def tell(teammate: Teammate, promise: Promise, *, kind: str, at: datetime) -> bool:
    """One notice a person and promise, whatever step comes next."""
    business = accounts.business()
    language = business.language if business else settings.LANGUAGE_CODE
    zone = business.zone if business else "UTC"
    owner = promise.owner or promise.team
    with translation.override(language):
        title = _(TITLES[kind]) % {
            "when": words.promised(promise.due_at, zone=zone, language=language),
            "owner": owner.name if owner else "",
            "what": _what(promise),
        }
    return notices.tell(
        teammate,
        matter=events.name_of(promise),
        kind=kind,
        title=title,
        url=_place(promise, kind),
        at=at,
    )


def _what(promise: Promise) -> str:
    kind = str(kinds.get(promise.kind).title)
    subject = promise.conversation.subject if promise.conversation else ""
    what = promise.what or subject
    if promise.person:
        name = promise.person.name
        return f"{kind} · {name} · {what}" if what else f"{kind} · {name}"
    return f"{kind} · {what}"


def _place(promise: Promise, kind: str) -> str:
    if promise.conversation is not None and kind not in _ON_ITS_PAGE:
        return reverse("inbox:conversation", args=[promise.conversation.public_id])
    return reverse("promises:promise", args=[promise.public_id])
