"""Join, split, move, rename, link, the trash and the spam, by the pages that people use."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from goodword.conversations.models import Conversation, Link
from goodword.desk import checking, handling
from goodword.desk.intake import screening
from goodword.desk.models import SenderRule
from goodword.desk.shaping import moving
from goodword.promises.models import Promise
from tests.factories import DAY, HOUR, make_house, receive

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(hour=10, minute=0)


@pytest.fixture
def house():
    with time_machine.travel(NOW):
        yield make_house(NOW - 9 * DAY)


@pytest.fixture
def two(house):
    first = receive(house, at=NOW - 2 * HOUR)
    second = receive(house, "And a clasp", answers=first, at=NOW - HOUR)
    other = receive(house, sender="x@y.example", name="Xenia", subject="Clasp", at=NOW - HOUR)
    return SimpleNamespace(first=first, second=second, one=first.conversation,
                           other=other.conversation)  # fmt: skip


@pytest.fixture
def ben(house):
    return inside(house.ben)


def inside(who):
    client = Client()
    client.force_login(who)
    return client


def url(name, row):
    return reverse(f"inbox:{name}", args=[row.public_id])


def undo_of(page):
    """What the toast's button posts, and where to."""
    form = page.text.split("data-undo", 1)[0].rpartition("<form")[2] + "data-undo"
    rest = page.text.split("data-undo", 1)[1].split("</form>")[0]
    action = (form + rest).split('action="')[1].split('"')[0].replace("&amp;", "&")
    fields = {}
    for field in (form + rest).split("<input")[1:]:
        name = field.split('name="')[1].split('"')[0]
        if name != "csrfmiddlewaretoken":
            fields[name] = field.split('value="')[1].split('"')[0].replace("&#x27;", "'")
    return action, fields


def undo(client, page):
    action, fields = undo_of(page)
    return client.post(action, fields, follow=True)


def test_joining_by_hand_finds_asks_says_which_stays_and_is_taken_back(ben, two):
    found = ben.get(url("join", two.one), {"find": "clasp"}).text
    assert "Xenia" in found and two.other.reference in found
    asked = ben.post(url("join", two.one), {"other": two.other.public_id}).text
    assert "“The spring gift card”" in asked and "stays." in asked
    sure = {"other": two.other.public_id, "into": two.one.public_id, "sure": "yes"}
    page = ben.post(url("join", two.other), sure, follow=True)
    assert "Joined. What was said in both stands here now." in page.text
    assert two.one.messages.count() == 3
    page = undo(ben, page)
    assert "stands by itself again" in page.text
    assert two.other.messages.count() == 1
    assert "You took it back" in ben.get(url("conversation", two.one)).text
    assert checking.violations() == []


def test_later_a_join_is_taken_back_from_the_menu(ben, two):
    sure = {"other": two.other.public_id, "into": two.one.public_id, "sure": "yes"}
    ben.post(url("join", two.one), sure)
    ways = ben.get(url("shape", two.one)).text
    assert f"Take the joining with {two.other.reference} back" in ways
    assert "What was said since stays" in ben.get(url("unjoin", two.one)).text
    ben.post(url("unjoin", two.one), {"other": two.other.public_id})
    two.other.refresh_from_db()
    assert two.other.redirect_to is None
    page = ben.post(url("unjoin", two.one), {"other": two.other.public_id}, follow=True)
    assert "Not undone" in page.text


def test_a_message_is_split_off_from_its_menu_and_joined_back(ben, two):
    assert "/split/" in ben.get(url("message_menu", two.first)).text
    asked = ben.get(url("split", two.first)).text
    assert "This and the 1 message after it" in asked
    assert 'type="radio"' not in ben.get(url("split", two.second)).text  # nothing is after it
    page = ben.post(url("split", two.second), follow=True)
    assert "It stands in a conversation of its own now." in page.text
    assert f"You split this off from {two.one.reference}" in page.text
    assert "Linked" in page.text
    assert Promise.objects.filter(state="open").count() == 3
    page = undo(ben, page)
    assert "Undone." in page.text
    assert two.one.messages.count() == 2
    refused = ben.post(url("split", two.first), {"which": "after"}, follow=True)
    assert "Nothing would be left here" in refused.text
    assert checking.violations() == []


