"""Choosing what an answer leaves from, through forms alone: no script runs here."""

from __future__ import annotations

from html import unescape
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from goodword.conversations import actions as conversations
from goodword.conversations.models import Conversation, Draft, Message
from goodword.desk.answering import sharing
from goodword.desk.models import Dispatch
from goodword.desk.shaping import moving
from goodword.inboxes.models import Inbox, InboxAddress
from goodword.web.tests import canned
from tests.factories import DAY, HOUR, MINUTE, deliver, make_house, receive

pytestmark = pytest.mark.django_db
HELLO, SALES, HELP = "hello@shop.example", "sales@shop.example", "help@shop.example"
GRACE = "grace@whitlow.example"


@pytest.fixture
def house() -> SimpleNamespace:
    house = make_house(timezone.now() - 9 * DAY)
    for value in (SALES, HELP):
        InboxAddress.objects.create(inbox=house.hello, value=value)
    return house


@pytest.fixture
def asked(house: SimpleNamespace) -> Conversation:
    return receive(house, to=SALES, at=timezone.now() - HOUR).conversation


def client_of(teammate) -> Client:
    client = Client()
    client.force_login(teammate)
    return client


@pytest.fixture
def ben(house: SimpleNamespace) -> Client:
    return client_of(house.ben)


def url(conversation: Conversation, act: str = "") -> str:
    return f"/conversations/{conversation.public_id}/" + (f"{act}/" if act else "")


def said(**changes: str) -> dict[str, str]:
    return {"mode": "reply", "text": "It left today.", "to": GRACE, **changes}


def page_of(client: Client, conversation: Conversation, query: str = "") -> str:
    return unescape(client.get(url(conversation) + query).text)


def left_from() -> list[str]:
    return [each.sender.address for each in deliver(at=timezone.now() + MINUTE).sent]


def test_untouched_it_leaves_from_where_they_wrote_and_the_page_says_nothing_of_it(
    ben, asked
) -> None:
    page = page_of(ben, asked)
    assert f'<option value="">{SALES}</option>' in page  # the first, so it is what is chosen
    assert page.index(SALES) < page.index(f'<option value="{HELLO}">')
    assert "To Grace Whitlow</span>" in page

    ben.post(url(asked, "reply"), said(sender=""))

    assert left_from() == [SALES]


def test_what_is_chosen_is_kept_with_the_draft_said_in_words_and_leaves_so(ben, asked) -> None:
    kept = ben.post(url(asked, "draft"), said(sender=HELP), headers={"HX-Request": "true"})
    assert f"To {GRACE}, from {HELP}" in unescape(kept.text)
    page = page_of(ben, asked)
    assert f'<option value="{HELP}" selected>' in page
    assert f", from {HELP}</span>" in page

    for turn in ("note", "reply", "all"):  # to a note and back, and to everyone
        ben.post(url(asked, "draft"), said(sender=HELP, switch=turn, mode="reply"))
        assert Draft.objects.get(kind="reply").sender == HELP
    ben.post(url(asked, "reply"), said(sender=HELP))

    assert left_from() == [HELP]
    assert Dispatch.objects.get().sender == HELP


def test_taken_back_the_choice_stands_in_the_composer_again(ben, asked) -> None:
    ben.post(url(asked, "reply"), said(sender=HELLO))
    message = asked.messages.get(direction="out")
    back = ben.post(f"/messages/{message.public_id}/take-back/", follow=True)
    assert back.context["composer"].sender == HELLO


def test_a_canned_reply_put_behind_it_leaves_the_choice_alone(ben, asked, house) -> None:
    ready = canned.make(house)
    ben.post(url(asked, "draft"), said(sender=HELP))
    ben.post(reverse("canned:insert", args=[asked.public_id, ready.public_id]))
    assert (Draft.objects.get().sender, "It left." in Draft.objects.get().text) == (HELP, True)


@pytest.mark.parametrize("script", [False, True])
@pytest.mark.parametrize("foreign", ["repairs@shop.example", "ceo@bank.example", "<script>"])
def test_posted_by_hand_an_address_of_another_inbox_is_refused_and_the_words_are_kept(
    ben, asked, foreign, script
) -> None:
    headers = {"HX-Request": "true"} if script else {}
    page = ben.post(url(asked, "reply"), said(sender=foreign), headers=headers)

    assert page.status_code == 422
    words = f"{foreign} is no address of this inbox any more. Send again, and it leaves from"
    assert f"{words} {SALES}." in unescape(page.text)
    assert "<script>" not in page.text.partition('id="composer-to-errors"')[2].partition("</ul>")[0]
    assert "<details" in page.text and "open" in page.text.partition('class="recipients"')[2][:6]
    assert not asked.messages.filter(direction="out").exists()
    assert (Draft.objects.get().text, Draft.objects.get().sender) == ("It left today.", "")


