"""Pages of the inbox as they stand open all day: each with its stream, fetching what it is told of,
as `live.js` does.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode

from goodword.bench.browsing import HTMX

_GATHER_SECONDS = 0.15  # several topics of one happening make one fetch
_LONGEST_GATHER_SECONDS = 5.0
_KEPT_SECONDS = 2.0  # the server puts an idle line down soon after
_TYPES_EVERY_SECONDS = 5.0
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_NEWEST = re.compile(r'data-newest-event="(\d*)"')
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(slots=True)
class Change:
    """What a colleague did in a conversation, and when each page that shows it knew. Seconds."""

    pressed_at: float
    committed_at: float = 0.0
    told_at: list[float] = field(default_factory=list)
    shown_at: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class Line:
    """One connection, kept alive."""

    def __init__(self, host: str, port: int, session: str) -> None:
        self._host, self._port = host, port
        self._cookies = {"goodword_session": session}
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._turn = asyncio.Lock()
        self._used = 0.0

    async def ask(
        self, path: str, headers: Mapping[str, str] | None = None, *, body: str | None = None
    ) -> Answer:
        async with self._turn:
            reader = await self.begin(path, headers, body=body)
            answer = await self._head(reader)
            size = answer.headers.get("content-length")
            whole = await reader.readexactly(int(size)) if size else await _chunks(reader)
            self._used = time.monotonic()
            return Answer(answer.status, answer.headers, whole)

    async def begin(
        self, path: str, headers: Mapping[str, str] | None = None, *, body: str | None = None
    ) -> asyncio.StreamReader:
        """Send the request; the answer is the caller's to read."""
        if time.monotonic() - self._used > _KEPT_SECONDS:
            self.close()
            self._writer = None
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        cookie = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        told = {"Host": f"{self._host}:{self._port}", "Cookie": cookie, **(headers or {})}
        if body is not None:
            told |= {"Content-Length": str(len(body))}
        lines = [f"{'GET' if body is None else 'POST'} {path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in told.items()]
        self._writer.write("\r\n".join([*lines, "", body or ""]).encode())
        await self._writer.drain()
        return self._reader

    async def _head(self, reader: asyncio.StreamReader) -> Answer:
        status = int((await reader.readline()).split()[1])
        headers: dict[str, str] = {}
        while line := (await reader.readline()).strip():
            name, _, value = line.decode().partition(": ")
            headers[name.lower()] = value
            if name.lower() == "set-cookie":
                key, _, cookie = value.partition(";")[0].partition("=")
                self._cookies[key] = cookie
        return Answer(status, headers, b"")

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    parts = []
    while size := int((await reader.readline()).strip() or b"0", 16):
        parts.append(await reader.readexactly(size))
        await reader.readline()
    return b"".join(parts)


class OpenPage:
    """One teammate's page: a list, with a conversation open beside it."""

    def __init__(
        self, host: str, port: int, session: str, *, name: str, folder: str, shows: str
    ) -> None:
        self._line = Line(host, port, session)
        self._stream = Line(host, port, session)
        self._name, self._folder, self.shows = name, folder, shows
        self._token = ""
        self._waiting: set[str] = set()
        self._heard: list[Change] = []
        self._gathering: asyncio.Task[None] | None = None
        self._listening: asyncio.Task[None] | None = None
        self._took = 0.0
        self.fetched = 0

    async def open(self, changes: Mapping[str, Change]) -> None:
        """`changes`: the newest of each conversation, by its public id."""
        page = await self._line.ask(f"/conversations/{self.shows}/?folder={self._folder}")
        text = page.body.decode()
        token, newest = _TOKEN.search(text), _NEWEST.search(text)
        assert page.status == 200 and token and newest, f"no page: {page.status}"
        self._token = token[1]
        query = urlencode({"since": newest[1], "page": self._name, "at": self.shows})
        reader = await self._stream.begin(f"/events/?{query}")
        first = await reader.readline()
        assert b" 200 " in first, f"no stream: {first.decode()}"
        self._listening = asyncio.create_task(self._listen(reader, changes))

    async def _listen(self, reader: asyncio.StreamReader, changes: Mapping[str, Change]) -> None:
        while line := await reader.readline():
            if not line.startswith(b"data: "):
                continue
            kind, _, name = line[6:].decode().strip().partition(":")
            if kind == "presence":
                await self._line.ask(f"/conversations/{self.shows}/colleagues/", HTMX)
                continue
            change = changes.get(name) if kind == "conversation" else None
            if change is not None:
                change.told_at.append(time.perf_counter())
                self._heard.append(change)
            self._waiting.add(name if kind == "conversation" else kind)
            if self._gathering is None or self._gathering.done():
                self._gathering = asyncio.create_task(self._gather())

    async def _gather(self) -> None:
        while self._waiting:
            await asyncio.sleep(max(_GATHER_SECONDS, min(2 * self._took, _LONGEST_GATHER_SECONDS)))
            topics, self._waiting = self._waiting, set()
            heard, self._heard = self._heard, []
            if "inbox" in topics:
                begun = time.perf_counter()
                await self._fetch(f"/inbox/{self._folder}/?fragment=list")
                self._took = time.perf_counter() - begun
            if self.shows in topics:
                where = f"/conversations/{self.shows}/?folder={self._folder}&fragment=timeline"
                await self._fetch(where)
            now = time.perf_counter()
            for change in heard:
                change.shown_at.append(now)

    async def _fetch(self, path: str) -> None:
        answer = await self._line.ask(path, HTMX)
        assert answer.status == 200, f"{path} answered {answer.status}"
        self.fetched += 1

    async def press(self, conversation: str, *, urgent: bool) -> float:
        """Change something there; returns when that was done."""
        content = {"urgent": "yes" if urgent else "no"}
        answer = await self._post(f"/conversations/{conversation}/urgent/", content)
        assert answer.status == 302, f"the change was answered {answer.status}"
        return time.perf_counter()

    async def type(self) -> None:
        """Write without an end."""
        while True:
            content = {"page": self._name, "doing": "reply"}
            await self._post(f"/conversations/{self.shows}/here/", content)
            await asyncio.sleep(_TYPES_EVERY_SECONDS)

    async def _post(self, path: str, content: Mapping[str, str]) -> Answer:
        headers = {**_FORM, "X-CSRFToken": self._token}
        return await self._line.ask(path, headers, body=urlencode(content))

    async def close(self) -> None:
        for task in (self._listening, self._gathering):
            if task is not None:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        self._line.close()
        self._stream.close()
