"""Handing a mail to the outgoing server, step by step, so that each recipient's fate is known."""

from __future__ import annotations

import logging
import re
import smtplib
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Literal

from django.utils.translation import gettext as _

from goodword.channels.email import oauth
from goodword.channels.email.composing import ascii_address
from goodword.channels.email.failures import Finding, PlaintextLogin, explain, server_words
from goodword.core.text import clean_line
from goodword.desk.roads import Answer, Outcome

logger = logging.getLogger(__name__)
Security = Literal["tls", "starttls", "none"]
# After the last dot a server may scan and relay before it answers (RFC 5321, 4.5.3.2.6).
_PATIENCE_AFTER_DATA = 4
_ENDS = (OSError, smtplib.SMTPException, EOFError)


@dataclass(frozen=True, slots=True)
class Server:
    """How an inbox sends. Without `user` there is no login; with `token` it is XOAUTH2.

    `token(rejected)` gives an access token, another one than the server has just rejected.
    """

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = field(default="", repr=False)
    timeout_seconds: float = 30
    token: Callable[[str], str] | None = field(default=None, repr=False)


def is_loopback(host: str) -> bool:
    if host.lower() in {"localhost", "ip6-localhost"}:
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def connect(server: Server) -> smtplib.SMTP:
    """A session that is greeted, encrypted and logged in. Raises what `explain` understands."""
    if server.user and server.security == "none" and not is_loopback(server.host):
        raise PlaintextLogin(server.host)
    token = server.token
    if token is None or not server.user:
        return _session(server, lambda line: _log_in(line, server))
    access = token("")
    try:
        return _session(server, lambda line: _bear(line, server.user, access))
    except oauth.Trouble:
        fresh = token(access)  # ended before its time, or withdrawn: the provider knows which
    return _session(server, lambda line: _bear(line, server.user, fresh))


def _session(server: Server, sign_in: Callable[[smtplib.SMTP], None]) -> smtplib.SMTP:
    trusted = ssl.create_default_context()
    line: smtplib.SMTP
    if server.security == "tls":
        line = smtplib.SMTP_SSL(
            server.host, server.port, timeout=server.timeout_seconds, context=trusted
        )
    else:
        line = smtplib.SMTP(server.host, server.port, timeout=server.timeout_seconds)
    try:
        line.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            line.starttls(context=trusted)
            line.ehlo_or_helo_if_needed()
        sign_in(line)
    except BaseException:
        line.close()
        raise
    return line


def _log_in(line: smtplib.SMTP, server: Server) -> None:
    if server.user:
        line.login(server.user, server.password)


def _bear(line: smtplib.SMTP, user: str, token: str) -> None:
    """AUTH XOAUTH2. Raises Trouble when the server refuses the token."""

    def answer(challenge: bytes | None = None) -> str:
        # A challenge holds the reason of a refusal and wants an empty answer.
        return f"user={user}\1auth=Bearer {token}\1\1" if challenge is None else ""

    try:
        line.auth("XOAUTH2", answer)
    except smtplib.SMTPAuthenticationError as error:
        raise oauth.Trouble("token", server_words(error)) from None
    except ValueError:  # a challenge that is no base64
        raise oauth.Trouble("token") from None


def send(
    server: Server,
    raw: bytes,
    *,
    sender: str,
    envelope: Sequence[str],
    commit: Callable[[Sequence[str]], None],
) -> Outcome:
    """Hand `raw` over for `envelope`. Never raises but for what `commit` raises.

    Until the last dot is sent nothing can have been accepted, so any break before it means
    "later", and a break after it "unknown".
    """
    try:
        line = connect(server)
    except (*_ENDS, PlaintextLogin, oauth.Trouble, UnicodeError) as error:
        return _our_trouble(explain(error), envelope)
    try:
        return _hand_over(line, raw, sender, envelope, commit, server.timeout_seconds)
    finally:
        line.close()


def _hand_over(
    line: smtplib.SMTP,
    raw: bytes,
    sender: str,
    envelope: Sequence[str],
    commit: Callable[[Sequence[str]], None],
    timeout: float,
) -> Outcome:
    data = _as_sent(raw)
    answers: dict[str, Answer] = {}
    try:
        refusal = _begin(line, data, sender, envelope)
        if refusal:
            return refusal
        taken = _name_recipients(line, envelope, answers)
    except (*_ENDS, UnicodeError) as error:
        missing = [address for address in envelope if address not in answers]
        outcome = _our_trouble(explain(error), missing)
        # What was said yes to at RCPT is void without the mail itself.
        kept = {to: said for to, said in answers.items() if said.state != "accepted"}
        return Outcome({**_all(envelope, outcome_words(outcome)), **kept}, outcome.trouble)
    if not taken:
        _leave(line)
        return Outcome(answers)
    try:
        commit(taken)
    except BaseException:
        _leave(line)
        raise
    answers.update(_deliver(line, data, taken, timeout))
    return Outcome(answers)


