"""One question more: a dialog where htmx fetches it, a page of its own without it."""

from __future__ import annotations

from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from goodword.web.inside import wants_piece

UNPROCESSABLE = 422


def ask(
    request: HttpRequest,
    *,
    title: str,
    form: BaseForm | None,
    verb: str,
    back: str,
    words: str = "",
    body: str = "",
    danger: bool = False,
    **more: Any,
) -> HttpResponse:
    """`verb`: what the button says; `words`: what it means. `body`: a template in the form's
    place, drawn with `more`.
    """
    context = {
        "title": title,
        "form": form,
        "verb": verb,
        "back": back,
        "words": words,
        "body": body or "web/people/_fields.html",
        "danger": danger,
        "action": request.get_full_path(),
        "in_dialog": wants_piece(request),
        **more,
    }
    template = "web/people/_ask_dialog.html" if wants_piece(request) else "web/people/ask.html"
    status = UNPROCESSABLE if form is not None and form.is_bound else 200
    return render(request, template, context, status=status)


def lead(request: HttpRequest, to: str) -> HttpResponse:
    """On to `to` after something was done; htmx goes there as well."""
    if not wants_piece(request):
        return redirect(to)
    answer = HttpResponse(status=204)
    answer["HX-Redirect"] = to
    return answer
