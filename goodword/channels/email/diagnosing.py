"""Trying a mail server while its owner waits at the setup page, and saying what was found."""

from __future__ import annotations

import imaplib
import smtplib
from dataclasses import replace

from imap_tools.errors import ImapToolsError

from goodword.channels.email import imap_in, oauth, smtp_out
from goodword.channels.email.failures import (
    Code,
    Finding,
    PlaintextLogin,
    explain,
    words_for,
)
from goodword.channels.email.providers import PROVIDERS, Place, Provider, guess, provider_of

__all__ = [
    "PROVIDERS",
    "Code",
    "Finding",
    "Place",
    "Provider",
    "explain",
    "guess",
    "provider_of",
    "try_imap",
    "try_smtp",
    "words_for",
]
FAILURES = (
    OSError,
    EOFError,
    ValueError,  # imap_tools on port 993 without TLS; names no server can have
    imaplib.IMAP4.error,
    smtplib.SMTPException,
    ImapToolsError,
    PlaintextLogin,
    oauth.Trouble,
)
# TLS to a plain port and the reverse hang until a timeout, so a wrong port looks like silence.
_PLAIN_PORTS = {25, 143, 587, 2525}
_TLS_PORTS = {465, 993}
_WANT_APP_PASSWORDS = {
    place.host for one in PROVIDERS if one.app_password for place in (one.imap, one.smtp)
}


def try_imap(server: imap_in.Server) -> Finding:
    """Connect, log in, open the folder. Takes up to `timeout_seconds` a step; changes nothing."""
    try:
        with imap_in.Mailbox(server) as mailbox:
            mailbox.uids_after(max(mailbox.uidnext - 1, 0))
    except FAILURES as error:
        return _refined(explain(error), server.port, server.security, server.host)
    return Finding(ok=True, code="ok")


def try_smtp(server: smtp_out.Server) -> Finding:
    """Connect, log in, and leave without sending anything."""
    try:
        line = smtp_out.connect(server)
        line.noop()
        line.close()
    except FAILURES as error:
        return _refined(explain(error), server.port, server.security, server.host)
    return Finding(ok=True, code="ok")


def _refined(finding: Finding, port: int, security: str, host: str) -> Finding:
    crossed = (security == "tls" and port in _PLAIN_PORTS) or (
        security != "tls" and port in _TLS_PORTS
    )
    if crossed and finding.code in {"timeout", "other", "tls"}:
        return replace(finding, code="port")
    if finding.code == "password" and host.lower() in _WANT_APP_PASSWORDS:
        # They answer "wrong password" to the usual one, without a word why.
        return replace(finding, code="app_password")
    return finding
