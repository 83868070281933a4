"""A mail's frame is as high as its mail, and whatever a stranger wrote does nothing to our page."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from goodword.bench.servers.goodword_process import GoodwordProcess
from tests.servers import desk
from tests.servers.chromium import Chromium
from tests.servers.desk import at_desk, filled

pytestmark = [pytest.mark.browser, pytest.mark.once]
ELSEWHERE = "https://elsewhere.example/"
MOST_HIGH = 8000
_PICTURE = '<img src="cid:ring@x" alt="the ring">'
HOSTILE = f"""
<base href="{ELSEWHERE}"><meta http-equiv="refresh" content="0;url={ELSEWHERE}refreshed">
<script>parent.document.title = "script"</script><img src="x" onerror="parent.document.title='x'">
<body onload="parent.document.title='load'">
<style>html, body {{ position: fixed; inset: 0; background: red }} @import "{ELSEWHERE}css";</style>
<link rel="stylesheet" href="{ELSEWHERE}link"><svg onload="parent.document.title='svg'"></svg>
<iframe src="{ELSEWHERE}inner"></iframe><object data="{ELSEWHERE}object"></object>
<iframe srcdoc="<script>top.document.title='srcdoc'</script>"></iframe>
<img name="documentElement" id="body" src="{ELSEWHERE}pixel">
<form action="{ELSEWHERE}sent" target="_top"><button id="sends">Send</button></form>
<div style="position:fixed;top:-900px;left:-900px;width:9999px;height:9999px;z-index:9999;
 pointer-events:none; background:url({ELSEWHERE}background)"><p id="words">Words</p></div>
<p><a id="runs" href="javascript:parent.document.title='link'">one</a>
<a id="opens" target="_blank" rel="opener" href="javascript:opener.document.title='popup'">two</a>
<a id="leaves" target="_top" href="{ELSEWHERE}top">three</a></p>
"""
LETTERS = {
    "Short": f"<p>Hi.</p>{_PICTURE}",
    "Long": f"<p>{'A line of many words that says little. ' * 9}</p>" * 20 + _PICTURE,
    "Wide": f'<div style="width:2400px;height:60px">Wide</div>{_PICTURE}',
    "Vast": f'<div style="height:90000px">Vast</div>{_PICTURE}',
    "Endless": '<div style="height:100vh;min-height:110vmax">Endless</div>'
    '<div style="height:100cqh">as its frame</div>' + _PICTURE,
    "Calling": f'<p>Look:</p>{_PICTURE}<img src="{ELSEWHERE}tall.png">',
    "Hostile": HOSTILE + _PICTURE,
}


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    lines = (b"\0" + b"\0" * ((width + 7) // 8)) * height
    pixels = zlib.compress(lines)
    start = b"\x89PNG\r\n\x1a\n"
    return start + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


_DESK = f"""
from datetime import timedelta
from goodword.desk.roads import InboundFile
from tests.factories import make_house, receive
house = make_house(timezone.now() - timedelta(days=9))
for n, (name, html) in enumerate({LETTERS!r}.items()):
    ring = InboundFile("ring.png", "image/png", {png(90, 240)!r}, content_id="ring@x")
    receive(house, "Look at this", html=html, files=[ring], subject=f"About {{name}}",
            sender=f"{{name.lower()}}@x.example", name=name, at=timezone.now() - timedelta(hours=n))
