"""Which senders go to spam, and which never do: listed, added, removed."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from goodword.desk.intake import screening
from goodword.desk.models import SenderRule
from goodword.web.inbox.spamming import why_not
from goodword.web.inside import inside, moment_of, teammate_of, typed
from goodword.web.settings import pages


@inside
@require_http_methods(["GET", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """Owners and leads. What speaks against a rule is said first, and asked once."""
    by, at = teammate_of(request), moment_of(request)
    if not screening.may_rule(by):
        raise Http404
    value, wrong, doubt = typed(request.POST, "value"), "", ""
    if request.method == "POST":
        try:
            if request.POST.get("verdict") == screening.Verdict.ALLOW:
                screening.allow(value, by=by, at=at)
            else:
                # Sure of the one that was asked about, not of what was written over it since.
                screening.block(value, sure=typed(request.POST, "sure") == value, by=by, at=at)
        except screening.WouldMiss as error:
            doubt = why_not(str(error))
        except screening.NotASender:
            wrong = _("Write a mail address, or a domain like @shop.example.")
        else:
            messages.success(request, _("Saved. It counts from the next mail on."))
            return redirect("settings:senders")
    context = {"rules": screening.rules(), "value": value, "wrong": wrong, "doubt": doubt}
    status = pages.UNPROCESSABLE if wrong or doubt else 200
    return pages.show(request, "web/settings/senders.html", context, here="senders", status=status)


@inside
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    by = teammate_of(request)
    if not screening.may_rule(by):
        raise Http404
    rule = get_object_or_404(SenderRule, pk=pk)
    screening.forget(rule, by=by, at=moment_of(request))
    messages.success(request, _("The rule is gone."))
    return redirect("settings:senders")
