"""A mail's lines read many at a time are what one would get line by line."""

from __future__ import annotations

import asyncio
import smtplib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodword.channels.email.smtp_in import Intake
from goodword.channels.email.smtp_lines import Lines

_END = b".\r\n"
LINE = st.lists(st.sampled_from([b".", b"\r", b"\n", b"a", b"ab" * 9]), max_size=4).map(b"".join)
BODY = st.lists(LINE.filter(lambda line: b"\r\n" not in line), max_size=8)


def _stuffed(lines: list[bytes]) -> list[bytes]:
    """As they stand on the line: a dot at the beginning is doubled."""
    whole = b"".join(line + b"\r\n" for line in lines).split(b"\r\n")[:-1]
    return [(b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in whole]


async def _pieces(wire: bytes, cuts: list[int], most: int) -> tuple[list[bytes], bytes]:
    """What is read of a mail that comes in parts, and what is left on the line after it."""
    inner = asyncio.StreamReader(limit=80)  # the longest line is 75
    lines = Lines(inner, most=most)
    borders = [0, *sorted({cut % (len(wire) + 1) for cut in cuts}), len(wire)]

    async def feed() -> None:
        for start, end in pairwise(borders):
            inner.feed_data(wire[start:end])
            await asyncio.sleep(0)
        inner.feed_eof()

    feeding = asyncio.create_task(feed())
    found = []
    while (piece := await lines.readuntil(b"\r\n")) != _END:
        found.append(piece)
    await feeding
    return found, await inner.read()


@given(BODY, st.lists(st.integers(0, 300), max_size=6), st.integers(40, 400))
def test_the_same_mail_comes_of_it_however_it_is_cut(lines, cuts, most) -> None:
    sent = _stuffed(lines)
    pieces, left = asyncio.run(_pieces(b"".join(sent) + _END + b"QUIT\r\n", cuts, most))

    assert b"".join(pieces) == b"".join(sent)
    assert left == b"QUIT\r\n"
    for piece in pieces:
        # aiosmtpd takes one dot from the beginning of what it gets, and looks no further.
        assert piece.endswith(b"\r\n")
        assert b"\r\n." not in piece
        assert len(piece) <= max(most, *map(len, sent))


def test_what_is_there_is_handed_out_at_once() -> None:
    pieces, _left = asyncio.run(_pieces(b"a\r\n" * 20 + b"..b\r\nc\r\n" + _END, [], 1000))
    assert [len(piece) for piece in pieces] == [60, 8]


@pytest.mark.parametrize(
    "body",
    [b"", b".\r\n", b"..\r\n.\r\n", b"\r\n\r\n.", b".a\r\n..b\r\nc", b"x" * 70_000],
)
def test_by_a_socket_dots_come_back_as_they_were_written(body) -> None:
    stored = []
    intake = Intake(
        host="127.0.0.1",
        port=0,
        known=lambda address: True,
        store=lambda mails: stored.extend(mail.raw for mail in mails),
    )
    intake.start()
    try:
        with smtplib.SMTP("127.0.0.1", intake.port, timeout=10) as client:
            for _ in range(2):
                client.sendmail("a@b.example", ["hello@shop.example"], body)
    finally:
        intake.stop()

    wanted = b"\r\n".join(body.splitlines())
    assert [each.removesuffix(b"\r\n") for each in stored] == [wanted] * 2
