"""Views: searches kept as folders. Their pages, the form that makes them, and their counts."""

from __future__ import annotations

import math
import time

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goodword.accounts.models import Team, Teammate
from goodword.desk import queries as desk
from goodword.desk.models import SavedView
from goodword.desk.search import finding, saved
from goodword.desk.search.finding import LIMIT_SECONDS
from goodword.desk.search.saved import NothingAsked, Wanted
from goodword.inboxes import queries as inboxes
from goodword.web import undoing
from goodword.web.inbox import listing
from goodword.web.inbox.places import ORDER_WORDS, NoSuchPlace, place
from goodword.web.inside import inside, moment_of, teammate_of

COLUMN_WORDS = {
    "owner": gettext_lazy("Who has it"),
    "subject": gettext_lazy("Subject"),
    "inbox": gettext_lazy("Inbox"),
    "words": gettext_lazy("Last words"),
    "due": gettext_lazy("What is owed, and when"),
    "waiting": gettext_lazy("Waiting since"),
    "tags": gettext_lazy("Tags"),
}
_FRESH_SECONDS = 5.0
# When somebody last began to count it, since when what is known holds (monotonic), and what it is.
_counted: dict[tuple[frozenset[int], int, str], tuple[float, float, str]] = {}
_MOST_COUNTED = 5_000


class ViewForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=saved.MOST_NAME)
    asked = forms.CharField(
        label=gettext_lazy("Search"),
        max_length=saved.MOST_ASKED,
        help_text=gettext_lazy("As in the search field: words, and operators such as is:late."),
    )
    shown_to = forms.ChoiceField(label=gettext_lazy("Who sees it in their folders"))
    order = forms.ChoiceField(label=gettext_lazy("Order"), choices=list(ORDER_WORDS.items()))
    columns = forms.MultipleChoiceField(
        label=gettext_lazy("What a row shows"),
        choices=list(COLUMN_WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: object, by: Teammate, **kw: object) -> None:
        super().__init__(*args, **kw)  # type: ignore[arg-type]  # what a form takes
        self._teams = {
            f"team-{each.public_id}": each
            for each in desk.teams_of(by)
            if saved.may_show_to(by, saved.For.TEAM, each)
        }
        choices = [(saved.For.ME.value, _("Only me"))]
        choices += [(key, team.name) for key, team in self._teams.items()]
        if saved.may_show_to(by, saved.For.ALL, None):
            choices.append((saved.For.ALL.value, _("Everybody")))
        self.fields["shown_to"].choices = choices  # type: ignore[attr-defined]  # a choice field
        self.fields["asked"].widget.attrs["data-suggests"] = reverse("inbox:suggestions")

    @property
    def wanted(self) -> Wanted:
        given = self.cleaned_data
        team: Team | None = self._teams.get(given["shown_to"])
        return Wanted(
            name=given["name"],
            asked=given["asked"],
            shown_to=saved.For.TEAM if team else given["shown_to"],
            team=team,
            order=given["order"],
            columns=given["columns"],
        )


@inside
@require_GET
def view(request: HttpRequest, public_id: str) -> HttpResponse:
    order = request.GET.get("order", "")
    try:
        here = place(teammate_of(request), f"view-{public_id}", order=order)
    except NoSuchPlace as error:
        raise Http404 from error
    return listing.show(request, here)


@inside
@require_http_methods(["GET", "POST"])
def keep(request: HttpRequest) -> HttpResponse:
    by = teammate_of(request)
    if request.method == "GET":
        first = {"asked": request.GET.get("q", ""), "order": request.GET.get("order") or "newest"}
        form = ViewForm(by=by, initial=first | {"columns": saved.USUAL_COLUMNS})
        return render(request, "web/inbox/view_form.html", {"form": form})
    form = ViewForm(request.POST, by=by)
    if form.is_valid():
        try:
            kept = saved.keep(form.wanted, by=by, at=moment_of(request))
        except NothingAsked:
            form.add_error("asked", _("Write what the view looks for."))
        else:
            return redirect("inbox:view", kept.public_id)
    return render(request, "web/inbox/view_form.html", {"form": form}, status=422)


@inside
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, public_id: str) -> HttpResponse:
    by, view = teammate_of(request), _mine(request, public_id)
    if request.method == "GET":
        shown_to = f"team-{view.team.public_id}" if view.team else view.shown_to
        first = {
            "name": view.name,
            "asked": view.asked,
            "shown_to": shown_to,
            "order": view.order,
            "columns": view.columns,
        }
        form = ViewForm(by=by, initial=first)
        return render(request, "web/inbox/view_form.html", {"form": form, "view": view})
    form = ViewForm(request.POST, by=by)
    if form.is_valid():
        try:
            saved.change(view, form.wanted, by=by, at=moment_of(request))
        except NothingAsked:
            form.add_error("asked", _("Write what the view looks for."))
        else:
            return redirect("inbox:view", view.public_id)
    return render(request, "web/inbox/view_form.html", {"form": form, "view": view}, status=422)


