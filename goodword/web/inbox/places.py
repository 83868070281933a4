"""Where someone stands: a folder, a team's, a search, and the order of its list."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, cast
from urllib.parse import urlencode

from django.urls import get_script_prefix, reverse
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from goodword.accounts.models import Team, Teammate
from goodword.conversations.models import Conversation
from goodword.core.text import clean
from goodword.desk import queries as desk
from goodword.desk.models import SavedView
from goodword.desk.search import saved
from goodword.desk.search.finding import Order

State = Conversation.State
MOST_ASKED = 500  # characters of a search
_BY_DUE_FIRST = {"mine", "unassigned", "team"}
_ONE_OWNER = {"mine", "unassigned"}  # lists that mix no owners need no initials
_WITHOUT_OWNER = tuple(each for each in saved.USUAL_COLUMNS if each != "owner")


class Folder(NamedTuple):
    word: LazyText
    icon: str
    empty: LazyText  # what belongs there, said when nothing is
    empty_text: LazyText


FOLDERS: dict[str, Folder] = {
    "mine": Folder(
        _("Mine"),
        "inbox",
        _("You owe nobody an answer"),
        _("Conversations you take, or that a colleague gives you, come in here."),
    ),
    "unassigned": Folder(
        _("Unassigned"),
        "inbox",
        _("Everything is taken"),
        _("New mail comes in here, until someone answers it or takes it."),
    ),
    "waiting": Folder(
        _("Waiting on them"),
        "hourglass",
        _("Nobody owes us a word"),
        _("Once we have answered, a conversation waits here for their next word."),
    ),
    "snoozed": Folder(
        _("Snoozed"),
        "alarm-clock",
        _("Nothing is snoozed"),
        _("Snooze a conversation to see it again at a better time. They can wake it by writing."),
    ),
    "all": Folder(
        _("All"),
        "mail",
        _("Nobody has written yet"),
        _("Every conversation stands here, open or closed."),
    ),
    "closed": Folder(
        _("Closed"),
        "archive",
        _("Nothing is closed"),
        _("What is done rests here, and opens again when they write."),
    ),
    "later": Folder(
        _("To leave later"),
        "calendar-clock",
        _("Nothing waits to leave"),
        _("Answers that leave at a moment you choose wait here until then."),
    ),
    "unsent": Folder(
        _("Not sent"),
        "mail-x",
        _("Everything was delivered"),
        _("What a mail server refused, or what may not have arrived, waits here for you."),
    ),
    "spam": Folder(
        _("Spam"),
        "shield-alert",
        _("No spam"),
        _("What a teammate marks as spam stands here; nobody owes it an answer."),
    ),
    "trash": Folder(
        _("Trash"),
        "trash-2",
        _("The trash is empty"),
        _("What you move to the trash waits here, and can be taken out again."),
    ),
}
# What a folder is on screen alone: its rows come from what one did, in that order.
RECENT = Folder(
    _("Recently viewed"),
    "history",
    _("You have opened nothing yet"),
    _("The conversations you opened last stand here, for you alone."),
)
_EMPTY_TEAM = Folder(
    _("Team"),
    "users-round",
    _("This team owes nobody an answer"),
    _("What is given to the team, or comes to its inboxes and is not taken yet, stands here."),
)


_EMPTY_SEARCH = Folder(
    _("Search"),
    "search",
    _("Nothing was found"),
    _(
        "All words must appear in one message; fewer words find more. Spam and trash are left out"
        " unless you add is:spam or is:trash."
    ),
)
_EMPTY_VIEW = Folder(
    _("View"),
    "bookmark",
    _("Nothing stands in this view"),
    _("What its search finds comes in here by itself, and leaves when it fits no more."),
)
_ABOUT = {"search": _EMPTY_SEARCH, "recent": RECENT}
ORDER_WORDS: dict[Order, LazyText] = {
    "due": _("By due time"),
    "newest": _("Newest first"),
    "oldest": _("Oldest first"),
}


class NoSuchPlace(LookupError):
    """No such folder, or a team this teammate doesn't see."""


