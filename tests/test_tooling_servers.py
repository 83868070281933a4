"""The test servers do what the tests take them to do."""

from __future__ import annotations

import asyncio
import imaplib
import smtplib
import ssl

import psycopg
import pytest

from goodword.bench.servers import listens, spare_port
from goodword.bench.servers.dovecot import Dovecot
from goodword.bench.servers.postgres import Postgres
from goodword.bench.servers.smtp_sink import Drop, SmtpSink

MAIL = b"From: Kim <kim@home.example>\r\nTo: hello@shop.example\r\nSubject: Boots\r\n\r\nWhen?\r\n"


def test_given_many_spare_ports_each_can_be_listened_on():
    ports = {spare_port() for _ in range(20)}

    assert len(ports) > 15
    assert not any(listens(port) for port in ports)


@pytest.mark.postgres
def test_given_a_cluster_each_new_database_is_empty_and_its_own(postgres: Postgres):
    first, second = postgres.create_database(), postgres.create_database()
    with psycopg.connect(first) as connection:
        connection.execute("CREATE TABLE word (given text)")

    with psycopg.connect(second) as connection:
        found = connection.execute("SELECT to_regclass('word')").fetchone()

    assert found == (None,)


@pytest.mark.postgres
def test_given_a_stopped_cluster_nothing_of_it_is_left():
    with Postgres() as cluster:
        folder, port = cluster.folder, cluster.port
        assert listens(port)

    assert not folder.exists()
    assert not listens(port)


@pytest.mark.dovecot
def test_given_mail_by_lmtp_and_append_both_are_in_the_mailbox_unread(dovecot: Dovecot):
    user = dovecot.new_user()

    dovecot.deliver(MAIL, user)
    dovecot.append(MAIL, user, flags="\\Flagged")

    delivered, appended = dovecot.mails(user)
    assert delivered.endswith(MAIL) and b"Return-Path: <customer@home.example>" in delivered
    assert appended == MAIL
    assert [set(flags) - {"\\Recent"} for flags in dovecot.flags(user)] == [set(), {"\\Flagged"}]


@pytest.mark.dovecot
def test_given_someone_idling_a_delivery_is_told_at_once(dovecot: Dovecot):
    user = dovecot.new_user()
    with dovecot.signed_in(user) as imap:
        imap.select()
        imap.send(b"X1 IDLE\r\n")
        assert imap.readline().startswith(b"+ idling")

        dovecot.deliver(MAIL, user)

        told = [imap.readline()]
        imap.send(b"DONE\r\n")
        while not told[-1].startswith(b"X1 "):
            told.append(imap.readline())
    assert b"* 1 EXISTS\r\n" in told


@pytest.mark.dovecot
def test_given_the_server_was_down_it_comes_back_on_its_port_with_its_mail(dovecot: Dovecot):
    user = dovecot.new_user()
    dovecot.append(MAIL, user)

    dovecot.stop()
    assert not listens(dovecot.imap_port)
    dovecot.start()

    assert dovecot.mails(user) == [MAIL]


@pytest.mark.dovecot
def test_given_uidvalidity_reset_the_same_mails_have_a_new_number(dovecot: Dovecot):
    user = dovecot.new_user()
    dovecot.append(MAIL, user)
    dovecot.append(MAIL, user, flags="\\Seen")
    before = dovecot.uidvalidity(user)

    dovecot.reset_uidvalidity(user)

    assert dovecot.uidvalidity(user) != before
    assert dovecot.mails(user) == [MAIL, MAIL]


@pytest.mark.dovecot
def test_given_a_changed_password_only_the_new_one_opens(dovecot: Dovecot):
    user, old = dovecot.new_user(), dovecot.password
    dovecot.set_password("changed")

    with (
        imaplib.IMAP4(dovecot.host, dovecot.imap_port) as imap,
        pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"),
    ):
        imap.login(user, old)

    assert dovecot.mails(user) == []


