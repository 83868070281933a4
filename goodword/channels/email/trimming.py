"""The reply without the quoted history below it. For showing only; the whole text is kept.

Hiding a sentence the customer wrote is far worse than showing a quote too much, so wherever it is
in doubt what is new and what is history, everything is shown.
"""

from __future__ import annotations

import re
from functools import cache

from mailparser_reply.constants import MAIL_LANGUAGES

_MOST_TEXT = 200_000
_MOST_LINE = 300  # of a line that may begin a quote
_MOST_CANDIDATES = 60  # looked at closely; a text with more of them is no ordinary reply
_HEADER_LINES = 3  # "On ... wrote:" is wrapped over up to so many

_FROM = (
    "From|Von|De|Van|Fra|Från|Da|Od|Lähettäjä|От|Від|发件人|差出人|寄件者|보낸 사람|Kimden|Feladó"
)
_DATE = (
    "Sent|Date|Gesendet|Datum|Gesendet am|Envoyé|Enviado|Enviado el|Fecha|Data|Inviato|Verzonden|"
    "Sendt|Dato|Skickat|Wysłano|Odesláno|Lähetetty|Päivämäärä|Отправлено|Дата|Надіслано|发送时间|"
    "送信日時|日付|傳送時間|보낸 날짜|Gönderildi|Tarih|Elküldve|Dátum|Envoyé le|Enviada em|Received"
)
_SUBJECT = (
    "Subject|Betreff|Objet|Asunto|Assunto|Oggetto|Onderwerp|Emne|Ämne|Temat|Předmět|Aihe|Тема|主题|"
    "件名|主旨|제목|Konu|Tárgy|Re"
)


def _field(words: str) -> re.Pattern[str]:
    return re.compile(rf"^[\s*_]{{0,6}}(?:{words})[\s*_\xa0]{{0,4}}[:：]", re.IGNORECASE)


_FROM_LINE, _DATE_LINE, _SUBJECT_LINE = _field(_FROM), _field(_DATE), _field(_SUBJECT)
_FIELDS = (_FROM_LINE, _DATE_LINE, _SUBJECT_LINE)
_SEPARATOR = re.compile(
    r"^\s*-{2,}\s*(?:Original Message|Original Appointment|Ursprüngliche Nachricht|"
    r"Originalnachricht|Message d'origine|Message original|Mensaje original|Mensagem original|"
    r"Messaggio originale|Oorspronkelijk bericht|Oprindelig meddelelse|Opprinnelig melding|"
    r"Ursprungligt meddelande|Wiadomość oryginalna|Původní zpráva|Alkuperäinen viesti|"
    r"Исходное сообщение|原始邮件|Reply message|Antwort(?: Nachricht)?)\s*-{2,}\s*$"
    r"|^\s*-{2,}\s*On\b.{6,200}\bwrote\s*-{2,}\s*$",
    re.IGNORECASE,
)
_RULE = re.compile(r"^\s*[_\-=*]{5,}\s*$")
_QUOTED = re.compile(r"^\s?>")
# In any language: a moment and an address in brackets, and a colon at the end. No one writes that
# by hand: "2026-05-04 10:02 GMT+02:00 Grace <g@shop.example>:".
_MOMENT = re.compile(r"\d{1,2}[:.]\d{2}(?!\d)|\b(?:19|20)\d\d\b")
_BRACKETED = re.compile(r"[<(\[]\s*(?:mailto:)?[^\s<>()\[\]]+@[^\s<>()\[\]]+\s*[>)\]]")
# "Am 4. Mai um 10:02 schrieb ich Ihnen:" is the customer's own sentence.
_FIRST_PERSON = re.compile(
    r"\b(?:I|we) (?:\w+ )?wrote|\bschrieb(?:en)? (?:ich|wir)|\b(?:ich|wir) schrieb|\bj'ai écrit|"
    r"\bavons écrit|\bhe escrito|\bescribí\b|\bho scritto|\bschreef ik|\bik schreef",
    re.IGNORECASE,
)
_HAS_DATE_OR_ADDRESS = re.compile(r"\d{1,4}[.:/\-年,\s]|@")


