"""What of the ledger is asked for, as its address says: state, whose, to whom, kind, and so on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from goodword.accounts import queries as accounts
from goodword.accounts.models import Team, Teammate
from goodword.desk import queries as desk
from goodword.desk.persons import seeing
from goodword.inboxes import queries as inboxes
from goodword.people import queries as people
from goodword.people.models import Person
from goodword.promises import kinds
from goodword.promises.ledger import STATES, Asked
from goodword.promises.models import Promise
from goodword.ui.chips import FORMS
from goodword.web.inside import typed

Words = str | LazyText
USUAL_PERIOD = "weeks"
# How many days before this week's Monday a period begins; None: without beginning.
_BEFORE: dict[str, int | None] = {
    "week": 0,
    USUAL_PERIOD: 21,
    "quarter": 84,
    "year": 364,
    "ahead": None,
    "all": None,
}
PERIODS: dict[str, Words] = {
    "week": gettext_lazy("This week"),
    USUAL_PERIOD: gettext_lazy("Four weeks"),
    "quarter": gettext_lazy("Three months"),
    "year": gettext_lazy("A year"),
    "ahead": gettext_lazy("All that lies ahead"),
    "all": gettext_lazy("Everything"),
}
DIRECTIONS: dict[str, Words] = {
    "": gettext_lazy("Both ways"),
    Promise.Direction.OURS: gettext_lazy("Ours to them"),
    Promise.Direction.THEIRS: gettext_lazy("Theirs to us"),
    Promise.Direction.TO_OURSELVES: gettext_lazy("To ourselves"),
}
_ALL_STATES = pgettext_lazy("promises of any state", "All")


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    word: Words
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class StateLink:
    word: Words
    icon: str
    url: str
    is_chosen: bool
    key: str


@dataclass(frozen=True, slots=True)
class Filters:
    """As typed, and understood: `who` is "me", "teammate:7hq2…" or "team:4mkd…"."""

    state: str
    who: str
    kind: str
    direction: str
    period: str
    day: date | None
    owner: Teammate | None
    team: Team | None
    today: date
    person: Person | None = None  # one whom `by` may see

    @property
    def asked(self) -> Asked:
        start, end = self.reach
        return Asked(
            state=self.state,
            owner=self.owner,
            team=self.team,
            persons=tuple(people.keys_of(self.person)) if self.person else (),
            kind=self.kind,
            direction=self.direction,
            start=start,
            end=end,
        )

    @property
    def reach(self) -> tuple[datetime | None, datetime | None]:
        """When what is shown is due. Up to next Sunday, unless more is asked for."""
        if self.day is not None:
            return _midnight(self.day), _midnight(self.day + timedelta(days=1))
        if self.period == "ahead":
            return _midnight(self.today), None
        before = _BEFORE[self.period]
        if before is None:
            return None, None
        weeks = 1 if self.period == "week" else 2
        return _midnight(self.monday - timedelta(days=before)), _midnight(
            self.monday + timedelta(weeks=weeks)
        )

    @property
    def monday(self) -> date:
        return self.today - timedelta(days=self.today.weekday())

    @property
    def is_narrowed(self) -> bool:
        chosen = (self.state, self.who, self.kind, self.direction, self.day, self.person)
        return any(chosen)

    @property
    def without_day(self) -> str:
        return self.url(day="")

    @property
    def without_person(self) -> str:
        return self.url(person="")

    @property
    def everything(self) -> str:
        return self.url(state="", who="", kind="", direction="", day="", person="", period="all")

    def url(self, *, name: str = "promises:ledger", **changes: str) -> str:
        """The ledger's address with some of it changed; what is as usual is left out."""
        values = {
            "state": self.state,
            "who": self.who,
            "kind": self.kind,
            "direction": self.direction,
            "period": "" if self.period == USUAL_PERIOD else self.period,
            "day": self.day.isoformat() if self.day else "",
            "person": self.person.public_id if self.person else "",
        }
        query = urlencode({key: each for key, each in (values | changes).items() if each})
        return f"{reverse(name)}?{query}" if query else reverse(name)


def read(values: QueryDict, *, by: Teammate, now: datetime) -> Filters:
    """What isn't known is passed over: an old address shows more, never an error. Raises Http404
    for a person whom `by` may not see: what was promised to others is no answer to that.
    """
    here = Filters(
        state=_known(typed(values, "state"), STATES),
        who="",
        kind=_known(typed(values, "kind"), [each.name for each in kinds.known()]),
        direction=_known(typed(values, "direction"), list(DIRECTIONS)),
        period=_known(typed(values, "period"), list(PERIODS)) or USUAL_PERIOD,
        day=_day(typed(values, "day")),
        owner=None,
        team=None,
        today=timezone.localtime(now).date(),
        person=_person(typed(values, "person"), by),
    )
    return _with_who(here, typed(values, "who"), by)


def _known(value: str, among: Sequence[str]) -> str:
    return value if value in among else ""


def _person(public_id: str, by: Teammate) -> Person | None:
    found = seeing.found(by, public_id) if public_id else None
    if public_id and found is None:
        raise Http404
    return found


def _with_who(here: Filters, who: str, by: Teammate) -> Filters:
    if who == "me":
        return replace(here, who=who, owner=by)
    kind, _colon, public_id = who.partition(":")
    if kind == "teammate":
        owner = accounts.teammates().filter(public_id=public_id).first()
        return replace(here, who=who, owner=owner) if owner else here
    if kind == "team":
        team = desk.teams_of(by).filter(public_id=public_id).first()
        return replace(here, who=who, team=team) if team else here
    return here


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1990 < found.year < 2200 else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=timezone.get_current_timezone())


def around(here: Filters, *, start: datetime, end: datetime) -> Asked:
    """Of any state, due from `start` to `end`: what the picture shows."""
    return replace(here.asked, state="", start=start, end=end)


# What can be chosen


def state_links(here: Filters) -> list[StateLink]:
    links = [StateLink(_ALL_STATES, "", here.url(state=""), not here.state, "")]
    for state in STATES:
        form = FORMS[state]
        links.append(
            StateLink(form.word, form.icon, here.url(state=state), here.state == state, state)
        )
    return links


def choices(here: Filters, *, by: Teammate) -> dict[str, list[Choice]]:
    """For the form's selects, by field. Two queries."""
    return {
        "who": _who_choices(here, by),
        "kind": [
            Choice("", _("Any kind"), not here.kind),
            *(Choice(k.name, k.title, here.kind == k.name) for k in kinds.known()),
        ],
        "direction": [Choice(key, word, here.direction == key) for key, word in DIRECTIONS.items()],
        "period": [Choice(key, word, here.period == key) for key, word in PERIODS.items()],
    }


def _who_choices(here: Filters, by: Teammate) -> list[Choice]:
    """Anyone, me, the teams, and the colleagues who work where one looks in."""
    found = [Choice("", _("Anyone"), not here.who), Choice("me", _("Me"), here.who == "me")]
    named = [(f"team:{each.public_id}", each.name) for each in desk.teams_of(by)]
    colleagues = accounts.active().exclude(pk=by.pk)
    if not by.is_owner:
        colleagues = colleagues.filter(teams__inboxes__in=inboxes.open_to(by).order_by()).distinct()
    named += [(f"teammate:{each.public_id}", each.name) for each in colleagues]
    if here.owner and here.who != "me" and here.who not in dict(named):
        named.append((here.who, here.owner.name))  # who left, or works elsewhere now
    return found + [Choice(key, name, here.who == key) for key, name in named]