"""


@pytest.fixture(scope="module")
def goodword() -> Iterator[GoodwordProcess]:
    with filled(_DESK) as (process, _said):
        yield process


@pytest.fixture
def ben(chromium: Chromium, goodword: GoodwordProcess) -> Iterator[Page]:
    with at_desk(chromium, goodword, "ben", "/inbox/all/") as page:
        yield page


def opened(page: Page, name: str) -> None:
    desk.opened(page, name)
    shown(page)


def shown(page: Page) -> None:
    ring = page.frame_locator("iframe.message-frame").get_by_alt_text("the ring")
    expect(ring).to_be_attached()
    ring.evaluate("image => image.decode()")
    two_drawn(page)


def two_drawn(page: Page) -> None:
    page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


# How much of the mail has no room, or how much room nothing fills (then it is below 0).
_LACKING = """frame => {
    const { body, documentElement } = frame.contentDocument;
    return body.scrollHeight - documentElement.clientHeight;
}"""


def lacking(page: Page) -> int:
    found: int = page.locator("iframe.message-frame").evaluate(_LACKING)
    return found


@pytest.mark.parametrize("name", ["Short", "Long", "Wide", "Endless"])
def test_a_frame_has_the_height_of_its_mail_on_a_wide_screen_and_on_a_narrow_one(
    ben: Page, name: str
) -> None:
    opened(ben, name)
    assert lacking(ben) == 0
    ben.set_viewport_size({"width": 390, "height": 844})
    two_drawn(ben)
    assert lacking(ben) == 0
    ben.reload()
    shown(ben)
    assert lacking(ben) == 0


def test_a_mail_without_end_scrolls_within(ben: Page) -> None:
    opened(ben, "Vast")

    assert ben.locator("iframe.message-frame").evaluate("frame => frame.offsetHeight") == MOST_HIGH
    assert lacking(ben) > 80_000


def test_pictures_from_elsewhere_get_their_room_when_they_come_and_the_words_before(
    ben: Page,
) -> None:
    waiting: list[Route] = []
    ben.route(f"{ELSEWHERE}**", lambda route: waiting.append(route))
    opened(ben, "Calling")
    assert waiting == [] and lacking(ben) == 0
    before = ben.locator("iframe.message-frame").evaluate("frame => frame.offsetHeight")

    ben.get_by_role("link", name="Show pictures from elsewhere").click()
    while not waiting:
        ben.wait_for_timeout(20)
    shown(ben)
    waiting[0].fulfill(body=png(40, 900), content_type="image/png")
    expect(ben.locator("iframe.message-frame")).not_to_have_attribute("height", str(before))
    ben.wait_for_function("() => document.querySelector('iframe.message-frame').offsetHeight > 900")
    assert lacking(ben) == 0


def test_who_reads_the_last_words_has_them_in_sight_when_the_frame_above_gets_its_height(
    ben: Page,
) -> None:
    opened(ben, "Long")

    timeline = ben.locator("#timeline")
    left = "place => place.scrollHeight - place.scrollTop - place.clientHeight"
    assert timeline.evaluate(left) < 2
    room = "place => place.clientHeight"
    before = timeline.evaluate(room)
    ben.locator("#composer-text").fill("Dear Long,\n" * 8)  # and while the answer grows below them
    two_drawn(ben)
    assert timeline.evaluate(room) < before
    assert timeline.evaluate(left) < 2

    timeline.evaluate("place => { place.scrollTop -= 300; }")
    two_drawn(ben)
    ben.locator("#composer-text").fill("")
    ben.locator("#composer-text").fill("Dear Long,\n" * 4)
    two_drawn(ben)
    assert timeline.evaluate(left) > 100  # who has gone up stays there


class Watch:
    """What a mail may do to our page, or tell others: nothing."""

    def __init__(self, page: Page) -> None:
        self._page, self._asked = page, list[str]()
        self._others = list[Page]()
        page.context.on("page", lambda other: self._others.append(other))
        page.context.route(f"{ELSEWHERE}**", self._note)

    def begin(self) -> None:
        self._page.evaluate("() => { window.isTheSame = true; }")
        self._looks = self._look()

    def _note(self, route: Route) -> None:
        self._asked.append(route.request.url)
        route.abort()

    def _look(self) -> dict[str, object]:
        looks: dict[str, object] = self._page.evaluate(
            """() => ({
                title: document.title, address: location.href, same: window.isTheSame,
                ground: getComputedStyle(document.body).backgroundColor,
                hit: document.elementFromPoint(60, 60).closest("nav, header, aside")?.className,
                children: document.body.childElementCount,
            })"""
        )
        return looks

    def assert_nothing_happened(self) -> None:
        two_drawn(self._page)
        assert self._look() == self._looks
        assert self._asked == []
        assert [each.title() for each in self._others] == [""] * len(self._others)


def test_what_a_stranger_wrote_does_nothing_to_our_page(ben: Page) -> None:
    watch = Watch(ben)
    opened(ben, "Hostile")
    watch.begin()
    frame = ben.frame_locator("iframe.message-frame")

    for danger in ("script", "style ~ *", "form", "button", "meta[http-equiv=refresh]", "[onload]"):
        assert frame.locator(f"body {danger}").count() == 0
    assert frame.locator("a[href]").all_text_contents() == ["three"]
    assert frame.locator("a[href]").get_attribute("target") == "_blank"
    watch.assert_nothing_happened()


def test_were_a_mail_shown_as_it_was_written_its_frame_would_still_let_it_do_nothing(
    ben: Page,
) -> None:
    """The cleaning is one wall, the sandbox and the policy of the frame are the other."""

    def as_written(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=f"<!doctype html>{HOSTILE}{_PICTURE}")

    watch = Watch(ben)
    ben.route("**/frame/**", as_written)
    ben.locator("#rows .row-who", has_text="Hostile").click()
    expect(ben.locator("#head h1")).to_have_text("About Hostile")
    frame = ben.frame_locator("iframe.message-frame")
    expect(frame.locator("#words")).to_be_attached()
    watch.begin()
    assert frame.locator("script").count() == 1  # it came in whole

    for name in ("sends", "runs", "opens", "leaves"):
        frame.locator(f"#{name}").click(force=True)
        watch.assert_nothing_happened()
    high = ben.locator("iframe.message-frame").evaluate("frame => frame.offsetHeight")
    assert high <= MOST_HIGH
