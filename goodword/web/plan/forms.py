"""What is written about hours, duty, answer times and absences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from goodword.accounts.models import Teammate
from goodword.inboxes.models import Inbox
from goodword.people import queries as people
from goodword.plan.actions import WeeklyPeriod
from goodword.plan.models import Calendar, InboxPlan, Target
from goodword.web.plan import regions
from goodword.web.plan.fields import (
    DAY,
    Minutes,
    PeriodsField,
    SpanField,
    TimeField,
    clock,
    minutes_of,
    span_from,
    span_of,
)
from goodword.web.setup import places

Week = list[list[Minutes]]  # Monday first
NINE_TO_FIVE = (9 * 60, 17 * 60)
USUAL_WEEK: Week = [[NINE_TO_FIVE]] * 5 + [[], []]


def working_day(periods: Iterable[WeeklyPeriod]) -> int:
    """How many minutes a day is open, as most open days of the week are."""
    open_minutes: Counter[int] = Counter()
    for each in periods:
        open_minutes[each.weekday] += each.until_minute - each.from_minute
    common = Counter(open_minutes.values()).most_common(1)
    return common[0][0] if common else DAY


class DayField(forms.DateField):
    """A day, chosen from the browser's calendar."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **kwargs
        )


class WeekForm(forms.Form):
    """The periods of a week, a field for each day."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day in range(7):
            self.fields[f"day_{day}"] = PeriodsField(label=WEEKDAYS[day])
        self.order_fields([f"day_{day}" for day in range(7)])

    @staticmethod
    def of(week: Week) -> dict[str, Any]:
        return {f"day_{day}": periods for day, periods in enumerate(week)}

    @property
    def days(self) -> list[forms.BoundField]:
        return [self[f"day_{day}"] for day in range(7)]

    @property
    def periods(self) -> list[WeeklyPeriod]:
        return [
            WeeklyPeriod(day, *each) for day in range(7) for each in self.cleaned_data[f"day_{day}"]
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for day in range(7):
            before, after = given.get(f"day_{day}"), given.get(f"day_{(day + 1) % 7}")
            if before and after and before[-1][1] - DAY > after[0][0]:
                self.add_error(
                    f"day_{(day + 1) % 7}",
                    ValidationError(
                        _("The day before is open until %(time)s on this day: they overlap."),
                        params={"time": clock(before[-1][1])},
                    ),
                )
        return given


class CalendarForm(WeekForm):
    name = forms.CharField(label=_("Name"), max_length=80)
    zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("Its hours stand still when clocks are changed.")
    )
    country = forms.ChoiceField(
        label=_("Public holidays of"),
        required=False,
        help_text=_("On these days nobody is expected to answer."),
    )
    region = forms.CharField(label=_("Region"), required=False, widget=forms.Select())

    def __init__(self, *args: Any, calendar: Calendar | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.calendar = calendar
        self.fields["zone"].choices = places.zones(str(self["zone"].value() or ""))  # type: ignore[attr-defined]
        self.fields["country"].choices = [("", _("No country")), *regions.countries()]  # type: ignore[attr-defined]
        country = str(self["country"].value() or "")
        self.fields["region"].widget.choices = [
            ("", _("The whole country")),
            *regions.regions_of(country),
        ]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        others = Calendar.objects.exclude(pk=self.calendar.pk if self.calendar else 0)
        if others.filter(name__iexact=name).exists():
            raise ValidationError(_("There are other hours of this name."))
        return name

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        country, region = given.get("country", ""), given.get("region", "")
        if region and not regions.is_region(country, region):
            self.add_error(
                "region",
                ValidationError(
                    _("Goodword knows no region “%(region)s” there. Choose one from the list."),
                    params={"region": region},
                ),
            )
        return given


class FirstHoursForm(WeekForm):
    """The hours of the first evening: zone and country are those of the business."""

    first = SpanField(
        label=_("We answer within"),
        help_text=_("Counted while you are open; a day is a working day."),
    )

    @staticmethod
    def usual() -> dict[str, Any]:
        return WeekForm.of(USUAL_WEEK) | {"first": (1, "days")}

    @property
    def first_minutes(self) -> int:
        return minutes_of(self.cleaned_data["first"], day_minutes=working_day(self.periods))


class ClosureForm(forms.Form):
    first_day = DayField(label=_("First day closed"))
    last_day = DayField(label=_("Last day closed"))
    text = forms.CharField(
        label=_("Words for customers"),
        required=False,
        max_length=300,
        widget=forms.TextInput(),
        help_text=_("Such as “We are at the fair”. The day you are back is named by itself."),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("first_day"), given.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("It ends before it begins."))
        return given


class DutyForm(forms.Form):
    teammate = forms.ModelChoiceField(
        label=_("Who"), queryset=Teammate.objects.none(), empty_label=_("Choose someone")
    )
    backup = forms.ModelChoiceField(
        label=_("Backup"), queryset=Teammate.objects.none(), required=False, empty_label=_("Nobody")
    )
    inbox = forms.ModelChoiceField(
        label=_("Inbox"), queryset=Inbox.objects.none(), required=False, to_field_name="public_id"
    )
    days = forms.TypedMultipleChoiceField(
        label=_("Days"),
        coerce=int,
        choices=list(WEEKDAYS.items()),
        widget=forms.CheckboxSelectMultiple(),
    )
    from_minute = TimeField(label=pgettext_lazy("time of day", "From"))
    until_minute = TimeField(
        label=pgettext_lazy("time of day", "Until"),
        help_text=_("Earlier than its beginning: on the next day."),
    )

    def __init__(
        self,
        *args: Any,
        inboxes: Iterable[Inbox],
        teammates: Any,
        everywhere: bool,
        **kwargs: Any,
    ) -> None:
        """`everywhere`: whoever asks may also put someone on duty for every inbox of theirs."""
        super().__init__(*args, **kwargs)
        self.fields["teammate"].queryset = teammates  # type: ignore[attr-defined]
        self.fields["backup"].queryset = teammates  # type: ignore[attr-defined]
        inbox = self.fields["inbox"]
        inbox.queryset = inboxes  # type: ignore[attr-defined]
        inbox.required = not everywhere
        inbox.empty_label = _("Every inbox of theirs") if everywhere else None  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        who, backup, inbox = (given.get(name) for name in ("teammate", "backup", "inbox"))
        if backup and backup == who:
            self.add_error("backup", _("The backup is somebody else."))
        start, end = given.get("from_minute"), given.get("until_minute")
        if start is not None and end is not None:
            try:
                given["from_minute"], given["until_minute"] = span_of(start, end)
            except ValidationError as error:
                self.add_error("until_minute", error)
        if inbox:
            for name, person in (("teammate", who), ("backup", backup)):
                if person and not _sees(person, inbox):
                    words = _("%(who)s does not see the inbox %(inbox)s.")
                    about = {"who": person.name, "inbox": inbox.name}
                    self.add_error(name, ValidationError(words, params=about))
        return given


def _sees(teammate: Teammate, inbox: Inbox) -> bool:
    return teammate.is_owner or inbox.teams.filter(members=teammate).exists()


class TargetForm(forms.Form):
    inbox = forms.ModelChoiceField(
        label=_("Inbox"),
        queryset=Inbox.objects.order_by("name"),
        required=False,
        empty_label=_("Every inbox"),
        to_field_name="public_id",
    )
    kind = forms.ModelChoiceField(
        label=_("Kind of customer"),
        queryset=people.kinds(),
        required=False,
        empty_label=_("Everyone"),
        to_field_name="public_id",
    )
    urgent = forms.BooleanField(
        label=_("Only for what was marked urgent"),
        required=False,
    )
    first = SpanField(label=_("First answer within"))
    next = SpanField(label=_("Each further answer within"))
    counts = forms.ChoiceField(
        label=_("How time counts"),
        choices=Target.Counts.choices,
        initial=Target.Counts.OPEN,
        widget=forms.RadioSelect(),
        help_text=_("In opening hours, a day is a working day."),
    )
    remind = SpanField(
        label=_("Remind whoever owes it before it is due by"), least=0, initial=(1, "hours")
    )
    backup = SpanField(
        label=_("Tell the backup when it is late by"), least=0, initial=(0, "minutes")
    )
    lead = SpanField(label=_("Tell the lead when it is late by"), least=0, initial=(1, "hours"))

    def __init__(
        self, *args: Any, target: Target | None = None, day_minutes: int = DAY, **kwargs: Any
    ) -> None:
        """`day_minutes`: how long a working day is open."""
        super().__init__(*args, **kwargs)
        self.target, self.day_minutes = target, day_minutes

    @staticmethod
    def of(target: Target, *, day_minutes: int) -> dict[str, Any]:
        day = day_minutes if target.counts == Target.Counts.OPEN else DAY
        return {
            "inbox": target.inbox.public_id if target.inbox else "",
            "kind": target.kind.public_id if target.kind else "",
            "urgent": target.urgent,
            "first": span_from(target.first_minutes, day_minutes=day),
            "next": span_from(target.next_minutes, day_minutes=day),
            "counts": target.counts,
            "remind": span_from(target.remind_minutes_before),
            "backup": span_from(target.backup_minutes_after),
            "lead": span_from(target.lead_minutes_after),
        }

    @property
    def values(self) -> dict[str, Any]:
        """The cleaned form in the columns of a Target."""
        given = self.cleaned_data
        day = self.day_minutes if given["counts"] == Target.Counts.OPEN else DAY
        return {
            "inbox": given["inbox"],
            "kind": given["kind"],
            "urgent": given["urgent"],
            "first_minutes": minutes_of(given["first"], day_minutes=day),
            "next_minutes": minutes_of(given["next"], day_minutes=day),
            "counts": given["counts"],
            "remind_minutes_before": minutes_of(given["remind"]),
            "backup_minutes_after": minutes_of(given["backup"]),
            "lead_minutes_after": minutes_of(given["lead"]),
        }

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        backup, lead = given.get("backup"), given.get("lead")
        if backup and lead and minutes_of(lead) < minutes_of(backup):
            self.add_error("lead", _("The lead is told after the backup, or at the same time."))
        if not {"inbox", "kind"} & self.errors.keys():
            others = Target.objects.exclude(pk=self.target.pk if self.target else 0)
            same = Q(urgent=bool(given.get("urgent")))
            for name in ("inbox", "kind"):
                same &= Q(**{name: given[name]} if given[name] else {f"{name}__isnull": True})
            if others.filter(same).exists():
                raise ValidationError(_("There is an answer time for exactly these already."))
        return given


class InboxPlanForm(forms.Form):
    calendar = forms.ModelChoiceField(
        label=_("Hours"),
        queryset=Calendar.objects.order_by("name"),
        required=False,
        empty_label=_("Those of the business"),
        to_field_name="public_id",
    )
    holding = forms.ChoiceField(
        label=_("When an answer can't come in time, a short reply names the new time"),
        choices=InboxPlan.Holding.choices,
        widget=forms.RadioSelect(),
    )


class KindForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60)


class AwayForm(forms.Form):
    first_day = DayField(
        label=_("First day away"), required=False, help_text=_("Empty: from this moment.")
    )
    back_on = DayField(
        label=_("Back on"), required=False, help_text=_("Empty: until you switch it off.")
    )
    stand_in = forms.ModelChoiceField(
        label=_("Stand-in"),
        queryset=Teammate.objects.none(),
        required=False,
        empty_label=_("Whoever is the backup"),
        help_text=_("Is told of what falls due, and can take it over."),
    )
    text = forms.CharField(
        label=_("Words for colleagues"), required=False, max_length=200, widget=forms.TextInput()
    )

    def __init__(self, *args: Any, others: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["stand_in"].queryset = others  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        back = given.get("back_on")
        if back and back <= self.today:
            self.add_error("back_on", _("That day has come. Leave it empty, or choose another."))
        elif back and back <= (given.get("first_day") or self.today):
            self.add_error("back_on", _("It ends before it begins."))
        return given
