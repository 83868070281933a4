"""Due times in the words of whoever reads them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def promised(due_at: datetime, *, zone: str, language: str) -> str:
    """As in "by Tuesday 24 November, 10:00", as the clock in `zone` shows it."""
    with translation.override(known(language)):
        return _("by %(moment)s") % {"moment": moment(due_at, zone=zone)}


def moment(at: datetime, *, zone: str) -> str:
    """As in "Tuesday 24 November, 10:00", in the active language."""
    pattern = pgettext("date pattern: a moment as we promise it", "l j F, H:i")
    return date_format(at.astimezone(ZoneInfo(zone)), pattern)


def known(language: str) -> str:
    """`language` if we speak it, else our own: no English sentence around a French date."""
    spoken = translation.check_for_language(language.partition("-")[0])
    return language if language and spoken else settings.LANGUAGE_CODE
