"""The same words find the same conversations on both databases."""

import pytest

from goodword.conversations import actions as conversations
from goodword.conversations import search
from goodword.desk import handling
from goodword.desk.roads import InboundFile
from goodword.desk.search import finding, looking
from tests.factories import HOUR, MINUTE, MONDAY_NOON, receive, reply

pytestmark = pytest.mark.django_db


def asked(text, at=MONDAY_NOON):
    return finding.read(text, at=at)


def found(text, by, at=MONDAY_NOON, **kw):
    return [hit.conversation for hit in finding.find(asked(text, at), by=by, **kw).hits]


@pytest.mark.parametrize(
    "text",
    [
        "gift card",
        "CARD gift",
        "gif",
        "spring",
        "whitlow",
        "grace",
        "grace@whitlow.example",
        "übergroße",
        "ubergrosse",
        "Straße",
        "strass",
        "東京",
        "from:grace",
        "from:whitlow.example gift",
        "is:open",
        "is:unassigned gift",
        "tag:vip",
        'tag:"VIP"',
        "has:attachment",
        "receipt.pdf",
    ],
)
def test_what_finds_it(house, text):
    message = receive(
        house,
        "Where is my gift card? Die übergroße Straße in 東京都.",
        files=[InboundFile("receipt.pdf", "application/pdf", b"%PDF")],
    )
    conversations.tag(message.conversation, "VIP", by=house.ben, at=MONDAY_NOON)
    assert found(text, house.ben) == [message.conversation_id]


@pytest.mark.parametrize(
    "text",
    ["gift voucher", "ift", "gi card", "from:joe", "tag:none", "is:closed", "is:mine", "", "   "],
)
def test_what_does_not(house, text):
    receive(house)
    assert found(text, house.ben) == []


@pytest.mark.parametrize(
    "text",
    ['"', "'", "*", "card*", "AND", "NOT card OR", "(", "a:b:c", "\\", "%", "card'; --", "&|!<->",
     "from:", "tag:%", "is:\x00", "\x00", "\ud800", "💡", "NEAR(a b)", "x" * 5000, "- -", "^card"],
)  # fmt: skip
def test_any_input_is_safe(house, text):
    receive(house)
    assert isinstance(found(text, house.ben), list)


def test_unknown_operators_are_said_back():
    read = asked("has:gold is:sleepy odd:part card")
    assert read.unread == ["has:gold", "is:sleepy"]
    assert read.strange == ["odd:part"]
    assert read.words == ["odd", "part", "card"]


def test_nobody_finds_what_they_may_not_see(house):
    receive(house)
    assert found("gift", house.carl) == []
    assert len(found("gift", house.ana)) == 1


def test_spam_and_trash_are_found_only_when_asked_for(house):
    conversation = receive(house).conversation
    handling.mark_spam(conversation, by=house.ben, at=MONDAY_NOON)
    assert found("gift", house.ben) == []
    assert found("gift is:spam", house.ben) == [conversation.pk]


def test_each_conversation_once_by_its_newest_match_over_all_pages(house, monkeypatch):
    monkeypatch.setattr(looking, "_BATCHES", (4,))
    for n in range(7):
        first = receive(house, f"card {n}", sender=f"p{n}@x.example", at=MONDAY_NOON + n * HOUR)
        reply(first.conversation, house.ben, "the card", at=MONDAY_NOON + (10 - n) * HOUR)
    seen, after = [], ""
    while True:
        page = finding.find(asked("card"), by=house.ben, after=after, most=3)
        seen += [hit.conversation for hit in page.hits]
        after = page.after
        if not after:
            break
    assert len(seen) == len(set(seen)) == 7


def test_notes_are_found_by_colleagues(house):
    from goodword.desk.answering import replying

    conversation = receive(house).conversation
    replying.write_note(conversation, by=house.ben, text="allergic to nickel", at=MONDAY_NOON)
    assert found("nickel", house.lou) == [conversation.pk]


def test_a_search_that_takes_too_long_stops_and_says_so(house, monkeypatch):
    for n in range(3):
        receive(house, at=MONDAY_NOON + n * MINUTE, sender=f"p{n}@x.example")
    monkeypatch.setattr(finding, "LIMIT_SECONDS", 0.0)
    assert finding.find(asked("gift"), by=house.ben).stopped


def test_the_database_itself_is_told_to_stop(house):
    from django.db import connection

    slow = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000000)"
        " SELECT max(i) FROM n"
    )
    with pytest.raises(search.Stopped), search.limited_to(0.05), connection.cursor() as cursor:
        cursor.execute(slow)


def test_a_taken_back_reply_is_found_no_more(house):
    from goodword.desk.answering import replying

    message = reply(receive(house).conversation, house.ben, "zanzibar", at=MONDAY_NOON)
    assert found("zanzibar", house.ben)
    replying.take_back(message, by=house.ben, at=MONDAY_NOON)
    assert not found("zanzibar", house.ben)


def test_a_nul_in_an_operator_reaches_no_database():
    read = asked("from:a\x00b tag:\x00c")
    assert (read.values("from"), read.values("tag")) == (["ab"], ["c"])


@pytest.mark.parametrize("most", [0, 2, 40])
def test_a_beginning_finds_all_its_words_be_they_many_or_few(house, monkeypatch, most):
    monkeypatch.setattr(search, "_MOST_TERMS", most)
    words = ["zebra", "zebras", "zebrafish", "zebrawood", "zeb", "zec", "azebra", "zé-bra"]
    told = {
        word: receive(house, word, sender=f"p{n}@x.example", at=MONDAY_NOON + n * MINUTE)
        for n, word in enumerate(words)
    }
    wanted = [told[word].conversation_id for word in reversed(words) if word.startswith("zeb")]
    assert found("zeb", house.ben) == wanted
    assert found("gift zebra", house.ben) == wanted[1:]
    assert found("zebr ", house.ben) == []
    assert found("zebrax", house.ben) == []


def test_for_acts_on_many_it_goes_on_for_a_minute_in_all(house, monkeypatch):
    for n in range(3):
        receive(house, "ring", sender=f"p{n}@x.example")
    given, find = [], finding.find

    def noting(*args, seconds, **more):
        given.append(seconds)
        return find(*args, seconds=seconds, **more)

    monkeypatch.setattr(finding, "find", noting)
    monkeypatch.setattr(finding, "_BULK_PAGE", 1)
    asked = finding.read("ring", at=MONDAY_NOON)
    assert len(list(finding.conversations(asked, by=house.ben))) == 3
    assert 60 >= given[0] > given[1] > given[2] > 0
    monkeypatch.setattr(finding, "_BULK_SECONDS", 0.0)
    assert list(finding.conversations(asked, by=house.ben)) == []
