"""Two that are one: who may decide it, what is shown as one, and how it is taken apart again."""

from datetime import timedelta

import pytest

from goodword.accounts.rights import MayNot
from goodword.conversations.models import Message
from goodword.desk import checking
from goodword.desk.answering.recipients import Recipients, reply_to_all
from goodword.desk.keeping import public_links
from goodword.desk.persons import merging, page, seeing
from goodword.desk.roads import Authentication
from goodword.desk.together import aside, sides
from goodword.fields import actions as fields
from goodword.people import actions as people
from goodword.people import belonging, filling, holding, noting, queries
from goodword.people import merging as rows
from goodword.people.merging import MergedOn
from goodword.people.models import Merged, Person
from goodword.people.queries import standing
from goodword.promises.models import Promise
from goodword.promises.queries import owed_reply, shown_to
from tests.factories import MONDAY_NOON, deliver, receive, reply

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LATER = MONDAY_NOON + HOUR
WORK, HOME = "grace@whitlow.example", "gracie@home.example"


@pytest.fixture
def grace(house):
    return receive(house, sender=WORK, name="Grace Whitlow").person


@pytest.fixture
def gracie(house):
    return receive(house, sender=HOME, name="Gracie").person


def again(person):
    person.refresh_from_db()
    return person


def merge(gracie, grace, house, by=None):
    return merging.merge(gracie, grace, by=by or house.ben, at=LATER)


# As one


def test_two_that_are_one_have_one_page_with_all_that_was_said(house, grace, gracie):
    merge(gracie, grace, house)

    assert seeing.found(house.ben, gracie.public_id) == grace
    known = page.about(grace, house.ben)
    assert [each.address.value for each in known.holdings] == [WORK, HOME]
    said, after = page.conversations_of(grace, house.ben)
    assert (len(said), after) == (2, 0)
    assert len(known.owed) == 2
    assert checking.violations() == []


def test_what_was_said_keeps_its_author_and_goes_by_the_name_of_who_stands(house, grace, gracie):
    merge(gracie, grace, house)

    message = Message.objects.get(address__value=HOME)
    assert message.person_id == gracie.pk
    assert message.author_name == "Gracie"
    assert message.person.name == message.conversation.person.name == "Grace Whitlow"


def test_a_name_given_to_one_is_the_name_of_all(house, grace, gracie):
    merge(gracie, grace, house)
    described = {"language": "sv", "zone": "Europe/Stockholm"}
    people.describe(grace, name="Grace W.", **described, by=house.ben, at=LATER)

    assert again(gracie).name == "Grace W."
    people.describe(gracie, name="Grace", **described, by=house.ben, at=LATER)
    assert again(grace).name == "Grace"
    assert checking.violations() == []


def test_who_stands_has_what_only_the_other_had(house, grace, gracie):
    unnamed = receive(house, sender="g@else.example", name="").person
    merged = merging.merge(grace, unnamed, by=house.ben, at=LATER)
    assert again(unnamed).name == "Grace Whitlow"

    merging.take_apart(merged, by=house.ben, at=LATER)
    assert again(unnamed).name == ""
    assert again(grace).name == "Grace Whitlow"


def test_mail_from_the_other_address_joins_the_conversation_it_answers(house, grace, gracie):
    ours = reply(grace.conversations.get(), house.ben, at=LATER)
    deliver(at=LATER + HOUR)
    merge(gracie, grace, house)

    message = receive(house, sender=HOME, answers=ours, at=LATER + 2 * HOUR)

    assert message.conversation_id == grace.conversations.get().pk
    assert checking.violations() == []


def test_forged_mail_from_the_other_address_joins_nothing(house, grace, gracie):
    ours = reply(grace.conversations.get(), house.ben, at=LATER)
    merge(gracie, grace, house)
    house.hello.trusted_servers = "mx.shop.example"
    house.hello.save()

    message = receive(
        house,
        sender=HOME,
        answers=ours,
        at=LATER + HOUR,
        authentications=(Authentication("mx.shop.example", "fail"),),
    )

    assert message.conversation_id != ours.conversation_id


