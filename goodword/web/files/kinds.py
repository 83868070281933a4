"""How a file can be looked at in the page: what it says it is, and what its first bytes are.

Whatever is shown runs nothing: pictures, sound and film by types that are no documents, text as
text, and PDF only when it begins as one, in the browser's own viewer.
"""

from __future__ import annotations

import codecs
from typing import Literal

from goodword.conversations.models import Attachment
from goodword.core.text import clean
from goodword.files import actions as files
from goodword.web.inbox.timeline import is_preview

Kind = Literal["picture", "pdf", "text", "audio", "video", ""]

_AUDIO = {
    "audio/mpeg", "audio/mp4", "audio/x-m4a", "audio/aac", "audio/ogg", "audio/opus", "audio/wav",
    "audio/x-wav", "audio/webm", "audio/flac",
}  # fmt: skip
_VIDEO = {"video/mp4", "video/webm", "video/ogg", "video/quicktime"}
_TEXT = {"application/json", "application/xml", "application/x-yaml", "message/rfc822"}
_TEXT_ENDINGS = (".txt", ".csv", ".tsv", ".log", ".md", ".json", ".xml", ".yaml", ".yml", ".ics")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SHOWN_BYTES = 200_000
_PDF_BEGINS_WITHIN = 1024


def likely(attachment: Attachment) -> Kind:
    """By its name and type alone: what the viewer will probably show. Empty: only a download."""
    kind, name = attachment.content_type.lower(), attachment.name.lower()
    if is_preview(attachment):
        return "picture"
    if kind == "application/pdf" or name.endswith(".pdf"):
        return "pdf"
    if kind in _AUDIO:
        return "audio"
    if kind in _VIDEO:
        return "video"
    if kind.startswith("text/") or kind in _TEXT or name.endswith(_TEXT_ENDINGS):
        return "text"
    return ""


def of(attachment: Attachment) -> Kind:
    """As `likely`, and its bytes don't belie it."""
    kind = likely(attachment)
    if kind == "pdf" and b"%PDF-" not in _beginning(attachment, _PDF_BEGINS_WITHIN):
        return ""
    if kind == "text" and _is_binary(_beginning(attachment, 4096)):
        return ""
    return kind


def type_shown(attachment: Attachment, kind: Kind) -> str:
    """The content type it is served with, for the page to show."""
    return "application/pdf" if kind == "pdf" else attachment.content_type.lower()


def text_of(attachment: Attachment) -> tuple[str, bool]:
    """Its first 200 kB as text, and whether that is all of it."""
    data = _beginning(attachment, _SHOWN_BYTES)
    is_whole = attachment.file.size_bytes <= len(data)
    return clean(_decoded(data, is_whole=is_whole)), is_whole


def _decoded(data: bytes, *, is_whole: bool) -> str:
    if data.startswith(_UTF_16):
        return data.decode("utf-16", "replace")
    try:
        # Not final where it was cut: that may be in the middle of a letter.
        return codecs.getincrementaldecoder("utf-8-sig")().decode(data, final=is_whole)
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _beginning(attachment: Attachment, most: int) -> bytes:
    with files.path_of(attachment.file).open("rb") as stored:
        return stored.read(most)


def _is_binary(data: bytes) -> bool:
    return b"\x00" in data and not data.startswith(_UTF_16)
