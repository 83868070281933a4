"""Two drafts of one teammate become one, with all that either holds."""

from __future__ import annotations

from collections.abc import Callable

from goodword.conversations.models import Draft

Follower = Callable[[Draft, Draft], None]
_followers: list[Follower] = []


def when_merged(*followers: Follower) -> None:
    """Called by `wiring.py`, for rooms above that keep something with a draft: each is given the
    draft that goes and the one that stays, in the transaction that makes them one.
    """
    _followers[:] = followers


def merge_into(stays: Draft, goes: Draft) -> None:
    """`goes` stands after `stays`, with its files; nobody has approved of both."""
    texts = (stays.text.rstrip(), goes.text)
    stays.text = "\n\n".join(text for text in texts if text.strip())
    stays.approved_by = stays.approved_at = None
    stays.is_plain = stays.is_plain or goes.is_plain
    stays.save(update_fields=["text", "approved_by", "approved_at", "is_plain"])
    goes.files.update(draft=stays)
    for follow in _followers:
        follow(goes, stays)
    goes.delete()
