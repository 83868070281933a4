"""Another inbox, another subject, another person: what is owed stays owed, and is seen by whom."""

from __future__ import annotations

import pytest

from goodword.accounts.rights import MayNot
from goodword.conversations import actions as conversations
from goodword.conversations import queries
from goodword.conversations.models import Conversation, Link
from goodword.desk import checking, handling
from goodword.desk.answering import queueing, replying
from goodword.desk.answering.recipients import reply_to_all
from goodword.desk.intake import joining
from goodword.desk.keeping import promising
from goodword.desk.shaping import moving, naming
from goodword.events.models import Event
from goodword.notices import actions as notices
from goodword.notices.models import Notice
from goodword.people import actions as people
from goodword.plan import queries as plan
from goodword.promises.models import Promise
from goodword.web.live.news import news_of
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, deliver, receive, reply

pytestmark = pytest.mark.django_db
AT = MONDAY_NOON + HOUR


def sees(who, conversation):
    return queries.visible_to(who).filter(pk=conversation.pk).exists()


def track(conversation, house, owner):
    due = plan.current().moment_due(AT + DAY, zone="Europe/Berlin")
    return promising.track(
        conversation, what="call", kind="do", owner=owner, due=due, by=house.ben, at=AT
    )


def test_given_a_conversation_moved_the_word_stands_and_the_team_there_owes_it(house):
    one = receive(house).conversation
    handling.assign(one, to=house.ben, by=house.ben, at=AT)
    promise = track(one, house, house.ben)
    before = set(Promise.objects.values_list("pk", "due_at"))
    moving.move(one, house.repairs, by=house.ben, at=AT + MINUTE)

    one.refresh_from_db()
    promise.refresh_from_db()
    assert (one.inbox, one.assignee, promise.team) == (house.repairs, None, house.workshop)
    assert set(Promise.objects.values_list("pk", "due_at")) == before
    assert (sees(house.ben, one), sees(house.carl, one)) == (False, True)
    assert checking.violations() == []


def test_given_undo_by_whoever_moved_it_though_they_see_it_no_more_all_is_as_before(house):
    one = receive(house).conversation
    handling.assign(one, to=house.lea, by=house.ben, at=AT)
    track(one, house, house.ben)
    before = set(Promise.objects.values_list("pk", "due_at", "owner", "team", "inbox"))
    moving.move(one, house.repairs, by=house.ben, at=AT)
    with pytest.raises(moving.CannotMoveBack):
        moving.move_back(one, by=house.carl, at=AT + MINUTE)
    moving.move_back(one, by=house.ben, at=AT + MINUTE)
    one.refresh_from_db()
    assert (one.inbox, one.assignee) == (house.hello, house.lea)
    assert set(Promise.objects.values_list("pk", "due_at", "owner", "team", "inbox")) == before
    with pytest.raises(moving.CannotMoveBack):
        moving.move_back(one, by=house.ben, at=AT + MINUTE)
    assert checking.violations() == []


def test_given_an_hour_later_it_is_not_moved_back_behind_their_backs(house):
    one = receive(house).conversation
    moving.move(one, house.repairs, by=house.ben, at=AT)
    with pytest.raises(moving.CannotMoveBack):
        moving.move_back(one, by=house.ben, at=AT + 2 * HOUR)


def test_whoever_can_answer_there_keeps_it_and_who_saw_it_from_there_sees_it_still(house):
    one = receive(house).conversation
    handling.assign(one, to=house.ana, by=house.ana, at=AT)
    conversations.show_in(one, [house.repairs])
    assert not moving.would_lose_sight(one, house.repairs, by=house.ana)
    assert moving.would_lose_sight(one, house.repairs, by=house.ben)
    moving.move(one, house.repairs, by=house.ana, at=AT)
    one.refresh_from_db()
    assert one.assignee == house.ana
    moving.move_back(one, by=house.ana, at=AT)
    assert sees(house.carl, one)


def test_what_is_queued_leaves_from_where_it_stands_and_keeps_the_word(house):
    one = receive(house).conversation
    reply(one, house.ben, at=AT)
    moving.move(one, house.repairs, by=house.ben, at=AT)
    road = deliver(at=AT + MINUTE)
    assert road.sent[0].sender.address == "repairs@shop.example"
    assert not Promise.objects.filter(state="open").exists()
    assert checking.violations() == []


