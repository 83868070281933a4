"""A business's own fields in forms and on pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from goodword.fields import values
from goodword.fields.models import LONGEST_VALUE, Field

_TYPES = {Field.Kind.DATE.value: "date", Field.Kind.LINK.value: "url"}


@dataclass(frozen=True, slots=True)
class Fact:
    """Something known, as a page shows it. `url`: where it leads, if it is a link."""

    label: str
    shown: str
    url: str = ""


def facts(own: Iterable[tuple[Field, str]]) -> list[Fact]:
    """What stands in the fields; the empty ones are left out."""
    return [
        Fact(each.name, values.shown(each, stored), stored if each.kind == Field.Kind.LINK else "")
        for each, stored in own
        if stored
    ]


class _Written(forms.CharField):
    """One of the business's own fields."""

    def __init__(self, field: Field, stored: str) -> None:
        self._field, self._stored = field, stored
        super().__init__(
            label=field.name,
            required=False,
            max_length=LONGEST_VALUE,
            initial=stored if field.kind == Field.Kind.DATE else _typed(field, stored),
            widget=_widget(field, stored),
        )

    def clean(self, value: Any) -> str:
        line = str(super().clean(value))
        if line and line == self._stored:
            return line  # what is no choice any more stays until somebody changes it
        try:
            values.parse(self._field, line)
        except values.NotAValue as error:
            raise ValidationError(str(error)) from error
        return line


def _typed(field: Field, stored: str) -> str:
    """As somebody would type it."""
    return values.shown(field, stored) if field.kind == Field.Kind.NUMBER else stored


def _widget(field: Field, stored: str) -> forms.Widget:
    if field.kind == Field.Kind.YES_NO:
        return forms.Select(choices=[("", "—"), ("yes", _("Yes")), ("no", _("No"))])
    if field.kind == Field.Kind.ONE_OF:
        gone = [stored] if stored and stored not in field.choices else []
        return forms.Select(
            choices=[("", "—"), *((each, each) for each in [*gone, *field.choices])]
        )
    attrs = {"type": _TYPES.get(field.kind, "text")}
    if field.kind == Field.Kind.NUMBER:
        attrs["inputmode"] = "decimal"
    return forms.TextInput(attrs=attrs)


class Remembering(forms.Form):
    """A form that knows what stood in it when it was drawn.

    So one that lay open for an hour writes over nothing but what was changed in it.
    """

    def remember(self) -> None:
        for field in self.fields.values():
            field.show_hidden_initial = True

    def remembered(self) -> SafeString:
        """To be drawn along with it."""
        return mark_safe("".join(each.as_hidden(only_initial=True) for each in self))  # noqa: S308

    def changed(self, now: Mapping[str, Any]) -> dict[str, Any]:
        """`now`: what is known at this moment; with what somebody changed in the form."""
        return {**now, **{name: self.cleaned_data[name] for name in self.changed_data}}


class WithFields(Remembering):
    """A form that ends with the fields that the business has for its subject."""

    def add_own(self, own: Iterable[tuple[Field, str]]) -> None:
        """`own`: each with what stands in it."""
        self._own = {f"own-{each.public_id}": (each, stored) for each, stored in own}
        for name, (each, stored) in self._own.items():
            self.fields[name] = _Written(each, stored)
        self.remember()

    def written(self) -> dict[Field, str]:
        """What was typed into those that were changed, unless it stands there meanwhile."""
        changed = (
            (*self._own[n], self.cleaned_data[n]) for n in self._own if n in self.changed_data
        )
        return {field: text for field, stored, text in changed if text != stored}
