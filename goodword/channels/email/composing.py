"""An `Outbound` as the bytes of a mail (RFC 5322), and the history quoted below an answer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_datetime as in_words

from goodword.channels.email.html import clean_html, text_to_html
from goodword.channels.email.robots import MARK
from goodword.core.text import clean, clean_line
from goodword.desk.roads import Outbound, OutboundFile, Party

_MOST_REFERENCES = 20
_MOST_REFERENCES_LENGTH = 1800  # in characters; long chains are cut by some programs
_ID_HEADERS = {"message-id", "in-reply-to", "references"}


class OutgoingPolicy(EmailPolicy):
    """As `email.policy.SMTP`, but ids are never broken or encoded.

    The stdlib writes a long id as an encoded word, and then no program finds the thread.
    """

    def fold(self, name: str, value: Any) -> str:
        if name.lower() in _ID_HEADERS:
            return f"{name}: " + "\r\n ".join(str(value).split()) + "\r\n"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower() in _ID_HEADERS:
            return self.fold(name, value).encode("ascii", "replace")
        return super().fold_binary(name, value)


# 7bit: no server on the way has to understand anything, and no line grows beyond 998.
_POLICY = OutgoingPolicy(linesep="\r\n", cte_type="7bit", raise_on_defect=False)
_UTF8_POLICY = _POLICY.clone(utf8=True)  # for addresses such as jürgen@… (RFC 6532)


def compose(outbound: Outbound) -> bytes:
    """The mail as it goes over the line. Blind copies are in the envelope only."""
    named = [outbound.sender, *outbound.to, *outbound.cc]
    named += [outbound.reply_to] if outbound.reply_to else []
    utf8 = any(not party.address.rpartition("@")[0].isascii() for party in named)
    mail = EmailMessage(policy=_UTF8_POLICY if utf8 else _POLICY)
    _head(mail, outbound)
    _body(mail, outbound)
    return mail.as_bytes()


def _head(mail: EmailMessage, outbound: Outbound) -> None:
    mail["From"] = _address(outbound.sender)
    mail["To"] = _addresses(outbound.to) or "undisclosed-recipients:;"
    if outbound.cc:
        mail["Cc"] = _addresses(outbound.cc)
    if outbound.reply_to:
        mail["Reply-To"] = _address(outbound.reply_to)
    mail["Subject"] = clean_line(outbound.subject, most=900)
    mail["Date"] = format_datetime(outbound.said_at.astimezone(UTC))
    mail["Message-ID"] = _ids([outbound.external_id])
    if outbound.in_reply_to:
        mail["In-Reply-To"] = _ids([outbound.in_reply_to])
    chain = _chain(outbound.references, outbound.in_reply_to)
    if chain:
        mail["References"] = _ids(chain)
    if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", outbound.language):
        mail["Content-Language"] = outbound.language
    if outbound.automatic:
        mail["Auto-Submitted"] = "auto-replied"
        mail["X-Auto-Response-Suppress"] = "All"
        mail[MARK] = "yes"


def _body(mail: EmailMessage, outbound: Outbound) -> None:
    inline = [file for file in outbound.files if file.content_id and outbound.html]
    attached = [file for file in outbound.files if file not in inline]
    mail.set_content(clean(outbound.text) or "\n", charset="utf-8")
    if outbound.html:
        mail.add_alternative(clean(outbound.html), subtype="html", charset="utf-8")
        html = list(mail.iter_parts())[-1]
        for file in inline:
            assert isinstance(html, EmailMessage)
            html.add_related(
                Path(file.path).read_bytes(),
                **_described(file),
                cid=f"<{_bare_id(file.content_id)}>",
                disposition="inline",
            )
    for file in attached:
        mail.add_attachment(Path(file.path).read_bytes(), **_described(file))


def _described(file: OutboundFile) -> dict[str, Any]:
    kind = clean_line(file.content_type, most=100).lower().partition(";")[0].strip()
    major, _, minor = kind.partition("/")
    # A mail inside a mail may not be base64 (RFC 2046, 5.2.1), and its lines may be too long.
    if major in {"message", "multipart"} or not re.fullmatch(r"[\w.+-]+/[\w.+-]+", kind):
        major, minor = "application", "octet-stream"
    name = clean_line(file.name, most=200) or "file"
    return {"maintype": major, "subtype": minor, "filename": name}


def _addresses(parties: Sequence[Party]) -> tuple[Address, ...]:
    return tuple(_address(party) for party in parties)


def _address(party: Party) -> Address:
    written = clean_line(party.address, most=320)
    local, _, domain = written.rpartition("@")
    if len(local) > 2 and local[0] == local[-1] == '"':
        local = re.sub(r"\\(.)", r"\1", local[1:-1])
    name = clean_line(party.name, most=200)
    return Address(
        display_name=name, username=local or domain, domain=ascii_domain(domain) if local else ""
    )


def ascii_domain(domain: str) -> str:
    """A domain as the name servers know it: "müller.example" is "xn--mller-kva.example".

    By RFC 5891, so that "straße" and "strasse" stay two names; the stdlib's codec has the old rule.
    """
    if domain.isascii():
        return domain
    labels = unicodedata.normalize("NFC", domain.lower()).replace("。", ".").split(".")
    return ".".join(
        label if label.isascii() else "xn--" + label.encode("punycode").decode() for label in labels
    )


def ascii_address(address: str) -> str:
    """An address for the envelope, its domain in ASCII; the local part stays as it is."""
    local, at, domain = clean_line(address, most=320).rpartition("@")
    return f"{local}{at}{ascii_domain(domain)}"


def _bare_id(value: str) -> str:
    return re.sub(r"[\s<>]+", "", clean(value))[:900]


def _ids(values: Iterable[str]) -> str:
    return " ".join(f"<{bare}>" for value in values if (bare := _bare_id(value)))


def _chain(references: Sequence[str], in_reply_to: str) -> list[str]:
    """The References, cut to what programs keep: the first id, and as many of the last as fit."""
    every = list(dict.fromkeys(filter(None, map(_bare_id, [*references, in_reply_to]))))
    parent = _bare_id(in_reply_to)
    if parent and every[-1] != parent:
        every = [one for one in every if one != parent] + [parent]
    if not every:
        return []
    kept: list[str] = []
    room = _MOST_REFERENCES_LENGTH - len(every[0])
    for one in reversed(every[1:]):
        room -= len(one) + 3
        if room < 0 or len(kept) >= _MOST_REFERENCES - 1:
            break
        kept.insert(0, one)
    if not kept and len(every) > 1:
        kept = [every[-1]]
    return [every[0], *kept]


# As the field writes it, in the customer's language, not the reader's: so no gettext.
_WROTE = {
    "en": ("EEE, d MMM y 'at' HH:mm", "On {moment}, {author} wrote:"),
    "de": ("d. MMMM y 'um' HH:mm", "Am {moment} schrieb {author}:"),
    "fr": ("d MMMM y 'à' HH:mm", "Le {moment}, {author} a écrit :"),
    "es": ("d 'de' MMMM 'de' y 'a' 'las' HH:mm", "El {moment}, {author} escribió:"),
    "it": ("d MMMM y 'alle' HH:mm", "Il giorno {moment}, {author} ha scritto:"),
    "nl": ("d MMMM y 'om' HH:mm", "Op {moment} schreef {author}:"),
    "pt": ("d 'de' MMMM 'de' y 'às' HH:mm", "Em {moment}, {author} escreveu:"),
    "pl": ("d MMMM y 'o' HH:mm", "W dniu {moment} {author} napisał(a):"),
    "da": ("d. MMMM y 'kl.' HH.mm", "Den {moment} skrev {author}:"),
    "sv": ("d MMMM y 'kl.' HH:mm", "Den {moment} skrev {author}:"),
}
_QUOTE_STYLE = "margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex"


def quoted(
    text: str, html: str, *, author: str, moment: datetime, language: str
) -> tuple[str, str]:
    """The history below an answer, as plain text and as HTML.

    `moment` is aware and in the zone to be shown. `html` is cleaned here; pictures that the mail
    carried itself are left out, since the answer does not carry them.
    """
    heading = wrote(author, moment, language)
    marked = "\n".join(_marked(row) for row in clean(text).strip("\n").split("\n"))
    inner = clean_html(html, cid=lambda _: None, show_remote=True) if html.strip() else ""
    quote = (
        '<div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        f"{_plain_html(heading)}<br></div>"
        f'<blockquote class="gmail_quote" style="{_QUOTE_STYLE}">{inner or text_to_html(text)}'
        "</blockquote></div>"
    )
    return f"{heading}\n{marked}\n", quote


def wrote(author: str, moment: datetime, language: str) -> str:
    code = language.lower().replace("_", "-").partition("-")[0]
    pattern, sentence = _WROTE.get(code, _WROTE["en"])
    try:
        locale = Locale.parse(code if code in _WROTE else "en")
    except (UnknownLocaleError, ValueError):
        locale = Locale.parse("en")
    shown = in_words(moment, pattern, tzinfo=moment.tzinfo, locale=locale)
    return sentence.format(moment=shown, author=clean_line(author, most=200))


def _marked(row: str) -> str:
    row = row.rstrip()
    return f">{row}" if row.startswith(">") else f"> {row}".rstrip()


def _plain_html(line: str) -> str:
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
