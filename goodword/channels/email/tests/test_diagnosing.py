import imaplib
import smtplib
import socket
import ssl

import pytest
from imap_tools.errors import MailboxFolderSelectError, MailboxLoginError

from goodword.bench.servers.smtp_sink import SmtpSink
from goodword.channels.email import imap_in, smtp_out
from goodword.channels.email.diagnosing import (
    Finding,
    Place,
    explain,
    guess,
    provider_of,
    try_imap,
    try_smtp,
    words_for,
)
from goodword.channels.email.failures import PlaintextLogin


def login_refused(words: bytes) -> MailboxLoginError:
    return MailboxLoginError(("NO", [words]), "OK")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (login_refused(b"[AUTHENTICATIONFAILED] Invalid credentials (Failure)"), "password"),
        (
            login_refused(b"[ALERT] Application-specific password required: support/185833"),
            "app_password",
        ),
        (login_refused(b"[ALERT] Please log in via your web browser [WEBALERT]"), "app_password"),
        (login_refused(b"[PRIVACYREQUIRED] Plaintext authentication disallowed"), "tls"),
        (smtplib.SMTPAuthenticationError(535, b"5.7.8 Bad credentials"), "password"),
        (smtplib.SMTPAuthenticationError(534, b"5.7.9 App password is needed"), "app_password"),
        (
            smtplib.SMTPAuthenticationError(
                535, b"5.7.139 Authentication unsuccessful, basic authentication is disabled."
            ),
            "app_password",
        ),
        (smtplib.SMTPNotSupportedError("STARTTLS extension not supported by server."), "tls"),
        (smtplib.SMTPServerDisconnected("Connection unexpectedly closed"), "port"),
        (smtplib.SMTPServerDisconnected("Connection unexpectedly closed: timed out"), "timeout"),
        (smtplib.SMTPConnectError(554, b"go away"), "other"),
        (imaplib.IMAP4.abort("socket error: EOF"), "port"),
        (imaplib.IMAP4.error("[AUTHENTICATIONFAILED] no"), "password"),
        (MailboxFolderSelectError(("NO", [b"Mailbox doesn't exist: X"]), "OK"), "folder"),
        (ssl.SSLCertVerificationError(1, "certificate verify failed: expired"), "certificate"),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number"), "port"),
        (socket.gaierror(-2, "Name or service not known"), "host"),
        (TimeoutError("timed out"), "timeout"),
        (ConnectionRefusedError(111, "Connection refused"), "refused"),
        (ConnectionResetError(104, "Connection reset by peer"), "port"),
        (OSError(113, "No route to host"), "host"),
        (PlaintextLogin("mail.shop.example"), "tls"),
        (
            imaplib.IMAP4.error(
                "EXAMINE command error: BAD [b'User is authenticated but not connected.']"
            ),
            "token",
        ),
        (RuntimeError("what"), "other"),
    ],
)
def test_each_failure_is_named_in_words_to_act_on(error, code):
    finding = explain(error)

    assert (finding.ok, finding.code) == (False, code)
    assert finding.words == words_for(code)
    assert finding.words.endswith(".")
    assert finding.server_words


def test_an_outgoing_server_is_tried_without_sending():
    with SmtpSink(user="shop", password="right") as sink:
        right = smtp_out.Server("127.0.0.1", sink.port, "none", "shop", "right", 2)
        wrong = smtp_out.Server("127.0.0.1", sink.port, "none", "shop", "wrong", 2)
        crossed = smtp_out.Server("127.0.0.1", sink.port, "tls", "shop", "right", 2)

        assert try_smtp(right) == Finding(ok=True, code="ok")
        assert try_smtp(wrong).code == "password"
        assert try_smtp(crossed).code == "port"
        assert sink.received == []


def test_a_self_signed_certificate_is_found_out():
    with SmtpSink(tls=True) as sink:
        server = smtp_out.Server("127.0.0.1", sink.port, "starttls", timeout_seconds=2)

        assert try_smtp(server).code == "certificate"


@pytest.mark.dovecot
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "ok"),
        ({"password": "wrong"}, "password"),
        ({"folder": "Nö"}, "folder"),
        ({"security": "tls"}, "port"),
        ({"security": "starttls"}, "tls"),
        ({"host": "mail.invalid", "security": "tls"}, "host"),
    ],
)
def test_a_mailbox_is_tried_for_real(dovecot, changes, code):
    settings = {
        "host": "127.0.0.1",
        "port": dovecot.imap_port,
        "security": "none",
        "user": dovecot.new_user(),
        "password": dovecot.password,
        "timeout_seconds": 5,
    }

    assert try_imap(imap_in.Server(**(settings | changes))).code == code


@pytest.mark.parametrize(
    ("address", "imap", "smtp"),
    [
        ("a@gmail.com", "imap.gmail.com", "smtp.gmail.com"),
        ("a@Outlook.com", "outlook.office365.com", "smtp.office365.com"),
        ("a@web.de", "imap.web.de", "smtp.web.de"),
        ("a@t-online.de", "secureimap.t-online.de", "securesmtp.t-online.de"),
        ("a@shop.example", "imap.shop.example", "smtp.shop.example"),
        ("a@notgmail.com", "imap.notgmail.com", "smtp.notgmail.com"),
    ],
)
def test_the_servers_of_an_address_are_guessed(address, imap, smtp):
    place_in, place_out = guess(address)

    assert place_in == Place(imap, 993, "tls")
    assert (place_out.host, place_out.port) in {(smtp, 465), (smtp, 587)}


def test_providers_that_want_app_passwords_are_known():
    google, shop = provider_of("a@gmail.com"), provider_of("a@shop.example")

    assert google is not None
    assert google.app_password
    assert shop is None
