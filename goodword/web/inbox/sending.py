"""When an answer leaves and what comes after: as chosen beside Send, or changed later."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goodword.conversations.models import Conversation, Message
from goodword.core.text import clean_line
from goodword.desk.answering import later
from goodword.desk.answering.later import Then
from goodword.plan import hours as opening
from goodword.plan import queries as plan
from goodword.plan.hours import Hours
from goodword.promises.models import Promise
from goodword.ui import times
from goodword.web.inbox import conversation as pages
from goodword.web.inbox import snoozing
from goodword.web.inbox.errors import REFUSALS, sentence
from goodword.web.inbox.forms import MomentForm
from goodword.web.inbox.snoozing import Choice
from goodword.web.inbox.writing import Composer
from goodword.web.inside import inside, moment_of, teammate_of, typed

_MORNING, _EVENING = time(9, 0), time(18, 0)
_ASK = "ask"  # without script: show the choices


class WrongMoment(Exception):
    """The moment typed can't be read, or there is none."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What was chosen beside Send. `asks`: which of the two menus is to be shown."""

    leaves_at: datetime | None = None
    then: str = ""
    until: datetime | None = None
    asks: str = ""

    @property
    def is_plain(self) -> bool:
        return self.leaves_at is None and not self.then

    @property
    def then_value(self) -> str:
        return f"{self.then}:{self.until.isoformat()}" if self.until else self.then


def wished(sent: QueryDict) -> Wish:
    """What a page says about the sending. The button pressed comes last. Raises WrongMoment."""
    leaving, after = _last(sent, "later"), _last(sent, "then")
    asks = next((name for name, said in (("later", leaving), ("then", after)) if said == _ASK), "")
    if asks:
        return Wish(asks=asks)
    leaves_at = None
    if leaving:
        leaves_at = _moment(typed(sent, "leaves") if leaving == "own" else leaving)
    then, _colon, until = after.partition(":")
    if then not in Then.values:
        return Wish(leaves_at)
    return Wish(leaves_at, then, _moment(until) if then == Then.SNOOZE else None)


def _last(sent: QueryDict, name: str) -> str:
    return clean_line(next((each for each in reversed(sent.getlist(name)) if each), ""), most=60)


def _moment(said: str) -> datetime:
    """An aware moment as a button says it, or a local one as a field does. Raises WrongMoment."""
    try:
        exact = datetime.fromisoformat(said)
        if exact.tzinfo is not None:
            return exact
        local = forms.DateTimeField(input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])
        found: datetime = local.clean(said)
    except (ValueError, ValidationError) as error:
        raise WrongMoment(said) from error
    return found


def leaves_after(promise: Promise | None, wish: Wish, *, now: datetime) -> str:
    """The sentence when the answer leaves after the time it is promised by; else nothing."""
    if promise is None or wish.leaves_at is None:
        return ""
    if not promise.due_at < wish.leaves_at <= now + later.FURTHEST:
        return ""
    due = {"due": times.short(promise.due_at, now)}
    return _("The answer is promised by %(due)s; this leaves after it.") % due


def show(shown: Composer, sent: QueryDict, found: Conversation, *, now: datetime) -> None:
    """Let a composer that comes back hold what was chosen: it is sent then, and not at once."""
    with suppress(WrongMoment):
        wish = wished(sent)
        shown.asks = wish.asks
        shown.wish = None if wish.is_plain else wish
        if shown.asks:
            shown.sending_choices = offered(found, shown.asks, now=now)


def choices(found: Conversation, *, now: datetime) -> list[Choice]:
    """The moments that are known for leaving: soonest first, in the zone of the house."""
    hours = plan.current().hours_of(found.inbox_id)
    here = timezone.localtime(now).replace(second=0, microsecond=0)
    known = [Choice("hour", _("In an hour"), here + timedelta(hours=1))]
    evening = here.replace(hour=_EVENING.hour, minute=0)
    if evening >= here + timedelta(hours=1):
        known.append(Choice("evening", _("This evening"), evening))
    known.append(Choice("tomorrow", _("Tomorrow morning"), _morning(hours, here, days=1)))
    to_monday = (7 - here.weekday()) % 7 or 7
    if to_monday > 1:
        known.append(Choice("monday", _("Monday morning"), _morning(hours, here, to_monday)))
    once = {choice.until: choice for choice in reversed(known)}
    return sorted(once.values(), key=lambda choice: choice.until)


def _morning(hours: Hours | None, here: datetime, days: int) -> datetime:
    """When the day's first opening begins; 9:00 where the plan says nothing of the day."""
    day = here.date() + timedelta(days=days)
    spans = opening.spans_of_day(hours, day) if hours else []
    return spans[0][0] if spans else datetime.combine(day, _MORNING, tzinfo=here.tzinfo)


@inside
@require_GET
def menu(request: HttpRequest, public_id: str) -> HttpResponse:
    """The choices beside Send, fetched when they are opened; `?menu=` later or then."""
    found = pages.visible(request, public_id)
    asked = "then" if request.GET.get("menu") == "then" else "later"
    context = {"sending_choices": offered(found, asked, now=moment_of(request))}
    return render(request, f"web/inbox/_{asked}_choices.html", context)


def offered(found: Conversation, asked: str, *, now: datetime) -> list[Choice]:
    return choices(found, now=now) if asked == "later" else snoozing.choices(now)


# In the timeline


@inside
@require_http_methods(["GET", "POST"])
def another_time(request: HttpRequest, public_id: str) -> HttpResponse:
    """Another moment for what waits to leave."""
    message = pages.visible_message(request, public_id)
    now = moment_of(request)
    form = MomentForm(request.POST or None)
    moment = form.cleaned_data["moment"] if form.is_bound and form.is_valid() else None
    if moment is None:
        found = pages.visible(request, message.conversation.public_id)
        context = {
            **pages.opened_context(request, found, pages.place_beside(request, found)),
            "form": form,
            "message": message,
            "sending_choices": choices(found, now=now),
        }
        status = 422 if form.is_bound else 200
        return render(request, "web/inbox/another_time.html", context, status=status)

    return _let_leave(request, message, moment)


@inside
@require_POST
def send_now(request: HttpRequest, public_id: str) -> HttpResponse:
    """What was to leave later leaves at once."""
    message = pages.visible_message(request, public_id)

    return _let_leave(request, message, None)


def _let_leave(request: HttpRequest, message: Message, moment: datetime | None) -> HttpResponse:
    try:
        later.leave_at(message, moment, by=teammate_of(request), at=moment_of(request))
    except REFUSALS as error:
        messages.error(request, sentence(error))
    found = pages.visible(request, message.conversation.public_id)
    return redirect(pages.address_of(request, found))
