"""`goodword bench pages`: what the daily screens cost in a desk of any size."""

from __future__ import annotations

import json
import platform
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import click

from goodword.bench import browsing, processes
from goodword.bench.browsing import HTMX, Asked, Browser
from goodword.bench.house import House, at_work, begin_with_option
from goodword.bench.made_up import COMMON, NOWHERE, PREFIX, RARE
from goodword.bench.servers import LOOPBACK

MANY = 8  # browsers at once
_TELL_EVERY = 100_000
_OPENED = 20  # conversations that are opened in turn
_LINK = r'href="(/conversations/[^"]+)"'
_OLDER = r'hx-get="(/inbox/[^"]+fragment=more)"'
_TEAM = r'href="(/inbox/team/[^"]+)"'


@dataclass(frozen=True, slots=True)
class Page:
    """Something a browser asks for; several paths are asked for in turn."""

    name: str
    paths: Sequence[str]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a page takes. Milliseconds; CPU is that of web server and database together."""

    who: str
    page: str
    at_once: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    cpu_ms: float
    database_cpu_ms: float
    size_bytes: int
    queries: int


@click.command()
@click.option("--conversations", type=click.IntRange(min=20), default=1000, show_default=True)
@click.option("--database", type=click.Choice(["sqlite", "postgres"]), default="sqlite")
@click.option("--requests", type=click.IntRange(min=1), default=100, help="Of each page.")
@click.option("--only", default="", help="Pages whose name holds this.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write all there.")
@begin_with_option
def command(
    conversations: int,
    database: str,
    requests: int,
    only: str,
    json_file: Path | None,
    begin_with: Path | None,
) -> None:
    """Fill a desk, ask it for its pages, and print what they take.

    All is made in a temporary folder and removed.
    """
    report: dict[str, Any] = {
        "command": f"goodword bench {' '.join(sys.argv[2:])}",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{processes.machine()}, Python {platform.python_version()}",
        "conversations": conversations,
        "database": database,
    }
    with at_work(database, begin_with=begin_with) as house:
        fill(conversations, report)
        report["memory_mb"] = {"run_idle": house.idle_mb("run")}
        with house.serving("web"):
            report["memory_mb"]["web_idle"] = house.memory_mb()
            costs = list(_measure(house, requests=requests, only=only))
            report["memory_mb"]["web_busy"] = house.memory_mb()
    report["pages"] = [asdict(cost) for cost in costs]
    click.echo(f"memory, MB: {report['memory_mb']}")
    if json_file:
        json_file.write_text(json.dumps(report, indent=1) + "\n")


def fill(conversations: int, report: dict[str, Any]) -> None:
    from django.core.management import call_command
    from django.db import connection

    from goodword.bench import filling

    begun = time.monotonic()
    call_command("migrate", interactive=False, verbosity=0)
    filling.fill(conversations, at=datetime.now(UTC), tell=_tell)
    report["filled_seconds"] = round(time.monotonic() - begun)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM conversations_message")
        report["messages"] = cursor.fetchone()[0]
        if connection.vendor == "sqlite":
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        else:
            cursor.execute("SELECT pg_database_size(current_database())")
        report["database_mb"] = cursor.fetchone()[0] // 2**20
    connection.close()
    click.echo(
        f"{report['messages']} messages in {conversations} conversations, "
        f"{report['database_mb']} MB, filled in {report['filled_seconds']} s"
    )


def _tell(done: int) -> None:
    if done % _TELL_EVERY == 0:
        click.echo(f"{done} conversations drawn", err=True)


def _measure(house: House, *, requests: int, only: str) -> Iterator[Cost]:
    from goodword.bench import filling

    click.echo(_HEAD)
    for who, email in (("owner", filling.OWNER), ("agent", filling.AGENT)):
        browser = Browser(house.process.url)
        browser.sign_in(email, filling.PASSWORD)
        for page in _pages(browser):
            if only in page.name:
                queries = _queries(email, page)
                for at_once in (1, MANY):
                    cost = _cost(house, browser, page, times=requests, at_once=at_once)
                    cost = replace(cost, who=who, queries=queries)
                    click.echo(_line(cost))
                    yield cost
        browser.close()


def _pages(browser: Browser) -> list[Page]:
    mine = browser.see("/inbox/mine/")
    opened = browsing.links(mine, _LINK)[:_OPENED]
    found = [
        Page("today", ["/"]),
        Page("ledger", ["/promises/"]),
        Page("list: mine", ["/inbox/mine/"]),
        Page("list: unassigned", ["/inbox/unassigned/"]),
        Page("list: all", ["/inbox/all/"]),
        Page("list: all, by due time", ["/inbox/all/?order=due"]),
        Page("list: closed", ["/inbox/closed/"]),
        Page("list: a team's", browsing.links(mine, _TEAM)[:1]),
        Page("list: all, second page", browsing.links(browser.see("/inbox/all/"), _OLDER), HTMX),
        Page("conversation, beside its list", opened),
        Page("conversation, from the list", opened, HTMX),
    ]
    searches = {
        "rare": RARE,
        "common": f"{COMMON} ",  # the blank says that the word is whole
        "prefix": PREFIX,
        "common and prefix": f"{COMMON} {PREFIX}",
        "common and rare": f"{COMMON} {RARE}",
        "no hit": NOWHERE,
    }
    for name, words in searches.items():
        found.append(Page(f"search: {name}", [f"/search/?{urlencode({'q': words})}"]))
    return [page for page in found if page.paths]


def _cost(house: House, browser: Browser, page: Page, *, times: int, at_once: int) -> Cost:
    def ask(number: int) -> list[Asked]:
        return browsing.ask(
            browser.url, browser.cookies, page.paths, page.headers, times=number, at_once=at_once
        )

    ask(len(page.paths) + at_once)  # what a running server has in hand
    before = house.cpu_seconds()
    asked = ask(times)
    web, database = (now - then for now, then in zip(house.cpu_seconds(), before, strict=True))
    took = sorted(each.seconds * 1000 for each in asked)
    return Cost(
        who="",
        page=page.name,
        at_once=at_once,
        p50_ms=round(took[len(took) // 2], 1),
        p95_ms=round(took[len(took) * 95 // 100], 1),
        p99_ms=round(took[len(took) * 99 // 100], 1),
        cpu_ms=round((web + database) * 1000 / times, 2),
        database_cpu_ms=round(database * 1000 / times, 2),
        size_bytes=max(each.size_bytes for each in asked),
        queries=0,
    )


def _queries(email: str, page: Page) -> int:
    """Counted here, by the same code on the same data: the running server tells nobody."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from goodword.accounts.models import Teammate

    client = Client(headers={"host": LOOPBACK})
    client.force_login(Teammate.objects.get(email=email))
    path = page.paths[0]
    client.get(path, headers=dict(page.headers))  # what is asked once is in hand
    with CaptureQueriesContext(connection) as captured:
        client.get(path, headers=dict(page.headers))
    return len(captured)


_HEAD = (
    f"{'':6}{'page':32}{'at once':>8}{'p50':>8}{'p95':>8}{'p99':>8}"
    f"{'CPU ms':>8}{'of it db':>9}{'kB':>6}{'queries':>8}"
)


def _line(cost: Cost) -> str:
    return (
        f"{cost.who:6}{cost.page:32}{cost.at_once:8}{cost.p50_ms:8}{cost.p95_ms:8}{cost.p99_ms:8}"
        f"{cost.cpu_ms:8}{cost.database_cpu_ms:9}{cost.size_bytes // 1024:6}{cost.queries:8}"
    )
