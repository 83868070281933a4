"""Chromium, axe and the screenshots do what the tests take them to do."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page

from tests.servers.chromium import SHOTS, axe, shot

pytestmark = pytest.mark.browser


_GREY = b"<p style='color: rgb(150 150 150); background: %s'>Size 39</p>"
_PATHS = {
    "/faulty": b"<img src='data:,'>",  # a picture without words
    # The same grey again and again: read on black, not on white nor once it is paler.
    "/grey": (_GREY % b"black") * 2 + (_GREY % b"white; opacity: .9") + (_GREY % b"black"),
    "/paler": (_GREY % b"black") + (_GREY % b"black; opacity: .5") + (_GREY % b"black"),
}


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """A good page, and others with faults of access."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            ours = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
            self.send_header("Content-Security-Policy", ours)
            self.end_headers()
            words = _PATHS.get(self.path, b"")
            self.wfile.write(
                b"<!doctype html><html lang=en><title>Boots</title>"
                b"<main><h1>Boots</h1>%b</main></html>" % words
            )

        def log_message(self, *words: object) -> None:
            """Quiet: the test runner's page stays readable."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_given_a_page_axe_names_its_faults_and_none_on_a_good_one(page: Page, site: str):
    page.goto(site)
    assert axe(page) == []

    page.goto(f"{site}/faulty")
    assert [line.split()[0] for line in axe(page)] == ["image-alt"]


@pytest.mark.parametrize(("path", "which"), [("/grey", 3), ("/paler", 2)])
def test_given_colours_that_come_again_axe_names_the_one_that_cannot_be_read(
    page: Page, site: str, path: str, which: int
):
    page.goto(site + path)

    for _again in range(2):
        [fault] = axe(page)
        assert fault.startswith("color-contrast (serious)")
        assert f"p:nth-child({which + 1})" in fault


def test_given_a_page_a_shot_is_saved_in_the_asked_width(page: Page, site: str):
    page.goto(site)

    path = shot(page, "tooling", 390, "dark")

    assert path == SHOTS / "tooling-390-dark.png"
    assert int.from_bytes(path.read_bytes()[16:20]) == 390  # the width in PNG's first chunk
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    path.unlink()
