"""Taking back what was just done with one conversation: an act's trace, signed, in the toast."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from goodword.conversations.models import Conversation
from goodword.desk.shaping import undoing
from goodword.web import undoing as undo_toast
from goodword.web.inbox import conversation as pages
from goodword.web.inbox.errors import REFUSALS, sentence
from goodword.web.inside import inside, moment_of, teammate_of

_SALT = "goodword.undo"
_AGE = timedelta(days=1)


def offer(
    request: HttpRequest, found: Conversation, words: str, *, before: undoing.Picture
) -> None:
    """Say `words`, and offer the way back to `before`, where the act changed anything."""
    by = teammate_of(request)
    changed = undoing.trace(before, undoing.picture(found, by=by))
    if not changed:
        if words:
            messages.success(request, words)
        return
    token = signing.dumps([found.pk, by.pk, changed], salt=_SALT, compress=True)
    query = pages.place_beside(request, found).query
    url = f"{reverse('inbox:undo', args=[found.public_id])}?{query}"
    undo_toast.offer(request, words, url, {"token": token})


@inside
@require_POST
def undo(request: HttpRequest, public_id: str) -> HttpResponse:
    found = pages.visible(request, public_id)
    by = teammate_of(request)
    back = pages.address_of(request, found)
    try:
        token = request.POST.get("token", "")
        key, doer, changed = signing.loads(token, salt=_SALT, max_age=_AGE)
        if (key, doer) != (found.pk, by.pk):
            raise undoing.ChangedSince
        undoing.undo(found, changed, by=by, at=moment_of(request))
    except (signing.BadSignature, undoing.ChangedSince):
        messages.error(request, _("Not undone: this has changed since. Nothing was done now."))
    except REFUSALS as error:
        messages.error(request, sentence(error))
    else:
        messages.success(request, _("Undone."))
    return redirect(back)
