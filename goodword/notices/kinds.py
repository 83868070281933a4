"""The kinds of notices in the groups that a teammate chooses by."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

# In the order of the page. A kind that stands nowhere is about what one owes.
GROUPS = {
    "owed": _("What you owe"),
    "given": _("What is handed to you"),
    "mentioned": _("Notes that call you by name"),
    "followed": _("Conversations that you follow"),
    "aside": _("Answers of those who were asked aside"),
    "drafts": _("Drafts you are asked about, and what became of yours"),
    "new": _("New conversations that nobody has yet"),
}
_KINDS: dict[str, tuple[str, ...]] = {
    "given": ("given", "handed_over"),
    "mentioned": ("mentioned",),
    "followed": ("followed",),
    "aside": ("aside_answered",),
    "drafts": (
        "finish_draft",
        "approve_draft",
        "draft_approved",
        "draft_back",
        "draft_taken",
        "draft_unseen",
    ),
    "new": ("new",),
}
_GROUP_OF = {kind: group for group, kinds in _KINDS.items() for kind in kinds}


def group_of(kind: str) -> str:
    return _GROUP_OF.get(kind, "owed")
