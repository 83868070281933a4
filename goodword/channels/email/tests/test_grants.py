"""Tokens of a mailbox: renewed before they end, one at a time; consent withdrawn, given again."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from goodword.bench.servers.smtp_sink import SmtpSink
from goodword.bench.servers.token_server import TokenServer
from goodword.channels.email import accounts, grants, oauth, smtp_out
from goodword.channels.email.accounts import AccountSettings
from goodword.channels.email.models import Grant, MailAccount, Notice
from goodword.channels.email.tests.consent import client_at
from goodword.desk.roads import Outcome
from goodword.events.models import Event
from tests.factories import HOUR, MINUTE, make_house

USER = "hello@shop.example"
RAW = b"Subject: hi\r\n\r\nhello\r\n"
db = pytest.mark.django_db


@pytest.fixture
def house(settings: object) -> SimpleNamespace:
    settings.EMAIL_BACKEND = "goodword.channels.email.notices.NoticeBackend"
    return make_house()


@pytest.fixture
def sink(token_server: TokenServer):
    with SmtpSink(accepts=token_server.accepts) as sink:
        yield sink


def connected(
    house: SimpleNamespace, server: TokenServer, *, life: timedelta, port: int = 25, **more: str
) -> MailAccount:
    now = timezone.now()
    access, refresh = server.grant(USER)
    given = AccountSettings(
        smtp_host="127.0.0.1",
        smtp_port=port,
        smtp_security="none",
        smtp_user=USER,
        client=client_at(server),
        tokens=oauth.Tokens(access, refresh, now + life),
        **more,
    )
    return accounts.connect(house.hello, given, by=house.ana, at=now)


def send(account: MailAccount) -> Outcome:
    return smtp_out.send(
        accounts.smtp_of(account),
        RAW,
        sender=USER,
        envelope=["mia@home.example"],
        commit=lambda taken: None,
    )


@db
def test_what_is_stored_is_sealed_and_comes_back_whole(
    house: SimpleNamespace, token_server: TokenServer
):
    account = connected(house, token_server, life=HOUR)
    row = Grant.objects.get()
    tokens = accounts.settings_of(account).tokens
    assert accounts.settings_of(account).client == client_at(token_server)
    assert tokens and token_server.accepts(USER, tokens.access)
    stored = " ".join(str(value) for value in Grant.objects.values_list().get())
    for secret in (tokens.access, tokens.refresh, token_server.client_secret):
        assert secret not in stored and secret not in repr(accounts.settings_of(account))
    assert row.due_at == row.expires_at - grants.AHEAD
    text = accounts.settings_to_json(accounts.settings_of(account))
    assert accounts.settings_from_json(text) == accounts.settings_of(account)


@db
def test_a_token_that_lasts_is_used_as_it_is(
    house: SimpleNamespace, token_server: TokenServer, sink: SmtpSink
):
    account = connected(house, token_server, life=HOUR, port=sink.port)
    assert send(account).answers["mia@home.example"].state == "accepted"
    assert token_server.renewals == 0


@db
def test_a_token_is_renewed_five_minutes_before_it_ends_and_the_new_refresh_token_is_kept(
    house: SimpleNamespace, token_server: TokenServer, sink: SmtpSink
):
    account = connected(house, token_server, life=HOUR, port=sink.port)
    before, now = accounts.settings_of(account).tokens, timezone.now()
    assert accounts.renew_due(clock=lambda: now + 54 * MINUTE) == 0
    assert accounts.renew_due(clock=lambda: now + 56 * MINUTE) == 1
    after = accounts.settings_of(account).tokens
    assert before and after and (before.access, before.refresh) != (after.access, after.refresh)
    assert accounts.renew_due(clock=lambda: now + 57 * MINUTE) == 0
    assert accounts.renew_due(clock=lambda: now + 120 * MINUTE) == 1  # the old one has ended
    assert send(account).answers["mia@home.example"].state == "accepted"


@db
def test_tokens_of_a_short_life_are_not_renewed_all_the_time(
    house: SimpleNamespace, token_server: TokenServer
):
    connected(house, token_server, life=4 * MINUTE)
    now = timezone.now()
    assert accounts.renew_due(clock=lambda: now + MINUTE) == 0
    assert accounts.renew_due(clock=lambda: now + 2.1 * MINUTE) == 1
    token_server.life_seconds = 1
    assert accounts.renew_due(clock=lambda: now + 60 * MINUTE) == 1
    assert accounts.renew_due(clock=lambda: now + 60 * MINUTE + timedelta(seconds=10)) == 0


@db
def test_a_token_that_the_mail_server_rejects_is_renewed_once_and_tried_again(
    house: SimpleNamespace, token_server: TokenServer, sink: SmtpSink
):
    account = connected(house, token_server, life=HOUR, port=sink.port)
    token_server.end_access(USER)
    assert send(account).answers["mia@home.example"].state == "accepted"
    assert token_server.renewals == 1


@db
def test_a_mail_server_that_refuses_every_token_is_said_to_and_the_mail_waits(
    house: SimpleNamespace, token_server: TokenServer
):
    with SmtpSink(accepts=lambda user, token: False) as stubborn:
        account = connected(house, token_server, life=HOUR, port=stubborn.port)
        outcome = send(account)
    assert outcome.answers["mia@home.example"].state == "later"
    assert "the mail server refused the sign-in" in outcome.trouble
    assert token_server.renewals == 1


@db
def test_given_a_withdrawn_consent_it_is_said_at_once_and_owners_are_told_once(
    house: SimpleNamespace, token_server: TokenServer, sink: SmtpSink
):
    account = connected(house, token_server, life=HOUR, port=sink.port)
    token_server.withdraw(USER)
    for _ in range(3):
        outcome = send(account)
        assert outcome.answers["mia@home.example"].state == "later"
        assert "Connect the mailbox again" in outcome.trouble
    assert token_server.renewals == 1  # known: the provider is not asked at every try
    account.refresh_from_db()
    assert account.trouble == "consent" and account.failing_since
    assert Event.objects.filter(kind="email.mailbox_failing").count() == 1
    assert "Connect the mailbox again" in Notice.objects.get().text

    # A line that is still open reads on for a while; that mends nothing.
    accounts.note_ok(account, timezone.now())
    account.refresh_from_db()
    assert account.failing_since
    later = timezone.now() + timedelta(hours=2)
    assert accounts.renew_due(clock=lambda: later) == 1
    assert Notice.objects.count() == 1


@db
def test_a_withdrawn_consent_is_noticed_without_anybody_signing_in(
    house: SimpleNamespace, token_server: TokenServer
):
    account = connected(house, token_server, life=HOUR, imap_host="127.0.0.1", imap_user=USER)
    token_server.withdraw(USER)
    later = timezone.now() + HOUR
    accounts.renew_due(clock=lambda: later)
    account.refresh_from_db()
    assert account.trouble == "consent" and Notice.objects.count() == 1


@db
def test_a_token_server_that_is_down_for_a_while_is_not_taken_for_a_withdrawal(
    house: SimpleNamespace, token_server: TokenServer, sink: SmtpSink
):
    account = connected(house, token_server, life=4 * MINUTE, port=sink.port)
    token_server.stop()
    soon = timezone.now() + 3 * MINUTE
    assert accounts.renew_due(clock=lambda: soon) == 1
    assert send(account).answers["mia@home.example"].state == "accepted"  # its last minutes
    Grant.objects.update(expires_at=timezone.now())
    outcome = send(account)
    assert outcome.answers["mia@home.example"].state == "later"
    account.refresh_from_db()
    assert account.trouble == "" and not Notice.objects.exists()
    token_server.start()
    assert send(account).answers["mia@home.example"].state == "accepted"


@db
def test_connecting_again_clears_the_refusal_and_the_mailbox_is_followed_from_where_it_stood(
    house: SimpleNamespace, token_server: TokenServer, sink: SmtpSink
):
    mailbox = {"imap_host": "127.0.0.1", "imap_user": USER}
    account = connected(house, token_server, life=HOUR, port=sink.port, **mailbox)
    MailAccount.objects.update(uidvalidity=7, last_uid=99)
    token_server.withdraw(USER)
    send(account)
    account = connected(house, token_server, life=HOUR, port=sink.port, **mailbox)
    assert (account.uidvalidity, account.last_uid, account.failing_since) == (7, 99, None)
    assert Grant.objects.get().refusal == ""
    assert send(account).answers["mia@home.example"].state == "accepted"


@db
def test_given_the_mailbox_is_connected_anew_during_a_renewal_the_late_answer_changes_nothing(
    house: SimpleNamespace, token_server: TokenServer, monkeypatch: pytest.MonkeyPatch
):
    account = connected(house, token_server, life=HOUR)
    asked = oauth.renew

    def meanwhile(client: oauth.Client, refresh_token: str, **more: object) -> oauth.Tokens:
        monkeypatch.setattr(oauth, "renew", asked)
        connected(house, token_server, life=HOUR)
        raise oauth.Trouble("consent", "the old one")

    monkeypatch.setattr(oauth, "renew", meanwhile)
    later = timezone.now() + HOUR - MINUTE
    accounts.renew_due(clock=lambda: later)
    row = Grant.objects.get()
    account.refresh_from_db()
    assert (row.refusal, row.why, account.trouble) == ("", "", "")


@db
def test_a_password_in_the_place_of_consent_leaves_no_token_behind(
    house: SimpleNamespace, token_server: TokenServer
):
    connected(house, token_server, life=HOUR, imap_host="imap.shop.example", imap_user=USER)
    plain = AccountSettings(imap_host="imap.shop.example", imap_user=USER, imap_password="s3cret")
    account = accounts.connect(house.hello, plain, by=house.ana, at=timezone.now())
    assert not Grant.objects.exists()
    assert accounts.imap_of(account).token is None
    account = connected(house, token_server, life=HOUR, imap_host="h.example", imap_user=USER)
    assert account.imap_secret == ""


@db
def test_while_one_renews_no_other_does_and_who_waited_takes_what_came_of_it(
    house: SimpleNamespace, token_server: TokenServer, monkeypatch: pytest.MonkeyPatch
):
    account = connected(house, token_server, life=4 * MINUTE)
    stale, later = Grant.objects.get(), timezone.now() + 3 * MINUTE
    before, asked, seen = grants.tokens_of(stale).access, oauth.renew, []

    def clock() -> datetime:
        return later

    def watched(client: oauth.Client, refresh_token: str, **more: Any) -> oauth.Tokens:
        meanwhile = grants.access_token(account, clock=lambda: later)  # good for a minute yet
        seen.append((meanwhile, grants._claim(stale, later), accounts.renew_due(clock=clock)))
        return asked(client, refresh_token, **more)

    monkeypatch.setattr(oauth, "renew", watched)
    fresh = grants.access_token(account, clock=clock)
    assert seen == [(before, None, 0)] and token_server.renewals == 1
    # Who looked before the renewal and comes to claim after it finds another token there.
    assert grants._claim(stale, later) is None
    assert grants.access_token(account, clock=timezone.now) == fresh
    assert token_server.renewals == 1


@db
def test_no_secret_is_logged(
    house: SimpleNamespace,
    token_server: TokenServer,
    sink: SmtpSink,
    caplog: pytest.LogCaptureFixture,
):
    caplog.set_level(logging.DEBUG)
    account = connected(house, token_server, life=HOUR, port=sink.port)
    token_server.end_access(USER)
    send(account)
    token_server.withdraw(USER)
    send(account)
    ours = [r.getMessage() for r in caplog.records if not r.name.startswith("mail.")]
    for secret in ("refresh-", "access-", token_server.client_secret):
        assert not [line for line in ours if secret in line]
