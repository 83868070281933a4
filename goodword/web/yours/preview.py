"""The page as a teammate looks at it: what the person sees, of what the teammate may see."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from goodword.accounts import rights
from goodword.conversations.models import Conversation
from goodword.desk.keeping import public_links
from goodword.people import actions as people
from goodword.people import queries
from goodword.promises import queries as promises
from goodword.web.inbox.conversation import visible
from goodword.web.inside import inside, moment_of, teammate_of
from goodword.web.yours.outside import Guest, as_they_read, page, private
from goodword.web.yours.views import own_page_of


@inside
@require_safe
def preview(request: HttpRequest, public_id: str) -> HttpResponse:
    """It has no key and no buttons: what the person says there, only they can say."""
    conversation, now = _answerable(request, public_id), moment_of(request)
    person = queries.standing(conversation.person)
    rows = promises.shown_to(person)
    seen = rows.filter(pk__in=promises.visible_to(teammate_of(request)).values("pk"))
    strip = {  # in the language of who looks, before the page speaks theirs
        "back": conversation.public_id,
        "name": person.name,
        "place": public_links.place(),
        "csrf_token": get_token(request),
    }
    above = render_to_string("web/yours/_strip.html", strip)
    with as_they_read(person):
        guest = Guest(person, "", now + public_links.GOOD_FOR, now)
        context = own_page_of(person, seen, guest=guest) | {"strip": above}
        return private(page("web/yours/promises.html", context))


@inside
@require_POST
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    conversation = _answerable(request, public_id)
    person = queries.standing(conversation.person)
    people.withdraw_links(person, by=teammate_of(request), at=moment_of(request))
    messages.success(request, _("Their links open nothing any more; the next mail has a new one."))
    return redirect("inbox:conversation", public_id=conversation.public_id)


def _answerable(request: HttpRequest, public_id: str) -> Conversation:
    if not rights.may_answer(teammate_of(request)):
        raise Http404
    return visible(request, public_id)
