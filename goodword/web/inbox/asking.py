"""Asking somebody outside, aside of a conversation; forwarding one message; reading it in place."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_http_methods

from goodword.accounts import rights
from goodword.conversations.models import Conversation, Message
from goodword.core import ids
from goodword.desk import roads
from goodword.desk.answering import leaving_from
from goodword.desk.answering.leaving_from import NotOfInbox, Senders
from goodword.desk.answering.queueing import ROAD, answer_subject
from goodword.desk.answering.recipients import (
    NobodyToReach,
    NotAnAddress,
    Recipients,
    read_addresses,
)
from goodword.desk.answering.replying import NothingSaid
from goodword.desk.together import aside
from goodword.desk.together.sides import SeenByCustomer
from goodword.files import actions as files
from goodword.files.models import File
from goodword.inboxes import queries as inboxes
from goodword.web import undoing
from goodword.web.inbox import asides, promised, timeline
from goodword.web.inbox import conversation as pages
from goodword.web.inbox.errors import sentence
from goodword.web.inbox.forms import FilesField
from goodword.web.inside import inside, moment_of, teammate_of, wants_piece


class AsideForm(forms.Form):
    """Whom to ask, and what. `along`: the files of the forwarded message that go with it."""

    to = forms.CharField(
        label=gettext_lazy("To"),
        max_length=5_000,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email"}),
        help_text=gettext_lazy("Addresses, with commas between them. Never the customer's."),
    )
    cc = forms.CharField(
        label=gettext_lazy("Copy"),
        required=False,
        max_length=5_000,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )
    sender = forms.ChoiceField(
        label=gettext_lazy("From"),
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy(
                "Not sent: %(value)s is no address of this inbox any more. Choose another."
            )
        },
    )
    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    text = forms.CharField(
        label=gettext_lazy("What you write to them"),
        required=False,
        strip=False,
        max_length=500_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    along = forms.MultipleChoiceField(
        label=gettext_lazy("Its files that go with it"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    attached = FilesField(label=gettext_lazy("Attach files"), required=False, max_length=250)
    once = forms.CharField(required=False, max_length=24, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, forwarded: Message | None, senders: Senders, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if senders.others:
            known = [("", senders.usual), *((each, each) for each in senders.others)]
            self.fields["sender"].choices = known  # type: ignore[attr-defined]
        else:
            del self.fields["sender"]
        self.all_along = list(forwarded.attachments.order_by("pk")) if forwarded else []
        if self.all_along:
            self.fields["along"].choices = [  # type: ignore[attr-defined]
                (each.public_id, each.name) for each in self.all_along
            ]
        else:
            del self.fields["along"]

    def clean_to(self) -> tuple[str, ...]:
        return self._addresses("to")

    def clean_cc(self) -> tuple[str, ...]:
        return self._addresses("cc")

    def _addresses(self, name: str) -> tuple[str, ...]:
        try:
            return read_addresses(self.cleaned_data[name])
        except NotAnAddress as error:
            words = _("“%(typed)s” is not a mail address.") % {"typed": error}
            raise ValidationError(words) from error

    @property
    def left_out(self) -> set[str]:
        taken = self.cleaned_data.get("along", [])
        return {each.public_id for each in self.all_along} - set(taken)


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A PDF that goes with what is said aside, made when it is sent. `url`: to look at it;
    `attach_url`: there it is put with an answer to `who`, whom it is about.
    """

    name: str
    url: str
    attach_url: str
    who: str
    make: Callable[[], bytes]


