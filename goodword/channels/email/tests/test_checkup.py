"""What `goodword doctor` says of each inbox's mailbox."""

import dataclasses

import pytest

from goodword.bench.servers import spare_port
from goodword.channels.email import accounts, checkup
from goodword.channels.email.accounts import AccountSettings
from goodword.channels.email.failures import Finding
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON

SETTINGS = AccountSettings(
    imap_host="imap.shop.example",
    imap_user="hello",
    imap_password="secret-imap",
    smtp_host="smtp.shop.example",
)


def looked(at=MONDAY_NOON, **kw):
    return {(each.about, each.rule): each for each in checkup.look(at=at, **kw)}


@pytest.fixture
def account(house):
    return accounts.connect(house.hello, SETTINGS, by=house.ana, at=MONDAY_NOON)


def test_an_inbox_that_cannot_send_is_wrong(house, account):
    found = looked()

    assert found["Mailbox of Repairs", "outgoing"].state == "wrong"
    assert f"/settings/inboxes/{house.repairs.public_id}/mailbox/" in str(
        found["Mailbox of Repairs", "outgoing"]
    )
    assert ("Mailbox of Hello", "outgoing") not in found


def test_a_mailbox_is_ok_once_it_was_read(account):
    assert looked()["Mailbox of Hello", "mailbox"].state == "look"

    accounts.note_ok(account, MONDAY_NOON)
    assert looked(MONDAY_NOON + MINUTE)["Mailbox of Hello", "mailbox"].state == "ok"
    assert looked(MONDAY_NOON + HOUR)["Mailbox of Hello", "mailbox"].state == "wrong"


def test_a_mailbox_that_fails_says_since_when_why_and_what_to_do(account):
    accounts.note_trouble(account, Finding(False, "password", "NO go away"), MONDAY_NOON)

    said = looked(MONDAY_NOON + 3 * DAY)["Mailbox of Hello", "mailbox"]
    assert said.state == "wrong"
    for words in ("3 days", "waits there", "user name or the password", "NO go away"):
        assert words in str(said)


def test_a_secret_that_cannot_be_opened_is_said_and_nothing_else(account, settings):
    settings.MAILBOX_KEY = "another"

    found = looked()
    assert found["Mailbox of Hello", "sealed"].state == "wrong"
    assert ("Mailbox of Hello", "mailbox") not in found


def test_live_says_what_each_server_answers_and_tells_no_secret(house, account, smtp_sink):
    local = dataclasses.replace(
        SETTINGS, imap_host="127.0.0.1", imap_port=spare_port(), imap_security="none",
        smtp_host="127.0.0.1", smtp_port=smtp_sink.port, smtp_security="none",
    )  # fmt: skip
    accounts.connect(house.hello, local, by=house.ana, at=MONDAY_NOON)

    found = looked(live=True)
    assert found["Trying sending for Hello", "live_sending"].state == "ok"
    reading = found["Trying reading for Hello", "live_reading"]
    assert (reading.state, "Nothing answers at this port" in reading.words) == ("wrong", True)
    assert "secret-imap" not in str(found)