def test_an_answer_to_either_address_keeps_the_promise(house, grace, gracie):
    merge(gracie, grace, house)
    conversation = grace.conversations.get()
    reply(conversation, house.ben, to=[HOME], at=LATER)
    deliver(at=LATER + HOUR)

    assert owed_reply(conversation) is None
    assert checking.violations() == []


def test_what_was_promised_to_either_stands_on_the_page_of_both(house, grace, gracie):
    merge(gracie, grace, house)

    assert shown_to(grace).count() == shown_to(again(gracie)).count() == 2


def test_a_link_given_to_the_other_opens_the_page_of_who_stands_until_they_are_apart(
    house, grace, gracie
):
    before = public_links.key_of(gracie, at=MONDAY_NOON)
    merged = merge(gracie, grace, house)
    assert public_links.person_of(before, at=LATER)[0] == grace
    held = queries.only_holder(gracie.holdings.get().address)
    meanwhile = public_links.key_of(held, at=LATER)

    merging.take_apart(merged, by=house.ben, at=LATER)

    for key in (before, meanwhile):
        assert public_links.person_of(key, at=LATER)[0] == gracie


def test_withdrawing_the_links_of_who_stands_withdraws_those_of_the_other(house, grace, gracie):
    key = public_links.key_of(gracie, at=MONDAY_NOON)
    merge(gracie, grace, house)
    people.withdraw_links(grace, by=house.ben, at=LATER)

    with pytest.raises(public_links.NoSuchLink):
        public_links.person_of(key, at=LATER)


def test_both_notes_are_read_and_of_two_values_that_of_who_stands(house, grace, gracie):
    number = fields.define("Number", about="person", kind="number", by=house.ana, at=LATER)
    size = fields.define("Size", about="person", kind="text", by=house.ana, at=LATER)
    for who, text in ((grace, "1"), (gracie, "2")):
        filling.set_value(who, number, text, by=house.ben, at=LATER)
        noting.write(who, f"Likes number {text}.", by=house.ben, at=LATER)
    filling.set_value(gracie, size, "L", by=house.ben, at=LATER)

    shown = merging.preview(gracie, grace, by=house.ben)
    assert shown.differ == [(number, "2", "1")]
    assert (shown.conversations, shown.promises, shown.notes) == (1, 1, 1)
    assert [each.value for each in shown.addresses] == [HOME]
    merge(gracie, grace, house)

    known = page.about(grace, house.ben)
    assert known.values == [(number, "1"), (size, "L")]
    assert len(known.notes) == 2
    filling.set_value(grace, number, "", by=house.ben, at=LATER)
    assert filling.values_of_person(grace)[0] == (number, "")


def test_nothing_said_aside_may_go_to_any_address_of_the_customer(house, grace, gracie):
    merge(grace, gracie, house)
    parent = grace.conversations.get()
    for address in (WORK, HOME):
        with pytest.raises(sides.SeenByCustomer):
            sides.require_unseen(parent.pk, [address])


def test_a_reply_goes_to_the_preferred_mail_address_and_never_to_a_telephone(house, grace, gracie):
    merge(gracie, grace, house)
    phone = holding.add_address(grace, "+44 20 7946 0", kind="phone", by=house.ben, at=LATER)
    holding.prefer(phone, by=house.ben, at=LATER)
    conversation = grace.conversations.get()
    conversation.person_chosen_after = conversation.latest_key
    conversation.save()

    assert reply_to_all(conversation)[0].to == (WORK,)


# Apart again


