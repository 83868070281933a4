"""What pages send about promises, turned into types. When it is due is said in the house's words:
a day, or a moment of it.
"""

from __future__ import annotations

from datetime import date, datetime, time
from email.utils import parseaddr
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from goodword.accounts import queries as accounts
from goodword.accounts.models import Role, Team, Teammate
from goodword.core.text import clean_line
from goodword.desk import queries as desk
from goodword.inboxes import queries as inboxes
from goodword.inboxes.models import Inbox
from goodword.plan import queries as plan
from goodword.plan.service_plan import Due
from goodword.promises import kinds
from goodword.promises.models import Promise

Direction = Promise.Direction
_NOT_BY_HAND = {"reply", kinds.COME_BACK, kinds.WAITING}  # made by what happens in a conversation
MOST_YEARS = 20  # ahead that anybody can promise


class DueForm(forms.Form):
    """A day, and a time where one was said."""

    day = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Give a day, as 2026-11-23.")},
    )
    clock = forms.TimeField(
        label=_("Time"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("Give a time, as 14:30.")},
        help_text=_("Without one: by the end of our hours on that day."),
    )

    def __init__(self, *args: Any, now: datetime, zone: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now, self.zone = now, zone or timezone.get_current_timezone_name()
        self.fields["day"].widget.attrs["min"] = f"{now.astimezone(ZoneInfo(self.zone)):%Y-%m-%d}"

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if abs(day.year - self.now.year) > MOST_YEARS:
            raise ValidationError(_("That is further away than anybody can promise."))
        return day

    def due(self, inbox: Inbox | None) -> Due:
        """Of a valid form. Raises ValidationError for a time that has passed."""
        found = self._due(inbox.pk if inbox else None)
        if found.at <= self.now:
            raise ValidationError(_("That moment has passed. Choose one that lies ahead."))
        return found

    def _due(self, inbox_id: int | None) -> Due:
        day: date = self.cleaned_data["day"]
        clock: time | None = self.cleaned_data["clock"]
        if clock is None:
            return plan.current().day_due(inbox_id, day, zone=self.zone)
        at = datetime.combine(day, clock, tzinfo=ZoneInfo(self.zone))
        return plan.current().moment_due(at, zone=self.zone)


class MoveForm(DueForm):
    why = forms.CharField(
        label=_("Why"), required=False, max_length=300, help_text=_("For colleagues.")
    )


class WhomForm(forms.Form):
    """One of those who can keep promises of an inbox."""

    to = forms.ChoiceField(label=_("To"))
    why = forms.CharField(
        label=_("Why"), required=False, max_length=300, help_text=_("For colleagues.")
    )

    def __init__(self, *args: Any, inbox: Inbox | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._named = owners_of(inbox)
        self.fields["to"].choices = _grouped(self._named)  # type: ignore[attr-defined]

    def whom(self) -> Teammate | Team:
        return self._named[self.cleaned_data["to"]]


def owners_of(inbox: Inbox | None) -> dict[str, Teammate | Team]:
    """Who can owe what is promised in an inbox, by the name they have in forms."""
    people = desk.who_may_answer(inbox) if inbox else accounts.active().exclude(role=Role.LIGHT)
    teams = inbox.teams.order_by("name") if inbox else accounts.teams()
    return {f"teammate:{each.public_id}": each for each in people} | {
        f"team:{each.public_id}": each for each in teams
    }


def _grouped(named: dict[str, Teammate | Team]) -> list[tuple[Any, Any]]:
    people = [(key, str(each)) for key, each in named.items() if isinstance(each, Teammate)]
    teams = [(key, str(each)) for key, each in named.items() if isinstance(each, Team)]
    return [(_("Teammates"), people), (_("Teams"), teams)]


class ShownField(forms.BooleanField):
    """Whether a promise stands on the page of whom it concerns."""

    def __init__(self, **more: Any) -> None:
        label = _("They see it on their page")
        super().__init__(label=label, required=False, initial=True, **more)


class NewPromiseForm(DueForm):
    """A promise given on the phone, at the counter, or to ourselves."""

    what = forms.CharField(
        label=_("What"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("As you would say it to them: “Send the gift-card link”."),
    )
    direction = forms.ChoiceField(
        label=_("Whose promise"),
        choices=[
            (Direction.OURS, _("Ours to them")),
            (Direction.THEIRS, _("Theirs to us")),
            (Direction.TO_OURSELVES, _("Ours to ourselves")),
        ],
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    person = forms.CharField(
        label=_("With whom"),
        required=False,
        max_length=320,
        help_text=_("A name you know, a mail address or a phone number."),
    )
    inbox = forms.ChoiceField(
        label=_("Inbox"), required=False, help_text=_("Its teams see the promise.")
    )
    is_shown = ShownField(help_text=_("What we promise ourselves they never see."))

    field_order = ("what", "direction", "kind", "person", "day", "clock", "inbox", "is_shown")

    def __init__(self, *args: Any, by: Teammate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._inboxes = {each.public_id: each for each in inboxes.open_to(by)}
        self.fields["inbox"].choices = [  # type: ignore[attr-defined]
            *((each.public_id, each.name) for each in self._inboxes.values()),
            ("", _("None: only I see it")),
        ]
        self.fields["inbox"].initial = next(iter(self._inboxes), "")
        self.fields["kind"].choices = kinds_by_hand  # type: ignore[attr-defined]

    def clean_what(self) -> str:
        what = clean_line(self.cleaned_data["what"], most=300)
        if not what:
            raise ValidationError(_("Say what is promised."))
        return what

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        alone = cleaned.get("direction") == Direction.TO_OURSELVES
        if not alone and not clean_line(cleaned.get("person", ""), most=320):
            self.add_error("person", _("Say with whom: a promise is made to somebody."))
        return cleaned

    @property
    def inbox_chosen(self) -> Inbox | None:
        return self._inboxes.get(self.cleaned_data["inbox"])

    @property
    def kind_chosen(self) -> str:
        if self.cleaned_data["direction"] == Direction.THEIRS:
            return kinds.WAITING
        return self.cleaned_data["kind"] or kinds.DO


def kinds_by_hand() -> list[tuple[str, Any]]:
    """What somebody can choose: all kinds but those that come by themselves."""
    return [(each.name, each.title) for each in kinds.known() if each.name not in _NOT_BY_HAND]


def name_and_address(typed: str) -> tuple[str, str]:
    """ "Grace <grace@x.example>" in its parts; a bare address or number has no name."""
    if "@" in typed:
        name, address = parseaddr(typed)
        return name, address
    return "", typed
