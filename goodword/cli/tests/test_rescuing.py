"""`goodword rescue`: the only owner has lost the password, or the phone with all codes."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from click.testing import CliRunner
from django.test import Client

from goodword.accounts import actions as accounts
from goodword.accounts import signing_in
from goodword.channels.email import accounts as mailboxes
from goodword.channels.email.accounts import AccountSettings
from goodword.channels.email.models import Notice
from goodword.cli import group
from goodword.events.models import Event
from tests.factories import MONDAY_NOON, PASSWORD, make_house

pytestmark = pytest.mark.django_db
NEW = {"password1": "entirely new words", "password2": "entirely new words"}


def rescue(*arguments: str) -> tuple[int, str]:
    told = CliRunner().invoke(group, ["rescue", *arguments])
    return told.exit_code, told.output


def test_the_link_sets_a_new_password_and_leaves_the_second_factor_as_it_is():
    house = make_house()
    Authenticator.objects.create(user=house.ana, type="totp", data={})

    code, said = rescue("ANA@shop.example")

    assert code == 0 and "For Ana Ruiz alone" in said
    ana = Client()
    path = re.search(r"http://[^/]+(/\S+)", said)[1]
    form = ana.get(path, follow=True).request["PATH_INFO"]
    assert ana.post(form, NEW).status_code == 302
    house.ana.refresh_from_db()
    assert house.ana.check_password(NEW["password1"])
    assert signing_in.has_second_factor(house.ana)
    assert "no longer works" in Client().get(path, follow=True).content.decode()
    event = Event.objects.get(kind="accounts.password_link_made")
    assert (event.actor, event.subject) == ("system:0", f"teammate:{house.ana.pk}")


def test_the_second_factor_goes_when_it_is_asked_for_and_the_trail_says_so():
    house = make_house()
    Authenticator.objects.create(user=house.ana, type="totp", data={})

    code, said = rescue("ana@shop.example", "--without-second-factor")

    assert code == 0 and "open nothing any more" in said and "No inbox can send mail yet" in said
    assert not signing_in.has_second_factor(house.ana)
    event = Event.objects.get(kind="accounts.second_factor_taken")
    assert (event.actor, event.subject) == ("system:0", f"teammate:{house.ana.pk}")


def test_whose_second_factor_went_on_the_machine_hears_of_it_where_an_inbox_can_send(settings):
    settings.EMAIL_BACKEND = "goodword.channels.email.notices.NoticeBackend"
    house = make_house()
    at = AccountSettings(smtp_host="smtp.a.example")
    mailboxes.connect(house.hello, at, by=house.ana, at=MONDAY_NOON)
    Authenticator.objects.create(user=house.ana, type="totp", data={})

    _code, said = rescue("ana@shop.example", "--without-second-factor")

    assert "No inbox can send" not in said
    notice = Notice.objects.get()
    assert notice.to == house.ana.email and "Whoever runs Goodword's machine" in notice.text
    _code, said = rescue("ana@shop.example", "--without-second-factor")
    assert "There was no second factor to take away." in said and Notice.objects.count() == 1


def test_nobody_is_let_in_who_is_not_here_any_more():
    house = make_house()
    accounts.deactivate(house.ben, by=house.ana, at=MONDAY_NOON)
    for address in ("ben@shop.example", "stranger@shop.example"):
        code, said = rescue(address)
        assert code == 1 and "nobody signs in with" in said
    assert house.ana.check_password(PASSWORD)
