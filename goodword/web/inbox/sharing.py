"""Show a draft to colleagues, and what they do with it."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goodword.accounts.models import Teammate
from goodword.accounts.rights import MayNot
from goodword.conversations import queries as conversations
from goodword.conversations.models import Conversation, Draft, DraftFile
from goodword.desk import queries as desk
from goodword.desk.answering import sharing
from goodword.desk.handling import CannotSee
from goodword.files import actions as files
from goodword.web.inbox import conversation as pages
from goodword.web.inbox import writing
from goodword.web.inbox.errors import sentence
from goodword.web.inside import inside, moment_of, teammate_of, wants_piece


class ShareForm(forms.Form):
    asked = forms.ModelChoiceField(
        label=gettext_lazy("Ask"),
        queryset=Teammate.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=gettext_lazy("Nobody: just show it"),
    )
    asked_for = forms.ChoiceField(
        label=gettext_lazy("What for"), choices=Draft.AskedFor.choices, required=False
    )

    def __init__(self, data: object, *, found: Conversation, by: Teammate) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # a form's data, or nothing
        others = desk.who_may_answer(found.inbox).exclude(pk=by.pk)
        self.fields["asked"].queryset = others  # type: ignore[attr-defined]


@inside
@require_http_methods(["GET", "POST"])
def share(request: HttpRequest, public_id: str) -> HttpResponse:
    """Asks whom to ask, over the page or as one; then shows what one is writing here."""
    found, by = pages.visible(request, public_id), teammate_of(request)
    draft = writing.draft_of(found, by, "reply")
    if draft is None:
        messages.error(request, _("There is nothing to show: write an answer first."))
        return _back(request, found)
    form = ShareForm(request.POST or None, found=found, by=by)
    if request.method == "POST" and form.is_valid():
        asked, asked_for = form.cleaned_data["asked"], form.cleaned_data["asked_for"]
        return _do(
            request,
            draft,
            lambda: sharing.share(
                draft, asked=asked, asked_for=asked_for, by=by, at=moment_of(request)
            ),
            done=_("Your colleagues see your draft."),
        )
    context = {
        "conversation": found,
        "place": pages.place_beside(request, found),
        "form": form,
        "back": pages.address_of(request, found),
    }
    if not wants_piece(request):
        return render(request, "web/inbox/share.html", context, status=422 if form.errors else 200)
    answer = render(request, "web/inbox/_share_dialog.html", context)
    answer["HX-Retarget"], answer["HX-Reswap"] = "#asking", "innerHTML"
    return answer


@inside
@require_POST
def take_back(request: HttpRequest, public_id: str) -> HttpResponse:
    draft, by, at = _draft(request, public_id), teammate_of(request), moment_of(request)
    done = _("Only you see your draft again.")
    return _do(request, draft, lambda: sharing.take_back(draft, by=by, at=at), done=done)


@inside
@require_POST
def go_on(request: HttpRequest, public_id: str) -> HttpResponse:
    draft, by, at = _draft(request, public_id), teammate_of(request), moment_of(request)
    done = _("The draft is yours now.")
    return _do(request, draft, lambda: sharing.go_on(draft, by=by, at=at), done=done)


@inside
@require_POST
def approve(request: HttpRequest, public_id: str) -> HttpResponse:
    draft, by, at = _draft(request, public_id), teammate_of(request), moment_of(request)
    seen = request.POST.get("seen", "")
    done = _("Approved. %(who)s is told and can send it.") % {"who": draft.teammate.name}
    return _do(request, draft, lambda: sharing.approve(draft, seen=seen, by=by, at=at), done=done)


@inside
@require_POST
def send_back(request: HttpRequest, public_id: str) -> HttpResponse:
    draft, by, at = _draft(request, public_id), teammate_of(request), moment_of(request)
    word = request.POST.get("word", "")
    done = _("Sent back to %(who)s.") % {"who": draft.teammate.name}
    return _do(request, draft, lambda: sharing.send_back(draft, word=word, by=by, at=at), done=done)


@inside
@require_GET
def file(request: HttpRequest, public_id: str, file_id: str) -> HttpResponseBase:
    """One of its files, always as a download."""
    rows = DraftFile.objects.filter(draft=_draft(request, public_id)).select_related("file")
    found = get_object_or_404(rows, public_id=file_id)
    answer = FileResponse(
        files.path_of(found.file).open("rb"),
        content_type="application/octet-stream",
        as_attachment=True,
        filename=found.name,
    )
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _draft(request: HttpRequest, public_id: str) -> Draft:
    """A draft that is shown, where this teammate sees the conversation. Raises Http404."""
    seen = conversations.holding(conversations.visible_to(teammate_of(request)))
    rows = Draft.objects.filter(seen, shared_at__isnull=False)
    rows = rows.select_related("conversation", "teammate")
    return get_object_or_404(rows, public_id=public_id)


def _do(
    request: HttpRequest, draft: Draft, act: Callable[[], object], *, done: str
) -> HttpResponse:
    try:
        act()
    except sharing.TextChanged:
        words = _("Not approved: it was changed since you read it. Read it again as it is now.")
        messages.warning(request, words)
    except sharing.NotShared:
        messages.error(request, _("That was settled meanwhile; what you see now is how it stands."))
    except (MayNot, CannotSee) as error:
        messages.error(request, sentence(error))
    else:
        messages.success(request, done)
    return _back(request, draft.conversation)


def _back(request: HttpRequest, found: Conversation) -> HttpResponse:
    """To the conversation; from a dialog the page is loaded anew, the answer being written too."""
    found = pages.visible(request, found.public_id)
    back = pages.address_of(request, found, compose="reply")
    if not wants_piece(request):
        return redirect(back)
    answer = HttpResponse(status=204)
    answer["HX-Redirect"] = back
    return answer
