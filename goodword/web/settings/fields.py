"""Fields that several forms share, and what they check."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import formats
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from goodword.accounts.models import Teammate
from goodword.files import pictures
from goodword.ui import colours
from goodword.web.setup.actions import WeakPassword, check_password

LOGO_MOST_KB = 200
_SERVER = re.compile(r"[a-z0-9_](?:[a-z0-9._-]{0,253}[a-z0-9_])?")
_HOST = re.compile(r"[^\s/@:]+|\[?[0-9a-fA-F:]+\]?")


def person_name() -> forms.CharField:
    return forms.CharField(
        label=_("Your name"),
        max_length=120,
        help_text=_("As customers and teammates see it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


def new_password() -> forms.CharField:
    return forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        help_text=_("At least ten characters. A few words in a row are easy to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


def require_strong(password: str, *, name: str, email: str) -> None:
    """Raises ValidationError in the validators' words."""
    try:
        check_password(password, name=name, email=email)
    except WeakPassword as error:
        raise ValidationError(str(error)) from error


class HostField(forms.CharField):
    """The name or number of a server, without scheme, port and path."""

    def __init__(self, **kwargs: Any) -> None:
        plain = forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"})
        super().__init__(max_length=200, widget=plain, **kwargs)

    def clean(self, value: Any) -> str:
        host = str(super().clean(value)).strip()
        if host and not _HOST.fullmatch(host):
            raise ValidationError(_("Give the server's name alone, such as imap.shop.example."))
        return host


class AddressesField(forms.CharField):
    """Mail addresses, one a line; cleaned to a list in lower case."""

    def __init__(self, **kwargs: Any) -> None:
        area = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})
        super().__init__(max_length=4000, widget=area, **kwargs)

    def clean(self, value: Any) -> list[str]:
        lines = str(super().clean(value)).replace(",", "\n").splitlines()
        found = [line.strip().lower() for line in lines if line.strip()]
        for line in found:
            try:
                validate_email(line)
            except ValidationError as error:
                raise ValidationError(
                    _("“%(line)s” is not a mail address."), params={"line": line}
                ) from error
        return list(dict.fromkeys(found))


class ServersField(forms.CharField):
    """Names by which mail servers sign their checks (authserv-ids), separated by spaces."""

    def __init__(self, **kwargs: Any) -> None:
        plain = forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"})
        super().__init__(max_length=500, widget=plain, **kwargs)

    def clean(self, value: Any) -> str:
        names = str(super().clean(value)).replace(",", " ").replace(";", " ").lower().split()
        for name in names:
            if not _SERVER.fullmatch(name):
                raise ValidationError(
                    _("“%(name)s” is not a server name. It looks like mx.shop.example."),
                    params={"name": name},
                )
        return " ".join(dict.fromkeys(names))


class PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not at run time
    """Teammates to tick, named with what they may do."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.CheckboxSelectMultiple())
        super().__init__(**kwargs)

    def label_from_instance(self, obj: Teammate) -> str:
        return f"{obj.name} · {obj.get_role_display()}"


class AccentField(forms.CharField):
    """A colour that can be read on our paper; empty: our own."""

    def __init__(self, **kwargs: Any) -> None:
        plain = forms.TextInput(
            attrs={"autocapitalize": "none", "spellcheck": "false", "placeholder": "#0e563f"}
        )
        super().__init__(
            label=_("Accent on pages for customers"),
            required=False,
            max_length=7,
            widget=plain,
            help_text=_("Six digits as in #0e563f, for links and buttons there. Empty: our green."),
            **kwargs,
        )

    def clean(self, value: Any) -> str:
        colour = str(super().clean(value)).strip().lower()
        if not colour:
            return ""
        if not colours.is_colour(colour):
            raise ValidationError(_("Give the colour as six digits, such as #0e563f."))
        found = colours.contrast(colour, colours.PAPER_LIGHT)
        if found < colours.READABLE:
            raise ValidationError(
                _(
                    "This colour is too light to be read on paper: its contrast is %(found)s, and"
                    " %(least)s is the least. Take a darker one."
                ),
                params={
                    # Cut, not rounded: 4.46 must not read as if it were enough.
                    "found": formats.number_format(int(found * 10) / 10, 1),
                    "least": formats.number_format(colours.READABLE, 1),
                },
            )
        return colour


def _what_logo() -> str:
    said = _("PNG, JPEG or WebP, at most %(most)s kB. It stands in place of the name.")
    return said % {"most": LOGO_MOST_KB}


class LogoField(forms.FileField):
    """A small picture; its bytes decide what it is."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Logo on pages for customers"),
            required=False,
            widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
            help_text=lazy(_what_logo, str)(),  # one field, for readers of every language
            **kwargs,
        )

    def clean(self, value: Any, initial: Any = None) -> bytes | None:
        given = super().clean(value, initial)
        if not given:
            return None
        if given.size > LOGO_MOST_KB * 1024:
            raise ValidationError(
                _("The picture is larger than %(most)s kB. Take a smaller one."),
                params={"most": LOGO_MOST_KB},
            )
        data: bytes = given.read()
        if not pictures.type_of(data):
            raise ValidationError(_("This is not a PNG, JPEG or WebP picture."))
        return data
