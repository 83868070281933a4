"""Take the README's pictures: furnish the example, serve it on a Thursday morning, look at it.

`make pictures` runs it. It needs Chromium; what it furnishes it removes again.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import time_machine

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs/pictures"
ANSWER = (
    "Dear Grace,\n\nI’m sorry: you did everything right, and we let you down. I will send you the "
    "gift-card link by tomorrow at 17:00, myself. The card is good in the shop and online."
)


def a_thursday_morning() -> datetime:
    """The last one: with sign-ins of two weeks, the browser's own clock may be a week ahead."""
    now = datetime.now(ZoneInfo("Europe/London"))
    moment = now - timedelta(days=(now.weekday() - 3) % 7)
    moment = moment.replace(hour=10, minute=42, second=0, microsecond=0)
    return (moment if moment <= now else moment - timedelta(days=7)).astimezone(UTC)


@contextmanager
def served() -> Iterator[None]:
    """The pages alone: no worker does anything behind the camera."""
    import uvicorn
    from django.conf import settings

    server = uvicorn.Server(
        uvicorn.Config(
            "goodword.asgi:application", host=settings.HOST, port=settings.PORT,
            log_level="warning", timeout_graceful_shutdown=1,
        )
    )  # fmt: skip
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.05)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


def take(moment: datetime, be_there: Callable[[], object]) -> None:
    from django.conf import settings
    from django.test import Client

    from goodword.conversations.models import Conversation
    from goodword.desk.keeping import public_links
    from goodword.example.furnishing import furnish
    from goodword.example.today import GIFT_CARD
    from tests.servers.chromium import Chromium

    nora = furnish(now=moment).nora
    be_there()  # furnishing took a while
    grace = Conversation.objects.get(subject=GIFT_CARD)
    client = Client()
    client.force_login(nora)
    theirs = public_links.url_of(grace.person, at=moment)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    with (
        served(),
        Chromium() as chromium,
        chromium.context(settings.URL, color_scheme="light", reduced_motion="reduce") as context,
    ):
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": settings.URL}
        context.add_cookies([cookie])
        page = context.new_page()
        page.clock.install(time=moment)

        def picture(name: str, path: str, before: Callable[[], object] = lambda: None) -> None:
            page.goto(path, wait_until="load")
            page.evaluate("document.fonts.ready.then(() => true)")
            before()
            page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")
            sys.stdout.write(f"docs/pictures/{name}.png\n")

        def write() -> None:
            page.keyboard.press("r")
            page.locator("#composer-text").press_sequentially(ANSWER)
            page.locator(".promise-bar").wait_for()  # found at the pause

        picture("today", "/")
        picture("inbox", f"/conversations/{grace.public_id}/", write)
        picture("promises", "/promises/")
        picture("plan", "/plan/")
        picture("their-page", theirs)


def main() -> None:
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory(prefix="goodword-pictures-") as folder:
        from goodword.bench.servers import spare_port

        os.environ.update(
            DJANGO_SETTINGS_MODULE="goodword.settings",
            GOODWORD_DATA=folder,
            GOODWORD_PORT=str(spare_port()),
        )
        for name in ("GOODWORD_DATABASE_URL", "GOODWORD_DATABASE_URL_FILE", "GOODWORD_URL"):
            os.environ.pop(name, None)
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        moment = a_thursday_morning()
        with time_machine.travel(moment, tick=True) as clock:
            take(moment, lambda: clock.move_to(moment))


if __name__ == "__main__":
    main()
