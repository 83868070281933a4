"""HTML from outside, made harmless at the moment it is shown; and our own text as HTML.

What is stored is the sender's HTML as it came. Cleaning at view time means that a better rule
serves old mail as well, and that the source view shows the truth.
"""

from __future__ import annotations

import html as entities
import re
import secrets
from collections.abc import Callable
from urllib.parse import unquote

import nh3
from django.utils.translation import gettext as _

from goodword.channels.email.tangles import is_tangled
from goodword.core.text import runs_to_the_left

_TAGS = frozenset(
    """
    a abbr acronym address article aside b bdi bdo big blockquote br caption center cite code col
    colgroup dd del dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i
    img ins kbd li main mark nav ol p pre q s samp section small span strike strong sub sup table
    tbody td tfoot th thead time tr tt u ul var wbr
    """.split()  # noqa: SIM905 - seventy quoted words are harder to read
)
_GONE_WITH_CONTENT = frozenset(
    """
    script style title template noscript iframe object embed applet svg math form select textarea
    button audio video canvas frameset xml
    """.split()  # noqa: SIM905
)
_BOX = {"align", "valign", "bgcolor", "width", "height"}
_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"style", "dir", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height", "align", "border", "hspace", "vspace"},
    "table": {*_BOX, "border", "cellpadding", "cellspacing", "summary", "rules", "frame"},
    "tr": _BOX,
    "td": {*_BOX, "colspan", "rowspan", "nowrap"},
    "th": {*_BOX, "colspan", "rowspan", "nowrap", "scope"},
    "tbody": {"align", "valign"},
    "thead": {"align", "valign"},
    "tfoot": {"align", "valign"},
    "col": {"span", "width", "align"},
    "colgroup": {"span", "width", "align"},
    "div": {"align"},
    "p": {"align"},
    "h1": {"align"},
    "h2": {"align"},
    "h3": {"align"},
    "font": {"color", "face", "size"},
    "hr": {"width", "size", "color", "align"},
    "ol": {"start", "type"},
    "ul": {"type"},
    "li": {"value", "type"},
    "time": {"datetime"},
}
_STYLES = re.compile(
    r"(?:color|background|background-color|font|font-family|font-size|font-style|font-weight|"
    r"font-variant|line-height|letter-spacing|word-spacing|text-align|text-decoration|"
    r"text-decoration-(?:line|style|color)|text-indent|text-transform|vertical-align|white-space|"
    r"word-break|word-wrap|overflow-wrap|direction|"
    r"(?:margin|padding)(?:-(?:top|right|bottom|left))?|"
    r"border(?:-(?:top|right|bottom|left))?(?:-(?:color|style|width|radius))?|border-collapse|"
    r"border-spacing|(?:min-|max-)?(?:width|height)|display|table-layout|float|clear|"
    r"list-style|list-style-type|caption-side|empty-cells)"
)
# Plain words, numbers, quoted names and colours. No url(), no var(), no escapes, no !important.
_STYLE_VALUE = re.compile(
    r"(?:[\w\s.,%#+\-/'\"]|(?:rgb|rgba|hsl|hsla)\([\d\s.,%/]{1,60}\)){1,300}", re.IGNORECASE
)
_HIDES = re.compile(r"-\d{3,}")  # a negative margin that moves text out of its frame
# As high as what it is seen in: our frame is made as high as the mail, so it would never end.
_ENDLESS = re.compile(r"\d(?:[sld]?v|cq)(?:h|b|min|max)\b", re.IGNORECASE)
_SCHEMES = {"http", "https", "mailto", "tel", "cid"}
_LINK = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)
_REL = "noopener noreferrer nofollow"
_MOST_HTML = 3_000_000


def clean_html(html: str, *, cid: Callable[[str], str | None], show_remote: bool) -> str:
    """`html` without anything that runs, loads, or reaches out of its place.

    `cid` maps a Content-ID (without <>) to a URL of ours; None drops the picture. Pictures from
    elsewhere keep their address in `data-remote-src` and are not loaded, unless `show_remote`.
    Empty where nothing can be shown of it: it is tangled, or holds nothing but what runs.
    """
    html = html[:_MOST_HTML]
    if is_tangled(html):
        return ""
    # Values that the cleaner would judge by its own rules travel as https addresses under a name
    # that no sender can guess, and get their true form afterwards.
    token = secrets.token_hex(12)
    ours, held_back = f"https://{token}.ours/", f"https://{token}.held/"

    def picture(source: str) -> str | None:
        source = source.strip()
        if source[:4].lower() == "cid:":
            mapped = cid(unquote(source[4:]).strip("<> "))
            return ours + mapped if mapped else None
        if not re.match(r"https?://", source, re.IGNORECASE):
            return None
        return source if show_remote else held_back + source

    cleaned = _cleaned(html, picture)
    cleaned = cleaned.replace(f'src="{held_back}', 'data-remote-src="')
    return cleaned.replace(f'src="{ours}', 'src="')