def test_who_moves_it_out_of_their_sight_is_told_first_and_can_take_it_back(ben, house, two):
    to = {"inbox": house.repairs.public_id}
    assert "Repairs" in ben.get(url("move", two.one)).text
    assert "see this conversation any more" in ben.post(url("move", two.one), to).text
    assert Conversation.objects.get(pk=two.one.pk).inbox == house.hello
    page = ben.post(url("move", two.one), to | {"sure": "yes"}, follow=True)
    assert page.redirect_chain[-1][0].startswith("/inbox/")
    assert "Moved to Repairs." in page.text
    assert ben.get(url("conversation", two.one)).status_code == 404
    page = undo(ben, page)
    assert ben.get(url("conversation", two.one)).status_code == 200
    assert checking.violations() == []


def test_the_subject_and_the_person_are_changed_and_changed_back(ben, two):
    page = ben.post(url("subject", two.one), {"subject": "<b>Card & clasp"}, follow=True)
    assert "&lt;b&gt;Card &amp; clasp" in page.text
    page = undo(ben, page)
    assert Conversation.objects.get(pk=two.one.pk).subject == "The spring gift card"
    found = ben.get(url("with_whom", two.one), {"find": "xen"}).text
    assert "Xenia" in found and "x@y.example" in found
    assert "somebody new" in ben.get(url("with_whom", two.one), {"find": "new@z.example"}).text
    person = two.other.person.public_id
    page = ben.post(url("with_whom", two.one), {"person": person}, follow=True)
    assert "It is with Xenia now" in page.text
    undo(ben, page)
    assert Conversation.objects.get(pk=two.one.pk).person == two.first.person
    refused = ben.post(url("with_whom", two.one), {"person": "nobody"})
    assert refused.status_code == 200 and Conversation.objects.filter(person=two.first.person)


def test_nobody_is_found_or_chosen_whom_one_may_not_see(ben, house, two):
    hidden = receive(house, sender="h@h.example", name="Hidden", inbox=house.repairs, at=NOW)
    assert "Hidden" not in ben.get(url("with_whom", two.one), {"find": "hid"}).text
    by_reference = {"find": hidden.conversation.reference}
    assert "Nothing found." in ben.get(url("join", two.one), by_reference).text
    for name in ("join", "relate"):
        sent = {"other": hidden.conversation.public_id, "sure": "yes"}
        ben.post(url(name, two.one), sent)
    ben.post(url("with_whom", two.one), {"person": hidden.person.public_id})
    assert Conversation.objects.get(pk=two.one.pk).person == two.first.person
    assert not Link.objects.exists()


def test_two_are_linked_shown_beside_and_parted(ben, two):
    page = ben.post(url("relate", two.one), {"other": two.other.public_id}, follow=True)
    assert "Linked. Each shows the other." in page.text
    assert "Xenia · Open" in page.text
    undo(ben, page)
    assert not Link.objects.exists()


def test_the_trash_says_until_when_it_keeps_and_owners_empty_it(ben, house, two):
    handling.trash(two.other, by=house.ben, at=NOW)
    page = ben.get(url("conversation", two.other)).text
    ana = inside(house.ana)
    assert "In the trash until" in page
    assert "Delete for good" not in ben.get(url("more", two.other)).text
    assert "Delete for good" in ana.get(url("more", two.other)).text
    assert "nobody can bring them back" in ana.get(url("purge", two.other)).text
    assert "1 conversation is gone then" in ana.get(reverse("inbox:empty_trash")).text
    assert "Empty it" in ana.get("/inbox/trash/").text
    assert "Empty it" not in ben.get("/inbox/trash/").text
    page = ana.post(reverse("inbox:empty_trash"), follow=True)
    assert "1 conversation is gone for good." in page.text
    assert ana.get(url("conversation", two.other)).status_code == 404
    assert "There is nothing in it." in ana.get(reverse("inbox:empty_trash")).text


