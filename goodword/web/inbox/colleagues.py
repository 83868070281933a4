"""Colleagues in a conversation: whom a note may call, and who follows it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from goodword.conversations.models import Conversation
from goodword.desk import whom
from goodword.desk.together import following, mentioning
from goodword.web.inbox import conversation as pages
from goodword.web.inside import inside, moment_of, teammate_of


def say_unclear(request: HttpRequest, found: Conversation, text: str) -> None:
    """Warn whoever wrote a note that calls a name which several have: nobody was told."""
    for name in mentioning.look_at(found, text).unclear:
        words = _("Several are called %(name)s, so nobody was told. Call one by the whole name.")
        messages.warning(request, words % {"name": name})


@inside
@require_GET
def whom_to_call(request: HttpRequest, public_id: str) -> HttpResponse:
    """Whom a note here may call, for the list that opens while one writes."""
    found = pages.visible(request, public_id)
    me, everyone = teammate_of(request), mentioning.how_to_call(whom.who_may_see(found))
    others = [(each, how) for each, how in everyone if each != me]
    return render(request, "web/inbox/_callable.html", {"callable": others})


@inside
@require_POST
def follow(request: HttpRequest, public_id: str) -> HttpResponse:
    """`follows`: yes or no."""
    found = pages.visible(request, public_id)
    verb = following.follow if request.POST.get("follows") == "yes" else following.unfollow
    verb(found, by=teammate_of(request), at=moment_of(request))
    if verb is following.follow:
        messages.success(request, _("You follow this: you hear what happens here."))
    else:
        messages.success(request, _("You follow this no longer."))
    return redirect(pages.address_of(request, found))
