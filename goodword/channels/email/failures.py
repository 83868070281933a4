"""What went wrong between us and a mail server, in words that an owner can act on."""

from __future__ import annotations

import errno
import imaplib
import re
import smtplib
import socket
import ssl
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext_lazy as _
from imap_tools.errors import (
    MailboxFolderSelectError,
    MailboxLoginError,
    MailboxStarttlsError,
    UnexpectedCommandStatusError,
)

from goodword.channels.email import oauth
from goodword.core.text import clean_line

Code = (
    Literal[
        "ok",
        "password",
        "app_password",
        "port",
        "certificate",
        "host",
        "timeout",
        "folder",
        "tls",
        "refused",
        "disk",
        "other",
    ]
    | oauth.Code
)


class PlaintextLogin(Exception):
    """A password would have crossed the network unencrypted; it was not sent."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of a try. `server_words` are the server's own, or the system's."""

    ok: bool
    code: Code
    server_words: str = ""

    @property
    def words(self) -> str:
        """One or two sentences with what to do, in the language of whoever reads them."""
        return words_for(self.code)


# By code. What the server said stands beside it, in its own words.
_WORDS = {
    "ok": _("It works."),
    "password": _(
        "The server refused the user name or the password. Check both; the user name is "
        "often the whole mail address."
    ),
    "app_password": _(
        "The provider wants an app password instead of your usual one. Make one in the "
        "security settings of the mail account, and give it here."
    ),
    "port": _(
        "Port and encryption don't fit together. TLS is usual on 993 (IMAP) and 465 "
        "(SMTP), STARTTLS on 143 and 587."
    ),
    "certificate": _(
        "The server's certificate is not valid for this name, has expired, or comes from "
        "nobody this machine trusts. Check the server name with your provider."
    ),
    "host": _("No server has this name. Check its spelling, and this machine's network."),
    "timeout": _(
        "The server did not answer in time. Check name and port; a firewall may be in between."
    ),
    "folder": _("The mailbox has no such folder. The usual one is INBOX."),
    "tls": _(
        "The connection can't be encrypted this way. Choose TLS, or STARTTLS if the "
        "provider says so; a password is never sent unencrypted to another machine."
    ),
    "refused": _("Nothing answers at this port. Check the port, and that the server runs."),
    "disk": _(
        "The disk of this machine is nearly full, so no mail is taken in; it waits where "
        "it is. Make room, or give the data folder a larger disk."
    ),
    "consent": _(
        "The provider no longer lets Goodword into this mailbox: the consent was "
        "withdrawn or has ended, for instance after a change of password. Connect the "
        "mailbox again; the mail that came meanwhile is then fetched."
    ),
    "denied": _(
        "The provider was told no, or an administrator has to agree first. Try again, and "
        "allow what is asked."
    ),
    "client": _(
        "The provider refused the client id or the client secret. Check that both are "
        "copied whole, and that the secret has not ended; make a new one if it has."
    ),
    "redirect": _(
        "The redirect address is not registered with the provider. Add it there exactly "
        "as this page shows it."
    ),
    "scope": _(
        "The provider did not grant the permissions that were asked for. Add them to the "
        "app you registered, as this page lists them."
    ),
    "offline": _(
        "The provider gave access for an hour only (no refresh token). Remove Goodword's "
        "access in the account's security settings, and connect again."
    ),
    "code": _("The provider's answer was too old or had been used. Connect once more."),
    "token": _(
        "The provider agreed, but the mail server refused the sign-in. Check that the "
        "address is that of the mailbox, that whoever agreed may open it, and that the "
        "provider lets it be used by IMAP and SMTP."
    ),
    "token_server": _(
        "The provider's server for signing in did not answer as it should. Goodword keeps trying."
    ),
    "oauth": _("The provider refused, for the reason it gives."),
}
_UNEXPECTED = _("The mail server gave an unexpected answer.")


def words_for(code: str) -> str:
    return str(_WORDS.get(code, _UNEXPECTED))


