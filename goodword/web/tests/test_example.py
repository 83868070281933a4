"""The example is offered to the first owner alone, on the first evening alone, and can be left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from goodword.accounts import actions as accounts
from goodword.web.example import houses
from tests.factories import PASSWORD, make_house, receive

pytestmark = pytest.mark.django_db
OFFER = b"Look around in an example first"
OWNER = {"name": "Ana Ruiz", "email": "ana@shop.example", "password": PASSWORD}


@pytest.fixture
def evening(monkeypatch: pytest.MonkeyPatch, settings, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """`goodword run` on SQLite, on the first evening; what it builds and changes is only noted."""
    seen = SimpleNamespace(built=[], changes=0, data=tmp_path, link="")

    def change() -> None:
        seen.changes += 1

    def furnish() -> None:
        seen.built.append(houses._being_furnished())
        houses._being_furnished().mkdir(exist_ok=True)

    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(houses, "_has_a_file_of_its_own", lambda: True)
    monkeypatch.setattr(houses, "_furnish", furnish)
    monkeypatch.setattr(houses, "is_being_furnished", lambda: bool(seen.built))
    monkeypatch.setattr(houses, "_change_over", change)
    seen.token = accounts.make_first_owner_link(at=timezone.now())
    seen.link = f"/setup/{seen.token}/"
    yield seen


@pytest.fixture
def in_example(evening: SimpleNamespace, settings) -> Path:
    """The example is served; the real house stands beside it."""
    (evening.data / "goodword.sqlite3").touch()
    place: Path = evening.data / "example"
    place.mkdir()
    (place / settings.EXAMPLE_MARK).touch()
    settings.DATA_DIR, settings.EXAMPLE = place, True
    return place


def test_the_first_evening_offers_it_before_and_after_one_owns_the_desk(
    client: Client, evening: SimpleNamespace
):
    assert OFFER in client.get(evening.link).content

    client.post(evening.link, OWNER)

    assert OFFER in client.get("/setup/business/").content


@pytest.mark.parametrize("why", ["several processes", "another database", "inside the example"])
def test_it_is_not_offered_where_it_could_not_change_over(
    client: Client, evening: SimpleNamespace, settings, monkeypatch: pytest.MonkeyPatch, why: str
):
    if why == "several processes":
        monkeypatch.setattr(houses, "_change_over", None)
    elif why == "another database":
        monkeypatch.undo()  # the tests' own database lies nowhere near the data folder
        monkeypatch.setattr(houses, "_change_over", lambda: None)
    else:
        settings.EXAMPLE = True

    assert OFFER not in client.get(evening.link).content
    assert client.post("/example/", {"link": evening.token}).url == "/setup/"
    assert evening.built == []


def test_once_the_business_has_a_name_or_a_conversation_it_is_not_offered(
    evening: SimpleNamespace,
):
    assert houses.is_offered()
    house = make_house()
    assert not houses.is_offered()

    receive(house)
    accounts.Business.objects.all().delete()

    assert not houses.is_offered()


def test_nobody_but_who_holds_the_link_can_begin_it(client: Client, evening: SimpleNamespace):
    for given in ({}, {"link": "guessed"}, {"link": "../"}):
        assert client.post("/example/", given).status_code == 404
    assert client.get("/example/").status_code == 405
    assert evening.built == []


def test_beginning_it_twice_builds_it_once_and_each_time_gives_a_key(
    client: Client, evening: SimpleNamespace
):
    first = client.post("/example/", {"link": evening.token}).url
    second = client.post("/example/", {"link": evening.token}).url

    assert len(evening.built) == 1 and first != second
    waiting = client.get(second)
    assert b'http-equiv="refresh"' in waiting.content and b"Furnishing" in waiting.content


def test_a_key_lets_its_owner_in_once(client: Client, in_example: Path):
    make_house()
    key = houses.new_key(in_example)
    stranger, late = Client(), Client()

    assert stranger.get("/example/guessed/").url == "/"
    assert "_auth_user_id" not in stranger.session
    assert client.get(f"/example/{key}/").url == "/"
    assert client.session["_auth_user_id"]

    late.get(f"/example/{key}/")
    assert "_auth_user_id" not in late.session


def test_every_page_of_the_example_says_so_and_only_its_owner_leaves(
    client: Client, in_example: Path, evening: SimpleNamespace
):
    house = make_house()
    client.force_login(house.ben)
    assert b"nothing you do here reaches anybody" in client.get("/inbox/all/").content
    assert client.post("/example/leave/").status_code == 404
    assert evening.changes == 0

    client.force_login(house.ana)
    assert b"Leave it and set up" in client.get("/").content
    assert client.post("/example/leave/").url == "/example/left/"
    assert evening.changes == 1
    assert b'http-equiv="refresh"' in client.get("/example/left/").content
    assert houses.next_house() == evening.data
    assert not in_example.exists()


def test_no_mailbox_is_connected_in_the_example(client: Client, in_example: Path):
    house = make_house()
    client.force_login(house.ana)

    page = client.post(f"/settings/inboxes/{house.hello.public_id}/mailbox/", {"imap_host": "a"})

    assert page.status_code == 422 and b"no mailbox can be connected" in page.content


def test_coming_back_goes_on_at_the_link_and_nowhere_else(client: Client, evening: SimpleNamespace):
    client.post("/example/", {"link": evening.token})
    assert client.get("/example/left/").url == evening.link

    client.cookies["goodword_back"] = "https://elsewhere.example/"
    assert client.get("/example/left/").url == "/setup/"


def test_a_link_of_yesterday_begins_nothing(client: Client, evening: SimpleNamespace, time_machine):
    time_machine.move_to(timezone.now() + timedelta(hours=25))

    assert client.post("/example/", {"link": evening.token}).status_code == 404


def test_an_example_that_stands_alone_is_shown_and_not_left(
    client: Client, in_example: Path, evening: SimpleNamespace
):
    (evening.data / "goodword.sqlite3").unlink()
    client.force_login(make_house().ana)

    assert b"Leave it and set up" not in client.get("/").content
    assert client.post("/example/leave/").status_code == 404
