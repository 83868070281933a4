"""One message by itself: its HTML in a frame, its source, its file; and attachments.

Everything here came from strangers. Each answer has a policy of its own that runs nothing, and
what is not a harmless picture is only ever downloaded.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from django.core import signing
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from goodword.accounts.models import Theme
from goodword.channels.email.html import clean_html, frame_document
from goodword.conversations import queries as conversations
from goodword.conversations.models import Attachment, Message
from goodword.files import actions as files
from goodword.web.inbox import conversation as pages
from goodword.web.inbox import timeline
from goodword.web.inside import inside, teammate_of

_SALT = "goodword.picture"
_PICTURE_SECONDS = 600  # a frame loads its pictures at once
_SHOWN_SOURCE = 200_000  # bytes
_NOTHING_RUNS = "default-src 'none'; sandbox; frame-ancestors 'none'"


@inside
@require_GET
def frame(request: HttpRequest, public_id: str) -> HttpResponse:
    """The cleaned HTML, for `<iframe sandbox>` alone. `?remote=1` loads pictures from elsewhere."""
    message = pages.visible_message(request, public_id)
    remote = request.GET.get("remote") == "1"
    document = frame_document(
        clean_html(message.html, cid=_pictures_of(message), show_remote=remote),
        dark=teammate_of(request).theme == Theme.DARK,
        language=get_language() or "en",
    )
    # 'self' means nothing in a sandbox without an origin of its own, so our host is named.
    ours = f"{request.scheme}://{request.get_host()}"
    answer = HttpResponse(document)
    answer["Content-Security-Policy"] = (
        f"default-src 'none'; img-src {ours}{' https: http:' if remote else ''}; "
        "style-src 'unsafe-inline'; sandbox allow-popups allow-popups-to-escape-sandbox; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _pictures_of(message: Message) -> Callable[[str], str | None]:
    """Content-ID → address of the picture, signed: a sandboxed frame sends no cookies."""
    rows = message.attachments.exclude(content_id="").select_related("file")
    by_id = {each.content_id: _signed(each) for each in rows if timeline.is_preview(each)}
    return by_id.get


def _signed(attachment: Attachment) -> str:
    name = quote(attachment.name.replace("/", "_"), safe="")
    path = reverse("inbox:attachment", args=[attachment.public_id, name])
    token = signing.dumps(attachment.public_id, salt=_SALT)
    return f"{path}?inline=1&signed={token}"


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


@require_GET
def attachment(request: HttpRequest, public_id: str, name: str) -> HttpResponseBase:
    """Behind the session, or behind a signature that is bound to this picture for ten minutes.

    `name` is what the browser calls the file; which file it is, the id alone decides.
    """
    token = request.GET.get("signed", "")
    if token:
        return _signed_picture(public_id, token)
    answer: HttpResponseBase = _attachment(request, public_id)
    return answer


@inside
def _attachment(request: HttpRequest, public_id: str) -> HttpResponseBase:
    rows = conversations.attachments_visible_to(teammate_of(request)).select_related("file")
    found = get_object_or_404(rows, public_id=public_id)
    inline = request.GET.get("inline") == "1" and timeline.is_preview(found)
    answer = _file(_response(found, inline=inline))
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


def _signed_picture(public_id: str, token: str) -> HttpResponseBase:
    try:
        bound = signing.loads(token, salt=_SALT, max_age=_PICTURE_SECONDS)
    except signing.BadSignature as error:
        raise Http404 from error
    found = Attachment.objects.filter(public_id=public_id).select_related("file").first()
    if bound != public_id or found is None or not timeline.is_preview(found):
        raise Http404
    answer = _file(_response(found, inline=True))
    # The frame it is shown in has no origin, so nothing narrower would let it in.
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
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