def test_taken_apart_each_has_what_was_theirs(house, grace, gracie):
    trade = people.name_kind("Trade", by=house.ana, at=LATER)
    people.be_of_kind(gracie, trade, by=house.ana, at=LATER)
    mill = belonging.name_organisation("Mill", by=house.ben, at=LATER)
    belonging.belong_to(gracie, mill, role="Buyer", by=house.ben, at=LATER)
    merged = merge(gracie, grace, house)
    assert again(grace).kind == trade  # she had none
    later = receive(house, sender=HOME, at=LATER + HOUR)

    stands = merging.take_apart(merged, by=house.ben, at=LATER + 2 * HOUR)

    assert stands == gracie
    assert (stands.name, stands.kind, stands.role) == ("Gracie", trade, "Buyer")
    assert stands.organisation == mill
    assert again(grace).kind is None
    assert grace.organisation is None
    said, _after = page.conversations_of(stands, house.ben)
    assert later.conversation in said
    assert len(said) == 2
    assert [each.value for each in queries.addresses_of(grace)] == [WORK]
    assert seeing.found(house.ben, gracie.public_id) == gracie
    assert checking.violations() == []


def test_what_was_written_since_stays_with_who_stood(house, grace, gracie):
    merged = merge(gracie, grace, house)
    holding.add_address(again(gracie), "third@x.example", by=house.ben, at=LATER)
    noting.write(gracie, "One and the same.", by=house.ben, at=LATER)

    merging.take_apart(merged, by=house.ben, at=LATER)

    assert [each.value for each in queries.addresses_of(grace)] == [WORK, "third@x.example"]
    assert not queries.notes_on(again(gracie)).exists()


def test_each_of_the_two_prefers_an_address_again(house, grace, gracie):
    merged = merge(gracie, grace, house)
    holding.prefer(queries.holdings_of(grace).get(address__value=HOME), by=house.ben, at=LATER)
    assert [each.value for each in queries.addresses_of(grace)] == [HOME, WORK]

    merging.take_apart(merged, by=house.ben, at=LATER)

    for who in (grace, again(gracie)):
        assert queries.holdings_of(who).filter(preferred=True).count() == 1


def test_three_in_a_row_lead_to_one_and_come_apart_in_any_order(house, grace, gracie):
    third = receive(house, sender="third@x.example", name="Third").person
    first = merging.merge(third, gracie, by=house.ben, at=LATER)
    second = merging.merge(again(gracie), grace, by=house.ben, at=LATER)
    assert {again(third).redirect_to, again(gracie).redirect_to} == {grace}
    assert third.name == "Grace Whitlow"
    assert checking.violations() == []

    merging.take_apart(first, by=house.ben, at=LATER)
    assert (again(third).redirect_to, third.name) == (None, "Third")
    assert again(gracie).redirect_to == grace
    assert checking.violations() == []

    merging.merge(third, gracie, by=house.ben, at=LATER)  # who is grace
    merging.take_apart(second, by=house.ben, at=LATER)
    assert again(gracie).redirect_to is None
    assert standing(again(third)) == grace
    assert checking.violations() == []


def test_who_comes_apart_takes_along_whoever_was_merged_into_them_before(house, grace, gracie):
    third = receive(house, sender="third@x.example", name="Third").person
    merging.merge(third, gracie, by=house.ben, at=LATER)
    second = merging.merge(again(gracie), grace, by=house.ben, at=LATER)

    merging.take_apart(second, by=house.ben, at=LATER)

    assert again(third).redirect_to == gracie
    assert third.name == "Gracie"
    assert checking.violations() == []


def test_nobody_is_taken_apart_twice_or_merged_with_themselves(house, grace, gracie):
    merged = merge(gracie, grace, house)
    with pytest.raises(merging.CannotMerge):
        merging.merge(again(gracie), grace, by=house.ben, at=LATER)
    merging.take_apart(merged, by=house.ben, at=LATER)
    with pytest.raises(merging.CannotMerge):
        merging.take_apart(merged, by=house.ben, at=LATER)

    assert Merged.objects.count() == 1


