"""The first evening with a look around first: into the example and out of it, in one browser."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from goodword.bench.servers.goodword_process import GoodwordProcess
from tests.doors.house import check, mail, rows
from tests.factories import PASSWORD
from tests.servers.chromium import Chromium, axe, shot
from tests.servers.fixtures import Mould

pytestmark = [pytest.mark.browser, pytest.mark.once]


@pytest.fixture
def goodword(empty_goodword: Mould) -> Iterator[GoodwordProcess]:
    with empty_goodword.cast(environment={"GOODWORD_EXAMPLE_WEEKS": "1"}) as process:
        yield process


@pytest.fixture
def visitor(chromium: Chromium, goodword: GoodwordProcess) -> Iterator[Page]:
    # Chromium may call this zone by its old name, Asia/Calcutta.
    with chromium.context(goodword.url, timezone_id="Asia/Kolkata") as context:
        yield context.new_page()


@pytest.mark.long
def test_the_first_owner_looks_around_in_an_example_and_then_sets_up(
    visitor: Page, goodword: GoodwordProcess
):
    link = re.findall(r"/setup/[\w-]+/", goodword.log)[0]
    visitor.goto(link)
    assert axe(visitor) == []
    shot(visitor, "setup-example-offered", 1440, "light")
    visitor.get_by_role("button", name="Look around in an example first").click()
    expect(visitor.get_by_role("heading", name="Furnishing the shop…")).to_be_visible()

    # It goes on by itself; nobody is refused while the houses change over.
    promised = visitor.get_by_role("link", name="Call back about the clasp repair")
    expect(promised).to_be_visible(timeout=120_000)  # its time may stand in the day's picture too
    expect(visitor.get_by_text("This is an example; nothing you do here")).to_be_visible()
    assert axe(visitor) == []
    shot(visitor, "example-today", 1440, "light")
    shot(visitor, "example-today", 390, "dark")

    _answer_henrik(visitor)
    with (
        smtplib.SMTP(goodword.host, goodword.smtp_port, timeout=10) as line,
        pytest.raises(smtplib.SMTPResponseException) as refused,
    ):
        line.send_message(mail(), "grace@whitlow.example", ["hello@marlow-finch.example"])
    assert 400 <= refused.value.smtp_code < 500, "the sender keeps it, and tries again"
    assert check(goodword)["conversations"] == 0, "the command line means the real house"
    assert _check_the_example(goodword) == 0

    visitor.goto("/")
    visitor.get_by_role("button", name="Leave it").click()
    visitor.wait_for_url(f"**{link}", timeout=20_000)
    assert not (goodword.data / "example").exists()
    _set_up(visitor)
    assert rows(goodword, "SELECT name FROM accounts_business") == [("Tide & Co",)]
    assert rows(goodword, "SELECT count(*) FROM conversations_message") == [(0,)]
    assert rows(goodword, "SELECT email FROM accounts_teammate") == [("mia@tide.example",)]


def _answer_henrik(visitor: Page) -> None:
    """An answer arrives, as far as one can see: what was owed is kept."""
    visitor.goto("/inbox/mine/")
    visitor.get_by_role("link", name=re.compile("Henrik Lund")).first.click()
    visitor.locator("#composer-text").fill("It is, Henrik. The tag in the window is wrong.")
    visitor.get_by_role("button", name=re.compile("^Send")).click()
    expect(visitor.get_by_text("Accepted for henrik@lund.example")).to_be_visible(timeout=20_000)


def _check_the_example(goodword: GoodwordProcess) -> int:
    goodword.environment["GOODWORD_DATA"] = str(goodword.data / "example")
    try:
        return goodword.run("check").returncode
    finally:
        goodword.environment["GOODWORD_DATA"] = str(goodword.data)


def _set_up(visitor: Page) -> None:
    visitor.fill("[name=name]", "Mia Tide")
    visitor.fill("[name=email]", "mia@tide.example")
    visitor.fill("[name=password]", PASSWORD)
    visitor.get_by_role("button", name="Go on").click()
    visitor.wait_for_url("**/setup/business/")
    expect(visitor.locator("[name=zone]")).to_have_value("Asia/Kolkata")
    visitor.fill("[name=name]", "Tide & Co")
    visitor.select_option("[name=country]", "DE")
    visitor.get_by_role("button", name="Go on").click()
    visitor.wait_for_url("**/setup/hours/")