def _cleaned(html: str, picture: Callable[[str], str | None]) -> str:
    def attribute(tag: str, name: str, value: str) -> str | None:
        if name == "style":
            return safe_style(value) or None
        if tag == "img" and name == "src":
            return picture(value)
        if tag == "a" and name == "href":
            return value.strip() if _LINK.match(value.strip()) else None
        return value

    return nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags=_GONE_WITH_CONTENT,
        attributes=_ATTRIBUTES,
        attribute_filter=attribute,
        link_rel=_REL,
        set_tag_attribute_values={"a": {"target": "_blank"}},
        url_schemes=_SCHEMES,
        url_relative="deny",
    )


def safe_style(value: str) -> str:
    """The declarations of a style attribute that can only colour, size and align."""
    if "\\" in value or "/*" in value or len(value) > 5000:
        return ""
    kept: list[str] = []
    for declaration in value.split(";"):
        name, _colon, setting = declaration.partition(":")
        name, setting = name.strip().lower(), setting.strip()
        setting = re.sub(r"\s*!\s*important$", "", setting, flags=re.IGNORECASE)
        if not _STYLES.fullmatch(name) or not _STYLE_VALUE.fullmatch(setting):
            continue
        if (name.startswith("margin") and _HIDES.search(setting)) or _ENDLESS.search(setting):
            continue
        kept.append(f"{name}:{setting}")
    return ";".join(kept)


_FRAME = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<base target="_blank">
<style>
{colours}
html {{ background: var(--paper); }}
body {{ display: flow-root; margin: 0; padding: 8px 12px; color: var(--ink);
  font: 15px/1.55 Inter, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  overflow-wrap: anywhere; }}
body > :first-child {{ margin-top: 0; }}
body > :last-child {{ margin-bottom: 0; }}
a {{ color: var(--link); }}
img {{ max-width: 100%; height: auto; }}
img[data-remote-src] {{ display: none; }}
table {{ max-width: 100%; }}
pre {{ white-space: pre-wrap; }}
blockquote {{ margin: .6em 0 .6em .2em; padding-left: .9em; border-left: 2px solid var(--line); }}
</style>
</head>
<body dir="auto">{cleaned}</body>
</html>
"""
_LIGHT = (
    ":root { color-scheme: light; "
    "--paper: #fffefc; --ink: #251f1a; --link: #0e563f; --line: #d0ccc3; }"
)
_DARK = (
    ":root { color-scheme: dark; "
    "--paper: #24211d; --ink: #ece9e4; --link: #7bcba7; --line: #4a453f; }"
)
_AS_THE_SYSTEM = f"{_LIGHT}\n@media screen and (prefers-color-scheme: dark) {{ {_DARK} }}"
_COLOURS = {"light": _LIGHT, "dark": _DARK}
_OWN_COLOURS = re.compile(r"bgcolor=|[\s\";]color[:=]|background", re.IGNORECASE)


def frame_document(cleaned: str, *, theme: str = "light", language: str = "en") -> str:
    """A whole document for `<iframe sandbox>`, of HTML that `clean_html` gave.

    `theme` is "light", "dark", or "" as the system has it. A mail with colours of its own stays
    on white paper also in the dark: black on black is read by nobody.
    """
    has_own = _OWN_COLOURS.search(cleaned) is not None
    return _FRAME.format(
        cleaned=cleaned,
        title=entities.escape(_("Message")),
        language=entities.escape(language, quote=True),
        colours=_LIGHT if has_own else _COLOURS.get(theme, _AS_THE_SYSTEM),
    )


_URL = re.compile(
    r"(?P<web>(?:https?://|www\.)[^\s<>\"“”„]{1,2000})|(?P<mail>[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+)",
    re.IGNORECASE,
)


def text_to_html(text: str) -> str:
    """Plain text as HTML for a mail: escaped, in paragraphs, with links that can be clicked."""
    paragraphs = re.split(r"\n[ \t]*\n+", text.replace("\r\n", "\n").strip("\n"))
    return "\n".join(
        f"<p{_direction(paragraph)}>{_linked(paragraph)}</p>"
        for paragraph in paragraphs
        if paragraph.strip()
    )


def _direction(paragraph: str) -> str:
    """Said where it isn't the usual one: not every mail program finds out by itself."""
    return ' dir="rtl"' if runs_to_the_left(paragraph) else ""


def _linked(paragraph: str) -> str:
    pieces: list[str] = []
    at = 0
    for match in _URL.finditer(paragraph):
        shown = _without_tail(match.group())
        pieces.append(_escaped(paragraph[at : match.start()]))
        target = shown
        if match.group("mail"):
            target = f"mailto:{shown}"
        elif shown[:4].lower() == "www.":
            target = f"https://{shown}"
        pieces.append(f'<a href="{entities.escape(target)}">{_escaped(shown)}</a>')
        at = match.start() + len(shown)
    pieces.append(_escaped(paragraph[at:]))
    return "".join(pieces)


def _without_tail(found: str) -> str:
    """A sentence's full stop, or the bracket around a link, is no part of it."""
    while found and (found[-1] in ".,;:!?'*_" or (found[-1] in ")]}" and _unopened(found))):
        found = found[:-1]
    return found


def _unopened(found: str) -> bool:
    return found.count(found[-1]) > found.count({")": "(", "]": "[", "}": "{"}[found[-1]])


def _escaped(text: str) -> str:
    kept = re.sub(r"(?<= ) |^ ", "&nbsp;", entities.escape(text, quote=False), flags=re.MULTILINE)
    return kept.replace("\n", "<br>\n")