def test_who_stood_was_merged_on_at_the_same_moment(house, grace, gracie):
    people.describe(grace, name="", language="", zone="", by=house.ben, at=LATER)
    merge(gracie, grace, house)
    stale = Merged.objects.select_related("person", "into").get()
    third = receive(house, sender="third@x.example", name="").person
    merging.merge(again(grace), third, by=house.ben, at=LATER)

    with pytest.raises(MergedOn):
        rows.take_apart(stale, by=house.ben, at=LATER)
    assert standing(again(gracie)) == third

    merging.take_apart(stale, by=house.ben, at=LATER)
    assert again(gracie).redirect_to is None
    assert again(grace).redirect_to == third
    assert checking.violations() == []


def test_an_organisation_forgotten_meanwhile_does_not_come_back(house, grace, gracie):
    mill = belonging.name_organisation("Mill", by=house.ben, at=LATER)
    belonging.belong_to(gracie, mill, role="Buyer", by=house.ben, at=LATER)
    merged = merge(gracie, grace, house)
    belonging.forget_organisation(mill, by=house.lea, at=LATER)

    stands = merging.take_apart(merged, by=house.ben, at=LATER)

    assert (stands.organisation, stands.role) == (None, "")


# Who may


def test_a_merge_shows_nobody_the_people_of_another_inbox(house, grace):
    hidden = receive(house, sender=HOME, inbox=house.repairs).person
    assert seeing.found(house.ben, hidden.public_id) is None

    for one, other in ((grace, hidden), (hidden, grace)):
        with pytest.raises(merging.CannotMerge):
            merging.merge(one, other, by=house.ben, at=LATER)
        with pytest.raises(merging.CannotMerge):
            merging.preview(one, other, by=house.ben)
    assert Person.objects.filter(redirect_to__isnull=False).count() == 0
    merging.merge(hidden, grace, by=house.ana, at=LATER)  # an owner sees both


def test_one_conversation_elsewhere_is_enough_to_refuse(house, grace, gracie):
    receive(house, sender=HOME, inbox=house.repairs)

    with pytest.raises(merging.CannotMerge):
        merge(gracie, grace, house)


def test_who_wrote_where_one_may_not_look_is_not_merged_either(house, grace, gracie):
    elsewhere = receive(house, sender="tom@x.example", inbox=house.repairs)
    Message.objects.filter(pk=elsewhere.pk).update(person=gracie)

    with pytest.raises(merging.CannotMerge):
        merge(gracie, grace, house)


def test_a_promise_one_may_not_see_is_enough_to_refuse(house, grace, gracie):
    Promise.objects.filter(person=gracie).update(inbox=house.repairs)

    with pytest.raises(merging.CannotMerge):
        merge(gracie, grace, house)


def test_an_owners_merge_can_only_be_undone_by_who_sees_both(house, grace):
    hidden = receive(house, sender=HOME, inbox=house.repairs).person
    merged = merging.merge(hidden, grace, by=house.ana, at=LATER)

    with pytest.raises(merging.CannotMerge):
        merging.take_apart(merged, by=house.ben, at=LATER)
    # The one who stands is seen through what one sees of them, and no more of it.
    assert seeing.found(house.ben, hidden.public_id) == grace
    assert len(page.conversations_of(grace, house.ben)[0]) == 1
    assert len(page.about(grace, house.ben).owed) == 1


def test_light_teammates_merge_nobody(house, grace, gracie):
    merged = merge(gracie, grace, house)
    for act in (
        lambda: merging.merge(gracie, grace, by=house.lou, at=LATER),
        lambda: merging.preview(gracie, grace, by=house.lou),
        lambda: merging.take_apart(merged, by=house.lou, at=LATER),
    ):
        with pytest.raises(MayNot):
            act()


def test_whom_we_asked_aside_is_not_made_the_customer(house, grace, gracie):
    aside.begin(
        grace.conversations.get(), to=Recipients(to=(HOME,)), subject="Order", text="When?",
        by=house.ben, at=LATER,
    )  # fmt: skip

    for one, other in ((grace, gracie), (gracie, grace)):
        with pytest.raises(merging.CannotMerge):
            merging.merge(one, other, by=house.ana, at=LATER)
