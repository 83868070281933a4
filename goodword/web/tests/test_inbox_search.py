"""The search page: what it finds, shows and says."""

from __future__ import annotations

from types import SimpleNamespace
from urllib.parse import unquote_plus, urlencode

import pytest
from django.test import Client
from django.utils import timezone

from goodword.conversations import actions as conversations
from goodword.conversations import filling, readings
from goodword.desk import handling
from goodword.desk import queries as desk
from goodword.desk.search import finding, saved
from goodword.fields import actions as fields
from goodword.web.inbox.excerpts import finder, in_context
from tests.factories import DAY, HOUR, MINUTE, make_house, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> SimpleNamespace:
    return make_house(timezone.now() - 9 * DAY)


@pytest.fixture
def ben(house: SimpleNamespace) -> Client:
    client = Client()
    client.force_login(house.ben)
    return client


def said(client: Client, query: str) -> str:
    answer = client.get("/search/", {"q": query})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_result_shows_who_the_words_in_context_and_what_is_owed(ben, house) -> None:
    receive(house, "Where is the Größe of my ring?", at=timezone.now() - MINUTE)

    page = said(ben, "grosse rin")

    assert "Grace Whitlow" in page and "chip-due" in page
    assert "<mark>Größe</mark>" in page and "<mark>ring</mark>" in page


def test_operators_narrow_and_unknown_ones_are_said_back(ben, house) -> None:
    receive(house, "one ring", at=timezone.now() - MINUTE)
    receive(house, "two ring", sender="tom@x.example", name="Tom", at=timezone.now())

    page = said(ben, "ring from:tom is:sleepy")

    assert "Tom" in page and "Grace Whitlow" not in page
    assert "<code>is:sleepy</code>" in page


def test_an_empty_search_explains_and_a_vain_one_says_so(ben) -> None:
    assert "has:attachment" in said(ben, "")
    assert "Nothing was found" in said(ben, "unicorn")


@pytest.mark.parametrize(
    "query",
    ['"', "'", "a OR b", "NEAR(", "*", "x" * 5000, "\x00", "from:", 'tag:"', "%", "☂", "</script>"],
)
def test_any_input_is_safe(ben, house, query) -> None:
    receive(house, at=timezone.now() - MINUTE)

    assert "Search" in said(ben, query)


def test_older_results_follow_page_by_page_each_once(ben, house) -> None:
    for number in range(60):
        at = timezone.now() - number * MINUTE
        receive(house, f"ring {number:02}", sender=f"p{number}@x.example", at=at)
    first = ben.get("/search/?q=ring")
    second = ben.get(first.context["older_url"])

    found = [str(row.excerpt.words) for page in (first, second) for row in page.context["rows"]]

    assert len(found) == len(set(found)) == 60
    assert not second.context["older_url"]


def test_given_a_search_that_takes_too_long_it_says_that_it_was_stopped(
    ben, house, monkeypatch
) -> None:
    receive(house, "ring", at=timezone.now() - MINUTE)
    monkeypatch.setattr(finding, "LIMIT_SECONDS", 0.0)

    assert "stopped after a second" in said(ben, "ring")


@pytest.mark.parametrize(
    ("text", "query", "shown"),
    [
        ("plain words", "none", "plain words"),
        ("a <b>bold</b> word", "bold", "a &lt;b&gt;<mark>bold</mark>&lt;/b&gt; word"),
        ("Crème brûlée", "creme", "<mark>Crème</mark> brûlée"),
        ("ringing rings", "ring ", "ringing rings"),
        ("String and ring", "ring", "String and <mark>ring</mark>"),
        (
            "RING, Rings; a ringing",
            "a ring",
            "<mark>RING</mark>, <mark>Rings</mark>; <mark>a</mark> <mark>ringing</mark>",
        ),
        ("", "x", ""),
    ],
)
def test_words_are_marked_as_they_were_written(text, query, shown) -> None:
    assert in_context(text, finder(finding.read(query, at=timezone.now()))) == shown


def test_only_the_neighbourhood_of_the_word_is_shown() -> None:
    text = "begin " * 200 + "needle " + "end " * 200

    shown = in_context(text, finder(finding.read("needle", at=timezone.now())))

    assert "<mark>needle</mark>" in shown
    assert shown.startswith("… ") and shown.endswith(" …") and len(shown) < 400


