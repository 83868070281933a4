"""The sentence for whatever a verb refuses: what happened, what is safe, what to do."""

from __future__ import annotations

from django.utils.translation import gettext as _

from goodword.accounts.rights import MayNot
from goodword.desk.answering.delivering import NotInTrouble
from goodword.desk.answering.later import HasBegun
from goodword.desk.answering.leaving_from import NotOfInbox
from goodword.desk.answering.recipients import NobodyToReach, NotAnAddress
from goodword.desk.answering.replying import NothingSaid, TooLate
from goodword.desk.handling import CannotSee, InThePast, NothingOwed
from goodword.desk.intake.joining import CannotJoin
from goodword.desk.intake.screening import NotASender
from goodword.desk.shaping.emptying import NotInTrash
from goodword.desk.shaping.moving import CannotMove, CannotMoveBack
from goodword.desk.shaping.naming import CannotRelate
from goodword.desk.shaping.splitting import CannotSplit
from goodword.desk.shaping.unjoining import CannotUndo
from goodword.desk.together.aside import NoAsideHere, NotToForward
from goodword.desk.together.sides import SeenByCustomer

REFUSALS = (
    MayNot, HasBegun, NotInTrouble, CannotJoin, CannotSee, InThePast, NothingOwed, TooLate,
    CannotUndo, CannotSplit, CannotMove, CannotMoveBack, CannotRelate, NotInTrash,
)  # fmt: skip


def sentence(error: Exception) -> str:
    return _of_asides(error) or _of_shaping(error) or _sentence(error)


def _of_shaping(error: Exception) -> str:
    match error:
        case CannotUndo():
            return _(
                "Not undone: they were joined with another since, or somebody was quicker. Nothing "
                "was changed."
            )
        case CannotSplit():
            return {
                "note": _("A note is split off only along with a message before it."),
                "whole": _("Nothing would be left here, so nothing was split off."),
                "aside": _("What is said aside stays with its conversation."),
            }.get(str(error), _("This has changed meanwhile, so nothing was split off."))
        case CannotMove():
            return _("It stands there already, or is said aside. Nothing was changed.")
        case CannotMoveBack():
            return _("Not undone: it was moved on since, or too long ago. Nothing was changed.")
        case CannotRelate():
            return _("These two can't be linked: one of them is gone. Nothing was changed.")
        case NotInTrash():
            return _("It is not in the trash any more, so nothing was deleted.")
        case NotASender():
            return _("“%(typed)s” is neither a mail address nor a domain.") % {"typed": error}
    return ""


def _of_asides(error: Exception) -> str:
    match error:
        case SeenByCustomer():
            return _(
                "Not sent: %(address)s is the customer's own, and what is said aside is never "
                "seen by the customer. Write it in the conversation itself."
            ) % {"address": error}
        case NoAsideHere():
            return _(
                "Nothing was sent: nobody can be asked aside of this. It is an aside itself, spam "
                "or in the trash."
            )
        case HasBegun():
            return _("It is leaving already, so its time can't be changed any more.")
        case NotOfInbox():
            return _(
                "Not sent: %(chosen)s is no address of this inbox any more. Send again, and it "
                "leaves from %(usual)s."
            ) % {"chosen": error, "usual": error.usual}
        case NotToForward():
            return _("Nothing was sent: that message can't be forwarded from here.")
    return ""


def _sentence(error: Exception) -> str:
    said = str(error)
    match error:
        case NothingSaid():
            return _("Nothing is written yet, so nothing was sent.")
        case NobodyToReach():
            return _("Not sent: nobody is named as recipient. Your draft is kept.")
        case NotAnAddress():
            return _(
                "Not sent: “%(typed)s” is not a mail address. Your draft is kept; put the address "
                "right and send again."
            ) % {"typed": said}
        case TooLate():
            return _("It has left already, so it can't be taken back. A second mail can mend it.")
        case CannotSee():
            return _(
                "%(who)s can't answer in this inbox, so nothing was changed. Give it to somebody "
                "of its teams."
            ) % {"who": said}
        case InThePast():
            return _("That moment has passed. Choose one that lies ahead.")
        case NothingOwed():
            return _("Nothing here awaits an answer any more; a colleague was quicker.")
        case NotInTrouble():
            return _("This was decided already; what you see now is how it stands.")
        case CannotJoin() if not said:
            return _("This was decided already; what you see now is how it stands.")
        case CannotJoin():
            return _(
                "These two can't be joined: one of them is spam, in the trash, or was joined "
                "meanwhile. Nothing was changed."
            )
        case MayNot():
            return said or _(
                "This conversation is with a colleague. Whoever leads the team can give it away."
            )
    raise error
