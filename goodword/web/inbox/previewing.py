"""How an answer will look, and the pictures of a draft: what its writer alone sees as yet."""

from __future__ import annotations

from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_POST

from goodword.conversations import formatting
from goodword.conversations import queries as conversations
from goodword.conversations.models import DraftFile
from goodword.files import actions as files
from goodword.web.inbox import conversation as pages
from goodword.web.inbox import writing
from goodword.web.inbox.showing import linked
from goodword.web.inbox.timeline import PICTURES
from goodword.web.inside import inside, teammate_of

_MOST_TEXT = 500_000


@inside
@require_POST
def preview(request: HttpRequest, public_id: str) -> HttpResponse:
    """What is written, as they will see it."""
    found = pages.visible(request, public_id)
    text = request.POST.get("text", "")[:_MOST_TEXT]
    draft = writing.draft_of(found, teammate_of(request), "reply")
    shown = {each.content_id: url_of(each) for each in draft.files.all()} if draft else {}
    made = "" if draft and draft.is_plain else formatting.html_of(text, pictures=shown)
    html = formatting.shown(made, cid=shown.get)
    seen = mark_safe(html) if html else linked(text.strip("\n"))  # noqa: S308 -- cleaned there
    return render(request, "web/inbox/_preview.html", {"seen": seen})


def url_of(each: DraftFile) -> str:
    return reverse("inbox:draft_picture", args=[each.public_id])


@inside
@require_GET
def draft_picture(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """A picture of one's own draft, or of one that a colleague shares."""
    teammate = teammate_of(request)
    rows = DraftFile.objects.filter(
        Q(draft__teammate=teammate) | Q(draft__shared_at__isnull=False),
        draft__conversation__in=conversations.visible_to(teammate).order_by(),
    )
    found = get_object_or_404(rows.select_related("file"), public_id=public_id)
    if found.content_type.lower() not in PICTURES:
        raise Http404
    path = files.path_of(found.file)
    answer = FileResponse(path.open("rb"), content_type=found.content_type.lower())
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, max-age=600"
    return answer