def test_the_pages_of_both_inboxes_hear_of_it_and_notices_go_from_who_sees_it_no_more(house):
    one = receive(house).conversation
    promise = Promise.objects.get()
    for who in (house.ben, house.ana):
        notices.tell(
            who, matter=f"promise:{promise.pk}", kind="late", title="Late", url="/x/", at=AT
        )
        url = f"/conversations/{one.public_id}/"
        notices.tell(who, matter=f"other:{one.pk}", kind="x", title="Hm", url=url, at=AT)
    moving.move(one, house.repairs, by=house.ben, at=AT + MINUTE)
    assert set(Notice.objects.values_list("teammate", flat=True)) == {house.ana.pk}
    (news,) = news_of(Event.objects.filter(kind="desk.conversation_moved"))
    assert news.inboxes == {house.hello.pk, house.repairs.pk}


def test_nobody_moves_it_where_it_stands_and_light_people_nowhere(house):
    one = receive(house).conversation
    with pytest.raises(moving.CannotMove):
        moving.move(one, house.hello, by=house.ben, at=AT)
    with pytest.raises(MayNot):
        moving.move(one, house.repairs, by=house.lou, at=AT)


# Subject, person, links


def test_a_subject_is_changed_found_and_changed_back(house):
    one = receive(house).conversation
    before = naming.change_subject(one, "  Gift card\nof spring  ", by=house.ben, at=AT)
    one.refresh_from_db()
    assert (before, one.subject) == ("The spring gift card", "Gift card of spring")
    naming.change_subject(one, "Straße order", by=house.ben, at=AT)
    assert "strasse order" in one.messages.get().search_text
    naming.change_subject(one, before, by=house.ben, at=AT)
    one.refresh_from_db()
    assert one.subject == before
    assert queueing.answer_subject(one.subject) == "Re: The spring gift card"


def test_given_another_person_what_is_open_is_owed_to_them_and_answered_to_them(house):
    asked = receive(house)
    one = asked.conversation
    track(one, house, house.ben)
    hana, _address = people.meet("hana@mill.example", name="Hana", at=AT)
    before = naming.change_person(one, hana, by=house.ben, at=AT)
    one.refresh_from_db()
    assert before == asked.person
    assert set(Promise.objects.values_list("person", flat=True)) == {hana.pk}
    assert reply_to_all(one)[0].to == ("hana@mill.example",)
    asked.refresh_from_db()
    assert asked.person == before  # what was said keeps its author

    reply(one, house.ben, at=AT + MINUTE, to=["grace@whitlow.example"])
    deliver(at=AT + 2 * MINUTE)
    assert Promise.objects.filter(kind="reply", state="open").exists()  # they don't have it
    reply(one, house.ben, at=AT + HOUR, to=["hana@mill.example"])
    deliver(at=AT + HOUR + MINUTE)
    assert not Promise.objects.filter(kind="reply", state="open").exists()
    assert checking.violations() == []


def test_who_writes_after_it_is_answered_as_ever_and_undo_forgets_that_anybody_was_chosen(house):
    asked = receive(house)
    one = asked.conversation
    hana, _address = people.meet("hana@mill.example", at=AT)
    naming.change_person(one, hana, by=house.ben, at=AT)
    receive(house, answers=asked, at=AT + MINUTE)
    one.refresh_from_db()
    assert reply_to_all(one)[0].to == ('"Grace Whitlow" <grace@whitlow.example>',)
    naming.change_person(one, asked.person, by=house.ben, at=AT + HOUR)
    one.refresh_from_db()
    assert (one.person, one.person_chosen_after) == (asked.person, None)
    assert checking.violations() == []


def test_two_that_have_to_do_with_each_other_are_linked_once_and_parted(house):
    one = receive(house).conversation
    other = receive(house, sender="x@y.example").conversation
    naming.relate(one, other, by=house.ben, at=AT)
    naming.relate(other, one, by=house.ben, at=AT)
    assert Link.objects.get().why == Link.Why.RELATED
    naming.part(other, one, by=house.ben, at=AT)
    assert not Link.objects.exists()
    with pytest.raises(naming.CannotRelate):
        naming.relate(one, one, by=house.ben, at=AT)
    with pytest.raises(MayNot):
        naming.relate(one, other, by=house.lou, at=AT)
    assert Conversation.objects.count() == 2


def test_given_a_join_before_nobody_keeps_notices_of_what_was_moved_out_of_their_sight(house):
    one = receive(house).conversation
    other = receive(house, sender="joe@petty.example", at=AT).conversation
    replying.write_note(one, by=house.ben, text="@Lea look", at=AT)
    joining.join(one, other, by=house.ben, at=AT)
    moving.move(other, house.repairs, by=house.ben, at=AT + MINUTE)

    assert (sees(house.lea, other), Notice.objects.filter(teammate=house.lea).count()) == (False, 0)
