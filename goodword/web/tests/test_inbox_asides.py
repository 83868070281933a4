"""Asking somebody outside on screen: begun, read in its card, found, closed over; light people look
on, and the customer's own page knows nothing of it.
"""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from goodword.conversations import actions as conversations
from goodword.conversations.models import Conversation, Message
from goodword.desk import handling
from goodword.desk.answering.recipients import Recipients
from goodword.desk.intake import joining
from goodword.desk.keeping import promising, public_links
from goodword.desk.roads import InboundFile, Party
from goodword.desk.together import aside
from goodword.events import actions as events
from goodword.events.models import Event
from goodword.plan import queries as plan
from goodword.promises.models import Promise
from goodword.web.live.news import news_of
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, deliver, make_house, receive, reply

pytestmark = pytest.mark.django_db

PRINTER = "orders@print.example"
NOW = MONDAY_NOON + 3 * HOUR


@pytest.fixture
def house():
    with time_machine.travel(NOW, tick=False):
        house = make_house()
        pdf = InboundFile("plan.pdf", "application/pdf", b"%PDF-1.4")
        house.asked = receive(house, "Where is my gift card?", files=[pdf])
        house.parent = house.asked.conversation
        yield house


@pytest.fixture
def side(house: SimpleNamespace) -> Conversation:
    made = aside.begin(
        house.parent,
        to=Recipients(to=(f"Printhouse <{PRINTER}>",)),
        subject="Order 12",
        text="When does it leave?",
        by=house.ben,
        at=MONDAY_NOON + HOUR,
    )
    deliver(at=MONDAY_NOON + HOUR + MINUTE)
    return made


def as_(teammate) -> Client:
    client = Client()
    client.force_login(teammate)
    return client


def answered(house: SimpleNamespace, side: Conversation, text: str = "On Wednesday.") -> Message:
    said = side.messages.filter(direction="out").get()
    message = receive(house, text, sender=PRINTER, name="", answers=said, at=NOW - MINUTE)
    events.hand_on(at=NOW)
    return message


def page_of(client: Client, conversation: Conversation, query: str = "") -> str:
    answer = client.get(f"/conversations/{conversation.public_id}/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def ask(client: Client, house: SimpleNamespace, **sent):
    given = {"to": PRINTER, "subject": "Order 12", "text": "When?"} | sent
    return client.post(f"/conversations/{house.parent.public_id}/aside/", given)


# Asking


def test_who_is_asked_stands_in_the_timeline_as_a_card_that_says_who_sees_it(house) -> None:
    ben = as_(house.ben)
    page = ben.get(f"/conversations/{house.parent.public_id}/aside/").content.decode()
    assert "Ask somebody outside" in page and "The customer never sees it" in page

    sent = ask(ben, house, attached=SimpleUploadedFile("size.txt", b"42"), cc="anna@print.example")

    side = Conversation.objects.get(side_of=house.parent)
    assert sent.url.endswith(f"#aside-{side.public_id}")
    message = side.messages.get()
    assert [each.name for each in message.attachments.all()] == ["size.txt"]
    assert {each.address.value for each in message.recipients.all()} == {
        PRINTER, "anna@print.example",
    }  # fmt: skip
    shown = page_of(ben, house.parent)
    assert f'id="aside-{side.public_id}"' in shown
    assert f"Aside with {PRINTER}" in shown and "no answer yet" in shown
    assert "never seen by the customer" in shown
    assert "Sent aside" in shown and f"/messages/{message.public_id}/take-back/" in shown


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"to": "grace@whitlow.example"}, "is the customer&#x27;s own"),
        ({"to": "nobody"}, "is not a mail address"),
        ({"to": ""}, "This field is required"),
        ({"subject": ""}, "This field is required"),
        ({"text": " "}, "Nothing is written yet"),
    ],
)
def test_what_cannot_be_sent_comes_back_with_its_words_and_sends_nothing(
    house, sent, words
) -> None:
    answer = ask(as_(house.ben), house, **({"text": "Mind you"} | sent))

    page = answer.content.decode()
    assert answer.status_code == 422 and words in page
    assert "text" in sent or "Mind you" in page
    assert not Conversation.objects.filter(side_of__isnull=False).exists()


