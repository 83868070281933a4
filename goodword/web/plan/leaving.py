"""What becomes of each promise that falls due while someone is away: one form for all of them.

A promise stays as it is, is handed over or is moved; the person it was made to is told where that
was chosen, in their language. Telling them neither answers them nor keeps anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from goodword.accounts.models import Teammate
from goodword.conversations import queries as conversations
from goodword.desk import wording
from goodword.desk.answering import holding, queueing
from goodword.desk.answering.recipients import reply_to_all
from goodword.desk.keeping import owing, promising
from goodword.plan import clocks, words
from goodword.plan import hours as business
from goodword.plan import queries as plan
from goodword.plan.hours import NeverOpen
from goodword.plan.models import Absence
from goodword.plan.service_plan import Due
from goodword.promises import kinds
from goodword.promises import queries as owed
from goodword.promises.models import REPLY, Promise
from goodword.web.inbox import showing
from goodword.web.plan.fields import TimeField
from goodword.web.plan.forms import DayField

MOST = 100  # on one page; the next stand there when these are decided

STAYS, HAND, MOVE = "stays", "hand", "move"
FATES = [
    (STAYS, _("Stays as it is")),
    (HAND, pgettext_lazy("what becomes of a promise", "Hand over")),
    (MOVE, pgettext_lazy("what becomes of a promise", "Move")),
]


def falling_due(absence: Absence, *, seen_by: Teammate, now: datetime) -> QuerySet[Promise]:
    """What they owe by the end of the absence, late things too once they are away."""
    found = owed.visible_to(seen_by).filter(
        pk__in=owed.owed_by(absence.teammate).order_by().values("pk")
    )
    begun = absence.since <= now
    found = found if begun else found.filter(due_at__gte=absence.since)
    if absence.until:
        found = found.filter(Q(due_at__lt=absence.until))
    return found.select_related(
        "person", "inbox", "conversation__inbox", "conversation__person"
    ).order_by("due_at", "id")


@dataclass(frozen=True, slots=True)
class Row:
    """A promise and the fields that decide about it."""

    promise: Promise
    kind: str
    url: str  # where it is kept
    state: str
    shown_at: datetime
    who: str
    fate: forms.BoundField
    to: forms.BoundField
    day: forms.BoundField
    time: forms.BoundField
    tells: list[tuple[forms.BoundField, forms.BoundField]]  # for handing over, and for moving

    @property
    def hand_tell(self) -> tuple[forms.BoundField, forms.BoundField] | None:
        return self.tells[0] if self.tells else None

    @property
    def move_tell(self) -> tuple[forms.BoundField, forms.BoundField] | None:
        return self.tells[1] if self.tells else None


class FatesForm(forms.Form):
    """A choice for each promise, named by its public id."""

    def __init__(
        self,
        *args: Any,
        absence: Absence,
        promises: list[Promise],
        others: QuerySet[Teammate],
        by: Teammate,
        now: datetime,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.absence, self.promises, self.by, self.now = absence, promises, by, now
        self.others = {str(each.pk): each for each in others}
        self.told = _may_be_told(promises, by)
        back = back_day(absence)
        for promise in promises:
            self._add_fields(promise, back)

    def _add_fields(self, promise: Promise, back: date | None) -> None:
        key = promise.public_id
        self.fields[f"{key}_fate"] = forms.ChoiceField(
            label=_("What becomes of it"),
            choices=FATES,
            required=False,  # what was promised since the page was drawn stays as it is
            initial=STAYS,
            widget=forms.RadioSelect(),
        )
        names = [(key, each.name) for key, each in self.others.items()]
        self.fields[f"{key}_to"] = forms.TypedChoiceField(
            label=_("To"),
            choices=[("", _("Choose someone")), *names],
            coerce=lambda chosen: self.others[chosen],
            empty_value=None,
            required=False,
            initial=self.absence.stand_in_id,
        )
        self.fields[f"{key}_day"] = DayField(label=_("New day"), required=False, initial=back)
        self.fields[f"{key}_time"] = TimeField(
            label=_("Time"), required=False, help_text=_("Empty: some time that day.")
        )
        if promise.pk not in self.told:
            return
        for fate, text in ((HAND, handed_words(promise, self)), (MOVE, moved_words(promise, self))):
            self.fields[f"{key}_{fate}_tell"] = forms.BooleanField(
                label=gettext("Tell %(who)s") % {"who": _name(promise)},
                required=False,
                initial=fate == MOVE,
            )
            self.fields[f"{key}_{fate}_note"] = forms.CharField(
                label=_("Message"),
                required=False,
                max_length=5000,
                initial=text,
                widget=forms.Textarea(attrs={"rows": 4}),
            )

    @property
    def rows(self) -> list[Row]:
        return [self._row(promise) for promise in self.promises]

    def _row(self, promise: Promise) -> Row:
        key = promise.public_id
        state, shown_at = showing.chip_of(promise, now=self.now)
        tells = [
            (self[f"{key}_{fate}_tell"], self[f"{key}_{fate}_note"])
            for fate in (HAND, MOVE)
            if promise.pk in self.told
        ]
        return Row(
            promise=promise,
            kind=str(kinds.get(promise.kind).title),
            url=_place(promise),
            state=state,
            shown_at=shown_at,
            who=_name(promise),
            fate=self[f"{key}_fate"],
            to=self[f"{key}_to"],
            day=self[f"{key}_day"],
            time=self[f"{key}_time"],
            tells=tells,
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for promise in self.promises:
            key = promise.public_id
            fate = given.get(f"{key}_fate")
            if fate == HAND and f"{key}_to" in given:
                self._check_taker(promise, given[f"{key}_to"])
            if fate == MOVE and f"{key}_day" in given:
                self._check_day(promise, given)
            tells = fate in (HAND, MOVE) and given.get(f"{key}_{fate}_tell")
            if tells and not given.get(f"{key}_{fate}_note", "").strip():
                self.add_error(f"{key}_{fate}_note", _("Write something, or tell nobody."))
        return given

    def _check_taker(self, promise: Promise, to: Teammate | None) -> None:
        key = f"{promise.public_id}_to"
        if to is None:
            self.add_error(key, _("Choose who takes it over."))
        elif promise.inbox and not owing.can_answer(to, promise.inbox):
            words = _("%(who)s does not see the inbox %(inbox)s.")
            about = {"who": to.name, "inbox": promise.inbox.name}
            self.add_error(key, ValidationError(words, params=about))

    def _check_day(self, promise: Promise, given: dict[str, Any]) -> None:
        key = promise.public_id
        if not given[f"{key}_day"]:
            self.add_error(f"{key}_day", _("Choose a day."))
        elif self.new_due(promise).at <= self.now:
            self.add_error(f"{key}_day", _("That lies in the past. Choose a day ahead."))

    def new_due(self, promise: Promise) -> Due:
        """The day as we have it, or the moment on it, in the person's zone."""
        key = promise.public_id
        day, minute = self.cleaned_data[f"{key}_day"], self.cleaned_data.get(f"{key}_time")
        zone = wording.zone_of(promise.person)
        if minute is None:
            return plan.current().day_due(promise.inbox_id, day, zone=zone)
        moment = clocks.wall(ZoneInfo(zone), day, minute)
        return plan.current().moment_due(moment, zone=zone)


