"""The pages of people under strain: hostile words, other inboxes, stale forms, long histories."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from goodword.conversations.models import Conversation
from goodword.core import ids
from goodword.desk.persons import merging
from goodword.fields import actions as fields
from goodword.people import actions as people
from goodword.people import belonging, filling, holding, noting, queries
from goodword.people.models import Organisation, Person
from tests.factories import DAY, HOUR, MINUTE, make_house, receive

pytestmark = pytest.mark.django_db
NOW = timezone.now()
EVIL = '<script>alert("x")</script>{{ 7 }}'


@pytest.fixture
def house() -> SimpleNamespace:
    return make_house(NOW - 9 * DAY)


def client_of(teammate) -> Client:
    client = Client()
    client.force_login(teammate)
    return client


def grace_of(house, **more) -> Person:
    return receive(house, **{"at": NOW - HOUR, **more}).conversation.person


def test_given_hostile_words_everywhere_nothing_runs_on_any_page(house) -> None:
    message = receive(house, EVIL, name=EVIL, subject=EVIL, at=NOW - HOUR)
    grace, by = message.conversation.person, {"by": house.ana, "at": NOW}
    whitlow = belonging.name_organisation(EVIL, **by)
    belonging.belong_to(grace, whitlow, role=EVIL, **by)
    noting.write(grace, EVIL, **by)
    for about in ("person", "organisation", "conversation"):
        field = fields.define(f"{about} {EVIL}"[:60], about=about, kind="text", **by)
        if about != "conversation":
            filling.set_value(grace if about == "person" else whitlow, field, EVIL, **by)
    link = fields.define("Page", about="person", kind="link", **by)
    filling.set_value(grace, link, 'https://x.example/?a="><script>', **by)
    other = grace_of(house, sender="o@x.example", name=EVIL)
    merging.merge(other, grace, **by)
    ana = client_of(house.ana)

    for path in (
        "/people/",
        f"/people/{grace.public_id}/",
        f"/people/{grace.public_id}/describe/",
        f"/people/{grace.public_id}/same/?q=script",
        "/organisations/",
        f"/organisations/{whitlow.public_id}/",
        f"/organisations/{whitlow.public_id}/change/",
        "/settings/fields/",
        f"/conversations/{message.conversation.public_id}/",
        f"/conversations/{message.conversation.public_id}/fields/",
    ):
        html = ana.get(path).content.decode()
        assert "<script>alert" not in html and "><script>" not in html, path
        assert "script" in html, path


def test_a_link_that_would_run_something_is_refused_as_one(house) -> None:
    grace = grace_of(house)
    field = fields.define("Page", about="person", kind="link", by=house.ana, at=NOW)
    ana = client_of(house.ana)

    answer = ana.post(
        f"/people/{grace.public_id}/describe/", {f"own-{field.public_id}": "javascript:alert(1)"}
    )

    assert answer.status_code == 422 and "no address of a web page" in answer.content.decode()
    assert filling.values_of_person(grace) == [(field, "")]


def test_given_another_inboxs_people_no_list_search_form_or_count_tells_of_them(house) -> None:
    hidden = grace_of(house, inbox=house.repairs, to="repairs@shop.example")
    whitlow = belonging.name_organisation("Whitlow & Co", by=house.ana, at=NOW)
    belonging.belong_to(hidden, whitlow, by=house.ana, at=NOW)
    seen = grace_of(house, sender="joe@petty.example", name="Joe Petty")
    belonging.belong_to(seen, whitlow, by=house.ana, at=NOW)
    ben = client_of(house.ben)

    for path in (
        "/people/",
        "/people/?order=newest",
        "/people/?q=grace",
        "/people/?q=@whitlow.example",
        f"/organisations/{whitlow.public_id}/",
        f"/people/{seen.public_id}/same/?q=grace",
        "/palette/?q=grace",
    ):
        html = ben.get(path).content.decode()
        assert "Grace" not in html and "grace@" not in html, path
    assert ben.get(f"/people/{hidden.public_id}/").status_code == 404
    assert ben.get(f"/people/{seen.public_id}/same/{hidden.public_id}/").status_code == 404
    assert ben.post(f"/people/{seen.public_id}/same/{hidden.public_id}/").status_code == 404
    assert ">1 person<" in ben.get("/organisations/").content.decode()


def test_given_a_history_one_sees_in_part_the_rest_is_not_told(house) -> None:
    grace = grace_of(house)
    receive(house, "The clasp", subject="Secret clasp", inbox=house.repairs, at=NOW - MINUTE)

    html = client_of(house.ben).get(f"/people/{grace.public_id}/").content.decode()
    lists = client_of(house.ben).get("/people/?order=newest").content.decode()

    assert "The spring gift card" in html and "Secret clasp" not in html
    assert f'datetime="{timezone.localtime(NOW - MINUTE):%Y-%m-%dT%H:%M}' not in html + lists


def test_a_form_that_lay_open_writes_over_nothing_but_what_was_changed_in_it(house) -> None:
    grace = grace_of(house)
    size = fields.define("Ring size", about="person", kind="number", by=house.ana, at=NOW)
    path, name = f"/people/{grace.public_id}/describe/", f"own-{size.public_id}"
    opened = {"name": "Grace Whitlow", "language": "", "zone": "", "organisation": "", "role": ""}
    opened |= {f"initial-{key}": value for key, value in opened.items()}
    opened |= {name: "", f"initial-{name}": ""}
    colleague = {**opened, "organisation": "Whitlow & Co", "role": "Buyer", name: "54.5"}
    client_of(house.lea).post(path, colleague)

    answer = client_of(house.ben).post(path, {**opened, "name": "Grace M. Whitlow"})

    assert answer.status_code == 302
    grace.refresh_from_db()
    assert (grace.name, grace.role) == ("Grace M. Whitlow", "Buyer")
    assert grace.organisation is not None and grace.organisation.name == "Whitlow & Co"
    assert filling.values_of_person(grace) == [(size, "54.5")]


def test_a_number_is_kept_as_it_was_whatever_language_the_form_speaks(house) -> None:
    grace = grace_of(house)
    size = fields.define("Weight", about="person", kind="number", by=house.ana, at=NOW)
    filling.set_value(grace, size, "1.234", by=house.ana, at=NOW)
    ben = client_of(house.ben)
    path, name = f"/people/{grace.public_id}/describe/", f"own-{size.public_id}"
    german = {"headers": {"Accept-Language": "de"}}

    assert 'value="1,234"' in ben.get(path, **german).content.decode()
    sent = {"name": "G", "initial-name": "Grace Whitlow", name: "1,234", f"initial-{name}": "1,234"}
    assert ben.post(path, sent, **german).status_code == 302
    assert filling.values_of_person(grace) == [(size, "1.234")]
    ben.post(path, {**sent, name: "2,5"}, **german)
    assert filling.values_of_person(grace) == [(size, "2.5")]


def test_a_choice_that_is_gone_stays_until_somebody_chooses_another(house) -> None:
    grace = grace_of(house)
    by = {"by": house.ana, "at": NOW}
    field = fields.define("By", about="person", kind="one_of", choices=["Fair", "Friend"], **by)
    filling.set_value(grace, field, "Fair", **by)
    fields.choose_among(field, ["Friend", "Search"], **by)
    ben, name = client_of(house.ben), f"own-{field.public_id}"
    path = f"/people/{grace.public_id}/describe/"

    assert '<option value="Fair" selected>' in ben.get(path).content.decode()
    same = {name: "Fair", f"initial-{name}": "Fair", "name": "G", "initial-name": "Grace Whitlow"}
    assert ben.post(path, same).status_code == 302
    assert ben.post(path, {**same, name: "Radio"}).status_code == 422
    assert [text for _field, text in filling.values_of_person(grace)] == ["Fair"]


def test_two_that_are_merged_go_by_either_address_and_can_be_taken_apart(house) -> None:
    grace = grace_of(house)
    other = grace_of(house, sender="gw@home.example", name="Gracie", subject="From home")
    ben = client_of(house.ben)
    path = f"/people/{grace.public_id}/same/{other.public_id}/"

    assert "1 conversation comes along" in ben.get(path).content.decode()
    toast = ben.post(path, follow=True).content.decode()
    assert "Gracie is Grace Whitlow from now on." in toast and "From home" in toast
    led = ben.get(f"/people/{other.public_id}/")
    assert led.status_code == 302 and led["Location"] == f"/people/{grace.public_id}/"
    merged = grace.merged_here.get()
    for times in (1, 2):
        page = ben.post(f"/people/merged/{merged.public_id}/undo/", follow=True).content.decode()
        assert ("are two again" in page) == (times == 1)
    assert ben.get(f"/people/{other.public_id}/").status_code == 200
    assert (
        "already" in ben.get(f"/people/{grace.public_id}/same/{grace.public_id}/").content.decode()
    )


@pytest.mark.parametrize("after", ["x", "-1", "9" * 40, "99999999999999999999", "%00", "1e9", "١"])
@pytest.mark.parametrize("path", ["/people/", "/people/?order=newest", "/organisations/", "one"])
def test_an_unreadable_cursor_shows_a_page_and_breaks_nothing(house, path, after) -> None:
    grace = grace_of(house)
    path = f"/people/{grace.public_id}/" if path == "one" else path

    answer = client_of(house.ben).get(f"{path}{'&' if '?' in path else '?'}after={after}")

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "asked", ["x" * 5000, "\x00", "%_", "'", '"', "@", " ", "-", "🙂", "ß" * 9]
)
def test_odd_words_in_the_search_find_nothing_and_harm_nothing(house, asked) -> None:
    grace_of(house)
    for path in ("/people/", "/organisations/"):
        assert client_of(house.ben).get(path, {"q": asked}).status_code == 200


def test_a_note_of_a_colleague_is_not_mine_to_change_and_an_empty_one_is_none(house) -> None:
    grace = grace_of(house)
    note = noting.write(grace, "Mine.", by=house.ben, at=NOW)
    lea, path = client_of(house.lea), f"/people/{grace.public_id}/notes/"

    assert lea.post(f"{path}{note.public_id}/", {"text": "Hers."}).status_code == 404
    assert lea.post(f"{path}{note.public_id}/remove/").status_code == 404
    for empty in ("", "  ", "\x00", "x" * 10_001):
        assert lea.post(path, {"text": empty}).status_code == 422
    assert [each.text for each in grace.notes.all()] == ["Mine."]


def test_given_thousands_of_conversations_the_page_asks_as_little_as_with_one(house) -> None:
    grace = grace_of(house)
    ben, path = client_of(house.ben), f"/people/{grace.public_id}/"

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert len(ben.get(path).content) < 60_000
        return len(captured)

    cost()
    few = cost()
    _say_much(house, grace, NOW - 8 * DAY)

    assert cost() <= few + 1 <= 45  # a second page begins
    first = ben.get(path).content.decode()
    older = first.split('class="rows-older"')[1].split('href="')[1].split('"')[0]
    assert "Talk 1981" in first and "Talk 1980" not in first
    assert "Talk 1980" in ben.get(older, headers={"HX-Request": "true"}).content.decode()


def _say_much(house: SimpleNamespace, grace: Person, at: datetime) -> None:
    """As old rows lie there: said by nobody now, so by hand."""
    Conversation.objects.bulk_create(
        Conversation(
            inbox=house.hello,
            person=grace,
            subject=f"Talk {number}",
            made_at=at,
            latest_key=ids.first_key(at) + number,
            state="closed",
        )
        for number in range(2_000)
    )


def test_a_kind_may_be_chosen_where_one_belongs_and_the_organisation_is_made_once(house) -> None:
    kind = people.name_kind("Wholesale", by=house.ana, at=NOW)
    grace, joe = grace_of(house), grace_of(house, sender="joe@petty.example", name="Joe Petty")
    ben = client_of(house.ben)

    for person, typed in ((grace, "Petty & Sons"), (joe, " petty & sons ")):
        sent = {"name": person.name, "organisation": typed, "kind": kind.public_id}
        assert ben.post(f"/people/{person.public_id}/describe/", sent).status_code == 302

    [made] = Organisation.objects.all()
    assert {each.kind for each in made.people.all()} == {kind} and made.people.count() == 2


def test_who_guesses_the_name_of_an_organisation_they_do_not_see_is_not_let_in(house) -> None:
    whitlow = belonging.name_organisation("Whitlow & Co", by=house.ana, at=NOW)
    belonging.belong_to(grace_of(house), whitlow, by=house.ana, at=NOW)
    pia = grace_of(house, inbox=house.repairs, sender="pia@petty.example", name="Pia Petty")
    carl = client_of(house.carl)

    sent = {"name": "Pia P.", "organisation": "whitlow & co"}
    answer = carl.post(f"/people/{pia.public_id}/describe/", sent)

    assert answer.status_code == 422 and "another organisation" in answer.content.decode()
    pia.refresh_from_db()
    assert pia.organisation is None and pia.name == "Pia Petty"
    assert carl.get(f"/organisations/{whitlow.public_id}/").status_code == 404


def test_a_lead_decides_nothing_for_those_of_an_organisation_whom_they_do_not_see(house) -> None:
    whitlow = belonging.name_organisation("Whitlow & Co", by=house.ana, at=NOW)
    pia = grace_of(house, inbox=house.repairs, sender="pia@petty.example")
    for person in (grace_of(house), pia):
        belonging.belong_to(person, whitlow, by=house.ana, at=NOW)

    lea, url = client_of(house.lea), f"/organisations/{whitlow.public_id}/"
    assert "1 person" in lea.get("/organisations/").content.decode()
    assert f"{url}forget/" not in lea.get(url).content.decode()
    assert lea.post(f"{url}forget/").status_code == 404
    answer = lea.post(f"{url}change/", {"name": "Ours", "initial-name": "Whitlow & Co"})
    assert answer.status_code == 422 and "An owner can change this" in answer.content.decode()
    more = {"name": "Whitlow & Co", "initial-name": "Whitlow & Co"}
    answer = lea.post(f"{url}change/", {**more, "domains": "ours.example", "initial-domains": ""})
    assert answer.status_code == 422 and "An owner can change this" in answer.content.decode()
    whitlow.refresh_from_db()
    assert whitlow.name == "Whitlow & Co" and not whitlow.domains.exists()

    assert "2 people belong to it" in client_of(house.ana).get(f"{url}forget/").content.decode()


def test_a_choice_that_is_gone_and_stands_there_already_breaks_no_form(house) -> None:
    grace, by = grace_of(house), {"by": house.ana, "at": NOW}
    metal = fields.define("Metal", about="person", kind="one_of", choices=["gold", "tin"], **by)
    filling.set_value(grace, metal, "tin", **by)
    fields.choose_among(metal, ["gold", "silver"], **by)
    name = f"own-{metal.public_id}"

    sent = {"name": "Grace", name: "tin", f"initial-{name}": "gold"}
    answer = client_of(house.ben).post(f"/people/{grace.public_id}/describe/", sent)

    assert answer.status_code == 302
    assert dict(filling.values_of_person(grace))[metal] == "tin"


def test_an_agent_makes_an_organisation_is_led_where_there_is_something_and_fills_it(house) -> None:
    ben, grace = client_of(house.ben), grace_of(house)

    answer = ben.post("/organisations/new/", {"name": "Whitlow & Co"}, follow=True)
    assert answer.status_code == 200 and answer.redirect_chain == [("/organisations/", 302)]

    sent = {"name": "Grace", "organisation": "Whitlow & Co"}
    assert ben.post(f"/people/{grace.public_id}/describe/", sent).status_code == 302
    assert ">1 person<" in ben.get("/organisations/").content.decode()


def test_nobody_takes_the_mail_of_somebody_they_may_not_see(house) -> None:
    hidden = grace_of(house, inbox=house.repairs, sender="x@y.example", name="Xenia")
    grace = grace_of(house)
    held = holding.add_address(grace, "x@y.example", by=house.ana, at=NOW)
    path = f"/people/{grace.public_id}/addresses/{held.pk}/primary/"

    refused = client_of(house.ben).post(path, follow=True).content.decode()
    assert "An owner can decide it." in refused and "Xenia" not in refused
    assert queries.primary_holders([held.address])[held.address_id] == hidden

    client_of(house.ana).post(path)
    assert queries.primary_holders([held.address])[held.address_id] == grace


@pytest.mark.parametrize("ours", ["Hello@shop.example", "lea@shop.example"])
def test_nobody_is_given_an_address_of_ours(house, ours) -> None:
    grace = grace_of(house)

    answer = client_of(house.ben).post(
        f"/people/{grace.public_id}/addresses/new/", {"address": ours}
    )

    assert "This is an address of ours" in answer.content.decode()
    assert queries.addresses_of(grace).count() == 1