@inside
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask somebody outside."""
    found = pages.visible(request, public_id)
    return ask(request, found)


@inside
@require_http_methods(["GET", "POST"])
def forward(request: HttpRequest, public_id: str) -> HttpResponse:
    """One message with a comment; what was said aside goes on to another aside."""
    message = pages.visible_message(request, public_id)
    here = message.conversation
    found = pages.visible(request, here.public_id)
    parent = asides.around(found, by=teammate_of(request)) or found
    subject = answer_subject(message.subject or here.subject).removeprefix("Re:").strip()
    mark = pgettext("subject of a forwarded mail", "Fwd:")
    initial = {"subject": f"{mark} {subject}".strip()}
    return ask(request, parent, initial, forwarded=message)


def ask(
    request: HttpRequest,
    parent: Conversation,
    initial: dict[str, Any] | None = None,
    *,
    forwarded: Message | None = None,
    enclosed: Enclosed | None = None,
) -> HttpResponse:
    """What is written to somebody outside about `parent`, and sent."""
    initial = {**(initial or {}), "once": ids.public_id()}
    if forwarded is not None:
        mine = forwarded.attachments.filter(content_id="")  # not the pictures of a signature
        initial["along"] = list(mine.values_list("public_id", flat=True))
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    own = inboxes.addresses_of(parent.inbox_id)
    senders = leaving_from.among(parent.inbox, own)  # nobody has written there yet
    form = AsideForm(*sent, initial=initial, forwarded=forwarded, senders=senders)
    if request.method == "POST" and form.is_valid():
        side = _begin(request, parent, forwarded, enclosed, form)
        if side is not None:
            return _shown(request, parent, side)
    context = {
        "conversation": parent,
        "place": pages.place_beside(request, parent),
        "form": form,
        "forwarded": aside.forwarding(forwarded) if forwarded else "",
        "enclosed": enclosed,
        "action": request.get_full_path(),
        "back": pages.address_of(request, parent),
        "may": rights.may_answer(teammate_of(request)),
        "can_leave": roads.road(ROAD).can_send(parent.inbox_id),
    }
    template = "web/inbox/_aside_dialog.html" if wants_piece(request) else "web/inbox/aside.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


def _begin(
    request: HttpRequest,
    parent: Conversation,
    forwarded: Message | None,
    enclosed: Enclosed | None,
    form: AsideForm,
) -> Conversation | None:
    """None where it was refused, which the form says then."""
    given, at = form.cleaned_data, moment_of(request)
    kept: list[tuple[str, str, File]] = [
        (each.name or "", each.content_type or "", files.keep(each.read(), at=at))
        for each in given["attached"]
    ]
    try:
        rights.require_answer(teammate_of(request))
        if enclosed is not None:
            made = files.keep(enclosed.make(), at=at)
            kept.insert(0, (enclosed.name, "application/pdf", made))
        return aside.begin(
            parent,
            to=Recipients(to=given["to"], cc=given["cc"], sender=given.get("sender", "")),
            subject=given["subject"],
            text=given["text"],
            files=kept,
            forwarded=forwarded,
            without=form.left_out,
            by=teammate_of(request),
            once=given["once"],
            at=at,
        )
    except (SeenByCustomer, NobodyToReach) as error:
        form.add_error("to", sentence(error))
    except NotOfInbox as error:
        form.add_error("sender" if "sender" in form.fields else None, sentence(error))
    except NothingSaid as error:
        form.add_error("text", sentence(error))
    except (rights.MayNot, aside.NoAsideHere, aside.NotToForward) as error:
        form.add_error(None, sentence(error))
    return None


def _shown(request: HttpRequest, parent: Conversation, side: Conversation) -> HttpResponse:
    """Back to the conversation, at the card; until it has left it can be taken back."""
    said = side.messages.order_by("-id").values_list("public_id", flat=True).first()
    words = _("Sent aside. The customer never sees it.")
    if said is not None:
        undoing.offer(request, words, reverse("inbox:take_back", args=[said]))
    back = f"{pages.address_of(request, parent)}#aside-{side.public_id}"
    if not wants_piece(request):
        return redirect(back)
    answer = HttpResponse(status=204)
    # Not HX-Redirect: to another place on the same page a browser goes without asking for it.
    place = {"path": back, "target": "#conversation", "swap": "outerHTML"}
    answer["HX-Location"] = json.dumps(place)
    return answer


# Reading one in place


@inside
@require_GET
def opened(request: HttpRequest, public_id: str) -> HttpResponse:
    """Its messages, as the card in the timeline shows them when it is opened."""
    found = pages.visible(request, public_id)
    if found.side_of_id is None or not wants_piece(request):
        return redirect(pages.address_of(request, found))
    by, now = teammate_of(request), moment_of(request)
    said = timeline.of(found, replies=(), words=promised.Promised(), by=by, now=now)
    context = {
        "conversation": found,
        "place": pages.place_beside(request, found),
        "timeline": said,
        "may_answer": rights.may_answer(by),
    }
    return render(request, "web/inbox/_aside_opened.html", context)
