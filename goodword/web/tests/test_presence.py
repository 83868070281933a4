"""Who is here: kept in memory, fading, told where it shows and to nobody else."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client

from goodword.accounts.models import Teammate
from goodword.web import carrying, presence
from goodword.web.live.news import News
from goodword.web.presence import (
    FADES_SECONDS,
    MOST_PAGES,
    WRITES_SECONDS,
    Colleague,
    Page,
    Presence,
    page_of,
)

ANA, BEN = Teammate(pk=1, name="Ana Ruiz"), Teammate(pk=2, name="Ben Okri")
LOU = Teammate(pk=3, name="Lou Field")
ONE, OTHER = "conversation2345", "conversation6789"


class Clock:
    """A monotonic clock that moves by hand."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now

    def shift(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    for module in (presence, carrying):
        monkeypatch.setattr(module, "monotonic", made)
    return made


@pytest.fixture
def house(clock) -> SimpleNamespace:
    """One process, and what it told."""
    made = SimpleNamespace(here=Presence(), told=[], said=[])
    made.here.changed = made.told.append
    made.here.say = made.said.append
    return made


def come(here: Presence, teammate=BEN, name="page2345", at=ONE, doing="", inboxes=(7,)):
    page = Page(teammate.pk, name)
    here.come(page, by=teammate, conversation=at, inboxes=inboxes, doing=doing)
    return page


def seen_by(here: Presence, teammate=ANA, at=ONE) -> list[Colleague]:
    return here.colleagues(at, but=teammate)


def test_ana_sees_ben_as_long_as_his_page_shows_it_and_never_herself(house):
    page = come(house.here)
    come(house.here, ANA)
    assert seen_by(house.here) == [Colleague("Ben Okri", "")]
    assert seen_by(house.here, BEN) == [Colleague("Ana Ruiz", "")]

    come(house.here, at=OTHER)
    assert seen_by(house.here) == []
    house.here.go(page)
    assert seen_by(house.here, at=OTHER) == []
    assert house.told == [ONE, ONE, *house.told[2:4], OTHER]
    assert set(house.told[2:4]) == {ONE, OTHER}


def test_who_stops_typing_writes_no_more_and_that_is_told_once(house, clock):
    come(house.here, doing="reply")
    house.told.clear()
    come(house.here, doing="reply")
    assert house.told == []  # the same as before
    clock.shift(WRITES_SECONDS - 1)
    house.here.sweep()
    assert seen_by(house.here) == [Colleague("Ben Okri", "reply")]

    clock.shift(2)
    house.here.sweep()
    house.here.sweep()
    assert seen_by(house.here) == [Colleague("Ben Okri", "")]
    assert house.told == [ONE]


def test_who_writes_in_one_of_two_pages_is_writing_and_stands_there_once(house):
    come(house.here, name="page1111")
    come(house.here, name="page2222", doing="note")
    come(house.here, name="page3333")
    come(house.here, LOU)
    assert seen_by(house.here) == [Colleague("Ben Okri", "note"), Colleague("Lou Field", "")]


def test_a_page_whose_process_died_fades_and_one_that_is_kept_stays(house, clock):
    come(house.here)
    kept = come(house.here, LOU)
    clock.shift(FADES_SECONDS - 1)
    house.here.keep([kept, Page(9, "unknown1")])
    clock.shift(2)
    house.told.clear()
    house.here.sweep()

    assert seen_by(house.here) == [Colleague("Lou Field", "")]
    assert house.told == [ONE]
    clock.shift(FADES_SECONDS)
    house.here.sweep()
    assert seen_by(house.here) == [] and house.here.pages_at(ONE) == {}


def test_given_a_move_a_page_left_open_before_it_hears_no_more_of_who_writes(house):
    come(house.here, ANA, "page6789", inboxes=(7,))
    come(house.here, BEN, inboxes=(8,), doing="reply")  # where it is now

    assert {each.inboxes for each in house.here.pages_at(ONE).values()} == {frozenset({8})}


def test_another_process_learns_it_and_hears_nothing_of_what_it_said_itself(house, clock):
    page = come(house.here, doing="reply")
    other = Presence()
    other.learn(carrying.read(carrying.written(house.said[-1], by="another")))
    assert seen_by(other) == [Colleague("Ben Okri", "reply")]
    assert carrying.read(carrying.written(house.said[-1])) == {}

    clock.shift(WRITES_SECONDS + 1)
    assert seen_by(other) == [Colleague("Ben Okri", "")]
    house.here.go(page)
    other.learn(carrying.read(carrying.written(house.said[-1], by="another")))
    assert seen_by(other) == []


def test_a_word_between_processes_fits_into_what_postgresql_carries(house):
    long = Teammate(pk=2**31, name="\N{GRINNING FACE}" * 200)
    pages = {}
    for number in range(carrying._AT_ONCE):
        come(house.here, long, f"page{number:020}", inboxes=range(2**31, 2**31 + 100))
        pages |= house.said[-1]
    assert len(pages) == carrying._AT_ONCE
    assert len(carrying.written(pages).encode()) < 8000


def test_nobody_fills_the_memory_with_pages(house):
    for number in range(MOST_PAGES + 5):
        come(house.here, name=f"page{number:04}", at=f"place{number:04}")
    assert len(house.here._pages) == MOST_PAGES
    assert not house.here.pages_at("place0000") and house.here.pages_at(f"place{MOST_PAGES:04}")


@pytest.mark.parametrize("name", ["", "short", "x" * 25, "page 2345", "page\x002345", "pagé2345"])
def test_a_page_that_bears_no_name_of_ours_is_nowhere(name):
    assert page_of(BEN, name) is None


def test_it_is_told_to_whoever_sees_an_inbox_of_it_and_not_replayed():
    news = News(0, frozenset({7, 8}), here=ONE)
    assert news.topics({8, 9}) == [f"presence:{ONE}"]
    assert news.topics({9}) == []


@pytest.mark.django_db
def test_given_two_pages_ben_learns_of_ana_and_carl_of_nobody():
    from tests.factories import make_house, receive

    house = make_house()
    conversation = receive(house).conversation
    url = f"/conversations/{conversation.public_id}"
    clients = {}
    for name in ("ana", "ben", "lou", "carl"):
        clients[name] = Client()
        clients[name].force_login(getattr(house, name))

    told = clients["ana"].post(f"{url}/here/", {"page": "page2345", "doing": "reply"})
    assert "Ana" not in told.content.decode()
    for name in ("ben", "lou"):
        assert "Ana Ruiz is writing an answer" in clients[name].get(f"{url}/").content.decode()
    assert clients["carl"].post(f"{url}/here/", {"page": "page2345"}).status_code == 404
    assert clients["carl"].get(f"{url}/colleagues/").status_code == 404

    clients["lou"].post(f"{url}/here/", {"page": "page2345", "doing": "note"})
    clients["ana"].post(f"{url}/here/", {"page": "page2345", "doing": ""})
    page = clients["ben"].get(f"{url}/colleagues/").content.decode()
    assert "Ana Ruiz is looking" in page and "Lou Field is writing a note" in page
    clients["ana"].post(f"{url}/here/", {"page": "page2345", "doing": "away"})
    clients["lou"].post(f"{url}/here/", {"page": "page2345", "doing": "dancing"})  # no such thing
    page = clients["ben"].get(f"{url}/colleagues/").content.decode()
    assert "Ana" not in page and "Lou Field is writing a note" in page
