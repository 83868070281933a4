"""Two drafts of one teammate become one, with all that either holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from goodword.conversations.models import Draft

Follower = Callable[[Draft, Draft], None]
_followers: list[Follower] = []
_BETWEEN_BLANKS = r"(?:^|\n\n)[ \t\n]*%s[ \t\n]*(?=\n\n|\Z)"


def when_merged(*followers: Follower) -> None:
    """Called by `wiring.py`, for rooms above that keep something with a draft: each is given the
    draft that goes and the one that stays, in the transaction that makes them one.
    """
    _followers[:] = followers


def merge_into(stays: Draft, goes: Draft) -> None:
    """`goes` stands after `stays`, with its files; nobody has approved of both."""
    stays.text = _one_after_another(stays.text.rstrip(), goes.text)
    stays.approved_by = stays.approved_at = None
    stays.is_plain = stays.is_plain or goes.is_plain
    stays.save(update_fields=["text", "approved_by", "approved_at", "is_plain"])
    goes.files.update(draft=stays)
    for follow in _followers:
        follow(goes, stays)
    goes.delete()


def with_unseen(now: str, kept: str, *, known: Iterable[str]) -> str:
    """`now`, as its writer wants it, with the words of the draft that they have not seen.

    `kept` is the draft as it stands. `known` are the texts that the writer's page takes for it:
    several after an answer was lost. The draft says something else when it was joined with another
    since, or is written on at two pages; then `now` takes the place of what the page knew.
    """
    seen = sorted({text.strip() for text in known} - {""}, key=len, reverse=True)
    if not kept.strip() or kept.strip() in seen or now.startswith(kept):
        return now
    for part in seen:
        found = re.search(_BETWEEN_BLANKS % re.escape(part), kept)
        if found:
            return _one_after_another(kept[: found.start()], now, kept[found.end() :].strip("\n"))
    # Both pages write on in the same words: what stands in neither is kept, by paragraphs.
    told = {paragraph.strip() for text in seen for paragraph in text.split("\n\n")}
    written = tuple(paragraph.strip() for paragraph in now.split("\n\n"))
    unseen = [
        paragraph
        for paragraph in kept.rstrip().split("\n\n")
        if paragraph.strip() not in told
        and not any(each.startswith(paragraph.strip()) for each in written)
    ]
    return _one_after_another(*unseen, now)


def _one_after_another(*texts: str) -> str:
    return "\n\n".join(text for text in texts if text.strip())
