"""Writing where nothing can leave: it is said before it is sent; what is sent waits in sight."""

from __future__ import annotations

from html import unescape
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from goodword.channels.email import accounts as mailboxes
from goodword.channels.email.accounts import AccountSettings
from goodword.channels.email.models import MailAccount
from goodword.channels.email.pretending import PretendingRoad
from goodword.channels.email.road import EmailRoad
from goodword.conversations.models import Conversation, Recipient
from goodword.desk import roads
from goodword.desk.answering import delivering
from tests.factories import DAY, HOUR, MINUTE, make_house, receive

pytestmark = pytest.mark.django_db
NOW = timezone.now()
SAYS = "Hello has no outgoing mail server yet"


@pytest.fixture
def house() -> SimpleNamespace:
    return make_house(NOW - 9 * DAY)


@pytest.fixture
def asked(house: SimpleNamespace) -> Conversation:
    return receive(house, at=NOW - HOUR).conversation


def page_of(who, asked: Conversation, more: str = "") -> str:
    client = Client()
    client.force_login(who)
    answer = client.get(f"/conversations/{asked.public_id}/{more}")
    assert answer.status_code == 200
    return unescape(answer.text)


def connect(house, **servers: str) -> None:
    mailboxes.connect(house.hello, AccountSettings(**servers), by=house.ana, at=NOW - DAY)


def test_before_anything_is_written_the_composer_says_that_it_can_not_leave(house, asked):
    page = page_of(house.ben, asked)
    before, composer = page.split('id="composer"')
    assert SAYS in composer.split('id="composer-text"')[0]
    assert SAYS not in before


def test_a_mailbox_that_is_only_read_from_is_no_way_out_and_one_with_a_server_is(house, asked):
    connect(house, imap_host="imap.shop.example", imap_user="hello", imap_password="x")
    assert SAYS in page_of(house.ben, asked)
    connect(house, imap_host="imap.shop.example", imap_user="hello", smtp_host="smtp.shop.example")
    assert SAYS not in page_of(house.ben, asked)


def test_the_server_of_another_inbox_is_no_way_out_of_this_one(house, asked):
    MailAccount.objects.create(inbox=house.repairs, smtp_host="smtp.x.example", begin_at=NOW)
    assert SAYS in page_of(house.ben, asked)


def test_an_owner_is_led_to_where_it_is_mended_and_others_are_told_whom_to_ask(house, asked):
    mailbox = f'href="/settings/inboxes/{house.hello.public_id}/mailbox/"'
    page = page_of(house.ana, asked)
    assert mailbox in page and "Ask an owner" not in page
    for who in (house.ben, house.lea):
        page = page_of(who, asked)
        assert mailbox not in page and "Ask an owner to name one." in page


def test_a_note_leaves_for_nowhere_so_nothing_is_said_of_it(house, asked):
    assert SAYS not in page_of(house.ben, asked, "?compose=note")
    assert SAYS not in page_of(house.lou, asked)  # who writes notes alone
    assert SAYS in page_of(house.ben, asked, "?compose=all")


def test_who_asks_somebody_aside_is_told_as_well(house, asked):
    assert SAYS in page_of(house.ben, asked, "aside/")
    connect(house, smtp_host="smtp.shop.example")
    assert SAYS not in page_of(house.ben, asked, "aside/")


def test_what_is_sent_all_the_same_is_kept_and_waits_in_sight(house, asked):
    ben = Client()
    ben.force_login(house.ben)
    form = {"mode": "reply", "text": "It left today.", "to": "grace@whitlow.example"}
    assert ben.post(f"/conversations/{asked.public_id}/reply/", form).status_code == 302
    delivering.deliver_due(clock=lambda: timezone.now() + MINUTE)

    assert Recipient.objects.get(message__direction="out").state == Recipient.State.QUEUED
    page = page_of(house.ben, asked)
    assert "It left today." in page
    assert "Not yet taken for grace@whitlow.example" in page
    assert "This inbox has no outgoing mail server yet." in page
    assert SAYS in page  # for the next one


def test_where_a_form_is_wrong_it_still_says_so(house, asked):
    ben = Client()
    ben.force_login(house.ben)
    answer = ben.post(f"/conversations/{asked.public_id}/reply/", {"mode": "reply", "to": ""})
    assert answer.status_code == 422 and SAYS in unescape(answer.text)


def test_in_the_example_all_pretends_to_leave(house, asked):
    real = roads.road("email")
    roads.register(PretendingRoad())
    try:
        assert SAYS not in page_of(house.ben, asked)
    finally:
        roads.register(real)
    assert isinstance(real, EmailRoad)


def test_it_costs_one_question_however_long_the_conversation(house, asked):
    def cost() -> list[str]:
        ben.get(address)  # what is asked but once
        with CaptureQueriesContext(connection) as captured:
            ben.get(address)
        return [each["sql"] for each in captured if "email_mailaccount" in each["sql"]]

    ben, address = Client(), f"/conversations/{asked.public_id}/"
    ben.force_login(house.ben)
    few = cost()
    for number in range(9):
        receive(house, "Hm?", answers=asked.messages.first(), at=NOW - HOUR + number * MINUTE)
    assert any("smtp_host" in each for each in few)
    assert len(cost()) == len(few) <= 2  # the shell asks for mailboxes that fail
