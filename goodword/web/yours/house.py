"""How pages for customers look: the accent as a stylesheet of one rule, and the logo."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from goodword.accounts import queries as accounts
from goodword.accounts.models import Business
from goodword.files import actions as files
from goodword.files import pictures
from goodword.ui import colours

_KEPT_SECONDS = 365 * 24 * 3600  # both are named by their content
_NAME_LENGTH = 24


def stylesheet_url(business: Business) -> str:
    """Empty where the business has no accent of its own."""
    return reverse("yours:stylesheet", args=[business.accent[1:]]) if business.accent else ""


def logo_url(business: Business) -> str:
    """Empty without a logo."""
    if business.logo is None:
        return ""
    return reverse("yours:logo", args=[business.logo.sha256[:_NAME_LENGTH]])


@require_safe
def stylesheet(request: HttpRequest, digits: str) -> HttpResponse:
    """A style in the page itself is what our content policy forbids."""
    business = accounts.business()
    accent = f"#{digits}"
    if business is None or business.accent != accent or not colours.is_colour(accent):
        raise Http404
    dark = colours.in_the_dark(accent)
    rule = f":root {{ --house: light-dark({accent}, {dark}); --house-fill: {accent}; }}\n"
    return _kept(HttpResponse(rule, content_type="text/css; charset=utf-8"))


@require_safe
def logo(request: HttpRequest, name: str) -> HttpResponse:
    """The bytes say what they are, each time: never what an uploader said."""
    business = accounts.business()
    file = business.logo if business else None
    if file is None or file.sha256[:_NAME_LENGTH] != name:
        raise Http404
    data = files.read(file)
    content_type = pictures.type_of(data)
    if not content_type:
        raise Http404
    response = HttpResponse(data, content_type=content_type)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "inline"
    return _kept(response)


def _kept(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, public=True, max_age=_KEPT_SECONDS, immutable=True)
    return response