class InOrder(NamedTuple):
    """A list in one of its orders, as a link."""

    word: LazyText
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Place:
    """`folder` is a key of FOLDERS, "team" with `team` set, "search" for `text`, or "view"."""

    folder: str
    order: Order
    team: Team | None = None
    text: str = ""  # in the search language
    view: SavedView | None = None

    @property
    def key(self) -> str:
        if self.view:
            return f"view-{self.view.public_id}"
        return f"team-{self.team.public_id}" if self.team else self.folder

    @property
    def name(self) -> str:
        if self.view:
            return self.view.name
        return self.team.name if self.team else str(self.about.word)

    @property
    def about(self) -> Folder:
        if self.team:
            return _EMPTY_TEAM
        if self.view:
            return _EMPTY_VIEW
        return _ABOUT.get(self.folder) or FOLDERS[self.folder]

    @property
    def is_search(self) -> bool:
        return self.folder == "search"

    @property
    def asks(self) -> bool:
        """Whether it shows what `text` finds."""
        return self.folder in {"search", "view"}

    @property
    def columns(self) -> Collection[str]:
        """What a row shows (desk.saved.COLUMNS)."""
        if self.view:
            return tuple(self.view.columns)
        return saved.USUAL_COLUMNS if self.mixes_owners else _WITHOUT_OWNER

    @property
    def mixes_owners(self) -> bool:
        return self.folder not in _ONE_OWNER

    def asking(self, text: str) -> Place:
        """The search for something else, in the same order."""
        return Place("search", self.order if self.is_search else "newest", text=text)

    @property
    def orders(self) -> list[InOrder]:
        """None where there is nothing to choose."""
        return [
            InOrder(ORDER_WORDS[each], self._address(each), each == self.order)
            for each in _orders(self.folder)
        ]

    @property
    def _usual_order(self) -> str:
        return self.view.order if self.view else _usual_order(self.folder)

    @property
    def order_word(self) -> LazyText:
        return ORDER_WORDS[self.order]

    @property
    def path(self) -> str:
        """The list's own address, without its order."""
        if self.team:
            return _where(get_script_prefix(), "team", self.team.public_id)
        if self.view:
            return _where(get_script_prefix(), "view", self.view.public_id)
        if self.is_search:
            return _where(get_script_prefix(), "search")
        return _where(get_script_prefix(), "folder", self.folder)

    @property
    def url(self) -> str:
        return self._address(self.order if self.order != self._usual_order else "")

    def page_url(self, after: str) -> str:
        """The page after this one."""
        return self._address(self.order, after=after)

    def _address(self, order: str, **more: str) -> str:
        values = {"q": self.text if self.is_search else "", "order": order, **more}
        query = urlencode({name: value for name, value in values.items() if value})
        return f"{self.path}?{query}" if query else self.path

    @property
    def as_asked(self) -> str:
        """The search and its order, for the form that keeps it."""
        return urlencode({"q": self.text, "order": self.order})

    @property
    def query(self) -> str:
        """What a conversation's address carries, so that its list stands beside it."""
        usual = self._usual_order == self.order
        return _query(self.key, "" if usual else self.order, self.text if self.is_search else "")


@lru_cache
def _where(prefix: str, name: str, *named: str) -> str:
    """Asked for with every filter that a search offers."""
    return reverse(f"inbox:{name}", args=named)


@lru_cache
def _query(key: str, order: str, text: str) -> str:
    """Asked for with every row."""
    # Keys and orders are words of ours: nothing in them needs to be escaped.
    query = f"folder={key}&order={order}" if order else f"folder={key}"
    return f"{query}&{urlencode({'q': text})}" if text else query


def place(teammate: Teammate, key: str, *, order: str = "", text: str = "") -> Place:
    """The place a key names: "mine", "closed", "team-7hq2…", "view-4mkd…", "search".

    Raises NoSuchPlace.

    `text`: what is looked for, where the key says that something is.
    """
    if key == "search":
        return Place(key, _order(order, key), text=clean(text)[:MOST_ASKED])
    if key.startswith("view-"):
        views = saved.visible_to(teammate).select_related("team")
        view = views.filter(public_id=key.removeprefix("view-")).first()
        if view is None:
            raise NoSuchPlace(key)
        chosen = next((each for each in _orders("view") if each == order), view.order)
        return Place("view", cast(Order, chosen), text=view.asked, view=view)
    if key.startswith("team-"):
        team = desk.teams_of(teammate).filter(public_id=key.removeprefix("team-")).first()
        if team is None:
            raise NoSuchPlace(key)
        return Place("team", _order(order, "team"), team)
    if key not in FOLDERS and key != "recent":
        raise NoSuchPlace(key)
    return Place(key, _order(order, key))


def place_of(conversation: Conversation, teammate: Teammate) -> Place:
    """Where a conversation is found when nothing says from where someone came."""
    by_state = {State.SNOOZED: "snoozed", State.CLOSED: "closed"} | {
        State.SPAM: "spam",
        State.TRASH: "trash",
    }
    folder = by_state.get(State(conversation.state), "all")
    if conversation.state == State.OPEN and conversation.assignee_id == teammate.pk:
        folder = "mine"
    elif conversation.state == State.OPEN and conversation.assignee_id is None:
        folder = "unassigned"
    return Place(folder, _usual_order(folder))


def _usual_order(folder: str) -> Order:
    return "due" if folder in _BY_DUE_FIRST else "newest"


def _orders(folder: str) -> tuple[Order, ...]:
    if folder in {"search", "view"}:
        return "newest", "oldest", "due"
    return ("due", "newest") if folder in _BY_DUE_FIRST | {"all"} else ()


def _order(asked: str, folder: str) -> Order:
    return next((each for each in _orders(folder) if each == asked), _usual_order(folder))
