"""One message by itself: its HTML in a frame, its source, its file; and attachments.

Everything here came from strangers. Each answer has a policy of its own that runs nothing, and
what is not a harmless picture is only ever downloaded.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.html import escape
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET

from goodword.channels.email.html import clean_html, frame_document, text_to_html
from goodword.conversations import queries as conversations
from goodword.conversations.models import Attachment, Message
from goodword.files import actions as files
from goodword.web.inbox import conversation as pages
from goodword.web.inbox import timeline
from goodword.web.inside import inside, teammate_of

_SHOWN_SOURCE = 200_000  # bytes
_NOTHING_RUNS = "default-src 'none'; sandbox; frame-ancestors 'none'"


@inside
@require_GET
def frame(request: HttpRequest, public_id: str) -> HttpResponse:
    """The cleaned HTML, for `<iframe sandbox>` alone. `?remote=1` loads pictures from elsewhere."""
    message = pages.visible_message(request, public_id)
    remote = request.GET.get("remote") == "1"
    cleaned = clean_html(message.html, cid=_pictures_of(message), show_remote=remote)
    document = frame_document(
        cleaned or _as_text(message),
        theme=teammate_of(request).theme,
        language=get_language() or "en",
    )
    answer = HttpResponse(document)
    # Of our origin, so that the page can measure it, and without scripts, so that it can do nothing
    # with that: docs/adr/0030-a-frame-that-is-measured.md.
    answer["Content-Security-Policy"] = (
        f"default-src 'none'; img-src 'self'{' https: http:' if remote else ''}; "
        "style-src 'unsafe-inline'; "
        "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _as_text(message: Message) -> str:
    said = gettext("The layout of this mail can't be shown. This is its text.")
    return f"<p><em>{escape(said)}</em></p>\n{text_to_html(message.text)}"


def _pictures_of(message: Message) -> Callable[[str], str | None]:
    """Content-ID → address of the picture."""
    rows = message.attachments.exclude(content_id="").select_related("file")
    by_id = {
        each.content_id: timeline.picture_url(each) for each in rows if timeline.is_preview(each)
    }
    return by_id.get


@inside
@require_GET
def source(request: HttpRequest, public_id: str) -> HttpResponse:
    """The mail as it came, its first 200 kB, in a page."""
    message = pages.visible_message(request, public_id)
    if message.raw is None:
        raise Http404
    with files.path_of(message.raw).open("rb") as raw:
        shown = raw.read(_SHOWN_SOURCE)
    context = {
        "message": message,
        "conversation": message.conversation,
        "source": shown.decode("utf-8", "replace").replace("\x00", "\ufffd"),
        "is_cut": message.raw.size_bytes > len(shown),
    }
    return render(request, "web/inbox/source.html", context)


@inside
@require_GET
def eml(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The mail as it came, to keep or to open in a mail program."""
    message = pages.visible_message(request, public_id)
    if message.raw is None:
        raise Http404
    return _file(
        FileResponse(
            files.path_of(message.raw).open("rb"),
            content_type="message/rfc822",
            as_attachment=True,
            filename=f"{message.conversation.reference}.eml",
        )
    )


@inside
@require_GET
def attachment(request: HttpRequest, public_id: str, name: str) -> HttpResponseBase:
    """`name` is what the browser calls the file; which file it is, the id alone decides."""
    rows = conversations.attachments_visible_to(teammate_of(request)).select_related("file")
    found = get_object_or_404(rows, public_id=public_id)
    inline = request.GET.get("inline") == "1" and timeline.is_preview(found)
    answer = _file(_response(found, inline=inline))
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


def _response(found: Attachment, *, inline: bool) -> FileResponse:
    return FileResponse(
        files.path_of(found.file).open("rb"),
        content_type=found.content_type.lower() if inline else "application/octet-stream",
        as_attachment=not inline,
        filename=found.name,
    )


def _file(answer: FileResponse) -> FileResponse:
    answer["Content-Security-Policy"] = _NOTHING_RUNS
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, max-age=600"
    return answer
