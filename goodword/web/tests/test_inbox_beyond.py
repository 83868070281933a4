"""What mail says beyond its text, on the page: a teammate knows it before acting on a mail."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from goodword.conversations import actions as conversations
from goodword.conversations.models import Conversation, Message
from goodword.desk import events as desk
from goodword.desk.intake import acknowledging, joining
from goodword.desk.roads import Authentication, Forwarded, InboundFile, Invitation, Party
from goodword.events import actions as events
from goodword.files import actions as files
from goodword.people import actions as people
from goodword.people.models import Address
from goodword.web.inbox import invitations, marks
from tests.factories import DAY, HOUR, MINUTE, deliver, make_house, receive, reply

pytestmark = pytest.mark.django_db

NOW = timezone.now()
GRACE = "grace@whitlow.example"
PASSED = [Authentication("mx.shop.example", "pass", "dmarc=pass")]
FAILED = [Authentication("mx.shop.example", "fail", "dmarc=fail header.from=whitlow.example")]


@pytest.fixture
def house() -> SimpleNamespace:
    house = make_house(NOW - 60 * DAY)
    house.hello.trusted_servers = "mx.shop.example"
    house.hello.save()
    return house


@pytest.fixture
def ben(house: SimpleNamespace) -> Client:
    client = Client()
    client.force_login(house.ben)
    return client


def page_of(client: Client, conversation: Conversation) -> str:
    return unescape(client.get(f"/conversations/{conversation.public_id}/").content.decode())


def page_with(client: Client, house: SimpleNamespace, **facts: object) -> str:
    message = receive(house, at=NOW - HOUR, **facts)
    return page_of(client, message.conversation)


# Who vouches for it


def test_a_sender_whom_nobody_confirms_is_said_loudly_with_why_and_what_to_do(ben, house):
    page = page_with(ben, house, authentications=FAILED)
    assert "Sender not confirmed" in page
    assert "By the rules of the sender's own domain (DMARC) it does not come from there." in page
    assert f"in the name of {GRACE}" in page
    assert "dmarc=fail header.from=whitlow.example" in page


@pytest.mark.parametrize(
    "said, sentence",
    [
        ("spf=softfail, dkim=fail (bad signature)", "does not send from (SPF), and its signature"),
        ("compauth=fail", "could not confirm who sent it"),
        ("<script>alert(1)</script>", "could not confirm who sent it"),
    ],
)
def test_whatever_a_server_says_becomes_a_sentence_and_its_words_stay_words(
    ben, house, said, sentence
):
    found = [Authentication("mx.shop.example", "fail", said)]
    message = receive(house, at=NOW - HOUR, authentications=found)
    raw = ben.get(f"/conversations/{message.conversation.public_id}/").content.decode()
    assert sentence in raw
    assert "<script>alert" not in raw


def menu_of(client: Client, message: Message) -> str:
    return client.get(f"/messages/{message.public_id}/menu/").content.decode()


def test_a_confirmed_sender_is_said_quietly_in_the_mails_menu(ben, house):
    message = receive(house, at=NOW - HOUR, authentications=PASSED)
    message.raw = files.keep(b"Subject: x\r\n\r\nHi", at=NOW)
    message.save(update_fields=["raw"])
    assert "Sender not confirmed" not in page_of(ben, message.conversation)
    assert "Sender confirmed: dmarc=pass" in menu_of(ben, message)


def test_a_confirmed_teammate_vouches_for_nobody_whose_words_they_pass_on(ben, house):
    message = receive(house, at=NOW - HOUR, authentications=PASSED)
    message.raw, message.forwarded_by = files.keep(b"Subject: x\r\n\r\nHi", at=NOW), house.ben
    message.save(update_fields=["raw", "forwarded_by"])
    assert "Sender confirmed" not in menu_of(ben, message)


def test_an_automatic_mail_that_nobody_vouches_for_says_so_too(ben, house):
    page = page_with(ben, house, kind="auto_reply", authentications=FAILED)
    assert "Automatic answer" in page and "Sender not confirmed" in page


# How it was wrapped


@pytest.mark.parametrize(
    "protection, words",
    [
        ("pgp_signed", "Signed with PGP, not verified here"),
        ("smime_signed", "Signed with S/MIME, not verified here"),
        ("pgp_encrypted", "Encrypted with PGP: it can't be read here"),
        ("smime_encrypted", "Encrypted with S/MIME: it can't be read here"),
    ],
)
def test_what_is_signed_or_encrypted_is_shown_as_such(ben, house, protection, words):
    assert words in page_with(ben, house, protection=protection)


def test_what_is_encrypted_offers_the_original_for_a_program_that_has_the_key(ben, house):
    message = receive(house, at=NOW - HOUR, protection="pgp_encrypted")
    assert "Download the original" not in page_of(ben, message.conversation)  # none is kept
    message.raw = files.keep(b"Subject: x\r\n\r\nMIIB", at=NOW)
    message.save(update_fields=["raw"])
    page = page_of(ben, message.conversation)
    assert "Download the original" in page
    assert f"/messages/{message.public_id}/download.eml" in page


# Invitations


def test_an_invitation_is_a_card_in_our_zone_with_its_file_beside_it(ben, house):
    fair = Invitation(
        "request", "The <b>fair</b>", "2026-12-04T14:00:00-05:00", "2026-12-04T15:30:00-05:00",
        place="Hall 7", organiser="Noel <noel@hart.example>", repeats=True,
    )  # fmt: skip
    ics = InboundFile("invite.ics", "text/calendar", b"BEGIN:VCALENDAR")
    message = receive(house, at=NOW - HOUR, invitation=fair, files=[ics])
    raw = ben.get(f"/conversations/{message.conversation.public_id}/").content.decode()
    assert "&lt;b&gt;fair" in raw
    page = unescape(raw)
    assert "Friday, 4 December 2026, 20:00–21:30 CET, and again after that: a series" in page
    assert "as written: Friday, 4 December 2026, 14:00–15:30 UTC−05:00" in page
    assert "Hall 7" in page and "noel@hart.example" in page
    assert page.count('download="invite.ics"') == 1


def test_an_automatic_answer_keeps_its_card_its_file_and_what_is_odd_about_it(ben, house):
    came = Invitation("reply", "The fair", "2026-12-04", all_day=True)
    ics = InboundFile("reply.ics", "text/calendar", b"BEGIN:VCALENDAR")
    page = page_with(
        ben, house, kind="auto_reply", invitation=came, files=[ics], oddities=["Odd indeed."]
    )
    assert "Answer to an invitation" in page and "Odd indeed." in page
    assert page.count('download="reply.ics"') == 1


def told(**changes: object) -> invitations.Card:
    fields = {"method": "request", "title": "T", "starts": "2026-12-04T14:00:00+01:00"}
    with timezone.override("Europe/Berlin"):
        card = invitations.card_of({**fields, **changes}, attached=[])
    assert card is not None
    return card


@pytest.mark.parametrize(
    "fields, when, note",
    [
        ({}, "Friday, 4 December 2026, 14:00 CET", ""),
        (
            {"starts": "2026-12-04T14:00:00"},
            "Friday, 4 December 2026, 14:00",
            "no time zone given: ask by whose clock it is meant",
        ),
        ({"starts": "2026-12-04", "all_day": True}, "Friday, 4 December 2026", "all day"),
        (
            {"starts": "2026-12-04", "ends": "2026-12-06", "all_day": True},
            "Friday, 4 December 2026 – Sunday, 6 December 2026",
            "all day",
        ),
        (
            {"ends": "2026-12-05T01:00:00+01:00"},
            "Friday, 4 December 2026, 14:00 – Saturday, 5 December 2026, 01:00 CET",
            "",
        ),
        ({"starts": "9999-12-31T23:59:00-05:00"}, "Friday, 31 December 9999, 23:59 UTC−05:00", ""),
        ({"starts": "soon"}, "no time given", ""),
        (
            {"starts": "2026-12-04T14:00:00", "ends": "2026-12-04T15:00:00+01:00"},
            "Friday, 4 December 2026, 14:00",
            "no time zone given: ask by whose clock it is meant",
        ),
    ],
)
def test_the_time_of_a_card_says_all_that_the_sender_did(fields, when, note):
    card = told(**fields)
    assert (card.when, card.note) == (when, note)
    assert card.as_written == ""


@pytest.mark.parametrize(
    "method, heading",
    [
        ("request", "Invitation"),
        ("cancel", "Cancelled"),
        ("reply", "Answer to an invitation"),
        ("counter", "Another time is proposed"),
        ("publish", "A date in the calendar"),
        ("x-made-up", "A date in the calendar"),
    ],
)
def test_what_a_card_asks_is_worded(method, heading):
    assert told(method=method).heading == heading
    assert told(method=method).is_off == (method == "cancel")


# Colleagues


def test_what_a_teammate_forwarded_says_who_wrote_it_and_who_brought_it(ben, house):
    page = page_with(
        ben, house, text="FYI\n-- Forwarded --\nCan you mend it?", sender="ben@shop.example",
        name="Ben", authentications=PASSED,
        forwarded=Forwarded(Party("hana@mill.example", "Hana Mill"), "Clasp", "Can you mend it?"),
    )  # fmt: skip
    assert "forwarded in by Ben Okri" in page
    assert "<b>Hana Mill</b>" in page
    assert "Show the whole mail" in page and "FYI" in page


def test_a_teammates_own_mail_is_a_note_that_names_who_got_it(ben, house):
    asked = receive(house, at=NOW - DAY)
    said = reply(asked.conversation, house.ana, at=NOW - 20 * HOUR)
    deliver(at=NOW - 19 * HOUR)
    receive(
        house, "On Friday.", sender="ben@shop.example", name="Ben", answers=said, at=NOW - HOUR,
        authentications=PASSED, cc=[Party(GRACE)],
    )  # fmt: skip
    page = page_of(ben, asked.conversation)
    assert "wrote this by mail; here it is a note" in page
    assert f"Sent by mail to hello@shop.example, {GRACE}" in page


def test_a_conversation_of_two_inboxes_says_whose_it_is_and_where_else_it_shows(ben, house):
    message = receive(house, at=NOW - HOUR)
    assert "Also in:" not in page_of(ben, message.conversation)
    conversations.show_in(message.conversation, [house.repairs])
    assert "Also in: Repairs" in page_of(ben, message.conversation)
    carl = Client()
    carl.force_login(house.carl)
    assert "Hello" in page_of(carl, message.conversation)


# What came back


@pytest.fixture
def answered(house: SimpleNamespace) -> Message:
    asked = receive(house, at=NOW - 2 * DAY)
    said = reply(asked.conversation, house.ana, at=NOW - DAY)
    deliver(at=NOW - DAY + MINUTE)
    return said


def comes_back(house: SimpleNamespace, said: Message, kind: str, **facts: object) -> None:
    receive(
        house, "Undelivered", sender="mailer-daemon@mx.example", answers=said, at=NOW - HOUR,
        kind="bounce", bounce_kind=kind, bounced_recipient=GRACE, **facts,
    )  # fmt: skip


def test_a_delayed_answer_says_so_with_the_servers_words_and_three_ways_on(ben, house, answered):
    comes_back(house, answered, "delayed", bounce_words="451 try later")
    page = page_of(ben, answered.conversation)
    assert f"Not yet through to {GRACE}" in page and "451 try later" in page
    assert "A mail server says that our mail is not through yet" in page
    for choice in ("received", "again", "leave"):
        assert f'name="choice" value="{choice}"' in page
    url = f"/messages/{answered.public_id}/decide/"
    ben.post(url, {"address": GRACE, "choice": "received"})
    assert re.search(rf"Accepted .* for {GRACE}", page_of(ben, answered.conversation))


@pytest.mark.parametrize(
    "hard, line, mark",
    [
        (True, f"Came back from {GRACE} for good", "Mail to it comes back for good, since"),
        (False, f"Came back from {GRACE} for now", "Mail to it comes back for now, since"),
    ],
)
def test_a_bounce_says_whether_it_is_for_good_at_the_mail_the_person_and_the_composer(
    ben, house, answered, hard, line, mark
):
    comes_back(house, answered, "failed", bounce_hard=hard, bounce_words="550 5.1.1 <unknown>")
    page = page_of(ben, answered.conversation)
    assert line in page
    assert page.count(mark) == 2  # beside the person, and where one writes to them
    assert "550 5.1.1 <unknown>" in page


def test_who_knows_better_says_that_an_address_works_again(ben, house, answered):
    comes_back(house, answered, "failed", bounce_hard=True)
    url = f"/conversations/{answered.conversation.public_id}/works-again/"
    ben.post(url, {"address": GRACE.upper()})
    assert Address.objects.get(value=GRACE).bouncing_since is None
    assert "Mail to it comes back" not in page_of(ben, answered.conversation)


def test_a_page_speaks_for_the_addresses_of_its_own_conversation_alone(ben, house, answered):
    other = receive(house, sender="other@x.example", at=NOW - HOUR)
    assert other.address is not None
    people.note_bounce(other.address, hard=True, words="", at=NOW)
    url = f"/conversations/{answered.conversation.public_id}/works-again/"
    ben.post(url, {"address": "other@x.example"})
    ben.post(url, {"address": "\x00nobody"})
    other.address.refresh_from_db()
    assert other.address.bouncing_since is not None


def test_a_complaint_is_said_and_no_button_undoes_what_they_asked_for(ben, house, answered):
    comes_back(house, answered, "complaint")
    page = page_of(ben, answered.conversation)
    assert "They reported our mail as abuse: nothing automatic is sent there now" in page
    assert page.count("They reported our mail as abuse on ") == 2
    assert "It works again" not in page


def test_marks_of_typed_addresses_are_found_however_they_are_written(house, answered):
    comes_back(house, answered, "failed", bounce_hard=True)
    found = marks.of_written(["GRACE@whitlow.example", "", "nobody@x.example"], now=NOW)
    assert [mark.value for mark in found] == [GRACE]


# What was done


def test_an_acknowledgement_that_was_held_says_which_limit_bit(ben, house):
    message = receive(house, at=NOW - HOUR)
    for limit in ("address", "house"):
        fact = desk.AutomaticMailHeld(
            conversation_id=message.conversation_id,
            inbox_id=house.hello.pk,
            message_id=message.pk,
            limit=limit,
        )
        events.announce(fact, by=None, about=message.conversation, at=NOW)
    page = page_of(ben, message.conversation)
    most = acknowledging.MOST_AN_HOUR
    assert f"No acknowledgement sent: {most} went to this address within the hour" in page
    assert "No acknowledgement sent: 300 went out within the hour" in page


def test_two_answers_owed_that_became_one_say_so(ben, house):
    first = receive(house, at=NOW - DAY)
    second = receive(house, "And?", sender="grace@home.example", at=NOW - HOUR)
    reference = second.conversation.reference
    joining.join(second.conversation, first.conversation, by=house.ben, at=NOW)
    page = page_of(ben, first.conversation)
    assert f"You joined the conversation {reference} with this one" in page
    assert "one answer is owed for both conversations that were joined" in page


def test_a_closed_conversation_that_something_open_was_joined_with_says_why_it_is_open(ben, house):
    first = receive(house, at=NOW - DAY)
    said = reply(first.conversation, house.ana, at=NOW - 20 * HOUR)
    deliver(at=NOW - 19 * HOUR)
    Conversation.objects.filter(pk=said.conversation_id).update(
        state="closed", closed_at=NOW - timedelta(hours=3)
    )
    second = receive(house, "And?", sender="grace@home.example", at=NOW - HOUR)
    joining.join(second.conversation, first.conversation, by=house.ben, at=NOW)
    page = page_of(ben, first.conversation)
    assert "Open again: what was joined with it still awaits us" in page
