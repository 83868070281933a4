"""Why an answer was not sent: what stands against it, and at which field that is said."""

from __future__ import annotations

from django.utils.translation import gettext as _

from goodword.accounts import rights
from goodword.conversations.models import Draft
from goodword.desk import handling
from goodword.desk.answering import replying
from goodword.desk.answering.leaving_from import NotOfInbox
from goodword.desk.answering.recipients import NobodyToReach
from goodword.desk.together.sides import SeenByCustomer
from goodword.web.canned import along
from goodword.web.inbox import advice, sending
from goodword.web.inbox.advice import Bar
from goodword.web.inbox.errors import sentence
from goodword.web.inbox.forms import ComposerForm


class Asks(Exception):
    """Without script: one of the menus beside Send is to be shown."""


class LeavesLate(Exception):
    """It leaves after the time that the answer is promised by; `str()` says so."""


class LookFirst(Exception):
    """It promises what the page has not shown yet."""

    def __init__(self, bar: Bar) -> None:
        super().__init__()
        self.bar = bar


class WrongField(Exception):
    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field, self.words = field, words


_AT: dict[type[Exception], str] = {NobodyToReach: "to", SeenByCustomer: "to", NotOfInbox: "sender"}
REFUSED: tuple[type[Exception], ...] = (
    Asks,
    along.Refused,
    sending.WrongMoment,
    handling.CannotSee,  # who answers has it, and was just taken out of the team
    handling.InThePast,
    advice.WrongTime,
    WrongField,
    *_AT,
    replying.NothingSaid,
    rights.MayNot,
)


def said_before(form: ComposerForm) -> str:
    """Of a form that has said already what it says, and now more or otherwise."""
    if form.kind == Draft.Kind.NOTE:
        return _("This note was written already, as it was before. What you changed is kept as "
                 "a draft.")  # fmt: skip
    return _("This answer was sent already, as it was before. What you changed is kept as a "
             "draft.")  # fmt: skip


def by_field(error: Exception) -> dict[str, list[str]]:
    """Why nothing was sent, by field."""
    match error:
        case Asks():
            return {}
        case along.Refused():
            return {"": [str(error)]}
        case sending.WrongMoment() | handling.InThePast():
            return {"": [_("Not sent: choose a moment that lies ahead.")]}
        case advice.WrongTime():
            words = _("Not sent: the time of “%(what)s” has passed or can't be read.")
            return {"text": [words % {"what": error}]}
        case WrongField():
            return {error.field: [error.words]}
    return {_AT.get(type(error), "text"): [sentence(error)]}
