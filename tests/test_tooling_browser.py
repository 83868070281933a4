"""Chromium, axe and the screenshots do what the tests take them to do."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page

from tests.servers.chromium import SHOTS, axe, shot

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """A page with a fault of access: a picture without words."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", "default-src 'none'; img-src data:")
            self.end_headers()
            picture = b"<img src='data:,'>" if self.path == "/faulty" else b""
            self.wfile.write(
                b"<!doctype html><html lang=en><title>Boots</title>"
                b"<main><h1>Boots</h1>%b</main></html>" % picture
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


def test_given_a_page_a_shot_is_saved_in_the_asked_width(page: Page, site: str):
    page.goto(site)

    path = shot(page, "tooling", 390, "dark")

    assert path == SHOTS / "tooling-390-dark.png"
    assert int.from_bytes(path.read_bytes()[16:20]) == 390  # the width in PNG's first chunk
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    path.unlink()
