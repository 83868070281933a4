"""The house under test, from outside: its processes, its mailboxes, and a look at its rows."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from http.client import HTTPException
from http.cookiejar import CookieJar
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import (
    HTTPCookieProcessor,
    HTTPRedirectHandler,
    ProxyHandler,
    Request,
    build_opener,
)

from goodword.bench.faults.plan import INBOXES, Shape
from goodword.bench.servers import LOOPBACK
from goodword.bench.servers.dovecot import Dovecot
from goodword.bench.servers.goodword_process import GoodwordProcess
from goodword.bench.servers.smtp_sink import SmtpSink

OWNER, PASSWORD = "ana@shop.example", "correct horse battery"

_LEASED = ("desk_arrival", "desk_dispatch", "events_delivery", "email_mailaccount")

_FURNISH = """
import django; django.setup()
from django.utils import timezone
from goodword.accounts.models import Business, Team
from goodword.channels.email import accounts
from goodword.inboxes import actions as inboxes
from goodword.inboxes.models import Inbox
at = timezone.now()
Business.objects.update(undo_send_seconds=0)
for address, settings in {settings!r}.items():
    inbox = Inbox.objects.filter(addresses__value=address).first() or inboxes.make(
        name=address.partition("@")[0].title(), addresses=[address], team=Team.objects.first(),
        by=None, at=at,
    )
    Inbox.objects.filter(pk=inbox.pk).update(acknowledges=True)
    accounts.connect(inbox, accounts.AccountSettings(**settings), by=None, at=at)
