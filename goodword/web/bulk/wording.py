"""What is said before, while and after something is done to many conversations."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from goodword.desk.models import BulkAct
from goodword.desk.shaping import bulk_acts as acts
from goodword.desk.shaping.bulk import Counted, Outcome

_ASKED = {
    "assign": ngettext_lazy("Give %(n)d conversation away?", "Give %(n)d conversations away?", "n"),
    "tag": ngettext_lazy("Tag %(n)d conversation?", "Tag %(n)d conversations?", "n"),
    "untag": ngettext_lazy(
        "Take the tag off %(n)d conversation?", "Take the tag off %(n)d conversations?", "n"
    ),
    "close": ngettext_lazy("Close %(n)d conversation?", "Close %(n)d conversations?", "n"),
    "snooze": ngettext_lazy("Snooze %(n)d conversation?", "Snooze %(n)d conversations?", "n"),
    "reopen": ngettext_lazy(
        "Open %(n)d conversation again?", "Open %(n)d conversations again?", "n"
    ),
    "spam": ngettext_lazy(
        "Mark %(n)d conversation as spam?", "Mark %(n)d conversations as spam?", "n"
    ),
    "trash": ngettext_lazy(
        "Move %(n)d conversation to the trash?", "Move %(n)d conversations to the trash?", "n"
    ),
    "no_answer_needed": ngettext_lazy(
        "Decide that %(n)d conversation needs no answer?",
        "Decide that %(n)d conversations need no answer?",
        "n",
    ),
    "read": ngettext_lazy(
        "Mark %(n)d conversation as read?", "Mark %(n)d conversations as read?", "n"
    ),
    "unread": ngettext_lazy(
        "Mark %(n)d conversation as unread?", "Mark %(n)d conversations as unread?", "n"
    ),
    "join": ngettext_lazy(
        "Join %(n)d conversation with the oldest?",
        "Join %(n)d conversations with the oldest?",
        "n",
    ),
}
_VERBS = {
    "assign": gettext_lazy("Give"),
    "tag": gettext_lazy("Put it on"),
    "untag": gettext_lazy("Take it off"),
    "close": gettext_lazy("Close"),
    "snooze": gettext_lazy("Snooze"),
    "reopen": gettext_lazy("Open again"),
    "spam": gettext_lazy("Mark as spam"),
    "trash": gettext_lazy("Move to trash"),
    "no_answer_needed": gettext_lazy("No answer needed"),
    "read": gettext_lazy("Mark as read"),
    "unread": gettext_lazy("Mark as unread"),
    "join": gettext_lazy("Join them"),
}
_DONE = {
    "assign": ngettext_lazy("%(n)d given away.", "%(n)d given away.", "n"),
    "tag": ngettext_lazy("%(n)d tagged.", "%(n)d tagged.", "n"),
    "untag": ngettext_lazy("The tag is off %(n)d.", "The tag is off %(n)d.", "n"),
    "close": ngettext_lazy("%(n)d closed.", "%(n)d closed.", "n"),
    "snooze": ngettext_lazy("%(n)d snoozed.", "%(n)d snoozed.", "n"),
    "reopen": ngettext_lazy("%(n)d opened again.", "%(n)d opened again.", "n"),
    "spam": ngettext_lazy("%(n)d marked as spam.", "%(n)d marked as spam.", "n"),
    "trash": ngettext_lazy("%(n)d moved to the trash.", "%(n)d moved to the trash.", "n"),
    "no_answer_needed": ngettext_lazy("%(n)d needs no answer.", "%(n)d need no answer.", "n"),
    "read": ngettext_lazy("%(n)d marked as read.", "%(n)d marked as read.", "n"),
    "unread": ngettext_lazy("%(n)d marked as unread.", "%(n)d marked as unread.", "n"),
    "join": ngettext_lazy("%(n)d joined.", "%(n)d joined.", "n"),
}
_STAYS = {
    acts.ANSWER_OWED: ngettext_lazy(
        "%(n)d awaits an answer and stays as it is.",
        "%(n)d await an answer and stay as they are.",
        "n",
    ),
    acts.PROMISED: ngettext_lazy(
        "%(n)d has an open promise and stays as it is.",
        "%(n)d have an open promise and stay as they are.",
        "n",
    ),
    acts.COLLEAGUES: ngettext_lazy(
        "%(n)d is with a colleague and stays there.",
        "%(n)d are with colleagues and stay there.",
        "n",
    ),
    acts.MAY_NOT: ngettext_lazy(
        "%(n)d stays as it is: your role doesn't include that.",
        "%(n)d stay as they are: your role doesn't include that.",
        "n",
    ),
    acts.CANNOT_SEE: ngettext_lazy(
        "%(n)d is in an inbox where they can't answer, and stays as it is.",
        "%(n)d are in inboxes where they can't answer, and stay as they are.",
        "n",
    ),
    acts.NOT_LIVE: ngettext_lazy(
        "%(n)d is spam or in the trash and stays there.",
        "%(n)d are spam or in the trash and stay there.",
        "n",
    ),
    acts.NOTHING_OWED: ngettext_lazy(
        "%(n)d awaits no answer anyway.", "%(n)d await no answer anyway.", "n"
    ),
    acts.PAST: ngettext_lazy(
        "%(n)d stays as it is: that moment has passed.",
        "%(n)d stay as they are: that moment has passed.",
        "n",
    ),
    acts.CANNOT_JOIN: ngettext_lazy(
        "%(n)d can't be joined with the others.", "%(n)d can't be joined with the others.", "n"
    ),
    acts.GONE: ngettext_lazy("%(n)d isn't there any more.", "%(n)d aren't there any more.", "n"),
    acts.FAILED: ngettext_lazy(
        "%(n)d stays as it is: it didn't work there.",
        "%(n)d stay as they are: it didn't work there.",
        "n",
    ),
    acts.CHANGED: ngettext_lazy(
        "%(n)d has changed since, and was not undone.",
        "%(n)d have changed since, and were not undone.",
        "n",
    ),
}


def question(row: BulkAct, counted: Counted) -> str:
    return _filled(_ASKED[row.act], counted.total)


def verb(row: BulkAct) -> str:
    """What the button says that does it."""
    return str(_VERBS[row.act])


def before(row: BulkAct, counted: Counted) -> list[str]:
    """What they should know before they say yes."""
    told = staying(counted.staying)
    if counted.lets_go:
        told.append(
            ngettext(
                "%(n)d still awaits an answer, which is then no longer owed.",
                "%(n)d still await an answer, which is then no longer owed.",
                counted.lets_go,
            )
            % {"n": counted.lets_go}
        )
    return told


def staying(by_why: dict[str, int]) -> list[str]:
    return [_filled(_STAYS[why], number) for why, number in by_why.items()]


def done(row: BulkAct, outcome: Outcome) -> str:
    """In one line, for a toast."""
    if row.undoing_at:
        back = ngettext("%(n)d is as it was.", "%(n)d are as they were.", outcome.undone)
        return " ".join([back % {"n": outcome.undone}, *staying(outcome.kept)])
    if not outcome.done:
        return " ".join([_("Nothing was changed."), *staying(outcome.refused)])
    return " ".join([_filled(_DONE[row.act], outcome.done), *staying(outcome.refused)])


def _filled(words: Any, number: int) -> str:
    return str(words % {"n": number})
