"""The files of a conversation: all of them, one to look at, and one zip of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from goodword.conversations import queries as conversations
from goodword.conversations.models import Attachment, Conversation
from goodword.files import actions as files
from goodword.web.files import bundling, kinds, ranges
from goodword.web.files.kinds import Kind
from goodword.web.inbox import conversation as pages
from goodword.web.inside import inside, moment_of, teammate_of, typed, wants_piece

MOST = 300  # files of one conversation that are shown and packed, the newest
_SMALL_PICTURE = 15_000  # bytes; below that, what stands in a mail's text is a logo
_RUNS_NOTHING = "default-src 'none'; frame-ancestors 'self'"


@dataclass(frozen=True, slots=True)
class Shown:
    """A file of a conversation, as the gallery shows it."""

    attachment: Attachment
    kind: Kind
    who: str
    at: datetime

    @property
    def slug(self) -> str:
        return slugify(self.attachment.name) or "file"

    @property
    def name_in_path(self) -> str:
        return self.attachment.name.replace("/", "_") or "file"


def attached_in(conversation: Conversation) -> QuerySet[Attachment]:
    """The files of a conversation worth looking at, newest first: no logos within mails."""
    return attached(Q(message__conversation=conversation))


def attached(where: Q) -> QuerySet[Attachment]:
    """As `attached_in`, for other messages than those of one conversation."""
    own = Q(content_id="") | Q(file__size_bytes__gte=_SMALL_PICTURE)
    rows = Attachment.objects.filter(own, where)
    return rows.select_related("file", "message__address", "message__teammate").order_by(
        "-message_id", "id"
    )


def _shown(attachment: Attachment) -> Shown:
    message = attachment.message
    address = message.address.written if message.address else ""
    return Shown(
        attachment, kinds.likely(attachment), message.author_name or address, message.said_at
    )


@inside
@require_GET
def gallery(request: HttpRequest, public_id: str) -> HttpResponse:
    found = pages.visible(request, public_id)
    rows = list(attached_in(found)[: MOST + 1])
    context = {
        "conversation": found,
        "files": [_shown(each) for each in rows[:MOST]],
        "are_more": len(rows) > MOST,
        "most": MOST,
    }
    return render(request, "web/files/gallery.html", context)


@inside
@require_GET
def look(request: HttpRequest, public_id: str) -> HttpResponse:
    """One file, with the way to those beside it: a dialog over the page, a page without script."""
    found = _visible(request, public_id)
    conversation = found.message.conversation
    keys = list(attached_in(conversation).values_list("public_id", flat=True)[:MOST])
    place = keys.index(found.public_id) if found.public_id in keys else -1
    kind = kinds.of(found)
    text, is_whole = kinds.text_of(found) if kind == "text" else ("", True)
    context = {
        "conversation": conversation,
        "file": _shown(found),
        "kind": kind,
        "text": text,
        "is_whole": is_whole,
        "number": place + 1,
        "count": len(keys),
        "newer": keys[place - 1] if place > 0 else "",
        "older": keys[place + 1] if 0 <= place < len(keys) - 1 else "",
    }
    piece = "_viewer_dialog" if wants_piece(request) else "viewer"
    return render(request, f"web/files/{piece}.html", context)


@inside
@require_GET
def content(request: HttpRequest, public_id: str, name: str) -> HttpResponseBase:
    """The bytes for the viewer: sound, film and PDF, never as a page of ours. Browsers give a PDF
    that has no title the last part of the address, so that is its `name`.
    """
    found = _visible(request, public_id)
    kind = kinds.of(found)
    if kind not in {"pdf", "audio", "video"}:
        raise Http404
    answer = ranges.answer(
        files.path_of(found.file),
        content_type=kinds.type_shown(found, kind),
        asked=request.headers.get("Range", ""),
    )
    answer["Content-Disposition"] = "inline"
    answer["Content-Security-Policy"] = _RUNS_NOTHING
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["Cache-Control"] = "private, max-age=600"
    return answer


@inside
@require_GET
def bundle(request: HttpRequest, public_id: str) -> StreamingHttpResponse:
    """All files of a conversation in one zip, or those of one message of it (`?message=`)."""
    found = pages.visible(request, public_id)
    rows = attached_in(found)
    if only := typed(request.GET, "message"):
        rows = rows.filter(message__public_id=only)
    here = timezone.localtime(moment_of(request))
    answer = StreamingHttpResponse(
        bundling.zipped(list(rows[:MOST]), at=here), content_type="application/zip"
    )
    answer["Content-Disposition"] = f'attachment; filename="{found.reference}.zip"'
    return answer


def _visible(request: HttpRequest, public_id: str) -> Attachment:
    """Raises Http404."""
    rows = conversations.attachments_visible_to(teammate_of(request))
    with_all = rows.select_related(
        "file", "message__conversation", "message__address", "message__teammate"
    )
    return get_object_or_404(with_all, public_id=public_id)
