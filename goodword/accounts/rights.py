"""Who may what. Which rows someone sees is decided by `visible_to` and `open_to` of each room.

Owner: everything. Lead: all conversations of their teams' inboxes, and reassigning there. Agent:
reads and answers there. Light: reads and writes notes there; sends nothing, promises nothing.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from goodword.accounts.models import Role, Teammate


class MayNot(Exception):
    """This teammate's role does not include that."""


def may_answer(teammate: Teammate) -> bool:
    return teammate.is_active and teammate.role != Role.LIGHT


def may_settle(teammate: Teammate) -> bool:
    """Machine settings, secrets, teammates, the audit trail."""
    return teammate.is_active and teammate.role == Role.OWNER


def may_reassign(teammate: Teammate, *, now_with: Teammate | None) -> bool:
    """An agent gives away what is theirs or nobody's; taking from a colleague is a lead's."""
    if teammate.role in {Role.OWNER, Role.LEAD}:
        return teammate.is_active
    return may_answer(teammate) and (now_with is None or now_with == teammate)


def require_answer(teammate: Teammate) -> None:
    """Raises MayNot."""
    if not may_answer(teammate):
        raise MayNot(_("Your role reads and writes notes here; it sends and promises nothing."))
