"""What an act on many needs to know, read from what a page sends."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _

from goodword.accounts import queries as accounts
from goodword.core.text import clean_line
from goodword.web.inbox import snoozing
from goodword.web.inbox.forms import SnoozeForm
from goodword.web.inside import moment_of, teammate_of, typed


class Unclear(Exception):
    """What was sent doesn't say what is to be done; `str()` is a sentence."""


def data_of(request: HttpRequest, act: str) -> dict[str, str]:
    """What `BulkAct.data` holds. Raises Unclear."""
    if act == "assign":
        return {"to": _whom(request)}
    if act in {"tag", "untag"}:
        name = clean_line(request.POST.get("name", ""), most=60)
        if not name:
            raise Unclear(_("Give the tag a name."))
        return {"name": name}
    if act == "snooze":
        return {"until": _until(request).isoformat()}
    return {}


def _whom(request: HttpRequest) -> str:
    kind, _colon, public_id = typed(request.POST, "to").partition(":")
    if kind == "nobody":
        return ""
    if kind == "me":
        return f"teammate:{teammate_of(request).pk}"
    rows = {"teammate": accounts.active(), "team": accounts.teams()}.get(kind)
    found = rows.filter(public_id=public_id).first() if rows is not None else None
    if found is None:
        raise Unclear(_("Choose whom they are given to."))
    return f"{kind}:{found.pk}"


def _until(request: HttpRequest) -> datetime:
    form, now = SnoozeForm(request.POST), moment_of(request)
    if not form.is_valid():
        raise Unclear(_("Give a day and a time, as 2026-11-23 09:00."))
    offered = {choice.code: choice.until for choice in snoozing.choices(now)}
    until = offered.get(form.cleaned_data["until"]) or form.cleaned_data["moment"]
    if until is None:
        raise Unclear(_("Choose a day and a time."))
    if until <= now:
        raise Unclear(_("That moment has passed. Choose one that lies ahead."))
    moment: datetime = until
    return moment
