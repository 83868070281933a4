"""How an inbox is fetched and sends: one form with two halves, either of which may be empty."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from goodword.channels.email import diagnosing
from goodword.channels.email.accounts import AccountSettings
from goodword.channels.email.models import Security
from goodword.channels.email.smtp_out import is_loopback
from goodword.web.settings.fields import HostField

SAME, OWN, NONE = "same", "own", "none"


def secret_field(label: Any, hint: Any = "") -> forms.CharField:
    # Never echoed back: a PasswordInput renders without its value.
    return forms.CharField(
        label=label,
        required=False,
        max_length=500,
        strip=False,
        help_text=hint,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


def user_field(label: Any, hint: Any = "") -> forms.CharField:
    plain = forms.TextInput(
        attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
    )
    return forms.CharField(
        label=label, required=False, max_length=254, widget=plain, help_text=hint
    )


class MailboxForm(forms.Form):
    """`before`: the settings so far; their passwords stay when none is given."""

    imap_host = HostField(label=_("Server for receiving (IMAP)"), required=False)
    imap_port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535)
    imap_security = forms.ChoiceField(label=_("Encryption"), choices=Security.choices)
    imap_user = user_field(_("User name"), _("Often the whole mail address."))
    imap_password = secret_field(_("Password"))
    imap_folder = forms.CharField(label=_("Folder"), max_length=200)
    smtp_host = HostField(label=_("Server for sending (SMTP)"), required=False)
    smtp_port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535)
    smtp_security = forms.ChoiceField(label=_("Encryption"), choices=Security.choices)
    smtp_login = forms.ChoiceField(
        label=_("Sign in for sending"),
        choices=[
            (SAME, _("As for receiving")),
            (OWN, _("With a user name of its own")),
            (NONE, _("Not at all")),
        ],
        widget=forms.RadioSelect(),
    )
    smtp_user = user_field(_("User name for sending"))
    smtp_password = secret_field(_("Password for sending"))

    def __init__(
        self, *args: Any, before: AccountSettings | None = None, address: str = "", **kwargs: Any
    ) -> None:
        kwargs["initial"] = _shown(before) if before else _guessed(address)
        super().__init__(*args, **kwargs)
        self.before = before or AccountSettings()
        kept = _("Leave it empty to keep the password you gave.")
        for side in ("imap", "smtp"):
            if getattr(self.before, f"{side}_password"):
                self.fields[f"{side}_password"].help_text = kept

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("imap_host") and not given.get("smtp_host"):
            if not self.errors:
                self.add_error("imap_host", _("Give a server for receiving, for sending, or both."))
            return given
        shares_login = bool(given.get("smtp_host")) and given.get("smtp_login") == SAME
        if given.get("imap_host") or shares_login:
            self._require_sign_in("imap", moved=shares_login and self._moved("smtp"))
        if given.get("smtp_host") and given.get("smtp_login") == OWN:
            self._require_sign_in("smtp")
        self._require_encryption("imap", signs_in=True)
        self._require_encryption("smtp", signs_in=given.get("smtp_login") != NONE)
        return given

    def settings(self) -> AccountSettings:
        """What was given, with the passwords that stay filled in."""
        given = self.cleaned_data
        receiving = self._password("imap")
        user, password = {
            SAME: (given["imap_user"], receiving),
            OWN: (given["smtp_user"], self._password("smtp")),
            NONE: ("", ""),
        }[given["smtp_login"]]
        return AccountSettings(
            imap_host=given["imap_host"],
            imap_port=given["imap_port"],
            imap_security=given["imap_security"],
            imap_user=given["imap_user"],
            imap_password=receiving,
            imap_folder=given["imap_folder"],
            smtp_host=given["smtp_host"],
            smtp_port=given["smtp_port"],
            smtp_security=given["smtp_security"],
            smtp_user=user,
            smtp_password=password,
        )

    def _moved(self, side: str) -> bool:
        """Whether there was another server before."""
        before = getattr(self.before, f"{side}_host")
        return bool(before) and before != self.cleaned_data.get(f"{side}_host")

    def _password(self, side: str) -> str:
        """The one given, else the one before, but only for the same user at the same server.

        Otherwise a changed server name would carry the password to whoever answers there.
        """
        typed: str = self.cleaned_data.get(f"{side}_password", "")
        user = self.cleaned_data.get(f"{side}_user")
        same = not self._moved(side) and user == getattr(self.before, f"{side}_user")
        return typed or (getattr(self.before, f"{side}_password") if same else "")

    def _require_sign_in(self, side: str, *, moved: bool = False) -> None:
        typed = self.cleaned_data.get(f"{side}_password")
        if not self.cleaned_data.get(f"{side}_user"):
            self.add_error(f"{side}_user", _("The server wants a user name."))
        elif not typed and (moved or not self._password(side)):
            words = _("The server wants the password.")
            if getattr(self.before, f"{side}_password"):
                words = _("Server or user name changed: give the password once more.")
            self.add_error(f"{side}_password", words)

    def _require_encryption(self, side: str, *, signs_in: bool) -> None:
        host = self.cleaned_data.get(f"{side}_host", "")
        open_line = self.cleaned_data.get(f"{side}_security") == Security.NONE
        if host and open_line and signs_in and not is_loopback(host):
            self.add_error(
                f"{side}_security",
                _("The password would cross the network for all to read. Choose TLS or STARTTLS."),
            )


def _shown(before: AccountSettings) -> dict[str, Any]:
    names = ("host", "port", "security", "user")
    shown: dict[str, Any] = {
        f"{side}_{name}": getattr(before, f"{side}_{name}")
        for side in ("imap", "smtp")
        for name in names
    }
    same = (before.smtp_user, before.smtp_password) == (before.imap_user, before.imap_password)
    shown["imap_folder"] = before.imap_folder
    shown["smtp_login"] = SAME if same and before.imap_user else OWN if before.smtp_user else NONE
    if shown["smtp_login"] == SAME:
        shown["smtp_user"] = ""
    if not before.smtp_host:
        shown["smtp_login"] = SAME
    return shown


def _guessed(address: str) -> dict[str, Any]:
    imap, smtp = diagnosing.guess(address)
    return {
        "imap_host": imap.host,
        "imap_port": imap.port,
        "imap_security": imap.security,
        "imap_user": address,
        "imap_folder": "INBOX",
        "smtp_host": smtp.host,
        "smtp_port": smtp.port,
        "smtp_security": smtp.security,
        "smtp_login": SAME,
    }
