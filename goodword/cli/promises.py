"""`goodword promises`: what Goodword finds promised in a text."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import Any, TextIO
from zoneinfo import ZoneInfo

import click


@click.group()
def promises() -> None:
    """Find the promises in texts."""


@promises.command()
@click.argument("file", type=click.File("r", encoding="utf-8"), default="-")
def detect(file: TextIO) -> None:
    """Read JSON lines {text, sent_at, tz, side} from FILE or standard input, write one for each.

    sent_at: ISO with its offset; tz: the business's zone, as Europe/Berlin; side: agent (default)
    or customer; also language (en, de; else guessed). Written: {"commitments": [{who, what, due,
    due_text, not_before}]}, those in force only, in order. Needs no installation. A line that
    cannot be read has an "error" too, is named on standard error, and makes the end a 1.
    """
    failed = False
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        try:
            found: dict[str, Any] = {"commitments": _commitments(json.loads(line))}
        except (ValueError, TypeError, KeyError, OSError) as wrong:
            failed = True
            found = {"commitments": [], "error": f"line {number}: {_told(wrong)}"}
            click.echo(f"goodword: {found['error']}", err=True)
        click.echo(json.dumps(found, ensure_ascii=False).encode())
    sys.exit(1 if failed else 0)


def _commitments(row: Any) -> list[dict[str, object]]:
    """Raises ValueError, TypeError, KeyError or OSError when the row is not as it must be."""
    from goodword.language.grammar import known
    from goodword.language.promises import detect as found_in

    if not isinstance(row, dict) or not isinstance(row["text"], str):
        raise TypeError("give an object with a text")
    sent_at = datetime.fromisoformat(row["sent_at"])
    if sent_at.tzinfo is None:
        raise ValueError("sent_at has no offset; write it as 2026-11-24T10:20+01:00")
    side, language = row.get("side", "agent"), row.get("language")
    if side not in ("agent", "customer"):
        raise ValueError(f"side is {side!r}; it is agent or customer")
    if language not in (None, *known()):
        raise ValueError(f"language is {language!r}; there are {', '.join(known())}")
    found = found_in(
        row["text"], sent_at=sent_at, zone=ZoneInfo(row["tz"]), side=side, language=language
    )
    return [
        {
            "who": each.who,
            "what": each.what,
            "due": each.due.isoformat() if each.due else None,
            "due_text": each.due_text or None,
            "not_before": each.not_before.isoformat() if each.not_before else None,
        }
        for each in found
        if not each.conditional
    ]


def _told(wrong: Exception) -> str:
    if isinstance(wrong, json.JSONDecodeError):
        return f"this is not JSON: {wrong}"
    if isinstance(wrong, KeyError):  # also a zone that is not known
        name = wrong.args[0]
        return str(name) if " " in str(name) else f"{name} is missing"
    return str(wrong)