@inside
@require_POST
def remove(request: HttpRequest, public_id: str) -> HttpResponse:
    view = _mine(request, public_id)
    saved.remove(view, by=teammate_of(request), at=moment_of(request))
    undoing.offer(
        request,
        _("The view “%(name)s” is gone.") % {"name": view.name},
        reverse("inbox:view_bring_back", args=[view.public_id]),
    )
    return redirect("inbox:folder", "mine")


@inside
@require_POST
def bring_back(request: HttpRequest, public_id: str) -> HttpResponse:
    view = saved.removed(public_id, by=teammate_of(request))
    if view is None:
        _mine(request, public_id)  # 404 for what isn't theirs; else it is back already
        return redirect("inbox:view", public_id)
    saved.bring_back(view, by=teammate_of(request), at=moment_of(request))
    messages.success(request, _("The view is back."))
    return redirect("inbox:view", public_id)


def _mine(request: HttpRequest, public_id: str) -> SavedView:
    """A view that this teammate may change. Raises Http404."""
    by = teammate_of(request)
    view = saved.visible_to(by).select_related("team").filter(public_id=public_id).first()
    if view is None or not saved.may_change(view, by):
        raise Http404
    return view


@inside
@require_GET
def counts(request: HttpRequest) -> JsonResponse:
    """How many each view in the navigation holds, capped; those that there was time for.

    Asked for once the page is there, and remembered for a moment: pages don't wait for it. What
    looks alike to all who see the same inboxes is counted once for them all. `Age`, in seconds, is
    that of the oldest: whoever has heard of something newer asks again.
    """
    by = teammate_of(request)
    sees = frozenset(inboxes.open_to(by).order_by().values_list("pk", flat=True))
    began, found = time.monotonic(), dict[str, str]()
    oldest = began
    for view in saved.visible_to(by)[: saved.MOST_SHOWN]:
        if (left := began + LIMIT_SECONDS - time.monotonic()) <= 0:
            break
        since, found[view.public_id] = _count(view, by, sees, request, seconds=left)
        oldest = min(oldest, since)
    return JsonResponse(found, headers={"Age": str(math.ceil(began - oldest))})


def _count(
    view: SavedView, by: Teammate, sees: frozenset[int], request: HttpRequest, *, seconds: float
) -> tuple[float, str]:
    """Since when it holds (monotonic), and what is shown."""
    asked = finding.read(view.asked, at=moment_of(request))
    key, now = (sees, by.pk if finding.is_personal(asked) else 0, view.asked), time.monotonic()
    known = _counted.get(key)
    if known:
        begun, since, shown = known
        if now - begun < _FRESH_SECONDS:
            return since, shown
        _counted[key] = now, since, shown  # who asks meanwhile gets this, and doesn't count as well
    hits = finding.find(asked, by=by, most=desk.COUNT_TO + 1, seconds=seconds).hits
    shown = str(len(hits) or "") if len(hits) <= desk.COUNT_TO else f"{desk.COUNT_TO}+"
    if len(_counted) >= _MOST_COUNTED:
        _counted.clear()
    _counted[key] = now, now, shown
    return now, shown
