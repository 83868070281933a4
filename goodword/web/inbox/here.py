"""What an open page says of itself: it shows this conversation, so far; somebody writes in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast, get_args

from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from goodword.conversations import readings
from goodword.conversations.models import Conversation
from goodword.core import prepared
from goodword.notices import actions as notices
from goodword.notices import queries as notice_queries
from goodword.web import presence
from goodword.web.inbox import conversation as pages
from goodword.web.inside import inside, moment_of, teammate_of, typed
from goodword.web.presence import Doing

_LONGEST_KEY = 19  # digits


@inside
@require_GET
def colleagues(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who else is here, fetched when the stream says that this has changed."""
    return _shown(request, pages.visible(request, public_id))


@inside
@require_POST
def here(request: HttpRequest, public_id: str) -> HttpResponse:
    """A page tells where it is; with `read_to` also how far it shows what was said."""
    teammate, doing = teammate_of(request), typed(request.POST, "doing")
    page = presence.page_of(teammate, typed(request.POST, "page"))
    if page is not None and doing == "away":
        presence.everybody.go(page)  # also from where they see nothing any more
    found = pages.visible(request, public_id)
    if page is not None and doing in get_args(Doing):
        also = prepared.objects("also in", pages.also_in, found.pk)
        presence.everybody.come(
            page,
            by=teammate,
            conversation=found.public_id,
            inboxes=[found.inbox_id, *(row.inbox_id for row in also)],
            doing=cast(Doing, doing),
        )
    read_to = typed(request.POST, "read_to")
    if read_to.isdecimal() and len(read_to) <= _LONGEST_KEY:
        with _standing():
            _read(request, found, int(read_to))
    return _shown(request, found)


@contextmanager
def _standing() -> Iterator[None]:
    """How far somebody has read is stored without holding the conversation: it may be thrown away
    for good at this moment.
    """
    try:
        yield
    except IntegrityError as error:
        raise Http404 from error


@transaction.atomic
def _read(request: HttpRequest, found: Conversation, to: int) -> None:
    """They have it before their eyes: the words, and what the bell has to say of it."""
    teammate, at = teammate_of(request), moment_of(request)
    readings.read(found, by=teammate, to=to, at=at)
    place = reverse("inbox:conversation", args=[found.public_id])
    notices.see(notice_queries.unseen(teammate).filter(url=place), at=at)


@inside
@require_POST
def unread(request: HttpRequest, public_id: str) -> HttpResponse:
    """Come back to it as if it were new; the list is shown, for the page itself would read it."""
    found = pages.visible(request, public_id)
    with _standing():
        readings.mark_unread(found, by=teammate_of(request), at=moment_of(request))
    return redirect(pages.place_beside(request, found).url)


def _shown(request: HttpRequest, found: Conversation) -> HttpResponse:
    others = presence.everybody.colleagues(found.public_id, but=teammate_of(request))
    return render(request, "web/inbox/_here.html", {"colleagues": others})
