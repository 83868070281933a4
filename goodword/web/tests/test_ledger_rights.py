"""Who may do what on every URL of Today and of promises. A new URL without an entry here fails."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from goodword.accounts.models import Teammate
from goodword.conversations import actions as conversations
from goodword.desk.keeping import promising
from goodword.people import actions as people
from goodword.plan import queries as plan
from goodword.promises.models import Promise, Step
from goodword.web.ledger.urls import urlpatterns as ledger_urls
from goodword.web.today.urls import urlpatterns as today_urls
from tests.factories import DAY, HOUR, make_house, receive

pytestmark = pytest.mark.django_db

INSIDE = ("ana", "lea", "ben", "lou")  # who sees the front team's inbox
ANSWERING = ("ana", "lea", "ben")
LEADING = ("ana", "lea")
EVERYBODY = ("ana", "lea", "ben", "lou", "carl")
# Whoever asks, the database is asked alike: with PostgreSQL by an agent alone.
AS_WHOM = ["ben", *(pytest.param(who, marks=pytest.mark.once) for who in EVERYBODY if who != "ben")]
TOMORROW = timezone.now() + DAY


@dataclass(frozen=True)
class Case:
    """One URL. `answers`: what those in `seen_by` get; everyone else inside gets 404."""

    about: str = ""
    post: dict[str, str] | None = None
    answers: int = 200
    seen_by: tuple[str, ...] = INSIDE
    changes_for: tuple[str, ...] = field(default=ANSWERING)


WHEN = {"day": f"{TOMORROW + DAY:%Y-%m-%d}", "clock": "12:00"}
CASES: dict[str, Case] = {
    "today:home": Case(seen_by=EVERYBODY),
    "promises:ledger": Case(seen_by=EVERYBODY),
    "promises:csv": Case(seen_by=EVERYBODY),
    "promises:new": Case(
        post={"what": "Send it", "direction": "ours", "person": "joe@petty.example", **WHEN},
        answers=302,
        seen_by=EVERYBODY,
        changes_for=("ana", "lea", "ben", "carl"),
    ),
    "promises:promise": Case("open"),
    "promises:keep": Case("open", {}, 302),
    "promises:not_kept": Case("kept", {}, 302),
    "promises:move": Case("open", WHEN, 302),
    "promises:hand_over": Case("open", {"to": "lea"}, 302, changes_for=LEADING),
    "promises:release": Case("open", {}, 302),
    "promises:break": Case("open", {}, 302),
    "promises:show": Case("open", {"shown": "no"}, 302),
}


@pytest.fixture
def house(scene: SimpleNamespace) -> SimpleNamespace:
    return deepcopy(scene)


@pytest.fixture(scope="module")
def scene(rows_of_module: None) -> SimpleNamespace:
    """The cast, a promise of Ana's that is open, and one that she kept."""
    now = timezone.now()
    house = make_house(now - 9 * DAY)
    promised = {name: _promise(house, house.ana, now) for name in ("open", "kept")}
    promising.keep(promised["kept"], by=house.ana, at=now)
    house.named = {name: each.public_id for name, each in promised.items()}
    house.named["lea"] = f"teammate:{house.lea.public_id}"
    return house


def _promise(house: SimpleNamespace, by: Teammate, now: object) -> Promise:
    at = timezone.now() - HOUR
    return promising.give(
        what="Send the gift-card link",
        due=plan.current().moment_due(at + 2 * DAY, zone="Europe/Berlin"),
        person=people.meet("grace@whitlow.example", name="Grace Whitlow", at=at)[0],
        inbox=house.hello,
        by=by,
        at=at,
    )


def test_every_url_has_a_case() -> None:
    names = {f"today:{each.name}" for each in today_urls}
    names |= {f"promises:{each.name}" for each in ledger_urls}

    assert names == set(CASES)


def _ask(house: SimpleNamespace, name: str, client: Client) -> int:
    case = CASES[name]
    url = reverse(name, args=[house.named[case.about]] if case.about else [])
    sent = {key: house.named.get(value, value) for key, value in (case.post or {}).items()}
    answer = client.get(url) if case.post is None else client.post(url, sent)
    if answer.streaming:
        assert b"".join(answer.streaming_content)
    return answer.status_code


