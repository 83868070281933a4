"""Giving a word in a conversation: a promise, coming back to it, urgency, a holding reply.

Each is a question in a dialog where htmx fetches it, and a page of its own without it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from goodword.accounts import rights
from goodword.conversations.models import Conversation
from goodword.core.text import clean_line
from goodword.desk import handling, wording
from goodword.desk.answering import holding, replying
from goodword.desk.answering.recipients import NobodyToReach, reply_to_all
from goodword.desk.keeping import owing, promising
from goodword.plan.service_plan import Due
from goodword.promises import kinds
from goodword.promises.models import Promise
from goodword.web.inbox import conversation as pages
from goodword.web.inbox import errors as inbox_errors
from goodword.web.inside import inside, moment_of, teammate_of, typed, wants_piece
from goodword.web.ledger.errors import REFUSALS, sentence
from goodword.web.ledger.forms import DueForm, ShownField, kinds_by_hand, owners_of

Direction = Promise.Direction


class TrackForm(DueForm):
    """A promise said in the conversation: by us, or by them."""

    what = forms.CharField(
        label=gettext_lazy("What"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("As you would say it to them: “Send the gift-card link”."),
    )
    direction = forms.ChoiceField(
        label=gettext_lazy("Whose promise"),
        choices=[
            (Direction.OURS, gettext_lazy("Ours to them")),
            (Direction.THEIRS, gettext_lazy("Theirs to us")),
        ],
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=kinds_by_hand)
    owner = forms.ChoiceField(label=gettext_lazy("Who keeps it"), required=False)
    said = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)
    is_shown = ShownField()

    field_order = ("what", "direction", "kind", "owner", "day", "clock", "is_shown")

    def __init__(self, *args: Any, conversation: Conversation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._owners = owners_of(conversation.inbox)
        self.fields["owner"].choices = [  # type: ignore[attr-defined]
            ("", _("I do")),
            *((key, str(each)) for key, each in self._owners.items()),
        ]

    def track(self, conversation: Conversation, *, due: Due, **who: Any) -> Promise:
        given = self.cleaned_data
        theirs = given["direction"] == Direction.THEIRS
        return promising.track(
            conversation,
            what=given["what"],
            kind=kinds.WAITING if theirs else given["kind"],
            direction=given["direction"],
            owner=None if theirs else self._owners.get(given["owner"]),
            said=clean_line(given["said"]),
            is_shown=given["is_shown"],
            due=due,
            **who,
        )

    def clean_what(self) -> str:
        what = clean_line(self.cleaned_data["what"], most=300)
        if not what:
            raise ValidationError(_("Say what is promised."))
        return what


class ComeBackForm(DueForm):
    why = forms.CharField(
        label=gettext_lazy("What for"), required=False, max_length=300,
        help_text=gettext_lazy("So that you know on the day why you are back here."),
    )  # fmt: skip


class HoldForm(DueForm):
    text = forms.CharField(
        label=gettext_lazy("Holding reply"),
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )


@inside
@require_http_methods(["GET", "POST"])
def track(request: HttpRequest, public_id: str) -> HttpResponse:
    found = pages.visible(request, public_id)
    sent = request.POST if request.method == "POST" else None
    suggested = {name: typed(request.GET, name) for name in ("what", "direction", "day", "said")}
    form = TrackForm(sent, initial=suggested, conversation=found, **_clock(request, found))

    def act(due: Due) -> None:
        form.track(found, due=due, by=teammate_of(request), at=moment_of(request))

    return _ask(request, found, form, act, about="track", done=_("Noted. It comes up in time."))


@inside
@require_http_methods(["GET", "POST"])
def come_back(request: HttpRequest, public_id: str) -> HttpResponse:
    found = pages.visible(request, public_id)
    sent = request.POST if request.method == "POST" else None
    form = ComeBackForm(sent, **_clock(request))

    def act(due: Due) -> None:
        why = form.cleaned_data["why"]
        by, at = teammate_of(request), moment_of(request)
        promising.come_back(found, due=due, why=why, by=by, at=at)

    done = _("It comes back on its day, whatever is written until then.")
    return _ask(request, found, form, act, about="come_back", done=done)


@inside
@require_http_methods(["GET", "POST"])
def hold(request: HttpRequest, public_id: str) -> HttpResponse:
    """A holding reply: drafted with the time that the plan would promise now."""
    found, now = pages.visible(request, public_id), moment_of(request)
    message = owing.owed_message(found)
    if message is None:
        messages.error(request, inbox_errors.sentence(handling.NothingOwed()))
        return redirect(pages.address_of(request, found))
    due = holding.new_due(found, message, at=now)
    there = due.at.astimezone(ZoneInfo(wording.zone_of(found.person)))
    drafted = {
        "text": holding.words_of(found, message, due=due),
        "day": there.date(),
        "clock": there.time(),
    }
    sent = request.POST if request.method == "POST" else None
    form = HoldForm(sent, initial=drafted, **_clock(request, found))

    def act(due: Due) -> None:
        only, _everyone = reply_to_all(found)
        text = form.cleaned_data["text"]
        by = teammate_of(request)
        holding.hold(found, text=text, recipients=only, due=due, by=by, at=now)

    done = _("Sent. You owe the answer by the time you named.")
    return _ask(request, found, form, act, about="hold", done=done)


@inside
@require_POST
def urgent(request: HttpRequest, public_id: str) -> HttpResponse:
    found = pages.visible(request, public_id)
    back = pages.address_of(request, found)
    says = request.POST.get("urgent") == "yes"
    try:
        handling.mark_urgent(found, urgent=says, by=teammate_of(request), at=moment_of(request))
    except REFUSALS as error:
        messages.error(request, sentence(error))
    return redirect(back)


def _clock(request: HttpRequest, found: Conversation | None = None) -> dict[str, Any]:
    """What is said to them is said by their clock; what is said to ourselves, by ours."""
    zone = wording.zone_of(found.person) if found else timezone.get_current_timezone_name()
    return {"now": moment_of(request), "zone": zone}


def _ask(
    request: HttpRequest,
    found: Conversation,
    form: DueForm,
    act: Callable[[Due], None],
    *,
    about: str,
    done: str,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            act(form.due(found.inbox))
        except ValidationError as error:
            form.add_error("day", error)
        except (replying.NothingSaid, NobodyToReach) as error:
            form.add_error(None, inbox_errors.sentence(error))
        except (*REFUSALS, handling.NothingOwed) as error:
            messages.error(request, sentence(error))
            return _back(request, found)
        else:
            messages.success(request, done)
            return _back(request, found)
    context = {
        "conversation": found,
        "place": pages.place_beside(request, found),
        "form": form,
        "about": about,
        "back": pages.address_of(request, found),
        "action": request.get_full_path(),
        "may": rights.may_answer(teammate_of(request)),
    }
    template = "web/inbox/_give_dialog.html" if wants_piece(request) else "web/inbox/give.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


def _back(request: HttpRequest, found: Conversation) -> HttpResponse:
    """To the conversation; from a dialog the pane is swapped by what htmx follows."""
    back = pages.address_of(request, found)
    if not wants_piece(request):
        return redirect(back)
    answer = HttpResponse(status=204)
    answer["HX-Redirect"] = back
    return answer
