"""Each reads what they are told in their own language: on the page, under the bell, and by mail."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from goodword.accounts.models import Business, Teammate
from goodword.channels.email import accounts as mailboxes
from goodword.channels.email.accounts import AccountSettings
from goodword.channels.email.failures import Finding
from goodword.desk import telling
from goodword.desk.intake import joining
from goodword.desk.models import Joined
from goodword.desk.shaping import unjoining
from goodword.desk.together import aside, following
from goodword.events import actions as events
from goodword.notices import actions as notices
from goodword.notices import mailing
from goodword.notices.models import Notice
from goodword.promises.models import Promise
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, receive

pytestmark = pytest.mark.django_db
LATER = MONDAY_NOON + HOUR
ENGLISH, GERMAN = "They wrote: Grace Whitlow", "Eine neue Nachricht ist da: Grace Whitlow"


@pytest.fixture(autouse=True)
def _read_soon_after():
    """Whoever has not been seen for two weeks is signed out."""
    with time_machine.travel(LATER + MINUTE, tick=False):
        yield


def at_their_desk(who: Teammate, language: str, *, at=MONDAY_NOON) -> Client:
    """They have looked in with a browser that asks for `language`."""
    client = Client(headers={"Accept-Language": language})
    client.force_login(who)
    with time_machine.travel(at, tick=False):
        assert client.get("/").status_code == 200
    return client


@pytest.fixture
def ben(house: SimpleNamespace) -> Client:
    return at_their_desk(house.ben, "en-GB,en;q=0.9")


@pytest.fixture
def lea(house: SimpleNamespace) -> Client:
    return at_their_desk(house.lea, "de-AT,de;q=0.9,en;q=0.5")


def they_write_again(house, *followers, at=LATER):
    """Grace writes to what these follow; two of different languages hear of one event."""
    asked = receive(house)
    for each in followers:
        following.follow(asked.conversation, by=each, at=MONDAY_NOON)
    receive(house, "And now?", answers=asked, at=at)
    hand_on(at)
    return asked.conversation


def hand_on(at):
    while events.hand_on(at=at):
        pass


def mailed(at) -> dict[str, tuple[str, str]]:
    """Subject and body by who got it."""
    before = len(mail.outbox)
    mailing.mail_due(clock=lambda: at)
    return {
        each.to[0].partition("@")[0]: (each.subject, each.body) for each in mail.outbox[before:]
    }


def test_two_of_different_languages_read_of_one_event_each_in_their_own(house, ben, lea):
    they_write_again(house, house.ben, house.lea)

    page = lea.get("/notices/").text
    assert GERMAN in page and "They wrote" not in page and "Hinweise, neu: 1" in page
    page = ben.get("/notices/").text
    assert ENGLISH in page and "Nachricht" not in page and "Notices, new: 1" in page

    found = mailed(LATER + HOUR)
    assert found["lea"][0].startswith(GERMAN) and found["ben"][0].startswith(ENGLISH)
    assert "Wie Sie benachrichtigt werden" in found["lea"][1]
    assert "How you are told" in found["ben"][1]


def test_the_browser_shows_it_in_the_language_of_its_pages(house, ben, lea):
    for who in (house.ben, house.lea):
        notices.prefer(
            who, by_mail=True, by_browser=True, quiet_from=0, quiet_until=0, quiet_weekends=False
        )
    they_write_again(house, house.ben, house.lea)
    assert GERMAN in lea.get("/notices/news/").text
    assert ENGLISH in ben.get("/notices/news/").text


def test_the_daily_mail_is_in_the_language_of_who_gets_it_with_its_moments(house, ben, lea):
    promise = Promise.objects.get(conversation=receive(house).conversation)
    Promise.objects.update(due_at=MONDAY_NOON + 21 * DAY)  # in December, which isn't Dezember
    promise.refresh_from_db()
    for who in (house.ben, house.lea):
        notices.prefer(
            who, by_mail=True, by_browser=False, quiet_from=0, quiet_until=0,
            quiet_weekends=False, digest_at=10 * 60,
        )  # fmt: skip
        telling.tell(who, promise, kind="due_soon", at=LATER)
        notices.tell(who, matter="other:1", kind="x", title="Hm", url="/", at=LATER)

    found = mailed(MONDAY_NOON + DAY)
    assert found["ben"][0] == "2 matters wait for you"
    assert found["lea"][0] == "2 Hinweise warten auf Sie"
    assert "Due soon: Answer · Grace Whitlow" in found["ben"][1]
    assert "(promised by Mon 7 Dec, 13:00)" in found["ben"][1]
    assert "Bald fällig: Antworten · Grace Whitlow" in found["lea"][1]
    assert "(zugesagt bis Mo, 7. Dez., 13:00)" in found["lea"][1]


def test_whoever_turns_to_another_language_reads_in_it_what_was_told_before(house, lea):
    they_write_again(house, house.lea)
    lea.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"

    assert ENGLISH in lea.get("/notices/").text
    # A session says now and then that it is in use, and its language with it.
    at_their_desk(house.lea, "en", at=LATER)
    assert mailed(LATER + HOUR)["lea"][0].startswith(ENGLISH)


def test_a_mail_to_who_has_never_looked_in_is_in_the_language_of_the_house(house):
    Business.objects.update(language="de")
    they_write_again(house, house.lou)
    assert mailed(LATER + HOUR)["lou"][0].startswith(GERMAN)


def test_what_was_told_before_titles_had_languages_is_read_as_it_stands(house, lea):
    they_write_again(house, house.lea)
    Notice.objects.update(titles={}, title="They wrote: 100 % Grace")

    assert "They wrote: 100 % Grace" in lea.get("/notices/").text
    assert mailed(LATER + HOUR)["lea"][0] == "They wrote: 100 % Grace"


def test_joined_and_apart_again_it_leads_back_and_keeps_its_languages(house, ben, lea):
    one = they_write_again(house, house.ben, house.lea)
    other = receive(house, sender="grace@home.example", at=LATER).conversation
    joining.join(one, other, by=house.ana, at=LATER + MINUTE)
    told = Notice.objects.filter(kind="followed")
    assert {each.url for each in told} == {f"/conversations/{other.public_id}/"}
    assert GERMAN in lea.get("/notices/").text and ENGLISH in ben.get("/notices/").text

    unjoining.undo(Joined.objects.get(), by=house.ana, at=LATER + 2 * MINUTE)
    assert {each.url for each in told.all()} == {f"/conversations/{one.public_id}/"}
    assert {each.ended_at for each in told} == {None}
    assert GERMAN in lea.get("/notices/").text and ENGLISH in ben.get("/notices/").text


def test_that_somebody_asked_aside_answered_is_said_in_each_language(house, lea):
    conversation = receive(house).conversation
    side = aside.begin(
        conversation, to=aside.Recipients(("maker@gold.example",)), subject="A clasp",
        text="Have you one?", by=house.lea, at=MONDAY_NOON,
    )  # fmt: skip
    receive(house, "Yes.", sender="maker@gold.example", name="", subject="A clasp",
            answers=side.messages.get(), at=LATER)  # fmt: skip
    hand_on(LATER)
    notice = Notice.objects.filter(kind="aside_answered").first()
    assert notice is not None
    assert notice.titles["de"].startswith("Eine Rückfrage ist beantwortet.")
    assert notice.titles["en"].startswith("They answered aside.")


def test_owners_hear_of_a_mailbox_that_fails_each_in_their_language(house):
    Teammate.objects.filter(pk=house.lea.pk).update(role="owner", language="de")
    box = AccountSettings(imap_host="imap.a.example", imap_user="hello", imap_password="one")
    account = mailboxes.connect(house.hello, box, by=house.ana, at=MONDAY_NOON)
    mailboxes.note_trouble(account, Finding(False, "password", "535 no"), MONDAY_NOON)

    subjects = {each.to[0]: each.subject for each in mail.outbox}
    assert subjects == {
        "ana@shop.example": "The mailbox of Hello can't be read",
        "lea@shop.example": "Das Postfach von Hello lässt sich nicht lesen",
    }


def test_a_page_of_many_notices_asks_no_more_than_one_of_a_few(house, lea):
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            lea.get("/notices/")
        return len(asked)

    def tell(numbers: range) -> None:
        for number in numbers:
            titles = {"en": f"Matter {number}", "de": f"Sache {number}"}
            notices.tell(house.lea, matter=f"x:{number}", kind="x", title=titles, url="/", at=LATER)

    tell(range(3))
    lea.get("/notices/")
    few = cost()
    tell(range(3, 40))
    assert cost() == few
    assert "Sache 39" in lea.get("/notices/").text


def test_the_language_is_written_down_once_and_not_with_each_page(house, lea):
    with CaptureQueriesContext(connection) as asked:
        for _ in range(3):
            lea.get("/notices/")
    assert not [each for each in asked if each["sql"].startswith('UPDATE "accounts_teammate"')]
    house.lea.refresh_from_db()
    assert house.lea.language == "de"
