"""The style guide as a page, with moments round a fixed now."""

from datetime import UTC, datetime, timedelta

from django import forms
from django.template.loader import render_to_string

from goodword.ui import chips

NOW = datetime(2026, 5, 14, 10, 42, tzinfo=UTC)
MINUTES_AHEAD = {
    "late": -22,
    "soon": 18,
    "answer": 48,
    "afternoon": 198,
    "tomorrow": 1500,
    "monday": -4000,
    "broken": -1060,
    "next_year": 488_000,
}
TABS = [("Today", "sun"), ("Inbox", "inbox"), ("Promises", "feather"), ("People", "users")]


class Sample(forms.Form):
    name = forms.CharField(label="Business name", help_text="As customers know it.")
    mail = forms.EmailField(label="Address")
    zone = forms.ChoiceField(label="Time zone", choices=[("a", "Europe/Berlin")])
    note = forms.CharField(label="Signature", widget=forms.Textarea, required=False)
    robots = forms.BooleanField(label="Acknowledge new mail", required=False)
    who = forms.ChoiceField(
        label="Who may read", choices=[("a", "The team"), ("b", "All")], widget=forms.RadioSelect
    )


def page(show, **context):
    moments = {name: NOW + timedelta(minutes=ahead) for name, ahead in MINUTES_AHEAD.items()}
    form = Sample({"name": "Marlow & Finch", "mail": "hello@", "zone": "a", "who": "a"})
    return render_to_string(
        "ui/styleguide.html",
        {
            "show": show,
            "now": NOW,
            "at": moments,
            "form": form,
            "states": list(chips.FORMS),
            "tabs": TABS,
            "everything": True,
            "csrf_token": "token",
        }
        | context,
    )
