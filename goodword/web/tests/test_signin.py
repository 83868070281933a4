"""Signing in, out, with a second factor, and after a forgotten password."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.test import Client

from goodword.accounts import actions as accounts
from goodword.channels.email import accounts as mailboxes
from goodword.channels.email.accounts import AccountSettings
from goodword.channels.email.models import Notice
from tests.factories import MONDAY_NOON, PASSWORD

pytestmark = pytest.mark.django_db

LOGIN = "/account/login/"
BEN = {"login": "ben@shop.example", "password": PASSWORD}
NEW = {"password1": "entirely new words", "password2": "entirely new words"}


@pytest.fixture(autouse=True)
def fresh(settings) -> Iterator[None]:
    """No tries counted yet, mail goes into rows, and no code runs out in the middle of a test."""
    cache.clear()
    settings.EMAIL_BACKEND = "goodword.channels.email.notices.NoticeBackend"
    with time_machine.travel(MONDAY_NOON, tick=False):
        yield
    cache.clear()


def six_digits(secret: str) -> str:
    counter = next(totp.yield_hotp_counters_from_time())
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def turn_on(client: Client) -> tuple[str, list[str]]:
    """Turn two-factor sign-in on; gives the secret and the recovery codes."""
    asked = client.get("/account/2fa/totp/activate/", follow=True)
    assert "Is it you?" in asked.content.decode()
    page = client.post(asked.request["PATH_INFO"] + f"?{asked.request['QUERY_STRING']}",
                       {"password": PASSWORD}, follow=True)  # fmt: skip
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page.content.decode())[1]
    wrong = client.post("/account/2fa/totp/activate/", {"code": "000000"})
    assert wrong.status_code == 422
    said = wrong.content.decode()
    assert "This code doesn&#x27;t fit" in said and "recovery code works" not in said  # none yet
    on = client.post("/account/2fa/totp/activate/", {"code": six_digits(secret)}, follow=True)
    codes = re.findall(r"<li><code>(\w+)</code>", on.content.decode())
    return secret, codes


def test_a_teammate_signs_in_and_out(client: Client, house: SimpleNamespace):
    assert client.post(LOGIN, BEN).status_code == 302
    assert client.get("/settings/profile/").status_code == 200
    assert client.get("/account/logout/").status_code == 200  # asks; changes nothing
    assert client.get("/settings/profile/").status_code == 200
    client.post("/account/logout/")
    assert client.get("/settings/profile/").status_code == 302


def test_the_address_is_taken_in_any_case(client: Client, house: SimpleNamespace):
    assert client.post(LOGIN, BEN | {"login": " BEN@Shop.example "}).status_code == 302


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    client: Client, house: SimpleNamespace
):
    answers = []
    for wrong in (BEN | {"password": "wrong words here"}, BEN | {"login": "x@shop.example"}):
        answer = client.post(LOGIN, wrong)
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "wrong words here" not in page
        answers.append(re.search(r'role="alert".*?</div>', page, re.DOTALL)[0])
    assert answers[0] == answers[1]


def test_after_sign_in_nobody_is_sent_to_another_site(client: Client, house: SimpleNamespace):
    assert client.post(f"{LOGIN}?next=/settings/profile/", BEN).url == "/settings/profile/"
    client.post("/account/logout/")
    assert "evil" not in client.post(f"{LOGIN}?next=//evil.example/", BEN).url


def test_many_tries_are_made_to_wait(client: Client, house: SimpleNamespace):
    wrong = BEN | {"password": "wrong words here"}
    for _try in range(6):
        client.post(LOGIN, wrong)
    answer = client.post(LOGIN, BEN)  # even the right one, now
    assert answer.status_code in {422, 429}
    for _try in range(30):
        answer = client.post(LOGIN, wrong)
    assert answer.status_code == 429
    page = answer.content.decode()
    assert "Too many tries" in page and "Go to the inbox" in page


def test_with_two_factors_the_password_alone_opens_nothing(house: SimpleNamespace):
    first = Client()
    first.post(LOGIN, BEN)
    secret, codes = turn_on(first)
    assert len(codes) == 10
    assert "Recovery codes" in first.get("/settings/profile/").content.decode()

    cache.clear()  # a code counts once; the one of turning on was used
    ben = Client()
    answer = ben.post(LOGIN, BEN)
    assert answer.url.startswith("/account/2fa/authenticate/")
    assert ben.get("/settings/profile/").status_code == 302
    wrong = ben.post("/account/2fa/authenticate/", {"code": "000000"})
    assert wrong.status_code == 422
    assert ben.post("/account/2fa/authenticate/", {"code": six_digits(secret)}).status_code == 302
    assert ben.get("/settings/profile/").status_code == 200


def test_a_recovery_code_lets_in_once(house: SimpleNamespace):
    first = Client()
    first.post(LOGIN, BEN)
    _secret, codes = turn_on(first)
    for works in (True, False):
        ben = Client()
        ben.post(LOGIN, BEN)
        said = ben.post("/account/2fa/authenticate/", {"code": codes[0]})
        assert ("a recovery code works once." in said.content.decode()) is not works
        assert (ben.get("/settings/profile/").status_code == 200) is works


def test_two_factors_are_turned_off_again(house: SimpleNamespace):
    ben = Client()
    ben.post(LOGIN, BEN)
    turn_on(ben)
    page = ben.get("/account/2fa/totp/deactivate/").content.decode()
    assert "Turn off" in page and "Your password alone will let anyone in" in page
    key = Authenticator.objects.create(user=house.ben, type="webauthn", data={})
    page = ben.get("/account/2fa/totp/deactivate/").content.decode()
    assert "Your passkeys and recovery codes stay." in page and "password alone" not in page
    key.delete()
    ben.post("/account/2fa/totp/deactivate/")
    assert Client().post(LOGIN, BEN).url == "/"


def test_a_forgotten_password_is_set_anew_by_mail(house: SimpleNamespace):
    mailboxes.connect(
        house.hello, AccountSettings(smtp_host="smtp.a.example"), by=house.ana, at=MONDAY_NOON
    )
    ben = Client()
    sent = ben.post("/account/password/reset/", {"email": "ben@shop.example"}, follow=True)
    assert "Look into your mail" in sent.content.decode()
    notice = Notice.objects.get()
    assert notice.to == "ben@shop.example"
    link = re.search(r"http://[^/]+(/account/password/reset/key/\S+/)", notice.text)[1]
    form = ben.get(link, follow=True)
    weak = ben.post(form.request["PATH_INFO"], {"password1": "short", "password2": "short"})
    assert weak.status_code == 422
    page = weak.content.decode()
    assert "too short" in page and "too similar" not in page  # what is wrong, and no list of rules
    assert ben.post(form.request["PATH_INFO"], NEW).status_code == 302
    assert Client().post(LOGIN, BEN).status_code == 422
    assert Client().post(LOGIN, BEN | {"password": NEW["password1"]}).status_code == 302
    assert "no longer works" in Client().get(link, follow=True).content.decode()


def test_a_link_for_who_has_left_is_not_made(house: SimpleNamespace):
    accounts.deactivate(house.ben, by=house.ana, at=MONDAY_NOON)
    Client().post("/account/password/reset/", {"email": "ben@shop.example"})
    assert not Notice.objects.filter(text__contains="/reset/key/").exists()


def test_a_changed_password_signs_out_everywhere_else(house: SimpleNamespace):
    here, there = Client(), Client()
    here.post(LOGIN, BEN)
    there.post(LOGIN, BEN)
    wrong = here.post("/account/password/change/", NEW | {"oldpassword": "not this one"})
    assert wrong.status_code == 422
    here.post("/account/password/change/", NEW | {"oldpassword": PASSWORD})
    assert here.get("/settings/profile/").status_code == 200
    assert there.get("/settings/profile/").status_code == 302


def test_where_no_mail_can_be_sent_the_page_says_whom_to_ask(client: Client, house: object):
    page = client.get("/account/password/reset/").content.decode()
    assert "Ask an owner" in page and "<form" not in page.split("<dialog")[0]


def test_who_was_signed_out_comes_back_to_the_page_they_sent_something_from(
    house: SimpleNamespace,
):
    page = "/plan/absences/?month=2026-12"
    client, sent = Client(), "/plan/duty/new/"
    answer = client.post(sent, headers={"Referer": f"http://testserver{page}"})
    assert answer.url == f"{LOGIN}?next=/plan/absences/%3Fmonth%3D2026-12"
    assert "nothing was changed. Sign in and do it again." in client.get(LOGIN).content.decode()
    # Or who keeps it to themselves; a path that begins as a host does; where one signs out.
    own = "http://testserver"
    out = ["https://evil.example/plan/", "", f"{own}//evil/x", own, f"{own}/account/logout/"]
    for elsewhere in (*out, f"{own}/account/login/?next=/plan/"):
        assert client.post(sent, headers={"Referer": elsewhere}).url == f"{LOGIN}?next=/"
    assert client.get(page).url == answer.url