@pytest.mark.once
@pytest.mark.parametrize("name", CASES)
def test_given_a_stranger_every_page_asks_them_to_sign_in(house, client, name) -> None:
    before = _fingerprint()

    assert _ask(house, name, client) == 302
    assert _fingerprint() == before


@pytest.mark.parametrize("who", AS_WHOM)
@pytest.mark.parametrize("name", CASES)
def test_given_a_teammate_each_page_answers_as_their_part_says(house, client, name, who) -> None:
    client.force_login(getattr(house, who))
    case, before = CASES[name], _fingerprint()

    status = _ask(house, name, client)

    assert status == (case.answers if who in case.seen_by else 404)
    if case.post is not None:
        assert (_fingerprint() != before) == (who in case.changes_for)


@pytest.mark.once
@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.post is not None])
def test_given_a_link_that_is_only_followed_nothing_changes(house, client, name) -> None:
    client.force_login(house.ana)
    case, before = CASES[name], _fingerprint()

    client.get(reverse(name, args=[house.named[case.about]] if case.about else []))

    assert _fingerprint() == before


def _fingerprint() -> list[object]:
    rows = Promise.objects.values_list("pk", "state", "owner", "team", "due_at").order_by("pk")
    return [*rows, Step.objects.count()]


def test_given_another_team_nothing_of_a_promise_shows_in_lists_counts_or_files(
    house, client
) -> None:
    client.force_login(house.carl)

    for url in ("/", "/promises/", "/promises/?period=all", "/promises/promises.csv?period=all"):
        answer = client.get(url)
        page = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert b"gift-card" not in page and b"Grace" not in page
    assert client.get("/promises/").context["whole"] == 0
    assert 'title="what I owe"' not in client.get("/").content.decode()


def test_given_a_promise_without_an_inbox_its_owner_sees_it_and_no_colleague(house, client) -> None:
    now = timezone.now()
    promising.give(
        what="Water the plants",
        due=plan.current().moment_due(now + HOUR, zone="Europe/Berlin"),
        person=None,
        inbox=None,
        direction="to_ourselves",
        by=house.ben,
        at=now,
    )

    for who, seen in (("ben", True), ("ana", True), ("lea", False), ("carl", False)):
        client.force_login(getattr(house, who))
        assert ("Water the plants" in client.get("/promises/").content.decode()) == seen


def test_given_a_light_teammate_today_and_a_promise_offer_no_acts(house, client) -> None:
    client.force_login(house.lou)

    page = client.get("/").content.decode()
    one = client.get(f"/promises/{house.named['open']}/").content.decode()

    assert "You owe nobody anything today." in page
    for act in ("keep", "move", "hand-over", "release", "break", "show"):
        assert f"/{act}/" not in page and f"/{act}/" not in one
    assert "/promises/new/" not in page


def test_given_an_agent_a_colleagues_promise_is_not_theirs_to_give_away(house, client) -> None:
    client.force_login(house.ben)
    url = f"/promises/{house.named['open']}/hand-over/"

    assert "Whoever leads the team can give it away" in client.get(url).content.decode()
    client.post(url, {"to": f"teammate:{house.ben.public_id}"})
    assert Promise.objects.get(public_id=house.named["open"]).owner == house.ana


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example/", "/\\evil.example", ""]
)
def test_an_act_leads_back_to_pages_of_ours_alone(house, client, back) -> None:
    client.force_login(house.ana)
    url = f"/promises/{house.named['open']}/"

    answer = client.post(f"{url}keep/", {"back": back})

    assert answer["Location"] == url


def test_a_promise_of_a_conversation_seen_elsewhere_too_opens_there(house, client) -> None:
    message = receive(house, at=timezone.now() - timedelta(hours=2))
    promise = Promise.objects.get(conversation=message.conversation)
    client.force_login(house.carl)
    assert client.get(f"/promises/{promise.public_id}/").status_code == 404

    conversations.show_in(message.conversation, [house.repairs])

    assert client.get(f"/promises/{promise.public_id}/").status_code == 200
