"""The few marks that people may write: bold, links, lists, quotes, code, and their own pictures.

A small part of Markdown. What is typed stays the text; where it uses a mark, HTML is made of it
once, cleaned, and cleaned again whenever it is shown. Pure functions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from html import escape
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

MOST = 60_000  # characters; what is longer leaves as plain text
_DEEPEST = 12
_RULES = ["list", "blockquote", "fence", "emphasis", "link", "image", "backticks", "newline"]
_PLAIN = {"paragraph_open", "paragraph_close", "inline", "text", "softbreak", "em_open", "em_close"}
_SCHEMES = re.compile(r"(?:https?://|mailto:|cid:)", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s<>\"'`\\^{}|]+", re.IGNORECASE)
_TAIL = ".,;:!?*_)]"

_ITEM = re.compile(r" {0,3}(?:[-*]|\d{1,4}[.)]) ")
_PLUS = re.compile(r"^([^\S\n]*)\+(?=\s)", re.MULTILINE)  # a telephone number, not a list
_PLUS_KEPT = "\ue000"

_TAGS = {"p", "br", "strong", "a", "ul", "ol", "li", "blockquote", "pre", "code", "img"}
_ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt"}, "ol": {"start"}}
_NOT_IN_A_NAME = re.compile(r"[\[\]()\n]")
_PICTURE = re.compile(r"!\[([^\]\n]{0,250})\]\(cid:([\w.@-]{1,250})\)")


def html_of(text: str, *, pictures: Container[str] = ()) -> str:
    """`text` as HTML; empty when it uses no mark. `pictures`: content ids that it may show."""
    if len(text) > MOST:
        return ""
    text = text.replace("\r\n", "\n").replace(_PLUS_KEPT, "")
    tokens = _markdown.parse(_PLUS.sub(rf"\1{_PLUS_KEPT}", _apart(text)))
    if all(_is_plain(each) for each in _with_children(tokens)):
        return ""
    environment: dict[str, Any] = {"pictures": pictures}
    html = _markdown.renderer.render(tokens, _markdown.options, environment)
    return _clean(str(html).replace(_PLUS_KEPT, "+"), cid=lambda each: f"cid:{each}")


def shown(html: str, *, cid: Callable[[str], str | None]) -> str:
    """What `html_of` made, for a page. `cid`: where a picture is; None drops it."""
    return _clean(html, cid=cid)


def plain(text: str) -> str:
    """The text with its pictures by name: "[shop.png]"."""
    return _PICTURE.sub(r"[\1]", text) if "](cid:" in text else text


def words_of(text: str) -> str:
    """What we wrote without its marks, for a line that says it in short."""
    return without_marks(plain(text))[0]


def pictures_in(text: str) -> set[str]:
    """The content ids of the pictures that stand in the text."""
    return {match.group(2) for match in _PICTURE.finditer(text)}


def picture_mark(name: str, content_id: str) -> str:
    """How a picture stands in the text."""
    shown_name = _NOT_IN_A_NAME.sub(" ", name)[:200].strip()
    return f"![{shown_name}](cid:{content_id})"


_MARK = re.compile(
    r"!\[[^\]\n]{0,250}\]\(cid:[\w.@-]{1,250}\)"
    r"|\*\*|`+"
    r"|\[(?=[^\]\n]{1,300}\]\((?:https?://|mailto:)[^)\s]{1,2000}\))"
    r"|(?<=\S)\]\((?:https?://|mailto:)[^)\s]{1,2000}\)"
)


def without_marks(text: str) -> tuple[str, Callable[[int], int]]:
    """The words alone, for reading them; and where a place in them is in `text`."""
    kept: list[str] = []
    edges: list[tuple[int, int]] = [(0, 0)]  # from this place in the words on: so far ahead
    at = ahead = length = 0
    for match in _MARK.finditer(text):
        kept.append(text[at : match.start()])
        length += match.start() - at
        ahead += match.end() - match.start()
        at = match.end()
        edges.append((length, ahead))
    kept.append(text[at:])

    def place(words_place: int) -> int:
        before = [jump for start, jump in edges if start <= words_place]
        return words_place + before[-1]

    return "".join(kept), place


def _apart(text: str) -> str:
    """An empty line where a quote or a list ends: what people write below it is no part of it."""
    lines: list[str] = []
    before, fenced = "", False
    for line in text.split("\n"):
        if line.lstrip().startswith("```"):
            fenced = not fenced
            kind = "text"
        elif fenced:
            kind = "code"
        elif line.lstrip().startswith(">"):
            kind = "quote"
        elif _ITEM.match(line) or (before == "item" and line.startswith("  ")):
            kind = "item"
        else:
            kind = "text" if line.strip() else ""
        if kind and before in {"quote", "item"} and kind not in {before, "code"}:
            lines.append("")
        lines.append(line)
        before = kind
    return "\n".join(lines)


def _with_children(tokens: Sequence[Token]) -> list[Token]:
    return [each for token in tokens for each in (token, *(token.children or ()))]


def _is_plain(token: Token) -> bool:
    if token.type in {"strong_open", "strong_close"}:
        return token.markup == "__"
    return token.type in _PLAIN


class _Renderer(RendererHTML):
    """HTML of our few marks; those of Markdown that are none of ours stay as they are typed."""

    def text(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        content = tokens[idx].content
        return escape(content) if env.get("in_link") else _with_links(content)

    def em_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return tokens[idx].markup

    em_close = em_open

    def strong_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return "__" if tokens[idx].markup == "__" else "<strong>"

    def strong_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return "__" if tokens[idx].markup == "__" else "</strong>"

    def link_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        env["in_link"] = True
        return f'<a href="{escape(str(tokens[idx].attrs.get("href", "")))}">'

    def link_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        env["in_link"] = False
        return "</a>"

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        token = tokens[idx]
        source = str(token.attrs.get("src", ""))
        if source.startswith("cid:") and source[4:] in env["pictures"]:
            return f'<img src="{escape(source)}" alt="{escape(token.content)}">'
        return escape(f"![{token.content}]({source})")


def _with_links(text: str) -> str:
    pieces, at = [], 0
    for match in _URL.finditer(text):
        url = match.group().rstrip(_TAIL)
        pieces.append(escape(text[at : match.start()]))
        pieces.append(f'<a href="{escape(url)}">{escape(url)}</a>')
        at = match.start() + len(url)
    pieces.append(escape(text[at:]))
    return "".join(pieces)


def _made() -> MarkdownIt:
    options: Any = {"breaks": True, "maxNesting": _DEEPEST, "html": False}
    made = MarkdownIt("zero", options, renderer_cls=_Renderer).enable(_RULES)
    made.validateLink = lambda url: bool(_SCHEMES.match(url))  # type: ignore[method-assign]
    return made


_markdown = _made()


def _clean(html: str, *, cid: Callable[[str], str | None]) -> str:
    def attribute(tag: str, name: str, value: str) -> str | None:
        if tag == "img" and name == "src":
            return cid(value[4:]) if value.startswith("cid:") else None
        if tag == "a":
            return value if _SCHEMES.match(value) and not value.startswith("cid:") else None
        return value

    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=attribute,
        url_schemes={"http", "https", "mailto", "cid"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
