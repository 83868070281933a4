"""What an inbox's settings say of who joins its conversations, and whose checks count."""

from __future__ import annotations

from html import unescape
from types import SimpleNamespace

import pytest
from django.test import Client

from goodword.conversations.models import Message
from goodword.files import actions as files
from goodword.inboxes import actions as inboxes
from goodword.inboxes.models import Inbox
from tests.factories import MINUTE, MONDAY_NOON, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(house: SimpleNamespace) -> Client:
    client = Client()
    client.force_login(house.ana)
    return client


def save(client: Client, house: SimpleNamespace, **changes: object):
    given = {
        "name": "Hello",
        "addresses": "hello@shop.example",
        "team": house.front.pk,
        "teams": [house.front.pk],
        "language": "en",
        "answers_where_written": "on",
        **changes,
    }
    return client.post(f"/settings/inboxes/{house.hello.public_id}/", given)


def page_of(client: Client, house: SimpleNamespace) -> str:
    return unescape(client.get(f"/settings/inboxes/{house.hello.public_id}/").content.decode())


def test_the_three_settings_are_kept_shown_again_and_told_in_the_trail(ana, house):
    page = page_of(ana, house)
    assert "hello+anything@shop.example" in page  # the inbox's own address, to be tried
    servers = "MX.Shop.example, mx2.shop.example mx.shop.example"
    answer = save(
        ana, house, joins_organisation="on", signs_reply_addresses="on", trusted_servers=servers
    )
    assert answer.status_code == 302
    hello = Inbox.objects.get(pk=house.hello.pk)
    assert (hello.joins_organisation, hello.signs_reply_addresses) == (True, True)
    assert hello.trusted_servers == "mx.shop.example mx2.shop.example"
    page = page_of(ana, house)
    assert 'value="mx.shop.example mx2.shop.example"' in page
    assert page.count(" checked") == 4  # the team, both, and where answers come from
    trail = ana.get("/settings/audit/").text
    assert (
        "changed the inbox Hello: letting colleagues of the same organisation join, "
        "signed reply addresses, servers whose checks count"
    ) in trail


def test_a_setting_that_stays_is_not_told_as_changed(ana, house):
    save(ana, house)
    assert "changed the inbox Hello<" in ana.get("/settings/audit/").text.replace("\n", "")
    save(ana, house, acknowledges="on", addresses="hello@shop.example\nhi@shop.example")
    assert "changed the inbox Hello: acknowledging, addresses" in ana.get("/settings/audit/").text
    inboxes.word(house.hello, "signature", {"en": "Yours"}, by=house.ana, at=MONDAY_NOON)
    assert "changed the inbox Hello: signature" in ana.get("/settings/audit/").text


@pytest.mark.parametrize(
    "typed",
    ["mx.shop.example spf=pass", "<b>", "https://mx.shop.example", "-", "mx..", "x" * 501, "ü.de"],
)
def test_what_is_no_servers_name_is_said_at_the_field_and_nothing_is_saved(ana, house, typed):
    answer = save(ana, house, trusted_servers=typed, joins_organisation="on")
    assert answer.status_code == 422
    assert "id_trusted_servers_errors" in answer.text
    assert not Inbox.objects.get(pk=house.hello.pk).joins_organisation


def arrives(house: SimpleNamespace, head: str, number: int) -> Message:
    message = receive(house, sender=f"p{number}@x.example", at=MONDAY_NOON + number * MINUTE)
    message.raw = files.keep(f"{head}Subject: {number}\r\n\r\nHi".encode(), at=MONDAY_NOON)
    message.save(update_fields=["raw"])
    return message


def test_the_servers_that_checked_the_newest_mails_are_offered_each_once(ana, house):
    assert "were checked by" not in page_of(ana, house)
    checked = "Authentication-Results: mx.shop.example;\r\n dmarc=pass\r\n"
    below = "Received: from x\r\nAuthentication-Results: mx.evil.example; dmarc=pass\r\n"
    for number in range(3):
        arrives(house, checked + below, number)
    arrives(house, "", 4)
    arrives(house, "Authentication-Results: dmarc=pass\r\n", 5)
    page = page_of(ana, house)
    assert "The newest mails here were checked by: mx.shop.example." in page
    assert "mx.evil.example" not in page


def test_a_hostile_name_of_a_server_stays_words(ana, house):
    arrives(house, "Authentication-Results: <img/src=x>; dmarc=pass\r\n", 1)
    page = ana.get(f"/settings/inboxes/{house.hello.public_id}/").text
    assert "<img/src" not in page