def test_given_the_chosen_address_is_gone_a_second_try_leaves_from_the_usual_one(
    ben, asked
) -> None:
    ben.post(url(asked, "draft"), said(sender=HELP))
    InboxAddress.objects.filter(value=HELP).delete()
    page = ben.post(url(asked, "reply"), said(sender=HELP))
    assert page.status_code == 422
    composer = page.context["composer"]
    assert (composer.text, composer.to, composer.sender) == ("It left today.", GRACE, "")
    assert page_of(ben, asked).count(HELP) == 0

    ben.post(url(asked, "reply"), said(sender=composer.sender))
    assert left_from() == [SALES]


def test_given_one_address_is_left_the_error_is_said_though_there_is_nothing_to_choose(
    ben, asked
) -> None:
    InboxAddress.objects.filter(value__in=[SALES, HELP]).delete()
    page = ben.post(url(asked, "reply"), said(sender=HELP))
    assert page.status_code == 422
    assert f"it leaves from {HELLO}." in unescape(page.text)
    assert "composer-sender" not in page.text


def test_moved_to_another_inbox_the_draft_leaves_from_there(ben, asked, house) -> None:
    ana = client_of(house.ana)
    ana.post(url(asked, "draft"), said(sender=HELP))
    moving.move(asked, house.repairs, by=house.ana, at=timezone.now())
    page = page_of(ana, asked)
    assert "composer-sender" not in page and HELP not in page
    ana.post(url(asked, "reply"), said())
    assert left_from() == ["repairs@shop.example"]


def test_words_that_come_in_from_another_page_bring_what_the_draft_leaves_from(ben, asked) -> None:
    ben.post(url(asked, "draft"), said(sender=HELP, saved=""))
    kept = ben.post(
        url(asked, "draft"),
        said(text="Another page.", sender="", saved=""),
        headers={"HX-Request": "true"},
    )
    assert f'data-sender="{HELP}"' in kept.text
    assert Draft.objects.get().sender == HELP


def test_a_page_that_has_nothing_to_choose_from_leaves_the_choice_of_another_alone(
    ben, asked
) -> None:
    ben.post(url(asked, "draft"), said(sender=HELP))
    older_page = said(text="It left on Friday.")  # drawn while the inbox had one address

    kept = ben.post(url(asked, "draft"), older_page, headers={"HX-Request": "true"})

    assert Draft.objects.get().sender == HELP
    assert f"from {HELP}" in unescape(kept.text)
    ben.post(url(asked, "reply"), older_page)
    assert left_from() == [HELP]


def test_given_that_address_is_gone_such_a_page_sends_from_the_usual_one(ben, asked) -> None:
    ben.post(url(asked, "draft"), said(sender=HELP))
    InboxAddress.objects.filter(value=HELP).delete()
    ben.post(url(asked, "reply"), said())
    assert left_from() == [SALES]


@pytest.mark.parametrize("sent", ["", HELP])
def test_approved_it_stays_so_when_what_was_chosen_becomes_the_usual_one(
    ben, asked, house, sent
) -> None:
    first = asked.messages.get()
    ben.post(url(asked, "draft"), said(sender=HELP))
    Draft.objects.update(approved_by=house.lea, approved_at=timezone.now())
    again = receive(house, to=HELP, answers=first, at=timezone.now() - MINUTE)
    assert again.conversation == asked
    assert f'<option value="">{HELP}</option>' in page_of(ben, asked)

    ben.post(url(asked, "draft"), said(sender=sent))
    assert (Draft.objects.get().sender, Draft.objects.get().approved_by) == (HELP, house.lea)

    ben.post(url(asked, "draft"), said(sender=SALES))  # that is another address
    assert (Draft.objects.get().sender, Draft.objects.get().approved_by) == (SALES, None)


def test_an_inbox_of_one_address_shows_nothing_and_its_page_grows_by_no_byte(ben, house) -> None:
    InboxAddress.objects.filter(value__in=[SALES, HELP]).delete()
    page = page_of(ben, receive(house, at=timezone.now() - HOUR).conversation)
    fields = page.partition('<div class="composer-fields">')[2].partition("</details>")[0]
    assert fields.count("<input") == 3 and "<select" not in fields
    assert fields.rstrip().endswith("</div>") and "sender" not in fields
    assert fields.count("\n") == 4  # a line for each of the three, and the end


def test_notes_and_light_teammates_choose_nothing(house, ben, asked) -> None:
    assert "composer-sender" not in page_of(ben, asked, "?compose=note")
    lou = client_of(house.lou)
    assert "composer-sender" not in page_of(lou, asked)
    lou.post(url(asked, "reply"), said(sender=HELP))
    assert not asked.messages.filter(direction="out").exists()


