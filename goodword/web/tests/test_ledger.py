"""The ledger: every word given, narrowed, paged, counted, pictured and taken along."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection
from django.test import Client

from goodword.accounts.models import Teammate
from goodword.desk.keeping import promising, reminding
from goodword.people import merging
from goodword.plan import queries as plan
from goodword.promises import actions as promises
from goodword.promises.ledger import STATES, Asked, Ledger
from goodword.promises.models import Promise
from goodword.web.spreadsheets import safe
from goodword.web.tests.promised import THURSDAY, ZONE, promise
from tests.factories import DAY, HOUR, make_house, receive

pytestmark = pytest.mark.django_db
NOW = THURSDAY


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def house() -> SimpleNamespace:
    return make_house(NOW - 600 * DAY)


@pytest.fixture
def ana(house: SimpleNamespace) -> Client:
    client = Client()
    client.force_login(house.ana)
    return client


@pytest.fixture
def one_of_each(house: SimpleNamespace) -> dict[str, Promise]:
    """A promise in each state, named by it."""
    past = NOW - DAY
    made = {state: promise(house, state, due=past) for state in STATES}
    promises.keep(made["kept"], by=house.ana, at=past - 18 * timedelta(minutes=1))
    promises.keep(made["kept_late"], by=house.ana, at=past + 40 * timedelta(minutes=1))
    promises.break_(made["broken"], by=house.ana, at=NOW)
    promises.release(made["released"], by=house.ana, at=NOW, why="they_let_go")
    Promise.objects.filter(pk__in=[made["due"].pk, made["moved"].pk]).update(due_at=NOW + DAY)
    Promise.objects.filter(pk=made["moved"].pk).update(times_moved=1)
    return made


def _words(client: Client, query: str = "") -> list[str]:
    return [row.words for row in client.get(f"/promises/{query}").context["rows"]]


def test_each_promise_is_in_exactly_one_state_and_the_counts_say_so(ana, one_of_each) -> None:
    page = ana.get("/promises/")

    counts = [count for _link, count in page.context["states"]]
    assert counts == ["7", *["1"] * 7]
    for state in STATES:
        assert _words(ana, f"?state={state}") == [state]


def test_the_sentence_says_how_much_was_kept_of_what_came_due(ana, one_of_each) -> None:
    page = ana.get("/promises/?direction=ours").content.decode()

    assert "Since 26 October, we gave 7 promises." in page
    assert "Of the 4 that came due," in page and "one was kept in time" in page


def test_how_each_ended_is_said_in_a_few_words(ana, one_of_each) -> None:
    rows = {row.words: row.stands for row in ana.get("/promises/").context["rows"]}

    assert rows["kept"] == "18 min early"
    assert rows["kept_late"] == "40 min late"
    assert rows["released"] == "They let us off"
    assert rows["moved"] == "moved once"


def test_a_call_whose_moment_has_passed_says_so_in_words(house, ana) -> None:
    call = promise(house, "Call Joe", due=NOW - DAY, kind="call")
    reminding.remind_due(at=NOW)

    (row,) = ana.get("/promises/?kind=call").context["rows"]
    assert row.stands == "Its moment passed"
    assert "moment_passed" not in ana.get(f"/promises/{call.public_id}/").content.decode()


def test_the_newest_due_stand_on_top_and_the_line_that_says_now_among_them(house, ana) -> None:
    for hours in (-30, -1, 1, 30):
        promise(house, f"{hours}", due=NOW + hours * HOUR)

    page = ana.get("/promises/")

    assert [row.words for row in page.context["rows"]] == ["30", "1", "-1", "-30"]
    html = page.content.decode()
    assert html.index(">1</a>") < html.index("ledger-now") < html.index(">-1</a>")


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("", {"mine", "ben's", "team's", "theirs", "to us", "call"}),
        ("?who=me", {"mine", "to us", "call"}),
        ("?who=teammate:{ben}", {"ben's"}),
        ("?who=team:{front}", {"team's"}),
        ("?kind=call", {"call"}),
        ("?direction=theirs", {"theirs"}),
        ("?direction=to_ourselves", {"to us"}),
        ("?who=me&kind=call&state=due", {"call"}),
        ("?who=me&kind=call&state=late", set()),
        ("?period=week", {"mine", "ben's", "team's", "theirs", "to us", "call"}),
        ("?period=year", {"mine", "ben's", "team's", "theirs", "to us", "call", "old"}),
        ("?period=ahead", {"mine", "ben's", "team's", "theirs", "to us", "call", "far"}),
        ("?period=all", {"mine", "ben's", "team's", "theirs", "to us", "call", "old", "far"}),
        ("?day=2026-11-20", {"mine", "ben's", "team's", "theirs", "to us", "call"}),
        ("?day=2026-11-19", set()),
        # What nobody knows is passed over.
        ("?who=nobody&kind=x&state=y&period=z&day=2026-99-99&direction=%00", None),
        ("?who=teammate:gone&day=9999-12-31", None),
        ("?after=nonsense", None),
        ("?after=9999-12-31T23:59:59%2B00:00_99999999999999999999", None),
    ],
)
def test_filters_narrow_what_is_shown(house, ana, query, seen) -> None:
    promise(house, "mine", due=NOW + DAY)
    promise(house, "ben's", due=NOW + DAY, by=house.ben)
    promise(house, "team's", due=NOW + DAY, owner=house.front)
    promise(house, "theirs", due=NOW + DAY, direction="theirs")
    promise(house, "to us", due=NOW + DAY, direction="to_ourselves", inbox=None)
    promise(house, "call", due=NOW + DAY, kind="call")
    promise(house, "old", due=NOW - 300 * DAY, by=house.ben)
    promise(house, "far", due=NOW + 300 * DAY, by=house.ben)
    everyday = {"mine", "ben's", "team's", "theirs", "to us", "call"}

    asked = query.format(ben=house.ben.public_id, front=house.front.public_id)

    assert set(_words(ana, asked)) == (everyday if seen is None else seen)


def test_of_one_person_all_stands_that_one_may_see_also_from_before_two_were_one(
    house, ana
) -> None:
    grace = promise(house, "now", due=NOW - HOUR).person
    promise(house, "theirs", due=NOW + DAY, direction="theirs")
    promises.break_(promise(house, "broken", due=NOW - 300 * DAY), by=house.ana, at=NOW)
    promise(house, "in repairs", due=NOW + DAY, inbox=house.repairs)
    before = promise(house, "before", due=NOW - DAY, to="Gracie W").person
    promise(house, "another's", due=NOW, to="Tom Tell")
    merging.merge(before, grace, by=house.ana, at=NOW)
    query = f"?person={before.public_id}&period=all"  # the old address leads to who stands

    assert _words(ana, query) == ["in repairs", "theirs", "now", "before", "broken"]
    assert _words(ana, f"{query}&state=broken") == ["broken"]
    assert _words(ana, f"{query}&who=me&direction=theirs") == []
    assert [row[1] for row in _csv(ana, query)[1:]] == _words(ana, query)
    page = ana.get(f"/promises/{query}")
    assert "Grace Whitlow" in page.content.decode()
    assert page.context["filters"].without_person == "/promises/?period=all"
    marks = sum(len(each.dots) for each in page.context["pictures"][:1])
    assert marks == 4  # all but the one of long ago
    link = f"/promises/?person={grace.public_id}&amp;period=all"
    assert link in ana.get(f"/people/{grace.public_id}/").content.decode()

    ben = Client()
    ben.force_login(house.ben)
    assert _words(ben, query) == ["theirs", "now", "before", "broken"]


@pytest.mark.parametrize("path", ["", "promises.csv"])
def test_who_may_not_be_seen_has_no_ledger(house, ana, path) -> None:
    tom = promise(house, "hidden", due=NOW, to="Tom Tell", inbox=house.repairs).person
    ben = Client()
    ben.force_login(house.ben)

    assert ben.get(f"/promises/{path}?person={tom.public_id}").status_code == 404
    assert ana.get(f"/promises/{path}?person=nobody%00").status_code == 404
    assert ana.get(f"/promises/{path}?person={tom.public_id}").status_code == 200


def test_a_day_is_the_houses_and_not_the_servers(house, ana) -> None:
    promise(house, "just before midnight", due=datetime(2026, 11, 18, 22, 59, tzinfo=UTC))
    promise(house, "at midnight", due=datetime(2026, 11, 18, 23, 0, tzinfo=UTC))

    assert _words(ana, "?day=2026-11-18") == ["just before midnight"]
    assert _words(ana, "?day=2026-11-19") == ["at midnight"]


@pytest.mark.parametrize("query", ["?period=all", "?period=all&who=me", "?period=all&state=late"])
def test_the_older_link_leads_through_every_row_once(house, ana, query) -> None:
    for number in range(66):  # several at the very same time
        promise(
            house,
            f"{number}",
            due=NOW - HOUR - (number // 7) * DAY,
            inbox=(house.hello, house.repairs, None)[number % 3],
        )
    url, seen = f"/promises/{query}", []
    while url:
        page = ana.get(url)
        seen += [(row.promise.due_at, row.promise.pk) for row in page.context["rows"]]
        url = page.context["older_url"]

    assert len(seen) == len(set(seen)) == 66
    assert seen == sorted(seen, reverse=True)


def test_a_further_page_comes_as_rows_alone(house, ana) -> None:
    for number in range(51):
        promise(house, f"{number}", due=NOW - number * HOUR)
    url = ana.get("/promises/").context["older_url"]

    piece = ana.get(f"{url}&fragment=more", headers={"HX-Request": "true"}).content.decode()

    assert "<tr" in piece and "<html" not in piece
    assert piece.count("ledger-row") == 1


def test_the_picture_puts_one_mark_for_each_promise_on_the_day_it_was_due(ana, one_of_each) -> None:
    wide, phone = ana.get("/promises/").context["pictures"]

    for drawn in (wide, phone):
        above = {dot.state for dot in drawn.dots if dot.y < drawn.line}
        below = {dot.state for dot in drawn.dots if dot.y > drawn.line}
        assert above == {"kept", "due", "moved"}
        assert below == {"kept_late", "broken", "late"}
        due = [dot.x for dot in drawn.dots if dot.state in ("due", "moved")]
        assert min(due) >= drawn.today_x
    assert len(wide.columns) == 25  # no free days at the end of a week: nothing is due there
    assert len(phone.columns) == 10


def test_in_a_language_that_writes_a_decimal_comma_the_picture_is_drawn_alike(house, ana) -> None:
    promise(house, due=NOW + HOUR)
    german = {"Accept-Language": "de"}

    for url in ("/promises/", "/"):
        page = ana.get(url, headers=german).content.decode()
        assert 'lang="de"' in page
        drawings = re.findall(r"<svg class=\"(?:chart|week|dayline).*?</svg>", page, re.DOTALL)
        assert drawings
        for each in drawings:
            assert not re.search(r'(?: x| y|width|height|d|transform|viewBox)="[^"]*\d,\d', each)


def test_a_click_on_a_day_filters_and_a_second_one_lets_it_go(house, ana) -> None:
    promise(house, due=NOW + HOUR)

    wide = ana.get("/promises/?who=me").context["pictures"][0]
    today = next(each for each in wide.columns if each.is_today)
    assert today.url == "/promises/?who=me&day=2026-11-19"

    wide = ana.get(today.url).context["pictures"][0]
    today = next(each for each in wide.columns if each.is_today)
    assert today.is_chosen and today.url == "/promises/?who=me"


def test_so_many_that_nobody_counts_them_are_capped_in_marks_and_in_words(house) -> None:
    due = NOW - DAY
    first = promise(house, due=due)
    rows = [
        Promise(
            kind="do", direction="ours", person=first.person, owner=house.ana, inbox=house.hello,
            due_at=due, made_at=due - DAY, public_id=f"many{number}",
        )
        for number in range(1200)
    ]  # fmt: skip
    Promise.objects.bulk_create(rows)
    client = Client()
    client.force_login(house.lea)

    page = client.get("/promises/")

    assert page.context["states"][2][1] == "999+"
    wide = page.context["pictures"][0]
    assert [each.words for each in wide.more] == ["+"]
    assert len(wide.dots) < 20


# Taken along


def _csv(client: Client, query: str = "") -> list[list[str]]:
    answer = client.get(f"/promises/promises.csv{query}")
    assert answer["Content-Disposition"] == 'attachment; filename="promises-2026-11-19.csv"'
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


def test_the_file_holds_what_is_filtered_with_the_houses_times(house, ana) -> None:
    message = receive(house, at=NOW - HOUR)
    promise(house, "Send it", due=NOW + DAY)
    promise(house, "Not asked for", due=NOW + DAY, by=house.ben)

    head, *rows = _csv(ana, "?who=me")
    assert head[:4] == ["State", "Promise", "Kind", "Direction"]
    assert [row[1] for row in rows] == ["Send it"]
    assert rows[0][7] == "2026-11-20 10:42:00+01:00"

    everything = _csv(ana)
    assert ["Answer: The spring gift card", message.conversation.reference] in [
        [row[1], row[11]] for row in everything
    ]


def test_a_customer_who_calls_himself_a_formula_stays_text(house, ana) -> None:
    promise(house, "=HYPERLINK(A1)", due=NOW + DAY, to="@SUM(1+1) Bob")

    row = _csv(ana)[1]

    assert row[1] == "'=HYPERLINK(A1)" and row[4] == "'@SUM(1+1) Bob"


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\nx"])
def test_whatever_a_spreadsheet_would_run_is_made_text(cell) -> None:
    assert safe(cell) == f"'{cell}"
    assert safe(f"x{cell}") == f"x{cell}"


def test_the_file_has_every_row_also_beyond_a_page(house, ana) -> None:
    first = promise(house, due=NOW)
    rows = [
        Promise(
            kind="do", direction="ours", person=first.person, owner=house.ana, inbox=house.hello,
            due_at=NOW - number * HOUR, made_at=NOW - 99 * DAY, public_id=f"many{number}",
            what=f"{number}",
        )
        for number in range(1, 620)
    ]  # fmt: skip
    Promise.objects.bulk_create(rows)

    assert len(_csv(ana, "?period=all")) == 621


# What it costs


@pytest.mark.parametrize("query", ["", "?who=me", "?state=late", "?period=all", "?person={grace}"])
def test_a_full_ledger_costs_what_a_short_one_does(
    house, ana, query, django_assert_max_num_queries
) -> None:
    query = query.format(grace=promise(house, due=NOW).person.public_id)
    for number in range(4):
        promise(house, due=NOW - number * HOUR, to=f"Person N{number}")
        receive(house, sender=f"p{number}@x.example", name="", at=NOW - DAY)
    ana.get(f"/promises/{query}")
    with django_assert_max_num_queries(30) as few:
        ana.get(f"/promises/{query}")
    for number in range(14):
        promise(house, due=NOW - number * HOUR, to=f"Other N{number}", by=house.ben)
        promise(house, due=NOW - number * HOUR, to=f"Other N{number}")
        receive(house, sender=f"q{number}@x.example", name="", at=NOW - DAY)

    with django_assert_max_num_queries(len(few)):
        ana.get(f"/promises/{query}")


def _plan(ledger_of: Teammate, asked: Asked) -> str:
    """How the database finds the first page and the counts."""
    whole = Ledger(ledger_of, asked, now=NOW)
    runs = len(asked.persons) or (1 if asked.on_an_index else len(whole._inboxes) + 1)
    plans = []
    for number in range(runs):
        _shape, build, *keys = whole._query((), lambda here, number=number: here.runs[number])
        plans.append(build(*keys).order_by("-due_at", "-id")[:51].explain())
    return "\n".join(plans)


@pytest.mark.parametrize("who", ["ana", "lea"])
def test_no_page_of_the_ledger_sorts_or_reads_all_promises(house, who) -> None:
    someone = getattr(house, who)
    start = NOW - 28 * DAY

    for asked in (Asked(start=start), Asked(), Asked(owner=house.ben, start=start)):
        found = _plan(someone, asked)
        # SQLite's words: with PostgreSQL's there is nothing to find in a table so small.
        assert "SCAN promises_promise\n" not in f"{found}\n"
        assert "TEMP B-TREE" not in found


def test_the_ledger_of_a_person_is_found_by_an_index_of_theirs(house) -> None:
    grace = promise(house, due=NOW).person

    found = _plan(house.lea, Asked(persons=(grace.pk, grace.pk + 1)))

    if connection.vendor == "sqlite":
        assert found.count("promise_to_person (person_id=?)") == 2, found
    assert "SCAN promises_promise\n" not in f"{found}\n"


def test_a_promise_on_our_own_page_shows_where_it_was_said(house, ana) -> None:
    message = receive(house, at=NOW - HOUR)
    given = promising.track(
        message.conversation,
        what="Send the link",
        said="I will send the link by Friday",
        due=plan.current().moment_due(NOW + DAY, zone=ZONE),
        message=message,
        by=house.ana,
        at=NOW,
    )

    page = ana.get(f"/promises/{given.public_id}/").content.decode()

    assert "<q>I will send the link by Friday</q>" in page
    assert f"#message-{message.public_id}" in page