def test_where_scripts_run_it_is_asked_in_a_dialog_and_leads_back_to_the_card(house) -> None:
    ben, url = as_(house.ben), f"/conversations/{house.parent.public_id}/aside/"
    assert "<dialog" in ben.get(url, headers={"HX-Request": "true"}).content.decode()

    given = {"to": PRINTER, "subject": "Order 12", "text": "When?"}
    answer = ben.post(url, given, headers={"HX-Request": "true"})

    assert answer.status_code == 204 and "#aside-" in answer.headers["HX-Location"]


def test_a_message_is_forwarded_from_its_menu_with_the_files_one_chooses(house) -> None:
    ben, url = as_(house.ben), f"/messages/{house.asked.public_id}/forward/"
    menu = f"/messages/{house.asked.public_id}/menu/"
    assert f'href="{menu}?folder=unassigned&amp;newest=1"' in page_of(ben, house.parent)
    assert f'href="{url}?folder=' in ben.get(menu).text
    page = ben.get(url).content.decode()
    assert "Fwd: The spring gift card" in page and "Where is my gift card?" in page
    assert "plan.pdf" in page

    ben.post(url, {"to": PRINTER, "subject": "Fwd: The spring gift card", "text": "Can you?"})

    message = Message.objects.get(conversation__side_of=house.parent)
    assert message.text.startswith("Can you?\n\n---------- Forwarded message")
    assert not message.attachments.exists()  # it was not chosen


def test_the_last_message_from_outside_is_the_one_that_f_forwards(house) -> None:
    newer = receive(house, "And the ring?", answers=None, at=NOW - HOUR, refers_to=list(
        house.asked.external_ids.filter(scope="email").values_list("value", flat=True)
    ))  # fmt: skip
    ben = as_(house.ben)
    page = page_of(ben, house.parent)

    assert page.count('data-acts="f"') == 1
    menu = f"/messages/{newer.public_id}/menu/?folder=unassigned&newest=1"
    assert f'href="{menu.replace("&", "&amp;")}"' in page
    link = ben.get(menu).text.partition('data-act="f"')[0].rpartition("<a ")[2]
    assert f"/messages/{newer.public_id}/forward/" in link


# Reading


def test_the_card_opens_in_place_and_leads_on_to_its_own_page(house, side) -> None:
    answered(house, side)
    ben = as_(house.ben)
    shown = page_of(ben, house.parent)
    assert "On Wednesday." in shown  # its last words
    assert "Printhouse answered aside" in shown
    assert "When does it leave?" not in shown  # fetched once it is opened

    url = f"/conversations/{side.public_id}/aside/opened/"
    piece = ben.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "When does it leave?" in piece and "On Wednesday." in piece
    assert f"/conversations/{side.public_id}/?compose=reply" in piece

    own = page_of(ben, side)
    assert "Aside of:" in own and f"/conversations/{house.parent.public_id}/#aside-" in own
    assert "The customer never sees what is said here" in own
    for act in ("snooze", "spam", "trash", "assign", "aside"):
        assert f'action="/conversations/{side.public_id}/{act}/' not in own


def test_an_answer_is_written_on_its_own_page_and_goes_to_whom_was_asked(house, side) -> None:
    ben = as_(house.ben)
    assert PRINTER in page_of(ben, side)  # whom we asked, before anybody has answered

    ben.post(f"/conversations/{side.public_id}/reply/", {"text": "Still there?", "to": PRINTER})
    refused = ben.post(
        f"/conversations/{side.public_id}/reply/",
        {"text": "Hi", "to": PRINTER, "bcc": "grace@whitlow.example"},
    )

    assert side.messages.count() == 2
    assert refused.status_code == 422
    assert "is the customer&#x27;s own" in refused.content.decode()


def test_a_light_teammate_reads_it_and_is_offered_nothing_to_send(house, side) -> None:
    lou = as_(house.lou)
    shown = page_of(lou, house.parent)

    assert "Aside with Printhouse" in shown
    assert "/aside/?" not in shown and "/forward/" not in shown
    assert ask(lou, house).status_code == 422
    assert Conversation.objects.filter(side_of=house.parent).count() == 1