def test_spam_asks_whether_all_from_there_is_and_warns_where_something_is_owed(ben, house, two):
    handling.mark_spam(two.other, by=house.ben, at=NOW)
    page = ben.get(url("conversation", two.other)).text
    assert "Also send everything to spam from" in page
    assert 'value="x@y.example"' in page
    assert 'value="@y.example"' not in page  # leads decide of domains
    page = ben.post(url("block", two.other), {"value": "x@y.example"}, follow=True)
    assert "Mail from x@y.example goes to spam from now on." in page.text
    undo(ben, page)
    assert not SenderRule.objects.exists()
    receive(house, sender="x@y.example", name="Xenia", at=NOW)
    asked = ben.post(url("block", two.other), {"value": "x@y.example"})
    assert "Something is still promised" in asked.text
    ben.post(url("block", two.other), {"value": "x@y.example", "sure": "yes"})
    assert SenderRule.objects.get().value == "x@y.example"
    ben.post(url("block", two.other), {"value": "grace@whitlow.example", "sure": "yes"})
    assert SenderRule.objects.count() == 1  # only whom it came from


def test_the_spam_is_swept_what_is_ticked_comes_back_and_the_rest_goes(ben, house, two):
    for each in (two.one, two.other):
        handling.mark_spam(each, by=house.ben, at=NOW)
    page = ben.get(reverse("inbox:spam_sweep")).text
    assert "Xenia" in page and "And a clasp" in page
    shown = [two.one.public_id, two.other.public_id]
    sent = {"good": [two.one.public_id], "shown": shown, "rest": "trash"}
    page = ben.post(reverse("inbox:spam_sweep"), sent, follow=True)
    assert "1 is not spam. 1 moved to the trash." in page.text
    states = Conversation.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["open", "trash"]
    assert "No spam" in page.text
    assert checking.violations() == []


def test_leads_keep_the_list_of_rules_and_doubt_is_said_once(house):
    lea = inside(house.lea)
    receive(house, at=NOW)
    page = lea.post(reverse("settings:senders"), {"value": "whitlow.example", "verdict": "block"})
    assert page.status_code == 422 and "Something is still promised" in page.text
    assert not SenderRule.objects.exists()
    assert 'name="sure" value="whitlow.example"' in page.text
    sent = {"value": "@gmail.com", "verdict": "block", "sure": "whitlow.example"}
    page = lea.post(reverse("settings:senders"), sent)  # of that nobody was asked yet
    assert page.status_code == 422 and "Very many people" in page.text
    assert not SenderRule.objects.exists()
    sent = {"value": "whitlow.example", "verdict": "block", "sure": "whitlow.example"}
    page = lea.post(reverse("settings:senders"), sent, follow=True)
    assert "@whitlow.example" in page.text and "Goes to spam" in page.text
    assert "Write a mail address" in lea.post(reverse("settings:senders"), {"value": "%"}).text
    rule = screening.rules().get()
    assert inside(house.ben).post(f"/settings/spam/{rule.pk}/remove/").status_code == 404
    lea.post(f"/settings/spam/{rule.pk}/remove/")
    assert not SenderRule.objects.exists()


def test_given_they_came_from_a_search_a_dialog_looks_for_nothing_yet_and_leads_back_to_it(
    ben, two, house
):
    later = receive(house, subject="Later", at=NOW).conversation
    place = "?folder=search&q=nothing+like+this"
    asked = ben.get(url("join", two.one) + place).text
    assert later.public_id in asked  # it is with the same person
    looked = ben.get(url("join", two.one) + place + "&find=clasp").text
    assert 'name="q" value="nothing like this"' in looked and two.other.public_id in looked

    done = ben.post(url("subject", two.one) + place, {"subject": "New"}, follow=True)
    assert done.redirect_chain[-1][0].endswith(place)
    assert undo_of(done)[0].endswith(place)


def test_what_they_see_no_more_leaves_a_word_in_its_place_and_nothing_else(ben, two, house):
    piece = {"headers": {"HX-Request": "true"}}
    moving.move(two.one, house.repairs, by=house.ana, at=NOW)
    gone = ben.get(url("conversation", two.one) + "?fragment=timeline", **piece)
    never = ben.get("/conversations/2222222222222222/?fragment=timeline", **piece)
    assert gone.status_code == never.status_code == 404
    assert gone.text == never.text and "You don't see this conversation any more" in gone.text
    assert ben.get(url("conversation", two.one)).status_code == 404