def test_what_one_opened_last_stands_in_the_empty_field_and_on_a_page_of_its_own(ben, house):
    first = receive(house, "one ring", at=timezone.now() - 3 * MINUTE).conversation
    other = receive(
        house, "two", sender="tom@x.example", name="Tom", at=timezone.now() - 2 * MINUTE
    ).conversation
    assert "You have opened nothing yet" in ben.get("/inbox/recent/").content.decode()
    for conversation, hour in ((first, 1), (other, 2)):
        at = timezone.now() - DAY + hour * HOUR
        readings.read(conversation, by=house.ben, to=conversation.latest_key, at=at)

    page = ben.get("/inbox/recent/")

    assert [row.conversation.pk for row in page.context["rows"]] == [other.pk, first.pk]
    for url in ("/search/suggestions/?q=", "/search/"):
        shown = ben.get(url).content.decode()
        assert "Recently viewed" in shown and shown.index("Tom") < shown.index("Grace Whitlow")
    beside = ben.get(f"/conversations/{first.public_id}/?folder=recent").content.decode()
    assert "Tom" in beside
    handling.mark_spam(other, by=house.ben, at=timezone.now())
    assert set(desk.in_folder(house.ben, "recent")) == {first, other}
    assert not desk.in_folder(house.lea, "recent")


def test_a_filter_is_spelt_as_its_language_spells_it_whoever_typed_it(ben, house):
    asked = receive(house, "Where is my card?", at=timezone.now() - MINUTE).conversation
    conversations.tag(asked, "late delivery", by=house.ben, at=timezone.now())
    german = {"Accept-Language": "de"}

    page = ben.get("/search/filters/", headers=german).content.decode()
    labels = ("Diese Woche", "Letzten Monat", "Heute", "Wartet auf unsere Antwort", "late delivery")
    for label in labels:
        assert f">{label}</a>" in page, label
    assert ">Last week</a>" in ben.get("/search/filters/").content.decode()

    typed = {
        "q": 'since:"last week" due:late assigned:me due:"DIESE WOCHE" has:file after:2026-01-01'
    }
    for language, values in (
        ("de", ["letzte Woche", "überfällig", "mir", "diese Woche", "Anhang", "2026-01-01"]),
        ("en", ["last week", "late", "me", "this week", "attachment", "2026-01-01"]),
    ):
        chips = ben.get("/search/", typed, headers={"Accept-Language": language}).context["chips"]
        assert [chip.value for chip in chips] == values


def test_filters_offer_the_house_s_own_words_and_take_the_name_of_anybody_outside(ben, house):
    asked = receive(house, "Where is my card?", at=timezone.now() - MINUTE).conversation
    conversations.tag(asked, "gift card", by=house.ben, at=timezone.now())

    page = ben.get("/search/filters/", {"q": "card"}).content.decode()
    for value in ('tag:"gift card"', 'assigned:"Lea Sommer"', "team:Front", 'since:"this week"'):
        found = urlencode({"q": f"card {value}"})
        assert f'"/search/?{found}"' in page
    piece = ben.get("/search/filters/", {"q": "card"}, headers={"HX-Request": "true"})
    assert "gift card" in piece.content.decode() and "<main" not in piece.content.decode()
    for shown in (page, piece.content.decode()):
        assert f'"/search/?{urlencode({"q": "card is:owed"})}"' in shown
    owed = unquote_plus(ben.get("/search/filters/", {"q": "card is:owed"}).content.decode())
    assert "card is:owed is:late" in owed and "is:owed is:owed" not in owed

    named = {"q": "card", "name": "with", "value": ' "Grace  Whitlow '}
    answer = ben.get("/search/filters/", named)
    assert [row.conversation.pk for row in ben.get(answer["Location"]).context["rows"]] == [
        asked.pk
    ]
    quoted = urlencode({"q": 'card with:"Grace Whitlow"'})
    assert answer["Location"] == f"/search/?{quoted}"
    for nothing in ({"name": "with", "value": " "}, {"name": "is", "value": "late"}):
        assert ben.get("/search/filters/", nothing).status_code == 200


