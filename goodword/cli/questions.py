"""`goodword questions`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, BinaryIO

import click

from goodword.language import questions as asked


@click.group()
def questions() -> None:
    """Read what is asked in messages, and whether an answer serves it."""


@questions.command()
@click.argument("file", type=click.File("rb"), default="-")
def detect(file: BinaryIO) -> None:
    """Say for each line of FILE (or standard input) what is asked, and whether it is answered.

    A line is a JSON object: "incoming" holds a message or a list of them, oldest first, "draft"
    the answer to them. For each comes one line, in order:
    {"questions": [{"text": ..., "answered": ..., "by": ...}]}.
    """
    for number, line in enumerate(file, start=1):
        try:
            incoming, draft = _read(json.loads(line))
        except (ValueError, RecursionError) as wrong:
            raise click.ClickException(f"Line {number}: {wrong}") from wrong
        found = asked.compare(asked.find(incoming), draft)
        rows = [
            {"text": each.question.text, "answered": each.answered, "by": each.by} for each in found
        ]
        click.echo(json.dumps({"questions": rows}, ensure_ascii=False))


def _read(given: Any) -> tuple[Sequence[str], str]:
    """The messages and the draft; raises ValueError that says what is wrong."""
    if not isinstance(given, dict):
        raise ValueError('give a JSON object with "incoming" and "draft"')
    incoming, draft = given.get("incoming"), given.get("draft", "")
    if isinstance(incoming, str):
        incoming = [incoming]
    if not isinstance(incoming, list) or not all(isinstance(each, str) for each in incoming):
        raise ValueError('"incoming" must be a text or a list of texts')
    if not isinstance(draft, str):
        raise ValueError('"draft" must be a text')
    return incoming, draft
