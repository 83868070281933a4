"""HTML to text a person can read, with quoted history marked by ``>`` as in plain mail."""

from __future__ import annotations

import html as entities
import re
from bisect import bisect_right
from collections import Counter

from inscriptis import Inscriptis
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig
from lxml.etree import LxmlError  # type: ignore[import-untyped]  # ships no types
from lxml.html import HTMLParser, document_fromstring  # type: ignore[import-untyped]

from goodword.channels.email.tangles import has_crowded_tag
from goodword.core.text import clean

# Where mail programs put the history: blockquote, and what Yahoo and Outlook for Mac use.
_QUOTES = ("blockquote", "#class=yahoo_quoted", "#id=OLK_SRC_BODY_SECTION")
_CONFIG = ParserConfig(
    css=CSS_PROFILES["strict"],
    annotation_rules={where: ["quote"] for where in _QUOTES} | {"#data-indented": ["indented"]},
)
# Else it drops without a word what stands below 255 others, as in a thread of many answers.
_PARSER = HTMLParser(huge_tree=True)
# What a browser makes of "indent more" is a blockquote without any line beside it.
_INDENTED = re.compile(
    r"<blockquote(?=[^<>]{0,200}margin:\s?(?:0(?:px)? ){3}40px;[^<>]{0,100}border:\s?none)"
    r"(?![^<>]{0,500}(?:cite|gmail_quote))",
    re.IGNORECASE,
)
# Where the history begins: names that mail programs give it, and Outlook's line above it.
_HISTORY = re.compile(
    r"gmail_quote|moz-cite-prefix|yahoo_quoted|divRplyFwdMsg|appendonsend|OLK_SRC_BODY_SECTION|"
    r"OutlookMessageHeader|protonmail_quote|tutanota_quote|zmail_extra|"
    r"ms-outlook-mobile-reference-message|mail-editor-reference-message-container|"
    r"border-top:\s?solid #(?:E1E1E1|B5C4DF) 1\.0pt|"
    # Domino folds it away under "Ana --- The parcel ---".
    r"domino-section-head(?=[^>]{0,50}>(?:\s?<[^<>]{0,200}>){0,5}"
    r"[^<>]{1,200} --- [^<>]{1,500} ---)",
    re.IGNORECASE,
)
_IN_A_TAG = re.compile(r"<[^<>]{0,200}(?:id|class|style)\s?=[^<>]{0,200}$", re.IGNORECASE)
# Beyond this a full rendering takes long, and holds the intake up.
_MOST_HTML, _MOST_TAGS = 1_500_000, 15_000
_MOST_MARKED = 200_000  # characters above which a mark of history is looked for
_HIDDEN = re.compile(
    r"<(style|script|head|title|template)\b[^<>]{0,2000}>.*?(?:</\1\s*>|$)|<!--.*?(?:-->|$)",
    re.IGNORECASE | re.DOTALL,
)
_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li|/h[1-6]|/blockquote)\b[^<>]{0,200}>", re.IGNORECASE)
_CELL = re.compile(r"</t[dh]\s*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,5000}>")
_XML = re.compile(r"^\s*<\?xml[^>]*\?>")


def readable(html: str) -> str:
    """The text of an HTML mail. Never raises; empty when there is nothing to read."""
    html = clean(html)
    if not html.strip():
        return ""
    html = _XML.sub("", html)
    if len(html) > _MOST_HTML or html.count("<") > _MOST_TAGS or has_crowded_tag(html):
        return _tidy(_stripped(html))
    html = _INDENTED.sub("<blockquote data-indented=1", html)
    try:
        read = Inscriptis(document_fromstring(html, parser=_PARSER), _CONFIG)
    except (LxmlError, ValueError, TypeError, AttributeError, LookupError, RecursionError):
        return _tidy(_stripped(html))
    spans: Counter[tuple[int, int]] = Counter()
    for each in read.get_annotations():
        # What is only indented is annotated as a quote, too.
        spans[each.start, each.end] += 1 if each.metadata == "quote" else -1
    return _tidy(_with_quotes(read.get_text(), list(spans.elements())))


def above_history(html: str) -> str | None:
    """The text above the place where a mail program put the history; None without such a mark."""
    html = html[:_MOST_MARKED]
    for mark in _HISTORY.finditer(html):
        within = _IN_A_TAG.search(html, max(0, mark.start() - 400), mark.start())
        if within:
            return readable(html[: within.start()])
    return None


def _with_quotes(text: str, spans: list[tuple[int, int]]) -> str:
    if not spans:
        return text
    begun, ended = sorted(start for start, _end in spans), sorted(end for _start, end in spans)
    rows: list[str] = []
    at = 0
    for row in text.split("\n"):
        content = at + len(row) - len(row.lstrip())
        depth = bisect_right(begun, content) - bisect_right(ended, content) if row.strip() else 0
        rows.append(f"{'>' * depth} {row.strip()}" if depth else row)
        at += len(row) + 1
    return "\n".join(_joined_quotes(rows))


def _joined_quotes(rows: list[str]) -> list[str]:
    """Blank rows within a quote belong to it."""
    for number in range(1, len(rows) - 1):
        before, after = rows[number - 1], rows[number + 1]
        if not rows[number].strip() and before.startswith(">") and after.startswith(">"):
            rows[number] = ">"
    return rows


def _stripped(html: str) -> str:
    html = _CELL.sub("  ", _BREAK.sub("\n", _HIDDEN.sub(" ", html)))
    return entities.unescape(_TAG.sub("", html))


def _tidy(text: str) -> str:
    rows = [row.rstrip() for row in clean(text).replace("\xa0", " ").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(rows)).strip("\n")