def _place(promise: Promise) -> str:
    if promise.conversation is not None:
        return reverse("inbox:conversation", args=[promise.conversation.public_id])
    return reverse("ledger:one", args=[promise.public_id])


def _name(promise: Promise) -> str:
    return showing.name_of(promise.person) if promise.person else ""


def _may_be_told(promises: list[Promise], by: Teammate) -> set[int]:
    """Those made to someone in a conversation that is open to whoever tells."""
    said_in = {each.conversation.pk for each in promises if each.conversation}
    seen = set(conversations.visible_to(by).filter(pk__in=said_in).values_list("pk", flat=True))
    ours = Promise.Direction.OURS
    return {each.pk for each in promises if each.conversation_id in seen and each.direction == ours}


def back_day(absence: Absence) -> date | None:
    """The first day of opening after the absence; none while that is open-ended."""
    if absence.until is None:
        return None
    hours = plan.current().hours_of(None)
    try:
        back = business.opens_next(hours, absence.until) if hours else absence.until
    except NeverOpen:
        back = absence.until
    return timezone.localtime(back).date()


# What they are told


def moved_words(promise: Promise, form: FatesForm) -> str:
    """`{due}` stands where the new time will."""
    return _words(promise, form, lambda: gettext("You will have what we promised you {due}."))


