"""The form of a canned reply: what it says in each language, and a row for each thing it does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from goodword.accounts import queries as accounts
from goodword.accounts.models import Teammate
from goodword.canned import actions as canned
from goodword.canned import queries, steps
from goodword.canned.actions import Written
from goodword.canned.models import CannedReply
from goodword.canned.steps import Do, Step
from goodword.desk import whom
from goodword.inboxes import queries as inboxes
from goodword.inboxes.models import Inbox
from goodword.web.setup import places

For = CannedReply.For
_MOST_TAGS = 400


class CannedForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    shortcut = forms.CharField(
        label=_("Shortcut"),
        required=False,
        max_length=30,
        help_text=_("Typed after / it comes first."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    folder = forms.CharField(
        label=_("Folder"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"list": "canned-folders", "autocomplete": "off"}),
    )
    shared = forms.ChoiceField(label=_("For"), widget=forms.RadioSelect(), initial=For.ME)
    inboxes = forms.ModelMultipleChoiceField(
        label=_("Offered in"),
        queryset=Inbox.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple(),
        help_text=_("None ticked: in every inbox."),
    )
    another = forms.ChoiceField(label=_("Another language"), required=False)
    tags_on = forms.CharField(
        label=_("Tags"),
        required=False,
        max_length=_MOST_TAGS,
        help_text=_("Separated by commas."),
    )
    tags_off = forms.CharField(
        label=_("Take tags off"),
        required=False,
        max_length=_MOST_TAGS,
        help_text=_("Separated by commas."),
    )
    checks = forms.CharField(
        label=_("Steps for the checklist"),
        required=False,
        max_length=steps.MOST * 200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One on each line."),
    )
    give_to = forms.ChoiceField(label=_("Give it to"), required=False)
    urgency = forms.ChoiceField(
        label=_("Urgency"),
        required=False,
        choices=[("", _("As it is")), (Do.URGENT, _("Urgent")), (Do.NOT_URGENT, _("Not urgent"))],
    )
    then = forms.ChoiceField(
        label=_("Afterwards"),
        required=False,
        choices=[("", _("It stays open")), (Do.CLOSE, _("Close")), (Do.SNOOZE, _("Snooze"))],
    )
    days = forms.IntegerField(
        label=_("Snooze for days"),
        required=False,
        min_value=1,
        max_value=steps.MOST_DAYS,
        help_text=_("It comes back at 9:00."),
    )
    no_answer = forms.BooleanField(
        label=_("No answer needed"),
        required=False,
        help_text=_("For macros that say nothing."),
    )
    note = forms.CharField(
        label=_("Internal note"),
        required=False,
        max_length=steps.MOST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        *args: Any,
        by: Teammate,
        texts: dict[str, str] | None = None,
        reply: CannedReply | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        texts = texts or {}
        open_inboxes = list(inboxes.open_to(by))
        self._ask_languages(texts, open_inboxes)
        self._ask_whom(by)
        self.fields["inboxes"].queryset = inboxes.open_to(by)  # type: ignore[attr-defined]
        is_elsewhere = reply is not None and queries.inboxes_unseen(reply, by).exists()
        if is_elsewhere:
            self.fields["inboxes"].help_text = _("It is offered elsewhere too, and stays so.")
        if len(open_inboxes) < 2 and not is_elsewhere:
            del self.fields["inboxes"]

    def _ask_languages(self, texts: dict[str, str], open_inboxes: Sequence[Inbox]) -> None:
        known = dict(places.customer_languages())
        business = accounts.business()
        given = [name.removeprefix("text_") for name in self.data if name.startswith("text_")]
        more = [code for code in (*given, self.data.get("another", "")) if code in known]
        used = [business.language if business else "en", *(each.language for each in open_inboxes)]
        self.codes = list(dict.fromkeys([*used, *sorted(texts), *more]))
        for code in self.codes:
            self.fields[f"text_{code}"] = forms.CharField(
                label=places.language_name(code),
                required=False,
                strip=False,
                max_length=canned.MOST_TEXT,
                initial=texts.get(code, ""),
                widget=forms.Textarea(attrs={"rows": 7, "lang": code}),
            )
        choices = [("", _("Choose a language")), *known.items()]
        self.fields["another"].choices = choices  # type: ignore[attr-defined]

    def _ask_whom(self, by: Teammate) -> None:
        shared: list[tuple[str, Any]] = [(For.ME, _("Me"))]
        if queries.may_share(by):
            self._teams = {f"team:{each.public_id}": each for each in queries.teams_for(by)}
            shared += [(key, each.name) for key, each in self._teams.items()]
            shared.append((For.ALL, _("Everybody")))
        else:
            self._teams = {}
        self.fields["shared"].choices = shared  # type: ignore[attr-defined]
        mates = [(f"teammate:{each.public_id}", each.name) for each in whom.colleagues_of(by)]
        teams = [(f"team:{each.public_id}", each.name) for each in whom.teams_beside(by)]
        own: list[tuple[str, Any]] = [
            ("", _("Whoever has it")), ("me", _("Whoever uses it")), ("nobody", _("Nobody")),
        ]  # fmt: skip
        groups = [*own, (_("Teammates"), mates), (_("Teams"), teams)]
        given = self.initial.get("give_to", "")
        if given not in dict([*own, *mates, *teams]):  # who left, or works elsewhere now
            groups.append((given, _("Somebody you don't see")))
        self.fields["give_to"].choices = groups  # type: ignore[attr-defined]

    @property
    def said(self) -> list[forms.BoundField]:
        return [self[f"text_{code}"] for code in self.codes]

    @property
    def done(self) -> list[forms.BoundField]:
        names = (
            "tags_on", "tags_off", "give_to", "urgency", "then", "days", "no_answer", "checks",
            "note",
        )  # fmt: skip
        return [self[name] for name in names]

    def asks_for_another(self) -> bool:
        """A language was chosen that has no words yet: the page comes back with a field for it."""
        code = self.cleaned_data.get("another", "")
        return bool(code) and not self.cleaned_data.get(f"text_{code}", "").strip()

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("then") == Do.SNOOZE and not found.get("days"):
            self.add_error("days", _("Say for how many days."))
        try:
            self.steps = steps.in_order(steps.parse(self._asked(found)))
        except steps.Malformed as error:
            raise ValidationError(_("These can't be done together, or are too many.")) from error
        if not self.errors and not self.texts and not self.steps and not found.get("another"):
            raise ValidationError(_("Write what it says, or choose what it does."))
        if self.texts and found.get("no_answer"):
            words = _("It sends an answer, so it can't say that none is needed.")
            self.add_error("no_answer", words)
        return found

    @property
    def texts(self) -> dict[str, str]:
        found = {code: self.cleaned_data.get(f"text_{code}", "").strip() for code in self.codes}
        return {code: text for code, text in found.items() if text}

    def _asked(self, found: dict[str, Any]) -> list[str]:
        """The steps as a page writes them."""
        asked = [f"{Do.TAG}:{name}" for name in _several(found.get("tags_on", ""))]
        asked += [f"{Do.UNTAG}:{name}" for name in _several(found.get("tags_off", ""))]
        lines = found.get("checks", "").splitlines()
        asked += [f"{Do.CHECK}:{each.strip()}" for each in lines if each.strip()]
        for name, do in (("give_to", Do.ASSIGN), ("note", Do.NOTE)):
            if found.get(name):
                asked.append(f"{do}:{found[name]}")
        if found.get("urgency"):
            asked.append(f"{found['urgency']}:")
        if found.get("no_answer"):
            asked.append(f"{Do.NO_ANSWER}:")
        if found.get("then") == Do.CLOSE:
            asked.append(f"{Do.CLOSE}:")
        elif found.get("then") == Do.SNOOZE and found.get("days"):
            asked.append(f"{Do.SNOOZE}:{found['days']}")
        return asked

    def written(self) -> Written:
        found, shared = self.cleaned_data, self.cleaned_data["shared"]
        team = self._teams.get(shared)
        return Written(
            name=found["name"],
            shortcut=found["shortcut"],
            folder=found["folder"],
            shared_with=For.TEAM if team else shared,
            team=team,
            inboxes=tuple(found["inboxes"]) if "inboxes" in self.fields else None,
            texts=self.texts,
            steps=tuple(self.steps),
        )


def _several(typed: str) -> list[str]:
    return [each.strip() for each in typed.split(",") if each.strip()]


def initial_of(reply: CannedReply) -> dict[str, Any]:
    """What the form shows of one that there is."""
    does = steps.read(reply.steps)
    shared = f"team:{reply.team.public_id}" if reply.team else reply.shared_with
    return {
        "name": reply.name,
        "shortcut": reply.shortcut,
        "folder": reply.folder,
        "shared": shared,
        "inboxes": list(reply.inboxes.values_list("pk", flat=True)),
        **_rows(does),
    }


def _rows(does: Sequence[Step]) -> dict[str, Any]:
    values = {step.do: step.value for step in does}
    aside = next((do for do in (Do.CLOSE, Do.SNOOZE) if do in values), "")
    return {
        "tags_on": ", ".join(step.value for step in does if step.do is Do.TAG),
        "tags_off": ", ".join(step.value for step in does if step.do is Do.UNTAG),
        "checks": "\n".join(step.value for step in does if step.do is Do.CHECK),
        "give_to": values.get(Do.ASSIGN, ""),
        "urgency": next((do for do in (Do.URGENT, Do.NOT_URGENT) if do in values), ""),
        "then": aside,
        "days": values.get(Do.SNOOZE, ""),
        "no_answer": Do.NO_ANSWER in values,
        "note": values.get(Do.NOTE, ""),
    }
