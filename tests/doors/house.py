"""A running Goodword with one inbox, as the door tests and the stories use it."""

from __future__ import annotations

import json
import smtplib
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Any

import psycopg
from django.apps import apps
from django.db.models import DateTimeField

from goodword.bench.servers import wait_until
from goodword.bench.servers.dovecot import Dovecot
from goodword.bench.servers.goodword_process import GoodwordProcess
from goodword.bench.servers.smtp_sink import SmtpSink

PASSWORD = "correct horse battery"
INBOX = "hello@shop.example"
OWNER = "ana@shop.example"


# Owner Ana, the shop in Berlin, one inbox; by the command line.
SETUP = (
    "setup", "--owner", OWNER, "--owner-name", "Ana Ruiz", "--password-file", "-",
    "--business", "Marlow & Finch", "--country", "DE", "--zone", "Europe/Berlin",
    "--inbox", INBOX,
)  # fmt: skip


def mail(
    text: str = "Wo ist meine Karte?",
    *,
    sender: str = "Grace Whitlow <grace@whitlow.example>",
    to: str = INBOX,
    subject: str = "Die Größe des Rings",
    **headers: str,
) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = datetime.now(UTC)
    message["Message-ID"] = make_msgid(domain="whitlow.example")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def hand_in(goodword: GoodwordProcess, message: EmailMessage) -> None:
    """By SMTP, as any mail program would; returns once it was accepted."""
    with smtplib.SMTP(goodword.host, goodword.smtp_port, timeout=10) as line:
        line.send_message(message)


def check(goodword: GoodwordProcess) -> dict[str, object]:
    """What `goodword check --json` says."""
    done = goodword.python("from goodword.cli import group; group(['check', '--json'])")
    assert done.stdout, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def rows(goodword: GoodwordProcess, sql: str) -> list[tuple[Any, ...]]:
    """Look into its database from outside; a process started for each look would take a core."""
    url = goodword.environment.get("GOODWORD_DATABASE_URL")
    if url:
        with psycopg.connect(url) as line:
            return line.execute(sql).fetchall()  # type: ignore[arg-type]  # our own words
    with closing(sqlite3.connect(goodword.data / "goodword.sqlite3", timeout=20)) as file:
        return file.execute(sql).fetchall()


def let_time_pass(goodword: GoodwordProcess) -> None:
    """What is to leave later, or was put off, is due now."""
    postgres = "GOODWORD_DATABASE_URL" in goodword.environment
    now = "now()" if postgres else "strftime('%Y-%m-%d %H:%M:%f', 'now')"
    _write(goodword, f"UPDATE desk_dispatch SET due_at = {now} WHERE due_at > {now}")


def hours_pass(goodword: GoodwordProcess, hours: float) -> None:
    """As if the clock had gone on: every moment that is written down lies so much further back."""
    postgres = "GOODWORD_DATABASE_URL" in goodword.environment
    statements = []
    for model in apps.get_models():
        if not model.__module__.startswith("goodword."):
            continue
        columns = [
            field.column for field in model._meta.local_fields if isinstance(field, DateTimeField)
        ]
        earlier = ", ".join(
            f"{column} = {column} - interval '{hours} hours'"
            if postgres
            else f"{column} = strftime('%Y-%m-%d %H:%M:%f', {column}, '-{hours} hours')"
            for column in columns
        )
        if columns:
            statements.append(f"UPDATE {model._meta.db_table} SET {earlier}")
    # What a process keeps of the plan is read again.
    statements.append("UPDATE plan_planversion SET number = number + 1")
    for statement in statements:
        _write(goodword, statement)


def end_leases(goodword: GoodwordProcess) -> None:
    """As if some minutes had gone by since it was killed."""
    assert not goodword.running, "a lease of the living is not ours to end"
    for table in ("desk_arrival", "desk_dispatch", "events_delivery", "email_mailaccount"):
        _write(goodword, f"UPDATE {table} SET leased_until = NULL")


def _write(goodword: GoodwordProcess, sql: str) -> None:
    if url := goodword.environment.get("GOODWORD_DATABASE_URL"):
        with psycopg.connect(url) as line:
            line.execute(sql)  # type: ignore[call-overload]  # our own words
        return
    with closing(sqlite3.connect(goodword.data / "goodword.sqlite3", timeout=20)) as file, file:
        file.execute(sql)


def wait_for_messages(goodword: GoodwordProcess, count: int, *, seconds: float = 20) -> None:
    def there() -> bool:
        messages = "SELECT count(*) FROM conversations_message"
        pending = "SELECT count(*) FROM desk_arrival WHERE state = 'pending'"
        return (rows(goodword, messages), rows(goodword, pending)) == ([(count,)], [(0,)])

    wait_until(there, seconds=seconds, what=f"{count} messages")


def connect(
    goodword: GoodwordProcess,
    *,
    dovecot: Dovecot | None = None,
    user: str = "",
    sink: SmtpSink | None = None,
    address: str = INBOX,
    and_then: str = "",
) -> None:
    """Give the inbox its mailbox and its outgoing server, by the verb that the page calls.

    An inbox with another `address` is made first. `and_then`: more Python for the same process.
    """
    settings = {
        **(
            {
                "imap_host": dovecot.host,
                "imap_port": dovecot.imap_port,
                "imap_security": "none",
                "imap_user": user,
                "imap_password": dovecot.password,
            }
            if dovecot
            else {}
        ),
        **(
            {"smtp_host": "127.0.0.1", "smtp_port": sink.port, "smtp_security": "none"}
            if sink
            else {}
        ),
    }
    run_code(
        goodword,
        f"""
from goodword.accounts.models import Team
from goodword.channels.email import accounts
from goodword.inboxes import actions as inboxes
from goodword.inboxes.models import Inbox
address, now = {address!r}, timezone.now()
inbox = Inbox.objects.filter(addresses__value=address).first() or inboxes.make(
    name=address, addresses=[address], team=Team.objects.get(), by=None, at=now
)
accounts.connect(inbox, accounts.AccountSettings(**{settings!r}), by=None, at=now)
{and_then}
""",
    )


def run_code(goodword: GoodwordProcess, code: str) -> str:
    """Run Python beside the server, in its environment; returns what it printed."""
    done = goodword.python("from django.utils import timezone\n" + code)
    assert done.returncode == 0, done.stderr
    return done.stdout
