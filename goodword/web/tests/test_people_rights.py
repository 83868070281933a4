"""Who may do what on every URL of people and organisations. A new URL without an entry fails."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from goodword.desk.persons import merging
from goodword.events.models import Event
from goodword.fields import actions as fields
from goodword.people import actions as people
from goodword.people import belonging, holding, noting, queries
from goodword.web.people.field_urls import urlpatterns as field_patterns
from goodword.web.people.urls import urlpatterns
from tests.factories import DAY, HOUR, make_house, receive

pytestmark = pytest.mark.django_db

INSIDE = ("ana", "lea", "ben", "lou")  # who sees the front team's inbox
ANSWERING = ("ana", "lea", "ben")
LEADING = ("ana", "lea")
OWNING = ("ana",)
EVERYBODY = ("ana", "lea", "ben", "lou", "carl")
# Whoever asks, the database is asked alike: with PostgreSQL by an agent alone.
AS_WHOM = ["ben", *(pytest.param(who, marks=pytest.mark.once) for who in EVERYBODY if who != "ben")]
ANSWERING_ANYWHERE = ("ana", "lea", "ben", "carl")


@dataclass(frozen=True)
class Case:
    """One URL. `answers`: what those in `seen_by` get; everyone else inside gets 404."""

    about: tuple[str, ...] = ()
    post: dict[str, str] | None = None
    answers: int = 200
    seen_by: tuple[str, ...] = INSIDE
    query: str = ""
    changes_for: tuple[str, ...] = field(default=ANSWERING)


GRACE, HELD = ("grace",), ("grace", "held")
CASES: dict[str, Case] = {
    "people:directory": Case(seen_by=EVERYBODY),
    "people:csv": Case(seen_by=EVERYBODY),
    "people:person": Case(GRACE),
    "people:describe": Case(
        GRACE, {"name": "Grace W.", "initial-name": "Grace Whitlow"}, 302, ANSWERING
    ),
    "people:new_address": Case(GRACE, {"address": "grace@home.example"}, 302, ANSWERING),
    "people:label_address": Case(HELD, {"label": "at work"}, 302, ANSWERING),
    "people:prefer_address": Case(HELD, {}, 302, ANSWERING),
    "people:primary_address": Case(HELD, {}, 302, ANSWERING),
    "people:take_away_address": Case(HELD, {}, 302, ANSWERING),
    "people:works_again": Case(HELD, {}, 302, ANSWERING),
    "people:complaint": Case(HELD, {}, 302, OWNING, changes_for=OWNING),
    "people:note_new": Case(GRACE, {"text": "Likes opals."}, 302, INSIDE, changes_for=INSIDE),
    "people:note": Case(
        ("grace", "note"), {"text": "Likes jade."}, 302, ("ana", "lou"), "", ("ana", "lou")
    ),
    "people:note_remove": Case(("grace", "note"), {}, 302, ("ana", "lou"), "", ("ana", "lou")),
    "people:same": Case(GRACE, seen_by=ANSWERING),
    "people:merge": Case(("grace", "gerda"), {}, 302, ANSWERING),
    "people:undo_merge": Case(("merged",), {}, 302, ANSWERING),
    "people:organisations": Case(seen_by=EVERYBODY),
    "people:new_organisation": Case(
        (), {"name": "Petty & Sons"}, 302, ANSWERING_ANYWHERE, changes_for=ANSWERING_ANYWHERE
    ),
    "people:organisation": Case(("whitlow",)),
    "people:change_organisation": Case(("whitlow",), {"name": "Whitlow Ltd"}, 302, ANSWERING),
    "people:forget_organisation": Case(("whitlow",), {}, 302, LEADING, changes_for=LEADING),
    "fields:new": Case(
        (), {"name": "Ring size", "kind": "number"}, 302, OWNING, "?about=person", OWNING
    ),
    "fields:one": Case(("field",), {"name": "Customer no."}, 302, OWNING, changes_for=OWNING),
    "fields:up": Case(("field",), {}, 302, OWNING, changes_for=OWNING),
    "fields:forget": Case(("field",), {}, 302, OWNING, changes_for=OWNING),
}


@pytest.fixture
def house(scene: SimpleNamespace) -> SimpleNamespace:
    return deepcopy(scene)


@pytest.fixture(scope="module")
def scene(rows_of_module: None) -> SimpleNamespace:
    """Grace of Whitlow & Co, who is also Grace W., and Gerda; all of the front team's inbox."""
    now = timezone.now()
    house = make_house(now - 9 * DAY)
    at, ana = now - HOUR, house.ana
    grace, gerda, other = (
        receive(house, sender=sender, name=name, at=at).conversation.person
        for sender, name in (
            ("grace@whitlow.example", "Grace Whitlow"),
            ("gerda@lund.example", "Gerda Lund"),
            ("gw@whitlow.example", "Grace W."),
        )
    )
    merged = merging.merge(other, grace, by=ana, at=at)
    whitlow = belonging.name_organisation("Whitlow & Co", by=ana, at=at)
    belonging.belong_to(grace, whitlow, by=ana, at=at)
    note = noting.write(grace, "Likes jade and opal.", by=house.lou, at=at)
    held = holding.add_address(grace, "shared@whitlow.example", by=ana, at=at)
    people.note_bounce(held.address, hard=True, words="550 no", at=at)
    people.note_complaint(held.address, at=at)
    fields.define("Size", about="person", kind="text", by=ana, at=at)
    known = fields.define("Number", about="person", kind="text", by=ana, at=at)
    house.named = {
        "grace": grace.public_id,
        "gerda": gerda.public_id,
        "merged": merged.public_id,
        "whitlow": whitlow.public_id,
        "note": note.public_id,
        "held": held.pk,
        "field": known.public_id,
    }
    return house


