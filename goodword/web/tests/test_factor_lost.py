"""Phone and recovery codes are gone: an owner takes the second factor away."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from goodword.accounts import actions as accounts
from goodword.accounts import signing_in
from goodword.accounts.models import Role, Teammate
from goodword.channels.email import accounts as mailboxes
from goodword.channels.email.accounts import AccountSettings
from goodword.channels.email.models import Notice
from goodword.events.models import Event
from goodword.web.tests.test_signin import BEN, LOGIN, turn_on
from tests.factories import MONDAY_NOON, PASSWORD

pytestmark = pytest.mark.django_db
ANA = {"login": "ana@shop.example", "password": PASSWORD}
GERMAN = {"Accept-Language": "de"}


@pytest.fixture(autouse=True)
def fresh(settings) -> Iterator[None]:
    cache.clear()
    settings.EMAIL_BACKEND = "goodword.channels.email.notices.NoticeBackend"
    with time_machine.travel(MONDAY_NOON, tick=False):
        yield
    cache.clear()


@pytest.fixture
def phone(house: SimpleNamespace) -> Client:
    """Ben's, with which he has turned the second factor on; whoever has it is signed in."""
    client = Client()
    client.post(LOGIN, BEN)
    turn_on(client)
    Notice.objects.all().delete()
    return client


def page_of(teammate: Teammate) -> str:
    return f"/settings/teammates/{teammate.public_id}/"


def take(client: Client, teammate: Teammate, *, is_me: str = PASSWORD):
    """Press the button, and say who one is where that is asked."""
    asked = client.post(f"{page_of(teammate)}second-factor/")
    if "reauthenticate" not in asked.url:
        return client.get(asked.url)
    return client.post(asked.url, {"password": is_me}, follow=True)


def send_mail_from(house: SimpleNamespace) -> None:
    at = AccountSettings(smtp_host="smtp.a.example")
    mailboxes.connect(house.hello, at, by=house.ana, at=MONDAY_NOON)


@pytest.fixture
def ana(house: SimpleNamespace) -> Client:
    """Left open since yesterday: she has not said who she is for long."""
    client = Client()
    client.force_login(house.ana)
    return client


def test_an_owner_takes_a_lost_second_factor_away_and_whose_it_was_hears_of_it(
    house: SimpleNamespace, phone: Client, ana: Client
):
    send_mail_from(house)
    asked, lea = Client(), Client()
    asked.post(LOGIN, BEN)
    lea.force_login(house.lea)
    path = f"{page_of(house.ben)}second-factor/"
    assert lea.post(path).status_code == 404 and asked.post(path).status_code == 302
    page = ana.get(page_of(house.ben)).content.decode()
    assert "Take the second factor away" in page and "They are told by mail." in page

    told = take(ana, house.ben).content.decode()

    assert "Ben Okri signs in without a second factor until" in told and "Tell them" not in told
    assert "Take the second factor away" not in told
    assert phone.get("/settings/profile/").status_code == 302  # whoever found it
    assert Client().post(LOGIN, BEN).url == "/"
    notice = Notice.objects.get()
    assert (notice.to, notice.subject) == (house.ben.email, "Your second factor was taken away")
    assert "An owner took away" in notice.text and "from the address" not in notice.text
    assert "Monday, 16 November 2026, 13:00 CET. If you didn't ask for it" in notice.text
    assert "took the second factor of Ben Okri away" in ana.get("/settings/audit/").content.decode()


def test_from_a_browser_left_open_no_second_factor_is_taken_away(
    house: SimpleNamespace, phone: Client, ana: Client
):
    asked = ana.post(f"{page_of(house.ben)}second-factor/")
    assert asked.status_code == 302 and asked.url.startswith("/account/reauthenticate/")
    said = ana.get(asked.url).content.decode()
    assert "Is it you?" in said and "change how one signs in" in said
    assert take(ana, house.ben, is_me="not her password").status_code == 422
    assert signing_in.has_second_factor(house.ben)


def test_who_reads_another_language_than_the_owner_is_told_in_theirs(
    house: SimpleNamespace, phone: Client
):
    send_mail_from(house)
    Teammate.objects.filter(pk=house.ben.pk).update(language="en")
    ana = Client(headers=GERMAN)
    ana.post(LOGIN, ANA)
    take(ana, house.ben)
    notice = Notice.objects.get()
    assert notice.subject == "Your second factor was taken away"
    assert "Monday, 16 November 2026" in notice.text and "An owner took away" in notice.text


def test_pressed_twice_it_says_and_does_nothing_the_second_time(
    house: SimpleNamespace, phone: Client, ana: Client
):
    send_mail_from(house)
    take(ana, house.ben)
    desk = Client()
    desk.post(LOGIN, BEN)

    again = take(ana, house.ben).content.decode()

    assert "Ben Okri has no second factor any more." in again and "until they set" not in again
    assert Notice.objects.count() == 1
    assert Event.objects.filter(kind="accounts.second_factor_taken").count() == 1
    assert desk.get("/settings/profile/").status_code == 200


def test_where_no_inbox_can_send_the_owner_is_asked_to_tell_them(
    house: SimpleNamespace, phone: Client, ana: Client
):
    page = ana.get(page_of(house.ben)).content.decode()
    assert "Tell them yourself" in page and "told by mail" not in page
    assert "Tell them yourself" in take(ana, house.ben).content.decode()
    assert not Notice.objects.exists()


def test_nobody_takes_their_own_second_factor_away_without_being_asked_whether_it_is_they(
    house: SimpleNamespace,
):
    ana = Client()
    ana.post(LOGIN, ANA)
    turn_on(ana)
    own = page_of(house.ana)
    assert "Take the second factor away" not in ana.get(own).content.decode()
    assert ana.post(f"{own}second-factor/").url == "/settings/profile/"
    assert signing_in.has_second_factor(house.ana)


def test_who_has_lost_it_reads_who_can_help_and_the_only_owner_what_does(house: SimpleNamespace):
    for teammate in (house.ben, house.ana):
        Authenticator.objects.create(user=teammate, type="totp", data={})
    hint, command = "An owner can take your second factor away", "goodword rescue ana@shop.example"
    assert hint in asked_of(BEN)
    only = asked_of(ANA)
    assert command in only and hint not in only
    accounts.change_role(house.ben, Role.OWNER, by=house.ana, at=MONDAY_NOON)
    one_of_two = asked_of(ANA)
    assert hint in one_of_two and command not in one_of_two


def asked_of(login: dict[str, str]) -> str:
    client = Client()
    client.post(LOGIN, login)
    return client.get("/account/2fa/authenticate/").content.decode()


def test_a_password_link_stands_in_the_trail(house: SimpleNamespace, ana: Client):
    assert ana.post(f"{page_of(house.ben)}password-link/").status_code == 200
    event = Event.objects.get(kind="accounts.password_link_made")
    assert event.actor == f"teammate:{house.ana.pk}"
    trail = ana.get("/settings/audit/").content.decode()
    assert "made a link to set a new password for Ben Okri" in trail
