"""A conversation on paper: a page made for the printer, and the same as PDF."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.http import require_GET

from goodword.accounts import queries as accounts
from goodword.conversations.models import Conversation
from goodword.web.files import papers
from goodword.web.inbox import conversation as pages
from goodword.web.inside import inside, moment_of


@inside
@require_GET
def paper(request: HttpRequest, public_id: str) -> HttpResponse:
    """`?notes=1`: with internal notes, for a paper that stays in the house."""
    found = pages.visible(request, public_id)
    notes = request.GET.get("notes") == "1"
    context = {
        "conversation": found,
        "paper": papers.of(found, notes=notes),
        "with_notes": notes,
        "made_at": moment_of(request),
    }
    return render(request, "web/files/print.html", context)


@inside
@require_GET
def as_pdf(request: HttpRequest, public_id: str) -> HttpResponse:
    found = pages.visible(request, public_id)
    data = made_of(found, notes=request.GET.get("notes") == "1", at=moment_of(request))
    answer = HttpResponse(data, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{found.reference}.pdf"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def made_of(conversation: Conversation, *, notes: bool, at: datetime) -> bytes:
    """The PDF, in the language of the house. It may take seconds."""
    from goodword.web.files import pdf  # it takes 30 MB of libraries, and few ask for it

    business = accounts.business()
    with override(business.language if business else None):
        return pdf.made_of(
            papers.of(conversation, notes=notes),
            house=business.name if business else "",
            country=business.country if business else "",
            at=at,
        )
