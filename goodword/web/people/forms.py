from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from goodword.people import queries
from goodword.people.models import Kind, Organisation, Person
from goodword.web.people.written import WithFields
from goodword.web.setup import places

MOST_NOTE = 10_000
_MOST_DOMAINS = 2_000


class PersonForm(WithFields):
    """All that is known of a person but their addresses."""

    name = forms.CharField(label=_("Name"), required=False, max_length=200)
    organisation = forms.CharField(
        label=_("Organisation"),
        required=False,
        max_length=200,
        help_text=_("One that is new is made. Empty: they belong to none."),
        widget=forms.TextInput(attrs={"list": "organisation-names", "autocomplete": "off"}),
    )
    role = forms.CharField(label=_("What they do there"), required=False, max_length=100)
    kind = forms.ModelChoiceField(
        label=_("Kind of customer"),
        required=False,
        queryset=Kind.objects.none(),
        empty_label=_("No kind"),
        to_field_name="public_id",
        help_text=_("The plan can promise each kind its own answer times."),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        help_text=_("Of what Goodword writes to them by itself."),
    )
    zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        help_text=_("What is promised to them is said by their clock."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages = [("", gettext("That of the inbox")), *places.customer_languages()]
        self.fields["language"].choices = languages  # type: ignore[attr-defined]
        named = places.zones(str(self["zone"].value() or ""))
        zones = [("", gettext("That of the business")), *named]
        self.fields["zone"].choices = zones  # type: ignore[attr-defined]
        self.fields["kind"].queryset = queries.kinds()  # type: ignore[attr-defined]
        if not queries.kinds().exists():
            del self.fields["kind"]


def known(person: Person) -> dict[str, Any]:
    """What the form begins with."""
    return {
        "name": person.name,
        "language": person.language,
        "zone": person.zone,
        "kind": person.kind,
        "organisation": person.organisation.name if person.organisation else "",
        "role": person.role,
    }


class NoteForm(forms.Form):
    text = forms.CharField(
        label=_("Note"),
        max_length=MOST_NOTE,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Write something first.")},
    )


class AddressForm(forms.Form):
    address = forms.CharField(
        label=_("E-mail address"),
        max_length=320,
        widget=forms.TextInput(attrs={"type": "email", "autocomplete": "off"}),
    )
    label = forms.CharField(
        label=_("What it is to them"),
        required=False,
        max_length=60,
        help_text=_("At work, at home, …"),
    )


class LabelForm(forms.Form):
    label = forms.CharField(
        label=_("What it is to them"),
        required=False,
        max_length=60,
        help_text=_("At work, at home, …"),
    )


class OrganisationForm(WithFields):
    name = forms.CharField(label=_("Name"), max_length=200)
    domains = forms.CharField(
        label=_("Mail domains of its own"),
        required=False,
        max_length=_MOST_DOMAINS,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "As shop.example, one on each line. Whoever is new and writes from there belongs to it."
        ),
    )


def known_of(organisation: Organisation) -> dict[str, str]:
    """What the form begins with."""
    domains = organisation.domains.order_by("domain").values_list("domain", flat=True)
    return {"name": organisation.name, "domains": "\n".join(domains)}