def test_whoever_sees_the_conversation_from_another_inbox_sees_its_asides(house) -> None:
    receive(house, "Both of you", to="hello@shop.example", sender="k@x.example")
    conversations.show_in(house.parent, [house.repairs])
    carl = as_(house.carl)
    ask(carl, house)

    assert f"Aside with {PRINTER}" in page_of(carl, house.parent)


def test_an_aside_of_what_one_may_not_see_does_not_tell_of_it(house, side) -> None:
    conversations.show_in(side, [house.repairs])

    page = page_of(as_(house.carl), side)

    assert "Aside of:" not in page and "The customer never sees" in page
    assert "spring gift card" not in page


def test_it_is_found_and_marked_and_stands_in_no_list(house, side) -> None:
    ben = as_(house.ben)

    assert ">Aside<" in ben.get("/search/?q=leave").content.decode()
    for folder in ("all", "unassigned", "waiting", "mine"):
        assert "Order 12" not in ben.get(f"/inbox/{folder}/").content.decode()


def test_any_number_of_asides_costs_the_page_one_query(house) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            page_of(ben, house.parent)
        return len(captured)

    ben = as_(house.ben)
    cost()  # what a process asks once
    none = max(cost(), cost())
    for number in range(4):
        aside.begin(
            house.parent,
            to=Recipients(to=(f"p{number}@print.example",)),
            subject="Order",
            text="When?",
            by=house.ben,
            at=NOW - HOUR + number * MINUTE,
        )
    assert min(cost(), cost()) <= none


def test_its_news_reach_the_page_of_the_conversation_it_is_about(house, side) -> None:
    said = answered(house, side)
    event = Event.objects.get(kind="conversations.message_received", data__message_id=said.pk)

    (news,) = news_of([event])

    assert set(news.conversations) == {side.public_id, house.parent.public_id}


# Closing


def test_closing_over_an_unanswered_aside_says_so_and_closes(house, side) -> None:
    ben = as_(house.ben)
    handling.no_answer_needed(house.parent, by=house.ben, at=NOW)

    page = ben.post(f"/conversations/{house.parent.public_id}/close/", follow=True)

    assert "Asked aside, and not answered yet: Printhouse." in page.content.decode()
    house.parent.refresh_from_db()
    assert house.parent.state == "closed"


def test_an_aside_is_closed_and_opened_again_by_itself(house, side) -> None:
    ben = as_(house.ben)
    ben.post(f"/conversations/{side.public_id}/close/")
    assert '<span class="aside-stands">Closed</span>' in page_of(ben, house.parent)

    ben.post(f"/conversations/{side.public_id}/reopen/")
    assert "no answer yet" in page_of(ben, house.parent)


# What the customer sees


def test_the_customers_own_pages_and_mails_say_nothing_of_it(house, side) -> None:
    answered(house, side, "PH-77 leaves on Wednesday.")
    due = plan.current().moment_due(NOW + DAY, zone="Europe/Berlin")
    promising.track(side, what="Send the vector file", due=due, by=house.ben, at=NOW, kind="do")
    grace, client = house.asked.person, Client()

    own = client.get(f"/yours/{public_links.key_of(grace, at=NOW)}/").content.decode()
    about = client.get(
        f"/yours/about/{public_links.key_about(house.parent, at=NOW)}/"
    ).content.decode()
    reply(house.parent, house.ben, "Soon.", at=NOW)
    (mail,) = deliver(at=NOW + MINUTE).sent

    assert Promise.objects.get(conversation=side).person == side.person
    for trace in ("Printhouse", "print.example", "PH-77", "vector", "Order 12", side.public_id):
        assert trace not in own and trace not in about and trace not in repr(mail)


def test_given_the_one_asked_is_joined_elsewhere_by_mistake_nothing_moves(house, side) -> None:
    other = receive(house, sender="x@y.example", to="hello@shop.example", cc=[Party(PRINTER)])
    with pytest.raises(joining.CannotJoin):
        joining.join(side, other.conversation, by=house.ben, at=NOW)
    assert side.messages.count() == 1
