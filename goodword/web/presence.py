"""Who has a conversation open, and who is writing in it. Known in memory alone: nothing of it is
stored, and the trail doesn't hold it.

A page of a browser is somewhere from its stream's beginning to its end (web.live.stream). What is
known of it fades unless its process says again that the page is still there, so that a process that
dies leaves nobody standing. Several processes on PostgreSQL tell each other by NOTIFY
(docs/adr/0016-who-is-here.md).
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from time import monotonic
from typing import Literal, NamedTuple

from goodword.accounts.models import Teammate

Doing = Literal["", "reply", "note"]
FADES_SECONDS = 45.0  # three beats of a stream
WRITES_SECONDS = 12.0  # since the last key that was told; a page tells every five
MOST_PAGES = 24  # of one teammate: the oldest gives way


class Page(NamedTuple):
    """`name` is drawn by the page itself; beside whose it is, nobody can speak for another."""

    teammate_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Here:
    """Where a page is. Moments are those of `time.monotonic`."""

    who: str  # the teammate's name
    conversation: str  # by public id
    inboxes: frozenset[int]  # whose people see it
    doing: Doing
    writes_until: float
    until: float

    def shows(self, now: float) -> Doing:
        return self.doing if now < self.writes_until else ""


@dataclass(frozen=True, slots=True)
class Colleague:
    """Someone who has the conversation open: looking, or writing."""

    name: str
    doing: Doing


class Presence:
    """What one process knows of all pages. Each change is told by the conversation's public id."""

    def __init__(self) -> None:
        self._pages: dict[Page, Here] = {}
        self._at: defaultdict[str, set[Page]] = defaultdict(set)
        self._lock = threading.Lock()
        self.changed: Callable[[str], None] = lambda _conversation: None
        self.say: Callable[[dict[Page, Here | None]], None] = lambda _pages: None

    def come(
        self,
        page: Page,
        *,
        by: Teammate,
        conversation: str,
        inboxes: Iterable[int],
        doing: Doing = "",
    ) -> None:
        """The page shows this conversation now; `by` has been found to see it."""
        now = monotonic()
        writes_until = now + WRITES_SECONDS if doing else 0.0
        here = Here(
            by.name, conversation, frozenset(inboxes), doing, writes_until, now + FADES_SECONDS
        )
        self.learn({page: here})
        self.say({page: here})

    def go(self, page: Page) -> None:
        if self.learn({page: None}):
            self.say({page: None})

    def learn(self, pages: dict[Page, Here | None]) -> set[str]:
        """What is true of these pages, wherever that was found; returns what has changed by it."""
        now, changed = monotonic(), set()
        with self._lock:
            for page, here in pages.items():
                changed |= self._put(page, here, now)
        self._tell(changed)
        return changed

    def _put(self, page: Page, here: Here | None, now: float) -> set[str]:
        before = self._pages.pop(page, None)
        if before is not None:
            self._at[before.conversation].discard(page)
            if not self._at[before.conversation]:
                del self._at[before.conversation]
        if here is not None:
            self._make_room(page.teammate_id)
            self._pages[page] = here
            self._at[here.conversation].add(page)
            self._stand_alike(here)
        if before and here and before.conversation == here.conversation:
            return {here.conversation} if before.shows(now) != here.shows(now) else set()
        return {each.conversation for each in (before, here) if each}

    def _stand_alike(self, newest: Here) -> None:
        """Who came last knows whose people see it: it may have been moved since the others came."""
        for page in self._at[newest.conversation]:
            self._pages[page] = replace(self._pages[page], inboxes=newest.inboxes)

    def _make_room(self, teammate_id: int) -> None:
        theirs = [page for page in self._pages if page.teammate_id == teammate_id]
        for page in theirs[: max(0, len(theirs) + 1 - MOST_PAGES)]:
            self._put(page, None, 0.0)

    def keep(self, pages: Iterable[Page]) -> None:
        """These pages are still there: their streams say so."""
        until = monotonic() + FADES_SECONDS
        with self._lock:
            known = {page: here for page in pages if (here := self._pages.get(page))}
            kept = {page: replace(here, until=until) for page, here in known.items()}
            self._pages.update(kept)
        if kept:
            self.say(dict(kept))

    def sweep(self) -> None:
        """Forget who faded, and who stopped writing."""
        now = monotonic()
        with self._lock:
            over = {page: here for page, here in self._pages.items() if here.until <= now}
            quiet = [
                (page, here)
                for page, here in self._pages.items()
                if here.doing and here.writes_until <= now and page not in over
            ]
            for page in over:
                self._put(page, None, now)
            for page, here in quiet:
                self._pages[page] = replace(here, doing="")
        self._tell({each.conversation for each in (*over.values(), *(q[1] for q in quiet))})

    def colleagues(self, conversation: str, *, but: Teammate) -> list[Colleague]:
        """Who else has it open, by name; whoever writes in one of their pages is writing."""
        now = monotonic()
        found: dict[int, Colleague] = {}
        with self._lock:
            pages = [(page, self._pages[page]) for page in self._at.get(conversation, ())]
        for page, here in pages:
            known = found.get(page.teammate_id)
            if page.teammate_id != but.pk and not (known and known.doing):
                found[page.teammate_id] = Colleague(here.who, here.shows(now))
        return sorted(found.values(), key=lambda each: each.name)

    def writers_in(self, conversation: str) -> frozenset[int]:
        """Who writes there, by key."""
        now = monotonic()
        pages = self.pages_at(conversation).items()
        return frozenset(page.teammate_id for page, here in pages if here.shows(now))

    def written_in(self, *, but: Teammate) -> set[str]:
        """Conversations in which somebody else writes; only for who may see them."""
        now = monotonic()
        with self._lock:
            pages = list(self._pages.items())
        return {
            here.conversation
            for page, here in pages
            if page.teammate_id != but.pk and here.shows(now)
        }

    def pages_at(self, conversation: str) -> dict[Page, Here]:
        with self._lock:
            return {page: self._pages[page] for page in self._at.get(conversation, ())}

    def _tell(self, changed: Iterable[str]) -> None:
        for conversation in changed:
            self.changed(conversation)


everybody = Presence()


def page_of(teammate: Teammate, name: str) -> Page | None:
    """The page of this name; None where the name is none that a page of ours draws."""
    fits = 8 <= len(name) <= 24 and name.isascii() and name.isalnum()
    return Page(teammate.pk, name) if fits else None