def test_every_url_has_a_case() -> None:
    names = {f"people:{each.name}" for each in urlpatterns}
    names |= {f"fields:{each.name}" for each in field_patterns}

    assert names == set(CASES)


def _url(house: SimpleNamespace, name: str) -> str:
    case = CASES[name]
    return reverse(name, args=[house.named[each] for each in case.about]) + case.query


def _ask(house: SimpleNamespace, name: str, client: Client) -> int:
    case, url = CASES[name], _url(house, name)
    answer = client.get(url) if case.post is None else client.post(url, case.post)
    if answer.streaming:
        assert b"".join(answer.streaming_content)  # read to its end
    return answer.status_code


@pytest.mark.once
@pytest.mark.parametrize("name", CASES)
def test_given_a_stranger_every_page_asks_them_to_sign_in(house, client, name) -> None:
    before = _fingerprint(house)

    assert _ask(house, name, client) == 302
    assert _fingerprint(house) == before


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("who", AS_WHOM)
def test_given_a_teammate_each_url_answers_and_acts_as_their_role_allows(
    house, client, name, who
) -> None:
    client.force_login(getattr(house, who))
    case, before = CASES[name], _fingerprint(house)

    assert _ask(house, name, client) == (case.answers if who in case.seen_by else 404)
    if case.post is not None:
        assert (_fingerprint(house) != before) == (who in case.changes_for)


@pytest.mark.once
@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.post is not None])
def test_given_a_link_that_is_only_followed_nothing_changes(house, client, name) -> None:
    client.force_login(house.ana)
    before = _fingerprint(house)

    assert client.get(_url(house, name)).status_code in {200, 405}
    assert _fingerprint(house) == before


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.post is not None])
def test_given_script_what_is_asked_comes_as_a_dialog_over_the_page(house, client, name) -> None:
    client.force_login(house.ana)

    answer = client.get(_url(house, name), headers={"HX-Request": "true"})

    if answer.status_code != 405 and name not in {"fields:one", "fields:new"}:  # pages of settings
        html = answer.content.decode()
        assert "<dialog" in html and "<html" not in html


def _fingerprint(house: SimpleNamespace) -> tuple[object, ...]:
    grace = queries.known_as(house.named["grace"])
    assert grace is not None
    addresses = [(each.bouncing_since, each.complained_at) for each in queries.addresses_of(grace)]
    return Event.objects.count(), addresses
