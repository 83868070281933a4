"""A note calls a colleague by name: they are told, and nobody who can't see the inbox ever is."""

from __future__ import annotations

import pytest

from goodword.accounts import actions as accounts
from goodword.accounts.models import Role
from goodword.conversations.models import Mention
from goodword.desk.answering import replying
from goodword.desk.together import mentioning
from goodword.notices import queries as notices
from goodword.notices.models import Notice
from tests.factories import MONDAY_NOON, PASSWORD, make_inbox, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(house):
    return receive(house).conversation


def write(conversation, by, text):
    return replying.write_note(conversation, by=by, text=text, at=MONDAY_NOON)


def told():
    return {each.teammate.name.split()[0]: each.kind for each in Notice.objects.all()}


@pytest.mark.parametrize(
    "text",
    [
        "@Ben can you look?",
        "Ask @ben, he knows",
        'This is for @"Ben Okri".',
        "For @Ben Okri!",
        "für @„Ben Okri“",
        "(@BEN)",
        "line one\n@Ben: line two",
        "@Ben and again @Ben",
    ],
)
def test_whom_a_note_calls_is_told_once_who_did_and_where(house, conversation, text):
    write(conversation, house.ana, text)

    (notice,) = notices.of(house.ben)
    assert notice.kind == "mentioned"
    assert notice.title.startswith("Ana Ruiz calls you: Grace Whitlow · The spring gift card")
    assert notice.url == f"/conversations/{conversation.public_id}/"
    assert told() == {"Ben": "mentioned"}


@pytest.mark.parametrize(
    "text",
    [
        "Ben knows",
        "mail ben@ben.example",
        "x@Ben",
        "@Benjamin",
        "@ Ben",
        "@@Ben",
        "@nobody of this name",
        "see http://x.example/@Ben",
        "@",
        '@""',
    ],
)
def test_what_only_looks_like_a_call_tells_nobody(house, conversation, text):
    write(conversation, house.ana, text)

    assert not Notice.objects.exists() and not Mention.objects.exists()


def test_who_cannot_see_the_inbox_is_never_told_and_the_note_knows_it(house, conversation):
    write(conversation, house.ben, "@Carl and @Lea, whose is this?")

    assert told() == {"Lea": "mentioned"}
    assert {(m.teammate.name, m.told) for m in Mention.objects.all()} == {
        ("Lea Sommer", True),
        ("Carl Voss", False),
    }


def test_who_sees_it_from_another_inbox_is_told(house, conversation):
    conversation.also_in.create(inbox=house.repairs)
    write(conversation, house.ben, "@Carl, it names your inbox")

    assert told() == {"Carl": "mentioned"}


def test_light_people_call_and_are_called_and_nobody_is_told_of_themselves(house, conversation):
    write(conversation, house.lou, "@Ben look, says @Lou")
    write(conversation, house.ben, "Thank you @Lou")

    assert told() == {"Ben": "mentioned", "Lou": "mentioned"}


def test_a_first_name_that_two_have_calls_nobody_until_it_is_said_whole(house, conversation):
    other = accounts.join(
        name="Ben Hart", email="hart@shop.example", password=PASSWORD, role=Role.LIGHT,
        by=house.ana, at=MONDAY_NOON,
    )  # fmt: skip
    members = [house.ben, house.lea, house.lou, other]
    accounts.change_team(house.front, name="Front", members=members, by=house.ana, at=MONDAY_NOON)

    assert mentioning.look_at(conversation, "@Ben?").unclear == ["Ben"]
    write(conversation, house.ana, "@Ben? I mean @Ben Hart")
    assert [each.teammate for each in Notice.objects.all()] == [other]
    how = dict(mentioning.how_to_call([house.ben, house.lea, other]))
    assert how == {house.ben: '@"Ben Okri"', house.lea: "@Lea", other: '@"Ben Hart"'}


def test_of_two_with_a_name_the_one_who_can_see_it_is_meant(house, conversation):
    accounts.join(
        name="Ben Far", email="far@shop.example", password=PASSWORD, role=Role.AGENT,
        by=house.ana, at=MONDAY_NOON,
    )  # fmt: skip
    write(conversation, house.ana, "@Ben, please")

    assert [each.teammate for each in Notice.objects.all()] == [house.ben]


def test_who_has_left_is_called_by_nobody(house, conversation):
    accounts.deactivate(house.lou, by=house.ana, at=MONDAY_NOON)
    write(conversation, house.ana, "@Lou was here")

    assert not Notice.objects.exists()


def test_a_note_sent_twice_tells_once(house, conversation):
    from goodword.core import ids

    once = ids.public_id()
    for _again in range(2):
        replying.write_note(conversation, by=house.ana, text="@Ben", once=once, at=MONDAY_NOON)

    assert Mention.objects.count() == Notice.objects.count() == 1


def test_a_note_that_calls_nobody_asks_for_nobody(house, conversation, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert mentioning.look_at(conversation, "Plain words.") == mentioning.Called()


def test_names_with_marks_of_patterns_are_names(house, conversation):
    odd = accounts.join(
        name="A.* (Zoë) O'Hara", email="zoe@shop.example", password=PASSWORD, role=Role.OWNER,
        by=house.ana, at=MONDAY_NOON,
    )  # fmt: skip
    make_inbox(house.front, name="Other", address="o@shop.example", by=house.ana)
    write(conversation, house.ben, "@A.* (ZOË) O'Hara and @Axx")

    assert [each.teammate for each in Notice.objects.all()] == [odd]