"""


class House:
    """One installation on a database: the processes of a shape run on it, one shape at a time."""

    def __init__(
        self,
        *,
        sink: SmtpSink,
        dovecot: Dovecot | None = None,
        database_url: str = "",
        data: Path | None = None,
        environment: dict[str, str] | None = None,
    ) -> None:
        self.sink, self.dovecot, self.database_url = sink, dovecot, database_url
        self._folder = Path(tempfile.mkdtemp(prefix="goodword-house-"))
        self.data = data or self._folder / "data"
        self._environment = {
            "GOODWORD_SMTP_RATE": "1000000",
            "GOODWORD_LOG_LEVEL": "WARNING",
            **(environment or {}),
        }
        self.running: dict[str, GoodwordProcess] = {}
        # The pages keep their address whichever process serves them.
        self._web = self._process("web")
        self._run = self._process("run")
        self._run.port = self._web.port
        self._run.url = self._web.url
        self._run.environment["GOODWORD_PORT"] = str(self._web.port)
        self._workers = {name: self._process("work") for name in ("work-1", "work-2")}
        self.users = {address: dovecot.new_user() for address in INBOXES} if dovecot else {}

    def _process(self, command: str) -> GoodwordProcess:
        return GoodwordProcess(
            command=command,
            data=self.data,
            database_url=self.database_url,
            environment=self._environment,
        )

    def furnish(self) -> None:
        """Owner, business, three inboxes, each with its mailbox and its way out."""
        self.command(
            "setup", "--owner", OWNER, "--password-file", "-", "--business", "Marlow & Finch",
            "--country", "DE", "--zone", "Europe/Berlin", "--inbox", INBOXES[0],
            input=PASSWORD,
        )  # fmt: skip
        settings = {address: self._account_of(address) for address in INBOXES}
        self.python(_FURNISH.format(settings=settings))

    def python(self, code: str) -> None:
        """Run it beside the processes, on the same data."""
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**self._run.environment, "DJANGO_SETTINGS_MODULE": "goodword.settings"},
            capture_output=True,
            text=True,
            timeout=60,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)

    def _account_of(self, address: str) -> dict[str, object]:
        out = {"smtp_host": LOOPBACK, "smtp_port": self.sink.port, "smtp_security": "none"}
        if self.dovecot is None:
            return {**out}
        return {
            **out,
            "imap_host": LOOPBACK,
            "imap_port": self.dovecot.imap_port,
            "imap_security": "none",
            "imap_user": self.users[address],
            "imap_password": self.dovecot.password,
        }

    # The processes

    def live_as(self, shape: Shape) -> None:
        """Let the processes of this shape run and no others; those that run already go on."""
        self.launch_as(shape)
        for process in self.running.values():
            process.wait_until_it_serves()

    def launch_as(self, shape: Shape) -> None:
        """As `live_as`, without waiting."""
        wanted = {"run": self._run} if shape == "embedded" else {"web": self._web, **self._workers}
        for name in set(self.running) - set(wanted):
            self.running.pop(name).stop()
        for name in set(wanted) - set(self.running):
            wanted[name].launch()
            self.running[name] = wanted[name]

    def kill(self, whom: str = "") -> None:
        """SIGKILL to this process, or to all of them at once."""
        names = [whom] if whom else list(self.running)
        for name in names:
            if (process := self.running.pop(name, None)) is not None:
                process.kill()

    def stop(self) -> None:
        for process in self.running.values():
            process.stop()
        self.running.clear()

    def doors(self) -> list[int]:
        """The SMTP ports of the processes that take mail in."""
        return [each.smtp_port for name, each in self.running.items() if name != "web"]

    @property
    def url(self) -> str:
        return self._web.url

    def health(self) -> tuple[int, dict[str, Any]]:
        return self._web.health()

    def command(self, *arguments: str, input: str | bytes | None = None) -> bytes:
        """What `goodword <arguments>` prints. Raises RuntimeError when it fails."""
        done = self._run.run(*arguments, input=input)
        if done.returncode:
            raise RuntimeError(f"goodword {arguments[0]}: {done.stderr.decode()}")
        return done.stdout

    @property
    def most_memory_mb(self) -> int:
        """The most that any of the running processes has ever held (VmHWM)."""
        return max(_high_water_mb(each.pid) for each in self.running.values())

    def begin_command(self, *arguments: str) -> subprocess.Popen[bytes]:
        """It runs on; give it its input, or kill it."""
        return self._run.begin(*arguments)

    def check(self) -> dict[str, Any]:
        """What `goodword check --json` says, whether all is well or not."""
        told: dict[str, Any] = json.loads(self._run.run("check", "--json", timeout=300).stdout)
        return told

    @property
    def log(self) -> str:
        return "".join(each.log for each in (self._run, self._web, *self._workers.values()))

    # Its rows

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(self._connect()) as line:
            cursor = line.cursor()
            cursor.execute(sql)
            return list(cursor.fetchall())

    def write(self, sql: str) -> int:
        """Change rows by hand; returns how many."""
        with closing(self._connect()) as line:
            cursor = line.cursor()
            cursor.execute(sql)
            line.commit()
            return int(cursor.rowcount)

    def end_leases(self) -> None:
        """As if a minute had gone by, while nobody lives who holds one."""
        assert not self.running, "a lease of the living is not ours to end"
        for table in _LEASED:
            self.write(f"UPDATE {table} SET leased_until = NULL WHERE leased_until IS NOT NULL")

    def _connect(self) -> Any:
        if not self.database_url:
            return sqlite3.connect(self.data / "goodword.sqlite3", timeout=20)
        import psycopg

        return psycopg.connect(self.database_url, connect_timeout=5)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in (self._run, self._web, *self._workers.values()):
            process.kill()
            process.remove()
        shutil.rmtree(self._folder, ignore_errors=True)


def _high_water_mb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // 1024
    raise RuntimeError("this system doesn't tell how much memory a process had")


class NotHeard(Exception):
    """The page did not answer, or not with a page: it may or may not have been done."""


class Browser:
    """Ana's browser: signs in on the page, answers on the page, and tries again when cut off."""

    def __init__(self, url: str) -> None:
        self._url = url
        cookies = HTTPCookieProcessor(CookieJar())
        self._open = build_opener(ProxyHandler({}), cookies, _StayHere()).open
        self._signed_in = False

    def sign_in(self) -> None:
        page = self._get("/account/login/")
        self._post("/account/login/", {**_hidden(page), "login": OWNER, "password": PASSWORD})
        self._signed_in = True

    def compose(self, conversation: str) -> dict[str, str]:
        """The composer's hidden fields, as the page gives them. Raises NotHeard."""
        found = _hidden(self.page(f"/conversations/{conversation}/?compose=reply"))
        if "once" not in found:
            raise NotHeard("no composer on the page")
        return found

    def send(self, conversation: str, fields: dict[str, str]) -> None:
        """Press Send. Raises NotHeard; the same fields can then be sent again."""
        self._post(f"/conversations/{conversation}/reply/", fields)

    def page(self, path: str) -> str:
        """Raises NotHeard."""
        if not self._signed_in:
            self.sign_in()
        return self._get(path)

    def _get(self, path: str) -> str:
        return self._ask(Request(self._url + path))

    def _post(self, path: str, fields: dict[str, str]) -> str:
        return self._ask(Request(self._url + path, data=urlencode(fields).encode()))

    def _ask(self, request: Request) -> str:
        try:
            with self._open(request, timeout=10) as answer:
                return str(answer.read().decode())
        except HTTPError as error:
            error.close()
            if error.code in {302, 303}:  # done; the page it leads to isn't needed
                return ""
            raise NotHeard(f"{error.code} {request.full_url}") from error
        except (OSError, HTTPException) as error:
            raise NotHeard(str(error)) from error


class _StayHere(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def _hidden(page: str) -> dict[str, str]:
    """Hidden fields by name; of one that stands in several forms the last."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return dict(found)