def reply_text(text: str) -> str:
    """`text` up to where the history begins, or all of it. Never raises, never empty for nothing.

    What follows the quote counts as history only if all of it is marked as quoted, or if the
    sender's program marks nothing (Outlook's block of From, Sent, To, Subject).
    """
    if len(text) > _MOST_TEXT:
        return text
    try:
        rows = text.split("\n")
        cut = _history_begins(rows)
    except (re.error, RecursionError, ValueError, IndexError):
        return text
    if cut is None:
        return text
    kept = "\n".join(rows[:cut]).rstrip()
    return kept if _says_something(kept) else text


def _says_something(text: str) -> bool:
    rows = text.split("\n")
    return any(row.strip() and not _QUOTED.match(row) and not _RULE.match(row) for row in rows)


def _history_begins(rows: list[str]) -> int | None:
    """The row at which the history begins, if everything from there on is history."""
    candidates = 0
    for number, row in enumerate(rows):
        if not row.strip() or len(row) > _MOST_LINE:
            continue
        if _QUOTED.match(row):
            return number if _all_quoted(rows[number:]) else None
        begins_block, may_be_wrote = _begins_block(row), bool(_HAS_DATE_OR_ADDRESS.search(row))
        candidates += begins_block or may_be_wrote
        if candidates > _MOST_CANDIDATES:
            return None
        length = _block_length(rows, number) if begins_block else 0
        sure = bool(length)
        if not length and may_be_wrote:
            length = _wrote_length(rows, number)
            sure = bool(_BRACKETED.search(" ".join(rows[number : number + length])))
        if length:
            old = _is_history(rows[number + length :], sure=sure)
            return _with_rule(rows, number) if old else None
    return None


def _is_history(rest: list[str], *, sure: bool) -> bool:
    """Whether what follows a heading is old: all marked, or nothing and the heading `sure`."""
    first = next((row for row in rest if row.strip()), None)
    if first is not None and _QUOTED.match(first):
        return _all_quoted(rest)
    return sure


def _all_quoted(rows: list[str]) -> bool:
    return all(_QUOTED.match(row) or not row.strip() for row in rows)


def _with_rule(rows: list[str], number: int) -> int:
    """A rule of dashes or underscores right above the heading belongs to it."""
    above = number - 1
    while above >= 0 and not rows[above].strip():
        above -= 1
    return above if above >= 0 and _RULE.match(rows[above]) else number


def _block_length(rows: list[str], at: int) -> int:
    """Rows of an "Original Message" line or an Outlook block that begins at `at`; 0 if none does.

    A block needs sender, date and subject: "From: Berlin, To: Hamburg" may be an order.
    """
    if _SEPARATOR.match(rows[at]):
        following = [row for row in rows[at + 1 : at + 4] if row.strip()]
        return 1 + (_block_length(rows, at + 1) if following and _begins_block(rows[at + 1]) else 0)
    missing = set(_FIELDS)
    for number in range(at, min(at + 14, len(rows))):
        row = rows[number]
        if len(row) > 2000 or _QUOTED.match(row):
            break
        for field in _FIELDS:
            if field.match(row) and (field is not _DATE_LINE or re.search(r"\d", row)):
                missing.discard(field)
        if not missing:
            return number - at + 1
    return 0


def _begins_block(row: str) -> bool:
    return bool(_SEPARATOR.match(row)) or any(field.match(row) for field in _FIELDS)


def _wrote_length(rows: list[str], at: int) -> int:
    """Rows of an "On ... wrote:" that begins at `at`; 0 if none does."""
    for length in range(1, _HEADER_LINES + 1):
        window = rows[at : at + length]
        if len(window) < length or not window[-1].strip() or len(window[-1]) > _MOST_LINE:
            return 0
        if not window[-1].rstrip().endswith((":", "：")):
            continue
        joined = " ".join(row.strip() for row in window).replace("< ", "<")
        if _FIRST_PERSON.search(joined):
            return 0
        if _MOMENT.search(joined) and _BRACKETED.search(joined):
            return length
        return length if any(known.match(joined) for known in _wrote_headers()) else 0
    return 0


@cache
def _wrote_headers() -> tuple[re.Pattern[str], ...]:
    """The library's patterns for the line above a quote, in every language it knows."""
    written = (language.get("wrote_header") for language in MAIL_LANGUAGES.values())
    flags = re.IGNORECASE | re.MULTILINE
    return tuple(re.compile(pattern, flags) for pattern in written if isinstance(pattern, str))
