from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from goodword.accounts import queries as accounts
from goodword.accounts.models import Business, Role, Team, Teammate, Theme
from goodword.inboxes import queries as inboxes
from goodword.inboxes.models import Inbox, InboxAddress
from goodword.web.settings.fields import (
    AccentField,
    AddressesField,
    LogoField,
    PeopleField,
    ServersField,
    new_password,
    person_name,
    require_strong,
)
from goodword.web.setup import places


class BusinessForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the business"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    country = forms.ChoiceField(
        label=_("Country"), widget=forms.Select(attrs={"autocomplete": "country"})
    )
    zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("All times are shown and counted in this zone.")
    )
    language = forms.ChoiceField(
        label=_("Language"),
        help_text=_("Of the business, where a customer's own is not known."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [("", _("Choose a country")), *places.countries()]  # type: ignore[attr-defined]
        self.fields["zone"].choices = places.zones(str(self["zone"].value() or ""))  # type: ignore[attr-defined]
        self.fields["language"].choices = places.languages()  # type: ignore[attr-defined]


class BusinessSettingsForm(BusinessForm):
    undo_send_seconds = forms.IntegerField(
        label=_("Undo send, in seconds"),
        min_value=0,
        max_value=60,
        help_text=_("How long an answer waits before it leaves. 0 sends at once."),
    )
    accent = AccentField()
    logo = LogoField()
    without_logo = forms.BooleanField(label=_("Show the name instead of the logo"), required=False)

    def __init__(self, *args: Any, has_logo: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_logo:
            del self.fields["without_logo"]

    @staticmethod
    def of(business: Business | None) -> dict[str, Any]:
        names = ("name", "country", "zone", "language", "undo_send_seconds", "accent")
        return {name: getattr(business, name) for name in names} if business else {}


class InboxForm(forms.Form):
    """A new inbox. `InboxSettingsForm` has all of it."""

    name = forms.CharField(label=_("Name"), max_length=80)
    addresses = AddressesField(
        label=_("Mail addresses"),
        help_text=_(
            "One per line, the preferred first. An answer comes from the one that was written to."
        ),
    )
    team = forms.ModelChoiceField(
        label=_("Team that owes the answers"),
        queryset=Team.objects.none(),
        empty_label=None,
        help_text=_("What nobody has taken is owed by this team."),
    )
    language = forms.ChoiceField(label=_("Language"))

    def __init__(self, *args: Any, inbox: Inbox | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.inbox = inbox
        self.fields["team"].queryset = accounts.teams()  # type: ignore[attr-defined]
        self.fields["language"].choices = places.languages()  # type: ignore[attr-defined]
        if "teams" in self.fields:
            self.fields["teams"].queryset = accounts.teams()  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if self._others().filter(name__iexact=name).exists():
            raise ValidationError(_("There is another inbox of this name."))
        return name

    def clean_addresses(self) -> list[str]:
        found: list[str] = self.cleaned_data["addresses"]
        taken = InboxAddress.objects.filter(value__in=found, inbox__in=self._others()).first()
        if taken:
            raise ValidationError(
                _("%(address)s belongs to the inbox %(inbox)s."),
                params={"address": taken.value, "inbox": taken.inbox.name},
            )
        return found

    def _others(self) -> Any:
        everyone = Inbox.objects.all()
        return everyone.exclude(pk=self.inbox.pk) if self.inbox else everyone


class AssigningForm(forms.Form):
    """Who gets a new conversation of an inbox by itself."""

    assigns = forms.ChoiceField(
        label=_("Who gets a new conversation"),
        choices=Inbox.Assigns.choices,
        widget=forms.RadioSelect(),
        help_text=_(
            "Only people who are on duty there at that moment, and not away. What nobody has room"
            " for waits for the team, and finds its owner when somebody has room or comes on duty."
        ),
    )
    most_each = forms.IntegerField(
        label=_("Most waiting conversations per person"),
        required=False,
        min_value=1,
        max_value=1000,
        help_text=_("Whoever has this many is given no more automatically. Empty: no limit."),
    )


class InboxSettingsForm(InboxForm):
    teams = forms.ModelMultipleChoiceField(
        label=_("Teams that see it"),
        queryset=Team.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple(),
        help_text=_("The team that owes the answers always does. Owners see every inbox."),
    )
    acknowledges = forms.BooleanField(
        label=_("Acknowledge new mail"),
        required=False,
        help_text=_("A short automatic answer that the mail is here. Never to robots."),
    )
    joins_organisation = forms.BooleanField(
        label=_("Let colleagues of the same organisation join"),
        required=False,
        help_text=_(
            "Someone who answers from another address of the same domain comes into the "
            "conversation, and their mail is owed an answer in it. Otherwise it opens one of its "
            "own, and you are asked. Never for addresses of large mail providers."
        ),
    )
    answers_where_written = forms.BooleanField(
        label=_("Answer from the address that was written to"),
        required=False,
        help_text=_(
            "Of several, an answer comes from the one that the customer wrote to last; without "
            "this, always from the first. Whoever writes can choose another. Your mail server "
            "must send for each of them."
        ),
    )
    signs_reply_addresses = forms.BooleanField(
        label=_("Ask for replies at signed addresses"),
        required=False,
        help_text=_(
            "Answers ask for replies at %(own)s+c-…@%(domain)s, an address that names the "
            "conversation: replies find it even where a mail program leaves out what it answers. "
            "Your mail server must deliver %(own)s+anything@%(domain)s to this inbox, and so for "
            "each of its addresses: send a mail to %(own)s+test@%(domain)s first and see whether "
            "it arrives."
        ),
    )
    trusted_servers = ServersField(
        label=_("Servers whose checks count"),
        required=False,
        help_text=_(
            "Your mail server checks who really sent a mail. Name it here, and its word counts, "
            "nobody else's: a teammate who answers by mail is only known then. You find it in "
            "the source of any message: the first word after Authentication-Results. Several "
            "are separated by spaces."
        ),
    )

    def __init__(
        self, *args: Any, inbox: Inbox, servers_seen: Sequence[str] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, inbox=inbox, **kwargs)
        own, _at, domain = inboxes.sender_address(inbox).rpartition("@")
        signs, servers = self.fields["signs_reply_addresses"], self.fields["trusted_servers"]
        signs.help_text = str(signs.help_text) % {"own": own, "domain": domain}
        self.fields["addresses"].help_text = _("One per line, the preferred first.")
        if servers_seen:
            seen = gettext("The newest mails here were checked by: %(servers)s.")
            servers.help_text = f"{servers.help_text} {seen % {'servers': ' '.join(servers_seen)}}"

    @staticmethod
    def of(inbox: Inbox) -> dict[str, Any]:
        addresses = inbox.addresses.order_by("-preferred", "pk").values_list("value", flat=True)
        return {
            "name": inbox.name,
            "addresses": "\n".join(addresses),
            "team": inbox.team_id,
            "teams": list(inbox.teams.values_list("pk", flat=True)),
            "language": inbox.language,
            "acknowledges": inbox.acknowledges,
            "joins_organisation": inbox.joins_organisation,
            "answers_where_written": inbox.answers_where_written,
            "signs_reply_addresses": inbox.signs_reply_addresses,
            "trusted_servers": inbox.trusted_servers,
        }


class WordingForm(forms.Form):
    """The words of an inbox for one purpose: a field for each language that has some."""

    another = forms.ChoiceField(label=_("Another language"), required=False)

    def __init__(self, *args: Any, inbox: Inbox, purpose: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        texts = dict(inbox.wordings.filter(purpose=purpose).values_list("language", "text"))
        known = dict(places.customer_languages())
        own = [code for code, _name in places.languages()]
        given = [name.removeprefix("text_") for name in self.data if name.startswith("text_")]
        given.append(self.data.get("another", ""))
        more = [code for code in given if code in known]
        codes = list(dict.fromkeys([inbox.language, *own, *sorted(texts), *more]))
        for code in codes:
            self.fields[f"text_{code}"] = forms.CharField(
                label=places.language_name(code),
                required=False,
                max_length=5000,
                initial=texts.get(code, ""),
                widget=forms.Textarea(attrs={"rows": 4, "lang": code}),
            )
        self.fields["another"].choices = [("", _("Choose a language")), *known.items()]  # type: ignore[attr-defined]
        self.codes = codes
        self.order_fields([*(f"text_{code}" for code in codes), "another"])

    def texts(self) -> dict[str, str]:
        """By language; what the page did not ask for stays as it is."""
        names = {code: f"text_{code}" for code in self.codes}
        return {code: self.cleaned_data[name] for code, name in names.items() if name in self.data}

    def shown_texts(self) -> dict[str, str]:
        """By language, as the fields hold them."""
        return {code: str(self[f"text_{code}"].value() or "") for code in self.codes}

    def asks_for_another(self) -> bool:
        """A language was chosen that has no words yet: the page comes back with a field for it."""
        code = self.cleaned_data.get("another", "")
        if not code or self.cleaned_data.get(f"text_{code}", "").strip():
            return False
        self.data = {name: value for name, value in self.data.items() if name != "another"}
        return True


class InviteForm(forms.Form):
    email = forms.EmailField(
        label=_("Mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=Role.choices, initial=Role.AGENT, widget=forms.RadioSelect()
    )
    teams = forms.ModelMultipleChoiceField(
        label=_("Teams"),
        queryset=Team.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple(),
        help_text=_("They see the inboxes of their teams. Owners see every inbox."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["teams"].queryset = accounts.teams()  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].strip().lower()
        if accounts.teammates().filter(email__iexact=email).exists():
            raise ValidationError(_("A teammate with this address is here already."))
        return email


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, widget=forms.RadioSelect())


class TeamForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    members = PeopleField(
        label=_("Members"),
        queryset=Teammate.objects.none(),
        error_messages={"required": _("A team has at least one member who may answer.")},
        help_text=_("At least one who may answer: what the team owes must be somebody's."),
    )

    def __init__(self, *args: Any, team: Team | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.team = team
        self.fields["members"].queryset = accounts.active()  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        others = accounts.teams()
        if self.team:
            others = others.exclude(pk=self.team.pk)
        if others.filter(name__iexact=name).exists():
            raise ValidationError(_("There is another team of this name."))
        return name


class ProfileForm(forms.Form):
    name = person_name()
    signature = forms.CharField(
        label=_("Signature"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Stands under your answers, above the signature of the inbox."),
    )
    theme = forms.ChoiceField(
        label=_("Light or dark"),
        required=False,
        choices=Theme.choices,
        widget=forms.RadioSelect(),
    )
    is_advised = forms.BooleanField(
        label=_("Advice while you write"),
        required=False,
        help_text=_(
            "Shows what they asked, and the promises in your answer. It is read on this machine"
            " alone."
        ),
    )


class JoinForm(forms.Form):
    name = person_name()
    password = new_password()

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        require_strong(password, name=self.cleaned_data.get("name", ""), email=self.email)
        return password


class RetryForm(forms.Form):
    inbox = forms.ModelChoiceField(
        label=_("Into the inbox"),
        queryset=Inbox.objects.none(),
        required=False,
        empty_label=_("As the mail says"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["inbox"].queryset = Inbox.objects.order_by("name")  # type: ignore[attr-defined]
