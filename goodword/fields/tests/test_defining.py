"""Which fields there are: owners decide."""

import pytest

from goodword.accounts.rights import MayNot
from goodword.conversations import filling as of_conversations
from goodword.desk.intake import joining
from goodword.desk.models import Joined
from goodword.desk.shaping import unjoining
from goodword.events.models import Event
from goodword.fields import actions as fields
from goodword.fields import queries
from goodword.fields.values import NotAValue
from goodword.people import belonging, filling
from tests.factories import MONDAY_NOON as AT
from tests.factories import receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def define(house):
    def made(name, about="person", kind="text", by=house.ana, **more):
        return fields.define(name, about=about, kind=kind, by=by, at=AT, **more)

    return made


def test_a_field_stands_after_those_before_it_until_they_are_put_in_order(house, define):
    one, two, three = define("One"), define("Two"), define("Three")
    other = define("One", about="conversation")
    assert list(queries.of("person")) == [one, two, three]

    fields.reorder([three, one], by=house.ana, at=AT)

    assert list(queries.of("person")) == [three, one, two]
    assert list(queries.of("conversation")) == [other]


def test_two_fields_of_the_same_have_two_names(house, define):
    field = define("Order no")
    with pytest.raises(fields.NameTaken):
        define("ORDER NO")
    with pytest.raises(fields.NoName):
        define(" \x00 ")
    other = define("Other")
    with pytest.raises(fields.NameTaken):
        fields.rename(other, "order no", by=house.ana, at=AT)

    fields.rename(field, "Order No", by=house.ana, at=AT)
    assert queries.of("person").first().name == "Order No"


def test_one_of_several_has_choices_that_differ(house, define):
    for few in ((), ("a",), ("a", " A ")):
        with pytest.raises(fields.NoChoices):
            define("Metal", kind="one_of", choices=few)
    with pytest.raises(fields.NoChoices):
        define("Metal", kind="one_of", choices=[str(n) for n in range(51)])
    with pytest.raises(fields.NoChoices):
        fields.choose_among(define("Text"), ["a", "b"], by=house.ana, at=AT)

    metal = define("Metal", kind="one_of", choices=["Silver", "Gold", "silver"])
    assert metal.choices == ["Silver", "Gold"]
    fields.choose_among(metal, ["Tin", "Lead"], by=house.ana, at=AT)
    assert metal.choices == ["Tin", "Lead"]


def test_only_an_owner_decides(house, define):
    field = define("Order no")
    for by in (house.lea, house.ben, house.lou):
        for act in (
            lambda by=by: define("More", by=by),
            lambda by=by: fields.rename(field, "Mine", by=by, at=AT),
            lambda by=by: fields.reorder([field], by=by, at=AT),
            lambda by=by: fields.choose_among(field, ["a", "b"], by=by, at=AT),
            lambda by=by: fields.forget(field, by=by, at=AT),
        ):
            with pytest.raises(MayNot):
                act()
    assert list(queries.of("person").values_list("name", flat=True)) == ["Order no"]


def test_what_would_go_with_a_field_is_counted_before_it_goes(house, define):
    message = receive(house)
    of_person = define("Number", kind="number")
    of_talk = define("Order", about="conversation")
    of_house = define("Size", about="organisation")
    mill = belonging.name_organisation("Mill", by=house.ben, at=AT)
    filling.set_value(message.person, of_person, "7", by=house.ben, at=AT)
    filling.set_value(mill, of_house, "40", by=house.ben, at=AT)
    of_conversations.set_value(message.conversation, of_talk, "B 7", by=house.ben, at=AT)
    for field in (of_person, of_talk, of_house):
        assert queries.count_values(field) == 1
        assert fields.forget(field, by=house.ana, at=AT) == 1

    assert filling.values_of_person(message.person) == []
    assert of_conversations.values_of(message.conversation) == []


def test_a_value_is_written_by_who_answers_and_the_trail_keeps_that_it_was(house, define):
    message, number = receive(house), define("Number", kind="number")
    with pytest.raises(MayNot):
        filling.set_value(message.person, number, "7", by=house.lou, at=AT)
    with pytest.raises(NotAValue):
        filling.set_value(message.person, number, "seven", by=house.ben, at=AT)

    filling.set_value(message.person, number, "7", by=house.ben, at=AT)
    filling.set_value(message.person, number, "8", by=house.ben, at=AT)
    assert filling.values_of_person(message.person) == [(number, "8")]
    assert filling.set_value(message.person, number, "", by=house.ben, at=AT) == ""

    trail = Event.objects.filter(kind="people.field_filled").order_by("id")
    assert [row.data for row in trail] == [
        {"field_id": number.pk, "on": on} for on in (True, True, False)
    ]


def test_what_stands_in_a_joined_conversation_comes_along_and_goes_back(house, define):
    one, two = (receive(house).conversation for _both in range(2))
    order, size = define("Order", about="conversation"), define("Size", about="conversation")
    for conversation, field, text in ((one, order, "A"), (one, size, "L"), (two, order, "B")):
        of_conversations.set_value(conversation, field, text, by=house.ben, at=AT)
    joining.join(one, two, by=house.ben, at=AT)
    assert of_conversations.values_of(two) == [(order, "B"), (size, "L")]

    unjoining.undo(Joined.objects.get(), by=house.ben, at=AT)

    assert of_conversations.values_of(one) == [(order, "A"), (size, "L")]
    assert of_conversations.values_of(two) == [(order, "B"), (size, "")]


def test_a_field_is_filled_for_what_it_is_about_alone(house, define):
    message = receive(house)
    of_person, of_talk = define("Number"), define("Order", about="conversation")
    with pytest.raises(filling.NotOfThese):
        filling.set_value(message.person, of_talk, "7", by=house.ben, at=AT)
    with pytest.raises(of_conversations.NotOfConversations):
        of_conversations.set_value(message.conversation, of_person, "7", by=house.ben, at=AT)
    with pytest.raises(MayNot):
        of_conversations.set_value(message.conversation, of_talk, "7", by=house.lou, at=AT)

    assert of_conversations.set_value(message.conversation, of_talk, "", by=house.ben, at=AT) == ""
