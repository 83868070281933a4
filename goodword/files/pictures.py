"""Which picture some bytes are, by how they begin. What a name or a browser says counts nothing.

No SVG: it can carry scripts.
"""

from __future__ import annotations


def type_of(data: bytes) -> str:
    """Its content type; empty when it is none that every browser shows safely."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    return ""