_APP_PASSWORD = re.compile(
    r"application-specific|app(?:lication)?[- ]?(?:specific )?password|InvalidSecondFactor|"
    r"5\.7\.9\b|185833|basic authentication is disabled|authenticated, but .{0,40}disabled|"
    r"SmtpClientAuthentication is disabled|5\.7\.139|generate.{0,30}password|"
    r"web login required|WEBALERT|less secure|apppasswords|LOGIN disabled for this",
    re.IGNORECASE,
)
_LOGIN_DISABLED = re.compile(
    r"PRIVACYREQUIRED|plaintext auth|cleartext|must issue a STARTTLS|encryption required|"
    r"LOGINDISABLED|only (?:allowed|available) (?:over|with|after).{0,20}(?:tls|ssl|encrypt)",
    re.IGNORECASE,
)


def explain(error: BaseException) -> Finding:
    """The finding behind an exception of the network, of smtplib, imaplib or imap_tools."""
    if isinstance(error, oauth.Trouble):
        return Finding(ok=False, code=error.code, server_words=error.words)
    said = server_words(error)
    return Finding(ok=False, code=_code(error, said), server_words=said)


def server_words(error: BaseException) -> str:
    """What the other side said, as one line of text."""
    words: object = error
    if isinstance(error, smtplib.SMTPResponseException):
        words = f"{error.smtp_code} {_text(error.smtp_error)}"
    elif isinstance(error, UnexpectedCommandStatusError):
        words = _joined(error.command_result[1])
    elif isinstance(error, imaplib.IMAP4.error) and error.args:
        words = _text(error.args[0])
    elif isinstance(error, OSError) and error.strerror:
        words = error.strerror
    return clean_line(str(words), most=500)


def _code(error: BaseException, said: str) -> Code:
    if isinstance(error, PlaintextLogin):
        return "tls"
    if "authenticated but not connected" in said:
        return "token"  # Microsoft's, to a good token for a mailbox that isn't its owner's
    if isinstance(error, (OSError, EOFError)) and not isinstance(error, smtplib.SMTPException):
        return _network_code(error, said)
    if isinstance(error, MailboxFolderSelectError):
        return "folder"
    if isinstance(error, (MailboxStarttlsError, smtplib.SMTPNotSupportedError)):
        return "tls"
    if _APP_PASSWORD.search(said):
        return "app_password"
    if _LOGIN_DISABLED.search(said) or "TLS not supported" in said or "STARTTLS" in said:
        return "tls"
    if isinstance(error, (MailboxLoginError, smtplib.SMTPAuthenticationError)):
        return "password"
    if isinstance(error, smtplib.SMTPServerDisconnected) and "timed out" in said:
        return "timeout"
    # The other side hung up at once: it spoke TLS to our plain words.
    if isinstance(error, (smtplib.SMTPServerDisconnected, imaplib.IMAP4.abort)):
        return "port"
    if "AUTHENTICATIONFAILED" in said.upper():
        return "password"
    return "other"


def _network_code(error: BaseException, said: str) -> Code:
    if getattr(error, "errno", None) in {errno.ENOSPC, errno.EDQUOT}:
        return "disk"
    if isinstance(error, (ssl.SSLCertVerificationError, ssl.CertificateError)):
        return "certificate"
    if isinstance(error, ssl.SSLError):
        wrong = ("WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "HTTP_REQUEST", "EOF", "RECORD_LAYER")
        return "port" if any(word in str(error) for word in wrong) else "tls"
    if isinstance(error, (socket.gaierror, socket.herror, UnicodeError)):
        return "host"
    if isinstance(error, TimeoutError) or "timed out" in said.lower():
        return "timeout"
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    if isinstance(error, (ConnectionResetError, BrokenPipeError, EOFError)):
        return "port"
    if "unreachable" in said.lower() or "no route" in said.lower():
        return "host"
    return "other"


def _text(words: object) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)


def _joined(words: object) -> str:
    return " ".join(map(_text, words)) if isinstance(words, list) else _text(words)