def outcome_words(outcome: Outcome) -> str:
    return next((answer.words for answer in outcome.answers.values()), outcome.trouble)


def _begin(line: smtplib.SMTP, data: bytes, sender: str, envelope: Sequence[str]) -> Outcome | None:
    """MAIL FROM. An outcome if the server won't go on."""
    limit = line.esmtp_features.get("size", "")
    if limit.isdigit() and 0 < int(limit) < len(data):
        return Outcome(_refused_as_too_large(envelope, len(data), int(limit)))
    options = [f"SIZE={len(data)}"] if line.has_extn("size") else []
    if not data.isascii() and line.has_extn("8bitmime"):
        options.append("BODY=8BITMIME")
    origin = ascii_address(sender)
    if not all(ascii_address(address).isascii() for address in (origin, *envelope)) or (
        not _head(data).isascii()
    ):
        if not line.has_extn("smtputf8"):
            words = _("The mail server can't carry addresses with letters like ü.")
            return Outcome({address: Answer("refused", words) for address in envelope})
        options.append("SMTPUTF8")
        line.command_encoding = "utf-8"
    code, said = line.mail(origin, options)
    if code == 250:
        return None
    words = _words(code, said)
    _leave(line)
    if code == 552:
        return Outcome({address: Answer("refused", words) for address in envelope})
    trouble = "" if 400 <= code < 500 else _("The mail server refused our sender address.")
    return Outcome(_all(envelope, words), f"{trouble} {words}" if trouble else "")


def _name_recipients(
    line: smtplib.SMTP, envelope: Sequence[str], answers: dict[str, Answer]
) -> list[str]:
    """RCPT TO for each; notes each no, and gives those that were taken."""
    taken: list[str] = []
    for address in envelope:
        if not re.fullmatch(r"[^\s<>]+@[^\s<>@]+", address):
            answers[address] = Answer("refused", _("This is not a mail address."))
            continue
        code, said = line.rcpt(ascii_address(address))
        if code in {250, 251}:
            taken.append(address)
        elif 500 <= code < 600:
            answers[address] = Answer("refused", _words(code, said))
        else:
            answers[address] = Answer("later", _words(code, said))
        if code == 421:
            raise smtplib.SMTPServerDisconnected(_words(code, said))
    return taken


def _deliver(
    line: smtplib.SMTP, data: bytes, taken: Sequence[str], timeout: float
) -> dict[str, Answer]:
    """DATA, the mail, the last dot."""
    dotted = False
    try:
        code, said = line.docmd("DATA")
        if code != 354:
            return {to: _verdict(code, said) for to in taken}
        line.send(data)
        dotted = True
        line.send(b".\r\n")
        if line.sock is not None:
            line.sock.settimeout(timeout * _PATIENCE_AFTER_DATA)
        code, said = line.getreply()
    except _ENDS as error:
        logger.warning("line broke while sending", extra={"dotted": dotted})
        words = explain(error).server_words
        return {to: Answer("unknown" if dotted else "later", words) for to in taken}
    _leave(line)
    return {to: _verdict(code, said) for to in taken}


def _verdict(code: int, said: bytes) -> Answer:
    if 200 <= code < 300:
        return Answer("accepted", _words(code, said))
    if 500 <= code < 600:
        return Answer("refused", _words(code, said))
    # -1: an answer that is no SMTP. Only 4xx says that the mail was not taken.
    return Answer("later" if 400 <= code < 500 else "unknown", _words(code, said))


def _leave(line: smtplib.SMTP) -> None:
    try:
        line.docmd("RSET")
        line.docmd("QUIT")
    except _ENDS:
        pass


def _as_sent(raw: bytes) -> bytes:
    """Line ends as CRLF, dots doubled, with a last line end (RFC 5321, 4.5.2)."""
    data = re.sub(rb"\r\n|\r|\n", b"\r\n", raw)
    data = re.sub(rb"(?m)^\.", b"..", data)
    return data if data.endswith(b"\r\n") else data + b"\r\n"


def _head(data: bytes) -> bytes:
    return data.partition(b"\r\n\r\n")[0]


def _words(code: int, said: bytes) -> str:
    return clean_line(f"{code} {said.decode('utf-8', 'replace')}", most=500)


def _all(envelope: Sequence[str], words: str) -> dict[str, Answer]:
    return {address: Answer("later", words) for address in envelope}


def _our_trouble(finding: Finding, envelope: Sequence[str]) -> Outcome:
    """Everyone later: a wrong password of ours is no fault of the recipient's."""
    said = f" ({finding.server_words})" if finding.server_words else ""
    return Outcome(_all(envelope, finding.server_words), f"{finding.words}{said}")


def _refused_as_too_large(envelope: Sequence[str], size: int, limit: int) -> dict[str, Answer]:
    words = _("The mail is %(size)s MB; the mail server takes %(limit)s MB at most.") % {
        "size": f"{size / 1_000_000:.1f}",
        "limit": f"{limit / 1_000_000:.1f}",
    }
    return {address: Answer("refused", words) for address in envelope}
