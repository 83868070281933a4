"""The system's Chromium, driven by Playwright (which would otherwise download its own).

Best without its window: the headless shell is the same engine and takes half the work for a page.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from goodword.bench.servers import NotInstalled

SHOTS = Path(__file__).resolve().parents[2] / "shots"
_AXE = f"{AXE_SCRIPT}\n{Path(__file__).with_name('axe_once.js').read_text()}"
HEIGHTS = {1440: 900, 768: 1024, 390: 844}  # the widths that design is looked at, and their screens
_NAMES = (
    "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome",
    "google-chrome-stable",
)  # fmt: skip
_ARGUMENTS = [
    "--no-sandbox",  # Chromium refuses to run as root with it, and containers lack what it needs
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Milliseconds: what is there at once on a quiet machine takes its time on a crowded one.
_PATIENCE = 20_000
expect.set_options(timeout=_PATIENCE)

Theme = Literal["light", "dark"]


def _find() -> str:
    for name in _NAMES:
        if found := shutil.which(name):
            return found
    raise NotInstalled("Chromium isn't installed")


class Chromium:
    """One browser; `context` gives a fresh profile (its own cookies), as a person of its own."""

    browser: Browser

    def __init__(self) -> None:
        self._program = _find()
        self._playwright: Playwright | None = None

    def start(self) -> Self:
        self._playwright = sync_playwright().start()
        try:
            self.browser = self._playwright.chromium.launch(
                executable_path=self._program, args=_ARGUMENTS
            )
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        if self._playwright is not None:
            if hasattr(self, "browser"):
                self.browser.close()
            self._playwright.stop()
            self._playwright = None

    @contextmanager
    def context(self, base_url: str | None = None, **options: Any) -> Iterator[BrowserContext]:
        """With `base_url`, `page.goto("/inbox/")` is enough. Waits give up after `_PATIENCE`."""
        made = self.browser.new_context(
            base_url=base_url,
            **{"viewport": {"width": 1440, "height": 900}, "locale": "en-GB", **options},
        )
        made.set_default_timeout(_PATIENCE)
        try:
            yield made
        finally:
            made.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def axe(page: Page, *, within: str | None = None) -> list[str]:
    """What axe finds against WCAG 2.2 AA and its best practices, a readable line for each fault.

    Use: `assert axe(page) == []`. `within` is a CSS selector.
    """
    # Half a megabyte of script; a page that has it already need not read it again.
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_AXE)
    # Not into frames: they hold people's mails, without scripts, and can't answer. Style sheets
    # need not be fetched once more: no rule that is asked for reads them.
    options = {"iframes": False, "preload": False, "reporter": "no-passes"}
    found = page.evaluate(
        "([within, options]) => axe.run(within || document, options).then((it) => it.violations)",
        [within, options],
    )
    return [_in_words(fault, node) for fault in found for node in fault["nodes"]]


def _in_words(fault: dict[str, Any], node: dict[str, Any]) -> str:
    checks = [*node["any"], *node["all"], *node["none"]]
    why = checks[0]["message"] if checks else node["html"][:120]
    where = " ".join(map(str, node["target"]))
    return f"{fault['id']} ({fault['impact']}): {fault['help']} at {where}: {why}"


def look_at(page: Page, width: int, theme: Theme) -> None:
    """Bring the page to this size and theme, drawn to the end, for `axe` and for pictures."""
    page.set_viewport_size({"width": width, "height": HEIGHTS.get(width, 900)})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.evaluate("document.fonts.ready.then(() => true)")


def shot(page: Page, name: str, width: int, theme: Theme) -> Path:
    """Save the page at this width and theme as `shots/<name>-<width>-<theme>.png`.

    Leaves the page in that size and theme, as `look_at` does.
    """
    look_at(page, width, theme)
    path = SHOTS / f"{name}-{width}-{theme}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=True, animations="disabled")
    return path
