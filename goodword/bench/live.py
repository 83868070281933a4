"""`goodword bench live`: how soon a colleague's change shows, with a house full of people."""

from __future__ import annotations

import asyncio
import json
import platform
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from goodword.bench import browsing, pages, processes
from goodword.bench.browsing import HTMX
from goodword.bench.house import House, at_work, begin_with_option
from goodword.bench.open_pages import Change, OpenPage

_CONVERSATIONS = 5  # of each team, that its people have open
_AT_ONCE = 8  # pages that are opened at once
_TYPING = 10  # one in so many writes an answer all the time
_SETTLE_SECONDS = 3.0
_OPENED = 50  # conversations opened one after the other


@dataclass(frozen=True, slots=True)
class Person:
    session: str
    team: int


@dataclass(frozen=True, slots=True)
class Crew:
    """Who is signed in, and the conversations of each team, by public id."""

    people: Sequence[Person]
    conversations: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Told:
    """Milliseconds since the colleague's press; `cpu` in parts of one core, `idle_cpu` while the
    pages stand open and nothing happens.
    """

    changes: int
    tellings: int
    missing: int
    done_p50_ms: float
    told_p50_ms: float
    told_p95_ms: float
    told_p99_ms: float
    shown_p50_ms: float
    shown_p95_ms: float
    shown_p99_ms: float
    fetches_a_second: float
    cpu: float
    database_cpu: float
    idle_cpu: float = 0.0


@dataclass(frozen=True, slots=True)
class Opened:
    """The next conversation, from the list; nothing else is asked meanwhile."""

    p50_ms: float
    p95_ms: float
    cpu_ms: float
    size_bytes: int


@click.command()
@click.option("--people", type=click.IntRange(min=2), default=200, show_default=True)
@click.option("--teams", type=click.IntRange(min=1), default=10, show_default=True)
@click.option("--rate", type=float, default=2.0, show_default=True, help="Changes a second.")
@click.option("--seconds", type=click.IntRange(min=1), default=30, show_default=True)
@click.option("--idle", type=click.IntRange(min=0), default=16, help="Seconds before, for its CPU.")
@click.option("--conversations", type=click.IntRange(min=20), default=1000, show_default=True)
@click.option("--database", type=click.Choice(["sqlite", "postgres"]), default="sqlite")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write all there.")
@begin_with_option
def command(
    people: int,
    teams: int,
    rate: float,
    seconds: int,
    idle: int,
    conversations: int,
    database: str,
    json_file: Path | None,
    begin_with: Path | None,
) -> None:
    """Sign many people in, let colleagues change things, and say when each page shows it.

    Each person has a list and a conversation open; one in ten is writing. Everyone of a team sees
    the team's inbox, so one team is the hardest case.

    All is made in a temporary folder and removed.
    """
    report: dict[str, Any] = {
        "command": f"goodword bench {' '.join(sys.argv[2:])}",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{processes.machine()}, Python {platform.python_version()}",
        "load": processes.load(),
        "database": database,
    }
    with at_work(database, begin_with=begin_with) as house:
        pages.fill(conversations, report)
        crew = _hire(people, teams)
        with house.serving("run"):
            told, opened = asyncio.run(_watch(house, crew, rate=rate, seconds=seconds, idle=idle))
            report["memory_mb"] = house.memory_mb()
    report |= {"told": asdict(told), "opened": asdict(opened)}
    click.echo(_lines(report))
    if json_file:
        json_file.write_text(json.dumps(report, indent=1) + "\n")


def _hire(people: int, teams: int) -> Crew:
    """Teams with an inbox and some mail each; their people, signed in."""
    from django.test import Client, override_settings

    from goodword.accounts import actions as accounts
    from goodword.accounts.models import Role, Teammate
    from goodword.bench import filling
    from goodword.inboxes import actions as inboxes

    ana, at = Teammate.objects.get(email=filling.OWNER), datetime.now(UTC)
    found: list[Person] = []
    conversations: list[list[str]] = []
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # nobody signs in by it
    with override_settings(PASSWORD_HASHERS=quick):
        for team in range(teams):
            members = [
                accounts.join(
                    name=f"Person {number}",
                    email=f"person{number}@shop.example",
                    password=filling.PASSWORD,
                    role=Role.AGENT,
                    by=ana,
                    at=at,
                )
                for number in range(team, people, teams)
            ]
            made = accounts.make_team(name=f"Team {team}", members=members, by=ana, at=at)
            inbox = inboxes.make(
                name=f"Inbox {team}", addresses=[f"i{team}@shop.example"], team=made, by=ana, at=at
            )
            conversations.append([_receive(inbox, n, at=at) for n in range(_CONVERSATIONS)])
            for each in members:
                client = Client()
                client.force_login(each)
                found.append(Person(client.cookies["goodword_session"].value, team))
    return Crew(found, conversations)


def _receive(inbox: Any, number: int, *, at: datetime) -> str:
    from goodword.desk.intake import receiving
    from goodword.desk.roads import Inbound, Party

    name = f"mail-{inbox.pk}-{number}@elsewhere.example"
    mail = Inbound(
        road="email",
        identity=name,
        sender=Party(f"p{inbox.pk}-{number}@elsewhere.example", f"Customer {number}"),
        said_at=at,
        subject=f"Matter {number}",
        text="Where is my ring? When can I fetch it?",
        to=[Party(f"i{inbox.pk}@shop.example")],
        external_ids=[name],
        refers_to=[],
    )
    message = receiving.receive(mail, inbox=inbox, at=at)
    assert message is not None
    return str(message.conversation.public_id)


