"""What stands in the business's own fields for a conversation."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from goodword.accounts import rights
from goodword.conversations import filling
from goodword.web.inbox import conversation as pages
from goodword.web.inside import inside, moment_of, teammate_of
from goodword.web.people.asking import ask, lead
from goodword.web.people.written import WithFields


@inside
@require_http_methods(["GET", "POST"])
def fields(request: HttpRequest, public_id: str) -> HttpResponse:
    found, by = pages.visible(request, public_id), teammate_of(request)
    if not rights.may_answer(by):
        raise Http404
    back = pages.address_of(request, found)
    form = WithFields(request.POST or None)
    form.add_own(filling.values_of(found))
    if form.is_bound and form.is_valid():
        with transaction.atomic():
            for each, text in form.written().items():
                filling.set_value(found, each, text, by=by, at=moment_of(request))
        messages.success(request, _("Saved."))
        return lead(request, back)
    body = "web/people/_remembering.html"
    title = _("About this conversation")
    return ask(request, title=title, form=form, verb=_("Save"), back=back, body=body)
