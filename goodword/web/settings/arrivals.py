"""What came in and could not be read."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from goodword.desk import queries
from goodword.desk.intake import arriving
from goodword.files import actions as files
from goodword.web.inside import moment_of
from goodword.web.settings import pages
from goodword.web.settings.forms import RetryForm

PAGE = 50


@pages.owners_only
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    rows = queries.failed_arrivals().select_related("inbox", "raw")
    before = request.GET.get("before", "")
    count = rows.count()
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    shown = list(rows[: PAGE + 1])
    context = {
        "arrivals": shown[:PAGE],
        "older": shown[PAGE - 1].pk if len(shown) > PAGE else None,
        "count": count,
        # The same in every row, so asked for and drawn once.
        "choose_inbox": RetryForm(auto_id=False)["inbox"].as_widget(),
        "choose_words": RetryForm.base_fields["inbox"].label,
    }
    return pages.show(request, "web/settings/arrivals.html", context, here="arrivals")


@pages.owners_only
@require_GET
def raw(request: HttpRequest, pk: int) -> HttpResponseBase:
    arrival = get_object_or_404(queries.failed_arrivals().select_related("raw"), pk=pk)
    try:
        content = files.path_of(arrival.raw).open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    # As bytes to be saved: whatever is in there, no browser shows it as a page of ours.
    return FileResponse(
        content,
        as_attachment=True,
        filename=f"arrival-{arrival.pk}.eml",
        content_type="application/octet-stream",
    )


@pages.owners_only
@require_POST
def try_again(request: HttpRequest, pk: int) -> HttpResponse:
    arrival = get_object_or_404(queries.failed_arrivals(), pk=pk)
    form = RetryForm(request.POST)
    if not form.is_valid():
        raise Http404  # an inbox that isn't in the list
    inbox = form.cleaned_data["inbox"]
    arriving.try_again(arrival, inbox=inbox, at=moment_of(request))
    messages.success(request, _("Goodword tries it again. If it can't, it comes back here."))
    return redirect("settings:arrivals")
