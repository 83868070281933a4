"""A slow network, a busy machine: answers come late or not at all, and nobody's words are lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from goodword.bench.servers.goodword_process import GoodwordProcess
from tests.doors.house import run_code
from tests.servers.chromium import Chromium
from tests.servers.desk import Held, at_desk, filled, opened, write

pytestmark = [pytest.mark.browser, pytest.mark.once]
_NAMES = ("Older", "Younger", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth",
          "Tenth")  # fmt: skip
_DESK = f"""
from datetime import timedelta
from tests.factories import make_house, receive
house = make_house(timezone.now() - timedelta(days=9))
for n, name in enumerate({_NAMES}):
    receive(house, f"Words of {{name}}", sender=f"{{name.lower()}}@x.example", name=name,
            subject=f"About {{name}}", at=timezone.now() - timedelta(hours=20 - n))
"""
_COLLEAGUE = """
from goodword.accounts.models import Teammate
from goodword.conversations.models import Conversation
from goodword.desk.intake import joining
from goodword.desk.shaping import naming
def about(name): return Conversation.objects.get(subject="About " + name)
ben, at = Teammate.objects.get(email="ben@shop.example"), timezone.now()
"""
JOIN = 'joining.join(about("Younger"), about("Older"), by=ben, at=at)'


@pytest.fixture(scope="module")
def goodword() -> Iterator[GoodwordProcess]:
    with filled(_DESK) as (process, _said):
        yield process


@pytest.fixture
def lea(chromium: Chromium, goodword: GoodwordProcess) -> Iterator[Page]:
    with at_desk(chromium, goodword, "lea", "/inbox/all/?order=newest") as page:
        yield page


def saved(page: Page) -> None:
    page.locator("#composer-text").blur()
    expect(page.locator("#composer-state")).to_contain_text("Saved")


def test_her_last_words_are_on_their_way_while_ben_joins_what_she_answers_with_another(
    goodword: GoodwordProcess, lea: Page
) -> None:
    field = lea.locator("#composer-text")
    opened(lea, "Older")
    write(lea, "It left.")
    saved(lea)
    opened(lea, "Younger")
    # First they don't arrive at all: she is not led away from them.
    lea.route("**/draft/**", lambda route: route.abort())
    write(lea, "We know")
    field.blur()
    expect(lea.locator("#composer-state")).to_contain_text("Not saved")
    with lea.expect_event("requestfailed", lambda request: "/draft/" in request.url):
        run_code(goodword, _COLLEAGUE + JOIN)
    expect(field).to_be_editable()
    expect(field).to_have_value("We know")
    # Then they arrive late, and nothing is typed into a page that is about to go.
    lea.unroute("**/draft/**")
    late = Held(lea, "**/draft/**")
    late.wait()
    expect(field).not_to_be_editable()
    late.let_go()

    expect(lea.locator("#head h1")).to_have_text("About Older")
    expect(field).to_have_value("It left.\n\nWe know")


def test_what_she_wrote_in_another_that_is_joined_with_this_one_comes_to_stand_here_too(
    goodword: GoodwordProcess, lea: Page
) -> None:
    field = lea.locator("#composer-text")
    opened(lea, "Fourth")
    write(lea, "We know")
    saved(lea)
    opened(lea, "Third")
    write(lea, "It left")
    saved(lea)
    whom = '.drafts.update(cc="hugo@finch.example")'
    run_code(goodword, _COLLEAGUE + f'about("Third"){whom}')  # from another page of hers
    run_code(goodword, _COLLEAGUE + 'joining.join(about("Fourth"), about("Third"), by=ben, at=at)')

    write(lea, " on Friday")
    expect(field).to_have_value("It left on Friday\n\nWe know")
    write(lea, ".")  # the cursor has stayed where it was
    expect(field).to_have_value("It left on Friday.\n\nWe know")
    with lea.expect_response("**/draft/**"):
        field.blur()
    lea.reload()
    expect(field).to_have_value("It left on Friday.\n\nWe know")
    expect(lea.locator("#composer-cc")).to_have_value("hugo@finch.example")


def test_what_is_written_while_an_act_is_under_way_is_still_there_after_it(lea: Page) -> None:
    opened(lea, "Fifth")
    act = Held(lea, "**/tag/**")
    lea.get_by_label("New tag").fill("gift")
    lea.keyboard.press("Enter")
    act.wait()
    write(lea, "It left.")
    act.let_go()

    expect(lea.locator("#person")).to_contain_text("gift")
    expect(lea.locator("#composer-text")).to_have_value("It left.")
    saved(lea)
    lea.reload()
    expect(lea.locator("#composer-text")).to_have_value("It left.")


def test_what_is_written_before_the_scripts_are_there_is_kept(lea: Page) -> None:
    opened(lea, "Ninth")
    lea.wait_for_url("**/conversations/**")
    scripts = Held(lea, "**/web*.js")
    lea.reload(wait_until="commit")
    write(lea, "It left.")
    scripts.let_go()
    expect(lea.locator("#composer-state")).to_contain_text("Saved")
    lea.reload()
    expect(lea.locator("#composer-text")).to_have_value("It left.")


def test_led_back_to_a_draft_that_grew_elsewhere_she_finds_all_of_it(
    goodword: GoodwordProcess, lea: Page
) -> None:
    field = lea.locator("#composer-text")
    opened(lea, "Tenth")
    lea.wait_for_url("**/conversations/**")
    write(lea, "It left.")
    saved(lea)
    lea.goto("/promises/")
    text = "It left, and the card comes tomorrow."
    run_code(goodword, _COLLEAGUE + f'about("Tenth").drafts.update(text="{text}")')
    lea.go_back()
    expect(field).to_have_value(text)
    field.press("End")
    write(lea, " Lea")
    with lea.expect_response("**/draft/**"):
        field.blur()
    lea.reload()
    expect(field).to_have_value(f"{text} Lea")


def test_a_key_for_what_stands_in_a_menu_works_also_when_news_draws_the_menu_anew(
    goodword: GoodwordProcess, lea: Page
) -> None:
    opened(lea, "Sixth")
    lea.locator("#timeline").focus()
    menu = Held(lea, "**/more/**")
    lea.keyboard.press("#")
    menu.wait()
    rename = 'naming.change_subject(about("Sixth"), "Renamed", by=ben, at=at)'
    run_code(goodword, _COLLEAGUE + rename)
    expect(lea.locator("#head h1")).to_have_text("Renamed")
    menu.let_go()

    expect(lea.locator("#ask")).to_contain_text("Move it to the trash?")


def test_what_is_pressed_is_not_drawn_anew_before_it_is_let_go(
    goodword: GoodwordProcess, lea: Page
) -> None:
    """A click is a press and a release on the same thing: were it replaced, nobody would hear."""
    opened(lea, "Seventh")
    news = Held(lea, "**fragment=timeline**")
    write(lea, "It left on Friday.")
    lea.keyboard.press("Control+Enter")
    undo = lea.locator(".message").get_by_role("button", name="Undo").bounding_box()
    assert undo is not None
    news.wait()  # of her own answer
    lea.mouse.move(undo["x"] + 5, undo["y"] + 5)
    lea.mouse.down()
    with lea.expect_response("**fragment=timeline**"):
        news.let_go()
    lea.wait_for_timeout(100)  # for the page to do something with it
    lea.mouse.up()
    expect(lea.locator("#composer-text")).to_have_value("It left on Friday.")


def test_the_focus_stays_on_a_box_when_its_row_is_drawn_anew(
    goodword: GoodwordProcess, lea: Page
) -> None:
    opened(lea, "Eighth")
    act, lists = Held(lea, "**/tag/**"), Held(lea, "**fragment=list**")
    lea.get_by_label("New tag").fill("parcel")
    lea.keyboard.press("Enter")
    act.wait()
    box = lea.locator("#rows > [data-row]", has_text="Eighth").locator(".row-check")
    box.focus()
    act.let_go()
    lists.wait()
    with lea.expect_response("**fragment=list**"):
        lists.let_go()
    expect(lea.locator("#rows > [data-row]", has_text="Eighth")).to_contain_text("parcel")
    expect(box).to_be_focused()


def test_leafing_through_asks_for_advice_once_each_and_keeps_no_answer_waiting(lea: Page) -> None:
    """A browser has six connections: were they full of advice, everything else would wait."""
    lea.add_init_script("""
        window.asked = window.underWay = 0;
        const real = window.fetch;
        window.fetch = (url, ...rest) => {
          const answer = real(url, ...rest);
          if (!String(url).includes("/advice/")) return answer;
          window.asked += 1;
          window.underWay += 1;
          return answer.finally(() => (window.underWay -= 1));
        };
    """)
    lea.reload()
    lea.wait_for_load_state("load")
    held = Held(lea, "**/advice/**")
    for name in ("Third", "Fifth", "Older"):
        opened(lea, name)
        held.wait()
    assert lea.evaluate("[window.asked, window.underWay]") == [3, 1]
