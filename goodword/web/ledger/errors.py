"""The sentence for whatever a verb of promises refuses."""

from __future__ import annotations

from django.utils.translation import gettext as _

from goodword.accounts.rights import MayNot
from goodword.desk.handling import CannotSee, InThePast
from goodword.desk.keeping.promising import NoChoice, NothingPromised, OnlyAnew
from goodword.desk.keeping.unkeeping import NothingToTakeBack
from goodword.promises.actions import AlreadyDue, AlreadyEnded, NotDueYet
from goodword.web.inbox import errors as inbox_errors

REFUSALS = (
    MayNot, CannotSee, InThePast, NoChoice, NothingPromised, OnlyAnew, NothingToTakeBack,
    AlreadyDue, AlreadyEnded, NotDueYet,
)  # fmt: skip


def sentence(error: Exception) -> str:
    match error:
        case AlreadyEnded() | NothingToTakeBack():
            return _("A colleague was quicker; what you see now is how it stands.")
        case AlreadyDue():
            return _(
                "Its time has just passed, so it can't be moved any more. Promise it anew instead."
            )
        case NotDueYet():
            return _("Its time hasn't come yet: it can still be moved.")
        case OnlyAnew():
            return _("Somebody waits for this answer: promise it anew, with a new time.")
        case NoChoice():
            return _("An answer is always on their page, and what we promised ourselves never is.")
        case NothingPromised():
            return _("Nothing was promised yet: say what, and to whom.")
        case MayNot() if not str(error):
            return _("This promise is a colleague's. Whoever leads the team can give it away.")
        case CannotSee():
            return _("%(who)s can't keep promises of this inbox, so nothing was changed.") % {
                "who": str(error)
            }
    return inbox_errors.sentence(error)
