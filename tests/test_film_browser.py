"""A film that a customer sent plays where it stands, from any place in it, and can be kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from goodword.bench.servers.goodword_process import GoodwordProcess
from tests.servers.chromium import Chromium, axe
from tests.servers.desk import at_desk, filled

pytestmark = [pytest.mark.browser, pytest.mark.once]
# The browser itself films a clock for a second: no film has to lie in the repository.
_FILM = """async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 48 });
    const paint = canvas.getContext("2d");
    const film = new MediaRecorder(canvas.captureStream(25), { mimeType: "video/webm" });
    const parts = [];
    film.ondataavailable = (event) => parts.push(event.data);
    const done = new Promise((resolve) => (film.onstop = resolve));
    film.start(100);
    for (let n = 0; n < 25; n += 1) {
        paint.fillStyle = n % 2 ? "green" : "white";
        paint.fillRect(0, 0, 64, 48);
        await new Promise((resolve) => setTimeout(resolve, 40));
    }
    film.stop();
    await done;
    const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
    return [...bytes].map((each) => each.toString(16).padStart(2, "0")).join("");
}"""
_DESK = """
from datetime import timedelta
from goodword.desk.roads import InboundFile
from tests.factories import make_house, receive
house = make_house(timezone.now() - timedelta(days=9))
film = InboundFile("the clasp.webm", "video/webm", bytes.fromhex("{film}"))
receive(house, files=[film], at=timezone.now() - timedelta(hours=1))
"""


@pytest.fixture(scope="module")
def film(chromium: Chromium) -> str:
    with chromium.context() as context:
        page = context.new_page()
        found: str = page.evaluate(_FILM)
        return found


@pytest.fixture(scope="module")
def goodword(film: str) -> Iterator[GoodwordProcess]:
    with filled(_DESK.format(film=film)) as (process, _said):
        yield process


@pytest.fixture
def ben(chromium: Chromium, goodword: GoodwordProcess) -> Iterator[Page]:
    with at_desk(chromium, goodword, "ben", "/inbox/all/") as page:
        page.locator(".row-who").first.click()
        yield page


def test_a_film_plays_in_the_viewer_from_any_place_in_it_and_can_be_kept(
    ben: Page, film: str
) -> None:
    ben.get_by_role("link", name="the clasp.webm").click()
    viewer = ben.locator("dialog.viewer")
    video = viewer.locator("video")
    expect(video).to_be_visible()
    assert axe(ben) == []
    width = video.evaluate(
        """async (video) => {
            if (!video.videoWidth)
                await new Promise((done) => video.addEventListener("loadedmetadata", done));
            video.muted = true;
            const ended = new Promise((done) => video.addEventListener("ended", done));
            await video.play();
            await ended;
            const sought = new Promise((done) => video.addEventListener("seeked", done));
            video.currentTime = 0.2;
            await sought;
            return video.videoWidth;
        }"""
    )
    assert width == 64

    part = ben.request.get(
        video.evaluate("video => video.currentSrc"), headers={"Range": "bytes=4-7"}
    )
    assert part.status == 206
    assert part.headers["content-range"] == f"bytes 4-7/{len(film) // 2}"
    assert part.body().hex() == film[8:16]

    with ben.expect_download() as kept:
        viewer.get_by_role("link", name="Download").click()
    assert kept.value.suggested_filename == "the clasp.webm"
    assert kept.value.path().read_bytes().hex() == film