def test_fields_of_one_s_own_are_offered_found_shown_as_chips_and_kept_in_a_view(ben, house):
    at = timezone.now()
    stone = fields.define(
        "Stone", about="conversation", kind="one_of", choices=["Opal", "Blue jade"],
        by=house.ana, at=at,
    )  # fmt: skip
    fields.define("Ring size", about="person", kind="number", by=house.ana, at=at)
    asked = receive(house, "Where is it?", at=at - MINUTE).conversation
    receive(house, "Elsewhere", sender="tom@x.example", name="Tom", at=at - MINUTE)
    filling.set_value(asked, stone, "Blue jade", by=house.ben, at=at)

    page = ben.get("/search/filters/", {"q": "it"}).content.decode()
    for value in ("field:Stone", 'field:"Stone=Blue jade"', 'field:"Ring size"'):
        assert f'"/search/?{urlencode({"q": f"it {value}"})}"' in page
    offered = ben.get("/search/suggestions/", {"q": "it field:sto"}).content.decode()
    assert "field:Stone" in offered and "Stone=Blue jade" in offered
    offered = ben.get("/search/suggestions/", {"q": "it stone:o"}).content.decode()
    assert "it field:Stone=Opal" in offered and "jade" not in offered
    for nothing in (":", "%:", "12:30", "gems:o"):
        assert "Stone" not in ben.get("/search/suggestions/", {"q": nothing}).content.decode()
    assert "Ring size" in ben.get("/search/suggestions/", {"q": "ri"}).content.decode()

    for query in ("field:stone", 'stone:"blue jade"', "has:stone where"):
        shown = said(ben, query)
        assert "Grace Whitlow" in shown and "Tom" not in shown
    assert '<span class="faint">field</span> Stone=blue jade' in said(ben, 'stone:"blue jade"')
    assert "<code>weight:5</code>" in said(ben, "weight:5")
    assert "<b>field: weight=5</b>" in said(ben, "field:weight=5")

    wanted = saved.Wanted("Jade", 'stone:"blue jade"', "all")
    view = saved.keep(wanted, by=house.ana, at=at)
    listed = ben.get(f"/inbox/view/{view.public_id}/").content.decode()
    assert "Grace Whitlow" in listed and "Tom" not in listed
    assert not finding.is_personal(finding.read(view.asked, at=at))


def test_every_choice_that_is_offered_finds_what_has_it_alone_however_long_and_marked(ben, house):
    long = (
        "with a date of your own choosing, three initials and a border of small leaves as in 1890"
    )
    at, choices = timezone.now(), ['12"', "12", '12" wide', "12-wide", f"12 {long}", f'12" {long}']
    named = ("Grace", "Tom", "Ada", "Noor", "Ivo", "Mia")
    size = fields.define(
        f"Ring size {'o' * 50}",
        about="conversation",
        kind="one_of",
        choices=choices,
        by=house.ana,
        at=at,
    )
    for choice, who in zip(choices, named, strict=True):
        asked = receive(house, sender=f"{who}@x.example", name=who, at=at - MINUTE).conversation
        filling.set_value(asked, size, choice, by=house.ben, at=at)

    menu = ben.get("/search/filters/").context["kinds"]
    urls = {each.word: each.url for kind in menu for each in kind.filters}
    offered = ben.get("/search/suggestions/", {"q": f'field:"{size.name}=12'}).context["options"]
    for choice, who in zip(choices, named, strict=True):
        (text,) = (each.text for each in offered if each.shown == f"{size.name}={choice}")
        for answer in (ben.get(urls[f"{size.name}={choice}"]), ben.get("/search/", {"q": text})):
            assert [row.who for row in answer.context["rows"]] == [who]


def test_nobody_is_named_who_works_elsewhere(house) -> None:
    for who, named, hidden in (
        (house.ben, {"Lea Sommer", "Ana Ruiz", "Front"}, {"Carl Voss", "Workshop"}),
        (house.carl, {"Carl Voss", "Ana Ruiz", "Workshop"}, {"Ben Okri", "Front"}),
        (house.ana, {"Carl Voss", "Ben Okri", "Front", "Workshop"}, set()),
    ):
        client = Client()
        client.force_login(who)
        urls = [f"/search/suggestions/?q={name}:{letter}" for letter in "abcflw"
                for name in ("assigned", "from", "team")]  # fmt: skip
        urls.append("/search/filters/")
        shown = "".join(client.get(url).content.decode() for url in urls)
        written = client.get("/settings/canned/new/").content.decode()
        for page in (shown, written):
            assert all(each in page for each in named) and not any(each in page for each in hidden)
