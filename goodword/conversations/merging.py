"""Two drafts of one teammate become one, with all that either holds."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence

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
    stays.text = _one_after_another(stays.text.rstrip(), goes.text)
    stays.approved_by = stays.approved_at = None
    stays.is_plain = stays.is_plain or goes.is_plain
    stays.sender = stays.sender or goes.sender
    stays.save(update_fields=["text", "approved_by", "approved_at", "is_plain", "sender"])
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
    stands = _paragraphs(kept)
    for text in seen:
        part = _paragraphs(text)
        place = _place_of(part, stands)
        if place is not None:
            return _one_after_another(*stands[:place], now, *stands[place + len(part) :])
    # Both pages write on in the same words: what stands in neither is kept.
    told = {each.strip() for text in seen for each in _paragraphs(text)}
    written = sorted(each.strip() for each in _paragraphs(now))
    unseen = [
        each
        for each in stands
        if each.strip() not in told and not _one_begins_with(each.strip(), written)
    ]
    return _one_after_another(*unseen, now)


def _paragraphs(text: str) -> list[str]:
    return [each for each in text.split("\n\n") if each.strip()]


def _place_of(part: Sequence[str], whole: Sequence[str]) -> int | None:
    """Which paragraph of `whole` is the first of `part`; the blanks around them don't count.

    By one search in a text: a draft may have a hundred thousand paragraphs, all alike.
    """
    wanted, text = (
        "\n\n".join(["", *(each.strip() for each in paragraphs), ""])
        for paragraphs in (part, whole)
    )
    at = text.find(wanted)
    return None if at < 0 else text.count("\n\n", 0, at)


def _one_begins_with(beginning: str, in_order: Sequence[str]) -> bool:
    at = bisect_left(in_order, beginning)
    return at < len(in_order) and in_order[at].startswith(beginning)


def _one_after_another(*texts: str) -> str:
    return "\n\n".join(text for text in texts if text.strip())
