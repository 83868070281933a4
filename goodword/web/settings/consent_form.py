"""What a provider's consent by OAuth 2 is asked with: one form for Google, Microsoft and others."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from goodword.channels.email import oauth
from goodword.channels.email.accounts import AccountSettings
from goodword.channels.email.models import Security
from goodword.channels.email.providers import CONSENTS, TENANT
from goodword.channels.email.smtp_out import is_loopback
from goodword.web.settings.fields import HostField
from goodword.web.settings.mailbox_form import secret_field, user_field

GOOGLE, MICROSOFT, OTHER = "google", "microsoft", "other"
_TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{1,200}")


def _plain(label: Any, hint: Any = "", *, most: int = 300) -> forms.CharField:
    words = forms.TextInput(
        attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
    )
    return forms.CharField(label=label, help_text=hint, max_length=most, widget=words)


class SafeAddressField(forms.CharField):
    """Where secrets are sent: https, or this machine."""

    def __init__(self, **kwargs: Any) -> None:
        plain = forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false"})
        super().__init__(max_length=500, widget=plain, **kwargs)

    def clean(self, value: Any) -> str:
        address = str(super().clean(value))
        try:
            host = urlsplit(address).hostname or ""
            safe = oauth.is_safe_address(address, loopback=is_loopback(host))
        except ValueError:  # brackets that hold no IPv6 number
            safe = False
        if not safe or re.search(r"[\s#]", address):
            raise ValidationError(
                _("Give the whole address, such as https://login.shop.example/token.")
            )
        return address


class ConsentForm(forms.Form):
    """`kind`: "google", "microsoft" or "other". `before`: the settings so far.

    Its client secret stays when none is given, but only for the same client at the same place.
    """

    user = user_field(_("Mail address of the mailbox"))
    tenant = _plain(_("Directory (tenant) ID"), most=200)
    authorize_url = SafeAddressField(
        label=_("Address that asks for consent"), help_text=_("The authorization endpoint.")
    )
    token_url = SafeAddressField(
        label=_("Address that gives tokens"), help_text=_("The token endpoint.")
    )
    scopes = _plain(
        _("Permissions"),
        _("The scopes for IMAP, for SMTP and for offline access, with spaces between them."),
        most=500,
    )
    client_id = _plain(_("Client ID"))
    client_secret = secret_field(_("Client secret"))
    imap_host = HostField(label=_("Server for receiving (IMAP)"))
    imap_port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535)
    imap_security = forms.ChoiceField(label=_("Encryption"), choices=Security.choices)
    smtp_host = HostField(label=_("Server for sending (SMTP)"))
    smtp_port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535)
    smtp_security = forms.ChoiceField(label=_("Encryption"), choices=Security.choices)
    imap_folder = forms.CharField(label=_("Folder"), max_length=200)

    def __init__(
        self,
        *args: Any,
        kind: str,
        before: AccountSettings | None = None,
        address: str = "",
        **kwargs: Any,
    ) -> None:
        client = before.client if before else None
        self.kind = kind
        self.before = client if client and client.provider == kind else None
        kwargs["initial"] = _shown(kind, before, self.before, address)
        super().__init__(*args, **kwargs)
        self.fields["user"].required = True
        for name in _not_asked(kind):
            del self.fields[name]
        if kind == MICROSOFT:
            self.fields["client_id"].label = _("Application (client) ID")
            self.fields["client_secret"].label = _("Client secret (its value)")
        if kind == OTHER:
            self.fields["client_secret"].help_text = _("Empty if the client has none.")
        if self.before and self.before.client_secret:
            self.fields["client_secret"].help_text = _("Leave it empty to keep the one you gave.")

    def clean_tenant(self) -> str:
        tenant: str = self.cleaned_data["tenant"]
        if not _TENANT.fullmatch(tenant):
            raise ValidationError(_("Give the ID as the app's overview page shows it."))
        return tenant

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.errors:
            return given
        if self.kind != OTHER and not self._secret(self._places()[1]):
            self.add_error("client_secret", _("The provider wants the client secret."))
        for side in ("imap", "smtp"):
            open_line = given.get(f"{side}_security") == Security.NONE
            if open_line and not is_loopback(given[f"{side}_host"]):
                self.add_error(
                    f"{side}_security",
                    _("The token would cross the network for all to read. Choose TLS or STARTTLS."),
                )
        return given

    def settings(self) -> AccountSettings:
        """What was given; there are no tokens yet."""
        given = self.cleaned_data
        authorize_url, token_url = self._places()
        known = CONSENTS.get(self.kind)
        if known:
            servers: dict[str, Any] = {
                f"{side}_{part}": getattr(place, part)
                for side, place in (("imap", known.imap), ("smtp", known.smtp))
                for part in ("host", "port", "security")
            }
        else:
            servers = {name: given[name] for name in _SERVERS}
        return AccountSettings(
            **servers,
            imap_user=given["user"],
            imap_folder=given["imap_folder"],
            smtp_user=given["user"],
            client=oauth.Client(
                provider=self.kind,
                client_id=given["client_id"],
                client_secret=self._secret(token_url),
                authorize_url=authorize_url,
                token_url=token_url,
                scopes=known.scopes if known else given["scopes"],
            ),
        )

    def _places(self) -> tuple[str, str]:
        """Where consent is asked for, and where tokens are given."""
        given, known = self.cleaned_data, CONSENTS.get(self.kind)
        if known is None:
            return given["authorize_url"], given["token_url"]
        tenant = given.get("tenant", "")
        return known.authorize_url.replace(TENANT, tenant), known.token_url.replace(TENANT, tenant)

    def _secret(self, token_url: str) -> str:
        typed: str = self.cleaned_data["client_secret"]
        now = (self.cleaned_data["client_id"], token_url)
        same = self.before and (self.before.client_id, self.before.token_url) == now
        return typed or (self.before.client_secret if self.before and same else "")


_SERVERS = tuple(
    f"{side}_{part}" for side in ("imap", "smtp") for part in ("host", "port", "security")
)


def _not_asked(kind: str) -> tuple[str, ...]:
    if kind == OTHER:
        return ("tenant",)
    known = ("authorize_url", "token_url", "scopes", *_SERVERS)
    return known if kind == MICROSOFT else ("tenant", *known)


def _shown(
    kind: str, before: AccountSettings | None, client: oauth.Client | None, address: str
) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "user": (before.imap_user or before.smtp_user) if before else address,
        "imap_folder": before.imap_folder if before else "INBOX",
        "imap_port": 993,
        "smtp_port": 465,
    }
    if before and kind == OTHER:
        shown |= {name: getattr(before, name) for name in _SERVERS}
    if client:
        for name in ("client_id", "authorize_url", "token_url", "scopes"):
            shown[name] = getattr(client, name)
        before_tenant, _, after_tenant = CONSENTS[MICROSOFT].token_url.partition(TENANT)
        if kind == MICROSOFT:
            tenant = client.token_url.removeprefix(before_tenant).removesuffix(after_tenant)
            shown["tenant"] = tenant
    return shown