async def _watch(
    house: House, crew: Crew, *, rate: float, seconds: int, idle: int
) -> tuple[Told, Opened]:
    newest: dict[str, Change] = {}
    there = [
        OpenPage(
            house.process.host,
            house.process.port,
            person.session,
            name=f"page{number:08}",
            folder="unassigned",
            shows=crew.conversations[person.team][number % _CONVERSATIONS],
        )
        for number, person in enumerate(crew.people)
    ]
    for first in range(0, len(there), _AT_ONCE):
        await asyncio.gather(*(page.open(newest) for page in there[first : first + _AT_ONCE]))
    click.echo(f"{len(there)} people are signed in", err=True)
    before = sum(house.cpu_seconds())
    await asyncio.sleep(idle)
    idle_cpu = (sum(house.cpu_seconds()) - before) / max(idle, 1)
    typing = [asyncio.create_task(page.type()) for page in there[::_TYPING]]
    await asyncio.sleep(_SETTLE_SECONDS)
    told = await _change(house, crew, there, newest, rate=rate, seconds=seconds)
    for task in typing:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    await asyncio.sleep(_SETTLE_SECONDS)
    opened = await asyncio.to_thread(_open_the_next, house, crew)
    for page in there:
        await page.close()
    return replace(told, idle_cpu=round(idle_cpu, 3)), opened


async def _change(
    house: House,
    crew: Crew,
    there: Sequence[OpenPage],
    newest: dict[str, Change],
    *,
    rate: float,
    seconds: int,
) -> Told:
    teams, made = len(crew.conversations), list[Change]()
    size = [sum(person.team == team for person in crew.people) for team in range(teams)]
    fetched, before, begun = sum(p.fetched for p in there), house.cpu_seconds(), time.monotonic()

    async def press(number: int) -> None:
        team, turn = number % teams, number // teams
        conversation = crew.conversations[team][turn % _CONVERSATIONS]
        change = newest[conversation] = Change(time.perf_counter())
        made.append(change)
        by = there[number % teams * (len(there) // teams)]  # any of that team
        urgent = turn // _CONVERSATIONS % 2 == 0
        change.committed_at = await by.press(conversation, urgent=urgent)

    pressed = []
    for number in range(int(rate * seconds)):
        pressed.append(asyncio.create_task(press(number)))
        await asyncio.sleep(max(0.0, begun + (number + 1) / rate - time.monotonic()))
    await asyncio.gather(*pressed)
    took = time.monotonic() - begun
    web, database = (now - then for now, then in zip(house.cpu_seconds(), before, strict=True))
    fetches = (sum(p.fetched for p in there) - fetched) / took
    await asyncio.sleep(_SETTLE_SECONDS)
    due = sum(size[number % teams] for number in range(len(made)))
    return _summed(made, due, fetches=fetches, cpu=web / took, database_cpu=database / took)


def _summed(
    made: Sequence[Change], due: int, *, fetches: float, cpu: float, database_cpu: float
) -> Told:
    told = _ms([at - each.pressed_at for each in made for at in each.told_at])
    shown = _ms([at - each.pressed_at for each in made for at in each.shown_at])
    return Told(
        changes=len(made),
        tellings=len(told),
        missing=due - min(len(told), len(shown)),
        done_p50_ms=_part(_ms([each.committed_at - each.pressed_at for each in made]), 50),
        told_p50_ms=_part(told, 50),
        told_p95_ms=_part(told, 95),
        told_p99_ms=_part(told, 99),
        shown_p50_ms=_part(shown, 50),
        shown_p95_ms=_part(shown, 95),
        shown_p99_ms=_part(shown, 99),
        fetches_a_second=round(fetches, 1),
        cpu=round(cpu, 2),
        database_cpu=round(database_cpu, 2),
    )


def _ms(seconds: Sequence[float]) -> list[float]:
    return sorted(each * 1000 for each in seconds)


def _part(values: Sequence[float], hundredth: int) -> float:
    return round(values[min(len(values) * hundredth // 100, len(values) - 1)], 1) if values else 0.0


def _open_the_next(house: House, crew: Crew) -> Opened:
    person = crew.people[0]
    paths = [
        f"/conversations/{each}/?folder=unassigned" for each in crew.conversations[person.team]
    ]
    cookies = {"goodword_session": person.session}

    def ask(times: int) -> list[browsing.Asked]:
        return browsing.ask(house.process.url, cookies, paths, HTMX, times=times, at_once=1)

    ask(len(paths))
    before = sum(house.cpu_seconds())
    asked = ask(_OPENED)
    cpu = sum(house.cpu_seconds()) - before
    took = _ms([each.seconds for each in asked])
    return Opened(
        p50_ms=_part(took, 50),
        p95_ms=_part(took, 95),
        cpu_ms=round(cpu * 1000 / len(asked), 1),
        size_bytes=max(each.size_bytes for each in asked),
    )


def _lines(report: dict[str, Any]) -> str:
    told, opened = report["told"], report["opened"]
    return "\n".join(
        [
            f"{told['changes']} changes, {told['tellings']} times told, {told['missing']} missing",
            f"from the press, ms:  done p50 {told['done_p50_ms']}"
            f"   told p50 {told['told_p50_ms']} p95 {told['told_p95_ms']} p99 {told['told_p99_ms']}"
            f"   shown p50 {told['shown_p50_ms']} p95 {told['shown_p95_ms']}"
            f" p99 {told['shown_p99_ms']}",
            f"{told['fetches_a_second']} fetches a second; cores: server {told['cpu']},"
            f" database {told['database_cpu']}, idle {told['idle_cpu']}; memory, MB:"
            f" {report['memory_mb']}",
            f"the next conversation: p50 {opened['p50_ms']} ms, p95 {opened['p95_ms']} ms,"
            f" CPU {opened['cpu_ms']} ms, {opened['size_bytes'] // 1024} kB",
        ]
    )
