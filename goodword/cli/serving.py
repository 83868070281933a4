"""`goodword run`, `web` and `work`."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING

import click

from goodword.cli import begin

if TYPE_CHECKING:
    from goodword.cli.changing_over import ChangeOver
    from goodword.cli.working import Worker


_READY_AFTER_SECONDS = 15  # what is needed to read drafts is made once the first pages are out


@click.command()
@click.option("--doors", hidden=True, default="", help="Sockets left open by a change-over.")
def run(doors: str) -> None:
    """Serve everything in one process: web, worker, mail in and out.

    Sets up the database first. Stop it with Ctrl-C.
    """
    begin()
    from goodword.cli.changing_over import ChangeOver
    from goodword.web.example import houses

    if houses.stands_beside():
        ChangeOver.go_on(doors)
    _prepare(static=True)
    from goodword.cli.working import Worker

    worker = Worker()
    _start(worker)
    change = ChangeOver()
    houses.serve_by(change.begin)
    try:
        _say_where(came_back=bool(doors))
        _serve(change, doors=doors)
    finally:
        worker.stop()
    if change.doors:
        change.go_on(change.doors)


@click.command()
def web() -> None:
    """Serve the pages only; run `goodword work` beside it."""
    begin()
    _prepare(static=True)
    _say_where()
    _serve()


@click.command()
def work() -> None:
    """Do the work only: mail in and out, reminders. Ends on SIGTERM after the row in hand."""
    begin()
    _prepare(static=False)
    from goodword.cli.working import Worker

    ended = threading.Event()
    _on_end(ended.set)
    worker = Worker()
    _start(worker)
    click.echo("Goodword works. Ctrl-C ends it.")
    try:
        ended.wait()
    finally:
        worker.stop()


def _on_end(act: Callable[[], None]) -> None:
    """Let SIGTERM and Ctrl-C call `act` instead of ending the process at once."""

    def end(signum: int, frame: FrameType | None) -> None:
        act()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)


def _start(worker: Worker) -> None:
    from django.utils import timezone

    from goodword.channels.email.intake import CannotListen
    from goodword.plan.queries import make_ready

    make_ready(at=timezone.now())
    try:
        worker.start()
    except CannotListen as why:
        worker.stop()
        sys.exit(f"goodword: {why}")


def _prepare(*, static: bool) -> None:
    """Database and static files; both take little time when nothing changed."""
    from django.conf import settings
    from django.db import OperationalError

    from goodword import backups
    from goodword.core import preparing, statistics

    if backups.is_unfinished():
        sys.exit("goodword: a restore was cut short; run `goodword restore FILE` once more")
    os.umask(0o077)  # the folder holds customers' mail
    try:
        preparing.tables()
    except OperationalError as error:
        sys.exit(f"goodword: the database can't be reached: {str(error).strip()}")
    statistics.refresh()
    if static:
        preparing.static_files()
    if not settings.FILES_DIR.exists():
        settings.FILES_DIR.mkdir(parents=True)


def _say_where(*, came_back: bool = False) -> None:
    """The address, and the way in for the first owner while there is none.

    `came_back`: from the example. The link that was said before is open in a browser, and stays.
    """
    from django.conf import settings
    from django.utils import timezone

    from goodword.accounts import actions as accounts

    click.echo(f"Goodword is at {settings.URL}")
    if settings.SMTP_PORT:
        click.echo(f"Mail is taken in at {settings.SMTP_HOST}:{settings.SMTP_PORT} (SMTP)")
    if settings.LMTP_PORT:
        click.echo(f"Mail is taken in at {settings.LMTP_HOST}:{settings.LMTP_PORT} (LMTP)")
    if settings.EXAMPLE:
        _say_example()
        return
    if came_back:
        return
    try:
        token = accounts.make_first_owner_link(at=timezone.now())
    except accounts.AlreadyOwned:
        return
    click.echo("\nMake yourself its owner with this link (works once, for 24 hours):")
    click.echo(f"  {settings.URL}/setup/{token}/\n")


def _say_example() -> None:
    from django.conf import settings

    from goodword.web.example import houses

    click.echo("This is the example: no mail comes in, and none leaves. Look around with this link")
    click.echo(f"(works once):\n  {settings.URL}/example/{houses.new_key(settings.DATA_DIR)}/\n")


def _serve(change: ChangeOver | None = None, *, doors: str = "") -> None:
    """`doors`: sockets that listen already. `change` may end it, to go on with another house."""
    import uvicorn
    from django.conf import settings
    from django.db import connection

    from goodword.inboxes.queries import languages
    from goodword.language.readiness import make_ready

    ready = threading.Timer(_READY_AFTER_SECONDS, make_ready, [languages()])
    connection.close()  # the last that this thread asks
    ready.daemon = True
    ready.start()
    config = uvicorn.Config(
        "goodword.asgi:application",
        host=settings.HOST,
        port=settings.PORT,
        log_level="warning",
        log_config=None,
        server_header=False,
        # Forwarded headers count only from these peers.
        proxy_headers=bool(settings.TRUSTED_PROXIES),
        forwarded_allow_ips=settings.TRUSTED_PROXIES,
        # An open event stream would keep the server alive for ever.
        timeout_graceful_shutdown=2,
        lifespan="on",
    )
    server = uvicorn.Server(config)
    # uvicorn ends on these signals, then raises them again for whoever listened before: without
    # a listener the process would die before the worker has put down what it has in hand.
    _on_end(lambda: None)
    if change is not None:
        change.server = server
    inherited = [socket.socket(fileno=int(each)) for each in doors.split(",") if each]
    server.run(sockets=inherited or None)
    if not server.started:
        sys.exit(
            f"goodword: can't listen at {settings.HOST}:{settings.PORT}."
            " Set GOODWORD_PORT to a free port."
        )