def test_a_message_of_ours_says_what_it_left_from_where_there_are_several(ben, asked) -> None:
    ben.post(url(asked, "note"), {"mode": "note", "text": "She is kind."})
    ben.post(url(asked, "reply"), said(sender=HELP))
    assert f"{HELP}, by e-mail" in page_of(ben, asked)  # before it has left as well
    deliver(at=timezone.now() + MINUTE)
    InboxAddress.objects.filter(value=HELP).delete()
    assert f"{HELP}, by e-mail" in page_of(ben, asked)  # which is what they have
    InboxAddress.objects.filter(value=SALES).delete()
    assert HELP not in page_of(ben, asked)


def test_a_draft_shown_to_colleagues_says_what_it_leaves_from_as_long_as_that_is_so(
    ben, asked, house
) -> None:
    ben.post(url(asked, "draft"), said(sender=HELP))
    draft = Draft.objects.get()
    sharing.share(draft, asked=None, by=house.ben, at=timezone.now())
    lea = client_of(house.lea)
    assert f"To {GRACE}, from {HELP}" in page_of(lea, asked)
    InboxAddress.objects.filter(value=HELP).delete()
    assert HELP not in page_of(lea, asked)


def test_aside_and_forwarded_the_same_choice_stands_in_the_form(ben, asked) -> None:
    form = ben.get(url(asked, "aside")).context["form"]
    assert [value for value, _label in form.fields["sender"].choices] == ["", SALES, HELP]
    sent = {"to": "maker@x.example", "subject": "Ring", "text": "Well?"}
    ben.post(url(asked, "aside"), {**sent, "sender": SALES})
    theirs = asked.messages.get(direction="in")
    ben.post(f"/messages/{theirs.public_id}/forward/", {**sent, "sender": HELP})
    ben.post(url(asked, "aside"), sent)
    assert left_from() == [SALES, HELP, HELLO]


def test_aside_an_address_of_another_inbox_is_refused_and_the_words_stay(ben, asked) -> None:
    sent = {"to": "maker@x.example", "subject": "Ring", "text": "Well?"}
    page = ben.post(url(asked, "aside"), {**sent, "sender": "repairs@shop.example"})
    assert page.status_code == 422
    assert "repairs@shop.example is no address of this inbox any more" in unescape(page.text)
    assert "Well?" in page.text
    assert Message.objects.filter(direction="out").count() == 0


def test_aside_of_an_inbox_of_one_address_nothing_is_asked(ben, asked) -> None:
    InboxAddress.objects.exclude(value=HELLO).filter(inbox=asked.inbox).delete()
    assert 'name="sender"' not in ben.get(url(asked, "aside")).text


def test_who_writes_at_once_to_two_inboxes_sees_the_choice_of_each_ones_own(house) -> None:
    carl = client_of(house.carl)
    theirs = receive(
        house, inbox=house.repairs, to="repairs@shop.example", at=timezone.now() - HOUR
    ).conversation
    page = page_of(carl, theirs)
    assert "composer-sender" not in page and SALES not in page
    carl.post(url(theirs, "reply"), said(sender=SALES))
    assert not theirs.messages.filter(direction="out").exists()


def test_the_settings_page_says_it_keeps_it_and_the_next_answer_follows(house, asked, ben) -> None:
    ana = client_of(house.ana)
    there = f"/settings/inboxes/{house.hello.public_id}/"
    page = unescape(ana.get(there).text)
    assert "Answer from the address that was written to" in page
    given = {
        "name": "Hello",
        "addresses": "\n".join([HELLO, SALES, HELP]),
        "team": house.front.pk,
        "teams": [house.front.pk],
        "language": "en",
    }
    ana.post(there, given)
    assert not Inbox.objects.get(pk=house.hello.pk).answers_where_written
    assert "which address answers come from" in ana.get("/settings/audit/").text

    assert f'<option value="">{HELLO}</option>' in page_of(ben, asked)
    ben.post(url(asked, "reply"), said())
    assert left_from() == [HELLO]


def test_a_page_of_several_addresses_costs_no_query_more(
    ben, asked, django_assert_num_queries
) -> None:
    conversations.save_draft(
        asked, by=asked.inbox.team.members.first(), kind="reply", text="x", at=timezone.now()
    )
    page_of(ben, asked)
    with CaptureQueriesContext(connection) as several:
        page_of(ben, asked)
    InboxAddress.objects.filter(value__in=[HELLO, HELP]).delete()
    with django_assert_num_queries(len(several)):
        page_of(ben, asked)
