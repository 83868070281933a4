"""What a page sends, turned into types. Rules about conversations live in the verbs."""

from __future__ import annotations

import hashlib
from collections.abc import Container
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from goodword.conversations import merging
from goodword.conversations.models import Draft
from goodword.core.text import clean, clean_line
from goodword.desk import wording

MODES = ("reply", "all", "note")
_MOST_TEXT = 500_000
_MOST_ADDRESSES = 5_000
_MOST_KEY = 2**63 - 1


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files, none larger than MAX_UPLOAD_MB."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        given = data if isinstance(data, (list, tuple)) else [data]
        files = [super(FilesField, self).clean(each, initial) for each in given if each]
        for each in files:
            if each.size > settings.MAX_UPLOAD_MB * 1024 * 1024:
                raise ValidationError(
                    _("%(name)s is larger than %(most)s MB, so it was not attached. Send a link "
                      "to it instead."),
                    params={"name": each.name, "most": settings.MAX_UPLOAD_MB},
                )  # fmt: skip
        return files


class ComposerForm(forms.Form):
    """The composer as sent: by hand, by autosave, or when a file is added or taken out."""

    mode = forms.ChoiceField(choices=[(mode, mode) for mode in MODES], required=False)
    text = forms.CharField(required=False, strip=False, max_length=_MOST_TEXT)
    to = forms.CharField(required=False, max_length=_MOST_ADDRESSES)
    cc = forms.CharField(required=False, max_length=_MOST_ADDRESSES)
    bcc = forms.CharField(required=False, max_length=_MOST_ADDRESSES)
    sender = forms.CharField(required=False, max_length=254)  # which of our addresses
    attached = FilesField(required=False, max_length=250)
    pictured = FilesField(required=False, max_length=250)  # pictures that stand in the text
    # A file's public id. Not "remove": that name would hide the form element's own method.
    take_out = forms.CharField(required=False, max_length=24)
    switch = forms.ChoiceField(choices=[(mode, mode) for mode in MODES], required=False)
    once = forms.CharField(required=False, max_length=24)  # a double click says it once
    # The draft as the page knows it; sent more than once where the page can't be sure.
    saved = forms.CharField(required=False, strip=False)
    # Keys of the newest message the writer knew: when writing was begun, and after being told more.
    known = forms.IntegerField(required=False, min_value=0, max_value=_MOST_KEY)
    anyway = forms.IntegerField(required=False, min_value=0, max_value=_MOST_KEY)
    # Words that stand ready, to be put at the end of what is written.
    insert = forms.ChoiceField(
        choices=[(each.value, each.label) for each in wording.REFUSALS], required=False
    )

    was_joined = False  # with words of the draft that the page has not shown
    was_said = False  # by this form, before
    has_more = False  # than what was said: words or files

    @property
    def mode_sent(self) -> str:
        return self.cleaned_data.get("mode") or "reply"

    @property
    def knows(self) -> int | None:
        """The newest message they have seen, as far as the page says so."""
        sent = self.cleaned_data
        told: int | None = sent.get("anyway")
        return sent.get("known") if told is None else told

    def join(self, kept: Draft | None) -> None:
        """Let what is written take in the words of the draft that the page has not shown.

        Whom it is for, and what it leaves from, is then as the draft has it.
        """
        if kept is None or "saved" not in self.data:
            return
        sent = self.cleaned_data
        written = clean(sent["text"])
        known = map(clean, self.data.getlist("saved"))  # type: ignore[attr-defined]  # a request's
        sent["text"] = merging.with_unseen(written, kept.text, known=known)
        if sent["text"] != written:
            self.was_joined = True
            named = {name: getattr(kept, name) for name in ("to", "cc", "bcc")}
            sent.update(named if any(named.values()) else {}, sender=kept.sender)

    def leave_out(self, said: str, *, files: Container[str]) -> None:
        """Of what this form has said already only what was added since then is kept.

        Words that were changed are kept as a whole. `files`: the SHA-256 of those that went along.
        """
        sent = self.cleaned_data
        written = clean(sent["text"]).strip()
        rest = written[len(said) :]
        if written.startswith(said) and not rest[:1].strip():  # not in the middle of a word
            sent["text"] = rest.lstrip()
        for name in ("attached", "pictured"):
            sent[name] = [each for each in sent[name] if sha256(each) not in files]
        self.was_said = True
        self.has_more = bool(sent["text"].strip() or sent["attached"] or sent["pictured"])

    @property
    def kind(self) -> str:
        return Draft.Kind.NOTE if self.mode_sent == "note" else Draft.Kind.REPLY


def sha256(file: UploadedFile[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


class MomentForm(forms.Form):
    """A moment, in the zone of the business; a button may say it exactly."""

    moment = forms.DateTimeField(
        label=_("When"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S%z"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("Give a day and a time, as 2026-11-23 09:00.")},
    )


class SnoozeForm(forms.Form):
    """Either one of the offered moments or one typed in; in the zone of the business."""

    until = forms.CharField(required=False, max_length=20)
    moment = forms.DateTimeField(
        required=False,
        label=_("Until"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("Give a day and a time, as 2026-11-23 09:00.")},
    )


class TagForm(forms.Form):
    name = forms.CharField(max_length=60, label=_("Tag"))

    def clean_name(self) -> str:
        name = clean_line(self.cleaned_data["name"], most=60)
        if not name:  # of marks alone that nobody sees
            raise ValidationError(_("Give the tag a name."))
        return name
