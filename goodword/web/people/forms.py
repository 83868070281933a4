from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from goodword.people.models import Organisation, Person
from goodword.web.inbox import about
from goodword.web.people.written import WithFields

MOST_NOTE = 10_000
_MOST_DOMAINS = 2_000


class PersonForm(about.PersonForm, WithFields):
    """All that is known of a person but their addresses."""

    organisation = forms.CharField(
        label=_("Organisation"),
        required=False,
        max_length=200,
        help_text=_("One that is new is made. Empty: they belong to none."),
        widget=forms.TextInput(attrs={"list": "organisation-names", "autocomplete": "off"}),
    )
    role = forms.CharField(label=_("What they do there"), required=False, max_length=100)

    field_order = ("name", "organisation", "role", "kind", "language", "zone")


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