@pytest.mark.dovecot
def test_given_tls_who_trusts_the_certificate_gets_in_and_who_does_not_is_stopped(
    dovecot_tls: Dovecot,
):
    user, certificate = dovecot_tls.new_user(), dovecot_tls.certificate
    assert certificate is not None
    trusting, wary = certificate.for_client(), ssl.create_default_context()

    with imaplib.IMAP4_SSL("localhost", dovecot_tls.imaps_port, ssl_context=trusting) as imap:
        assert imap.login(user, dovecot_tls.password)[0] == "OK"
    with imaplib.IMAP4("localhost", dovecot_tls.imap_port) as imap:
        assert imap.starttls(trusting)[0] == "OK"
    with pytest.raises(ssl.SSLCertVerificationError):
        imaplib.IMAP4_SSL("localhost", dovecot_tls.imaps_port, ssl_context=wary)


def test_given_a_mail_the_sink_keeps_its_envelope_and_bytes(smtp_sink: SmtpSink):
    with smtplib.SMTP(smtp_sink.host, smtp_sink.port) as smtp:
        smtp.sendmail("hello@shop.example", ["kim@home.example", "lee@home.example"], MAIL)

    (mail,) = smtp_sink.wait_for(1)
    assert (mail.sender, mail.raw) == ("hello@shop.example", MAIL)
    assert mail.recipients == ("kim@home.example", "lee@home.example")
    assert mail.message["Subject"] == "Boots"


def test_given_a_refused_recipient_the_others_still_get_the_mail(smtp_sink: SmtpSink):
    smtp_sink.refuse("gone@home.example")
    smtp_sink.refuse("full@home.example", "452 4.2.2 Mailbox full")

    with smtplib.SMTP(smtp_sink.host, smtp_sink.port) as smtp:
        refused = smtp.sendmail(
            "hello@shop.example",
            ["gone@home.example", "kim@home.example", "Full@home.example"],
            MAIL,
        )

    assert {name: code for name, (code, _) in refused.items()} == {
        "gone@home.example": 550,
        "Full@home.example": 452,
    }
    assert smtp_sink.wait_for(1)[0].recipients == ("kim@home.example",)


@pytest.mark.parametrize(("how", "kept"), [(Drop.KEEPING, 1), (Drop.LOSING, 0)])
def test_given_a_dropped_connection_the_sender_gets_no_answer(
    smtp_sink: SmtpSink, how: Drop, kept: int
):
    smtp_sink.drop("kim@home.example", how)

    with (
        smtplib.SMTP(smtp_sink.host, smtp_sink.port) as smtp,
        pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)),
    ):
        smtp.sendmail("hello@shop.example", ["kim@home.example"], MAIL)

    assert len(smtp_sink.received) == kept


def test_given_a_sink_with_a_password_nobody_sends_without_it():
    with (
        SmtpSink(user="desk", password="right") as sink,
        smtplib.SMTP(sink.host, sink.port) as smtp,
    ):
        with pytest.raises(smtplib.SMTPSenderRefused, match="Authentication required"):
            smtp.sendmail("hello@shop.example", ["kim@home.example"], MAIL)
        with pytest.raises(smtplib.SMTPAuthenticationError):
            smtp.login("desk", "wrong")
        smtp.login("desk", "right")
        smtp.sendmail("hello@shop.example", ["kim@home.example"], MAIL)

    assert len(sink.received) == 1


def test_given_a_sink_with_tls_it_signs_in_only_behind_starttls():
    with SmtpSink(user="desk", password="right", tls=True) as sink:
        assert sink.certificate is not None
        with smtplib.SMTP("localhost", sink.port) as smtp:
            smtp.ehlo()
            assert "auth" not in smtp.esmtp_features
            smtp.starttls(context=sink.certificate.for_client())
            smtp.login("desk", "right")
            smtp.sendmail("hello@shop.example", ["kim@home.example"], MAIL)

    assert len(sink.received) == 1


def test_given_someone_still_connected_the_sink_stops_all_the_same():
    with SmtpSink() as sink:
        smtp = smtplib.SMTP(sink.host, sink.port)

    assert not listens(sink.port)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        smtp.noop()
    smtp.close()


def test_given_no_browser_in_this_file_asyncio_runs_as_ever():
    # Playwright's loop counts as running while it is open; see the fixture `chromium`.
    assert asyncio.run(asyncio.sleep(0, "done")) == "done"
