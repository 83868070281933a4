"""Words in messages: what the full text gives is what a look at each message gives."""

from __future__ import annotations

import random
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goodword.conversations import search
from goodword.conversations.models import Message
from goodword.conversations.search import Word
from tests.factories import MONDAY_NOON, make_house, receive

# From what every message says down to what one does, and beginnings of several words.
WORDS = ["order", "delivery", "delivered", "deliveries", "deliver", "days", "ring", "strasse"]
ODDS = [1.0, 0.5, 0.4, 0.1, 0.05, 0.3, 0.02, 0.005]


@pytest.fixture
def house() -> SimpleNamespace:
    return make_house(MONDAY_NOON)


def _said(house: SimpleNamespace, dice: random.Random, number: int) -> dict[int, set[str]]:
    """Messages with these words, by their keys; some words only long ago, some only of late."""
    conversation = receive(house, "x", subject="x").conversation
    conversation.messages.update(search_text="")
    found, rows = {}, []
    for place in dice.sample(range(1, 10**6), number):
        key = place << 20
        part = place / 10**6
        has = {w for w, odds in zip(WORDS, ODDS, strict=True) if dice.random() < odds}
        has |= {"ancient"} & ({"ancient"} if part < 0.05 else set())
        has |= {"recent"} if part > 0.95 else set()
        has |= {f"n{place}"}
        found[key] = has
        text = " ".join(dice.sample(sorted(has), len(has)))
        rows.append(
            Message(
                pk=key, public_id=f"m{place}", conversation=conversation, kind="note",
                direction="internal", road="note", said_at=MONDAY_NOON, stored_at=MONDAY_NOON,
                teammate=house.ana, search_text=text,
            )
        )  # fmt: skip
    Message.objects.bulk_create(rows)
    return found


def _has(said: set[str], word: Word) -> bool:
    if word.is_whole:
        return word.letters in said
    return any(each.startswith(word.letters) for each in said)


def _asked(dice: random.Random, said: dict[int, set[str]]) -> list[Word]:
    known = [*WORDS, "ancient", "recent", "nowhere", max(dice.choice(list(said.values())))]
    words = [Word(each) for each in dice.sample(known, dice.choice([1, 2, 2, 3]))]
    if dice.random() < 0.5:
        last = words[-1].letters
        words[-1] = Word(last[: dice.randint(1, len(last))], is_whole=False)
    return words


@pytest.mark.django_db
@pytest.mark.parametrize("most_terms", [0, 40])
@pytest.mark.parametrize("seed", range(4))
def test_keys_come_in_their_order_from_anywhere_on(house, monkeypatch, seed, most_terms) -> None:
    monkeypatch.setattr(search, "_MOST_TERMS", most_terms)
    dice = random.Random(seed)
    said = _said(house, dice, 500)
    for _ in range(60):
        words, oldest_first = _asked(dice, said), dice.random() < 0.2
        having = [key for key in said if all(_has(said[key], word) for word in words)]
        having.sort(reverse=not oldest_first)
        most, beyond = dice.choice([1, 3, 20, 150, 900]), None
        if dice.random() < 0.6:
            beyond = dice.choice(list(said)) + dice.choice([-1, 0, 1])
            having = [k for k in having if (k > beyond if oldest_first else k < beyond)]
        found = search.keys_with(words, beyond=beyond, oldest_first=oldest_first, most=most)
        assert found == having[:most], (words, beyond, oldest_first, most)
        some = dice.sample(list(said), 30)
        wanted = {key for key in some if all(_has(said[key], word) for word in words)}
        assert set(search.those_with(words, some)) == wanted


@pytest.mark.django_db
@pytest.mark.once  # how FTS5 is asked
@pytest.mark.parametrize(
    ("words", "checks", "forwards"),
    [
        ("even odd", 2, False),  # never in one message, and both common
        ("every even odd", 3, False),
        ("every rare", 2, True),
        ("rare every", 1, True),
        ("rare n*", 0, False),  # merged anew for each query
        ("rare", 0, False),
    ],
)
def test_several_words_are_one_query_and_one_for_each_whether_it_is_rare(
    house, monkeypatch, words: str, checks: int, forwards: bool
) -> None:
    monkeypatch.setattr(search, "_MOST_TERMS", 0)
    conversation = receive(house, "x", subject="x").conversation
    conversation.messages.update(search_text="")
    for number in range(40):
        text = f"every {'odd' if number % 2 else 'even'} n{number} {'rare' * (number == 7)}"
        Message.objects.create(
            pk=number + 1 << 20, public_id=f"m{number}", conversation=conversation, kind="note",
            direction="internal", road="note", said_at=MONDAY_NOON, stored_at=MONDAY_NOON,
            teammate=house.ana, search_text=text,
        )  # fmt: skip
    asked = [Word(w.rstrip("*"), is_whole=not w.endswith("*")) for w in words.split()]

    with CaptureQueriesContext(connection) as captured:
        found = search.keys_with(asked, beyond=None, most=10)

    queries = [q["sql"] for q in captured if "message_words" in q["sql"]]
    assert len(found) == ("rare" in words)
    assert len(queries) == checks + 1
    assert queries[-1].endswith("ORDER BY rowid") == forwards
