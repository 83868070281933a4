"""What is found comes page by page, each once, also while mail comes in."""

from __future__ import annotations

import pytest

from goodword.desk.answering import replying
from goodword.desk.search import finding
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, receive

pytestmark = pytest.mark.django_db
NOW = MONDAY_NOON + 3 * DAY


def found(text, by, *, order="newest", at=NOW) -> list[int]:
    page = finding.find(finding.read(text, at=at), by=by, order=order)
    assert not page.stopped
    return [hit.conversation for hit in page.hits]


def _pages(asked, by, *, order, most, between=lambda: None) -> list[int]:
    seen, after = [], ""
    while True:
        page = finding.find(asked, by=by, order=order, after=after, most=most)
        seen += [hit.conversation for hit in page.hits]
        after = page.after
        if not after:
            return seen
        between()


@pytest.mark.parametrize("order", ["newest", "oldest", "due"])
@pytest.mark.parametrize("text", ["card", "is:open", "since:2026-11-10", "from:p"])
@pytest.mark.parametrize("few", [0, 500])
def test_page_by_page_everything_comes_once_while_mail_comes_in(
    house, monkeypatch, text, order, few
) -> None:
    monkeypatch.setattr("goodword.desk.search.looking.FEW", few)
    monkeypatch.setattr("goodword.desk.search.looking._BATCHES", (3,))
    first = [
        receive(house, "Card", sender=f"p{n}@x.example", name=f"P{n}", at=MONDAY_NOON + n * MINUTE)
        for n in range(9)
    ]
    asked = finding.read(text, at=MONDAY_NOON + HOUR)
    whole = found(text, house.ben, order=order, at=MONDAY_NOON + HOUR)
    assert sorted(whole) == sorted(each.conversation_id for each in first)
    come: list[int] = []

    def mail() -> None:
        at = MONDAY_NOON + 2 * HOUR + len(come) * MINUTE
        new = receive(house, "A card", sender=f"n{len(come)}@y.example", name="P New", at=at)
        come.append(new.conversation_id)

    seen = _pages(asked, house.ben, order=order, most=2, between=mail)

    assert len(seen) == len(set(seen))
    assert [key for key in seen if key not in come] == whole


def test_a_further_match_in_what_is_still_to_come_does_not_hide_it(house) -> None:
    first = [
        receive(house, "The card", sender=f"p{n}@x.example", at=MONDAY_NOON + n * MINUTE)
        for n in range(6)
    ]
    later = iter(range(1, 9))

    def more() -> None:
        at = MONDAY_NOON + HOUR + next(later) * MINUTE
        replying.write_note(first[0].conversation, by=house.ben, text="card", at=at)

    asked = finding.read("card", at=MONDAY_NOON + 30 * MINUTE)
    seen = _pages(asked, house.ben, order="newest", most=2, between=more)

    assert seen == [each.conversation_id for each in reversed(first)]


def test_all_that_matches_is_counted_and_walked(house) -> None:
    keys = {
        receive(
            house, "ring", sender=f"p{n}@x.example", at=MONDAY_NOON + n * MINUTE
        ).conversation_id
        for n in range(7)
    }
    asked = finding.read("ring is:open", at=NOW)
    assert set(finding.conversations(asked, by=house.ben)) == keys
    assert finding.count(asked, by=house.ben, most=100) == 7
    assert finding.count(asked, by=house.ben, most=5) == 5
    assert finding.count(asked, by=house.carl, most=5) == 0
    assert list(finding.conversations(finding.read(" ", at=NOW), by=house.ana)) == []


@pytest.mark.parametrize(
    "after",
    ["x", "new:", "new:1:", "new:-1:2", "new:٣:٣", "due:never_1", "due:0001-01-01T00:00:00_1",
     "due:2026-11-16T12:00:00+00:00_99999999999999999999", "new:9999999999999999999:1", "\x00"],
)  # fmt: skip
def test_a_cursor_that_somebody_typed_begins_anew_or_ends(house, after) -> None:
    key = receive(house, "ring", at=MONDAY_NOON).conversation_id
    for order in finding.ORDERS:
        page = finding.find(finding.read("ring", at=NOW), by=house.ben, order=order, after=after)
        assert {hit.conversation for hit in page.hits} <= {key}
