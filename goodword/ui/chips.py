"""The eight forms of the promise chip. Each differs in icon, word and weight of form."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise as LazyText
from django.utils.translation import pgettext_lazy


class Form(NamedTuple):
    icon: str
    word: str | LazyText


FORMS: dict[str, Form] = {
    "due": Form("clock", pgettext_lazy("promise chip", "Due")),
    "soon": Form("hourglass", pgettext_lazy("promise chip", "Due soon")),
    "late": Form("triangle-alert", pgettext_lazy("promise chip", "Late")),
    "kept": Form("check", pgettext_lazy("promise chip", "Kept")),
    "kept_late": Form("clock-check", pgettext_lazy("promise chip", "Kept late")),
    "moved": Form("corner-up-right", pgettext_lazy("promise chip", "Moved")),
    "broken": Form("x", pgettext_lazy("promise chip", "Broken")),
    "released": Form("feather", pgettext_lazy("promise chip", "Released")),
}
