from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from goodword.inboxes.models import InboxAddress
from goodword.web.settings.fields import new_password, person_name, require_strong


class OwnerForm(forms.Form):
    name = person_name()
    email = forms.EmailField(
        label=_("Your mail address"),
        max_length=254,
        help_text=_("You sign in with it. Customers never see it."),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = new_password()

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        require_strong(
            password,
            name=self.cleaned_data.get("name", ""),
            email=self.cleaned_data.get("email", ""),
        )
        return password


class FirstInboxForm(forms.Form):
    address = forms.EmailField(
        label=_("The address customers write to"),
        max_length=254,
        help_text=_("Such as hello@shop.example. More addresses and inboxes can come later."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"].strip().lower()
        if InboxAddress.objects.filter(value=address).exists():
            raise ValidationError(_("An inbox has this address already."))
        return address