def handed_words(promise: Promise, form: FatesForm) -> str:
    """`{colleague}` stands where the name will of whoever takes it over."""
    return _words(
        promise,
        form,
        lambda: gettext("{colleague} takes care of it meanwhile. What we said stands."),
    )


def _words(promise: Promise, form: FatesForm, goes_on: Any) -> str:
    assert promise.conversation is not None
    absence, mine = form.absence, form.by == form.absence.teammate
    with wording.our_words(promise.conversation):
        name = promise.person.name if promise.person else ""
        hello = gettext("Hello %(name)s,") % {"name": name} if name else gettext("Hello,")
        about = {"who": absence.teammate.name}
        if absence.until:
            about["back"] = formats.date_format(timezone.localtime(absence.until), gettext("l j F"))
            why = (
                gettext("I am away and back on %(back)s.")
                if mine
                else gettext("%(who)s is away and back on %(back)s.")
            )
        else:
            why = (
                gettext("I am away for a while.")
                if mine
                else gettext("%(who)s is away for a while.")
            )
        return f"{hello}\n\n{why % about} {goes_on()}\n\n{form.by.name}"


# Doing it


@transaction.atomic
def decide(form: FatesForm, *, at: datetime) -> dict[str, int]:
    """Do what was chosen; how many were handed over, moved, and how many people were told."""
    done = {HAND: 0, MOVE: 0, "told": 0}
    for promise in form.promises:
        fate = form.cleaned_data[f"{promise.public_id}_fate"]
        if fate not in (HAND, MOVE):
            continue
        note = _note(promise, fate, form)
        if fate == HAND:
            _hand(promise, note, form, at=at)
        else:
            _move(promise, note, form, at=at)
        done[fate] += 1
        done["told"] += bool(note)
    return done


def _note(promise: Promise, fate: str, form: FatesForm) -> str:
    key = f"{promise.public_id}_{fate}"
    return form.cleaned_data[f"{key}_note"] if form.cleaned_data.get(f"{key}_tell") else ""


def _hand(promise: Promise, note: str, form: FatesForm, *, at: datetime) -> None:
    to: Teammate = form.cleaned_data[f"{promise.public_id}_to"]
    promising.hand_over(promise, to=to, why="away", by=form.by, at=at)
    if note:
        _tell(promise, note.replace("{colleague}", to.name), by=form.by, at=at)


def _move(promise: Promise, note: str, form: FatesForm, *, at: datetime) -> None:
    due, by = form.new_due(promise), form.by
    if note:
        assert promise.conversation is not None
        with wording.their_language(promise.conversation) as language:
            zone = wording.zone_of(promise.person)
            note = note.replace("{due}", words.promised(due.at, zone=zone, language=language))
        if promise.kind == REPLY:
            recipients = reply_to_all(promise.conversation)[0]
            holding.hold(
                promise.conversation, text=note, recipients=recipients, due=due, by=by, at=at
            )
            return
    if at > promise.due_at:
        promise = promising.promise_anew(promise, due=due, why="away", by=by, at=at)
    else:
        promise = promising.move(promise, due=due, why="away", by=by, at=at)
    if note:
        _tell(promise, note, by=by, at=at)


def _tell(promise: Promise, note: str, *, by: Teammate, at: datetime) -> None:
    """A message that says how things stand: no answer, and it keeps nothing."""
    assert promise.conversation is not None
    recipients = reply_to_all(promise.conversation)[0]
    if recipients.count:
        queueing.queue(
            promise.conversation,
            text=note.strip(),
            recipients=recipients,
            due_at=at,
            holds=True,
            by=by,
            at=at,
        )


def midnight(day: date) -> datetime:
    """When a day begins for the business."""
    zone = timezone.get_current_timezone()
    assert isinstance(zone, ZoneInfo)
    return clocks.wall(zone, day, 0)
