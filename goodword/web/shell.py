"""What the shell around every page shows. Nothing is asked of the database until it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from goodword.accounts import queries as accounts
from goodword.accounts.models import Team, Teammate
from goodword.channels.email.failures import words_for
from goodword.channels.email.intake import disk_is_short
from goodword.channels.email.models import MailAccount
from goodword.core import prepared
from goodword.desk import queries as desk
from goodword.desk.search import saved
from goodword.inboxes import queries as inboxes
from goodword.notices import queries as notices
from goodword.promises import day as promises
from goodword.web.example import houses
from goodword.web.inbox.places import FOLDERS

_COUNTED = ("mine", "unassigned", "waiting", "snoozed", "later", "unsent")
_LISTED = ("mine", "unassigned", "waiting", "snoozed", "all", "closed")
_QUIET = ("spam", "trash")


@dataclass(frozen=True, slots=True)
class FolderLink:
    key: str
    word: str
    icon: str
    count: str = ""


@dataclass(frozen=True, slots=True)
class FailingMailbox:
    inbox: str
    inbox_id: str  # public
    since: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Example:
    may_leave: bool


class Shell:
    """Queries: one for the teams, one for the views, one for all counts, two for what is wrong."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def teammate(self) -> Teammate | None:
        user = getattr(self._request, "user", None)
        return user if isinstance(user, Teammate) and user.is_authenticated else None

    @property
    def section(self) -> str:
        """Which part of Goodword the page belongs to: "inbox", "settings"…"""
        match = self._request.resolver_match
        return match.namespaces[0] if match and match.namespaces else ""

    @cached_property
    def _teams(self) -> list[Team]:
        return desk.team_names(self.teammate) if self.teammate else []

    @cached_property
    def _counts(self) -> dict[str, int]:
        if self.teammate is None:
            return {}
        return desk.counts(self.teammate, _COUNTED, teams=self._teams)

    @cached_property
    def _views(self) -> list[tuple[str, str]]:
        return saved.names(self.teammate) if self.teammate else []

    @cached_property
    def navigation(self) -> tuple[object, ...]:
        """What decides all that the links to folders show, but where one stands."""
        teams = ((team.public_id, team.name) for team in self._teams)
        return (self.section, self.owed, *self._counts.values(), *teams, *self._views)

    @cached_property
    def owed(self) -> str:
        """What stands beside "Today": the promises that are mine to keep."""
        return _capped(promises.count_owed_by(self.teammate)) if self.teammate else ""

    @property
    def searches(self) -> bool:
        """Whether this is the page of the search."""
        match = self._request.resolver_match
        return match is not None and match.view_name in {"inbox:search", "inbox:more_filters"}

    @cached_property
    def folders(self) -> list[FolderLink]:
        return [self._link(key) for key in _LISTED]

    @cached_property
    def quiet_folders(self) -> list[FolderLink]:
        return [self._link(key) for key in _QUIET]

    @property
    def later(self) -> FolderLink | None:
        return self._link("later") if self._counts.get("later") else None

    @property
    def unsent(self) -> FolderLink | None:
        return self._link("unsent") if self._counts.get("unsent") else None

    @cached_property
    def team_links(self) -> list[FolderLink]:
        return [
            FolderLink(
                team.public_id, team.name, "users-round", _capped(self._counts[team.public_id])
            )
            for team in self._teams
        ]

    @cached_property
    def views(self) -> list[FolderLink]:
        """Their counts are fetched once the page is there (web/inbox/viewing.py)."""
        return [FolderLink(key, name, "bookmark") for key, name in self._views]

    @property
    def to_answer(self) -> str:
        """What stands beside "Inbox": mine and nobody's."""
        return _capped(self._counts.get("mine", 0) + self._counts.get("unassigned", 0))

    @cached_property
    def notices(self) -> str:
        """What stands on the bell: how many are new to me."""
        return _capped(notices.count_unseen(self.teammate)) if self.teammate else ""

    @cached_property
    def failing_mailboxes(self) -> list[FailingMailbox]:
        if self.teammate is None:
            return []
        teammate = self.teammate

        def build(key: int) -> QuerySet[MailAccount, tuple[int]]:
            return _failing(accounts.like(teammate, key)).values_list("pk")

        shape = ("failing mailboxes", teammate.role, teammate.is_active)
        if not prepared.rows(shape, build, teammate.pk):
            return []
        return [
            FailingMailbox(
                each.inbox.name, each.inbox.public_id, each.failing_since, words_for(each.trouble)
            )
            for each in _failing(teammate).select_related("inbox").order_by("inbox__name")
            if each.failing_since
        ]

    @property
    def example(self) -> Example | None:
        """Whether all of this is made up, and the real house stands beside it."""
        return Example(may_leave=houses.home() is not None) if settings.EXAMPLE else None

    @property
    def disk_is_short(self) -> bool:
        """No mail is taken in until there is room again."""
        return self.teammate is not None and disk_is_short()

    @cached_property
    def failed_arrivals(self) -> int:
        """Mails that could not be read; an owner looks after them."""
        if self.teammate is None or not self.teammate.is_owner:
            return 0
        return desk.count_failed_arrivals()

    def _link(self, key: str) -> FolderLink:
        folder = FOLDERS[key]
        return FolderLink(key, str(folder.word), folder.icon, _capped(self._counts.get(key, 0)))


def _failing(teammate: Teammate) -> QuerySet[MailAccount]:
    return MailAccount.objects.filter(
        inbox__in=inboxes.open_to(teammate).order_by(), failing_since__isnull=False
    )


def _capped(count: int) -> str:
    if not count:
        return ""
    return str(count) if count <= desk.COUNT_TO else f"{desk.COUNT_TO}+"


def shell(request: HttpRequest) -> dict[str, Any]:
    teammate = request.user if getattr(request, "user", None) else None
    return {
        "now": getattr(request, "now", None),
        "business": getattr(request, "business", None),
        "theme": getattr(teammate, "theme", ""),
        "shell": Shell(request),
    }
