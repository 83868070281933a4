"""A customer reads what we promised them, in a browser without scripts, and lets go of a thing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from goodword.accounts import actions as accounts
from goodword.accounts import queries
from goodword.conversations.models import Message
from goodword.desk import checking
from goodword.desk.intake import acknowledging
from goodword.desk.keeping import promising, public_links
from goodword.people.models import Person
from goodword.plan import queries as plan
from goodword.promises.models import Promise
from tests.factories import DAY, HOUR, MINUTE, PASSWORD, deliver, make_house, receive
from tests.servers.chromium import Chromium, Theme, axe, shot

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]
PLACE = "https://desk.shop.example"
Sizes = Sequence[tuple[int, Theme]]


@pytest.fixture
def house(settings) -> SimpleNamespace:
    settings.URL = PLACE
    cache.clear()
    now = timezone.now()
    house = make_house(at=now - 5 * DAY)
    house.hello.acknowledges = True
    house.hello.save()
    house.now = now
    house.message = receive(house, at=now - 10 * MINUTE)
    house.conversation = house.message.conversation
    return house


def word(house: SimpleNamespace, what: str, *, due: timedelta, said: timedelta = 0 * HOUR, **more):
    """`due` and `said`: from now, and how long ago."""
    return promising.track(
        house.conversation, what=what, due=plan.current().moment_due(house.now + due, zone="UTC"),
        **{"by": house.ben, "at": house.now - said, **more},
    )  # fmt: skip


def own_link(house: SimpleNamespace, server: str) -> str:
    """What stands in the acknowledgement that they get."""
    assert acknowledging.acknowledge(house.message, at=house.now) is not None
    text = deliver(at=house.now + MINUTE).sent[0].text
    link = next(each for each in text.split() if each.startswith(f"{PLACE}/yours/"))
    return link.replace(PLACE, server)


def furnish(house: SimpleNamespace) -> None:
    """Something in every section."""
    word(house, "Send you the gift-card link, £25", due=26 * HOUR)
    word(house, "Polish your ring once, free of charge", due=150 * DAY, by=house.lea)
    word(house, "Send the photo of the old clasp", due=2 * DAY, direction="theirs")
    for what, by in (
        ("Have the ring ready", house.ben),
        ("Answer your three questions", house.lea),
    ):
        promising.keep(word(house, what, due=DAY, by=by), by=by, at=house.now)
    late = word(house, "Call you about the stone", due=-2 * DAY, said=4 * DAY)
    promising.keep(late, by=house.ben, at=house.now - DAY)
    broken = word(house, "Send you the gift-card link", due=-3 * DAY, said=4 * DAY)
    due = plan.current().moment_due(house.now + DAY, zone="UTC")
    promising.promise_anew(broken, due=due, by=house.ben, at=house.now)
    gone = word(house, "Wrap it as a present", due=DAY)
    promising.no_longer_needed(gone, at=house.now)


def test_mail_in_link_out_let_go_and_the_team_sees_it(
    chromium: Chromium, page: Page, live_server, house: SimpleNamespace
):
    word(house, "Send you the gift-card link", due=DAY)
    Person.objects.update(language="de", zone="Asia/Tokyo")
    link = own_link(house, live_server.url)
    with chromium.context(java_script_enabled=False, locale="en-GB") as context:
        theirs = context.new_page()
        theirs.goto(link)
        assert theirs.locator("html").get_attribute("lang") == "de"
        expect(theirs.locator(".yours-aside")).to_contain_text("Asia/Tokyo")
        owed = theirs.locator(".yours-promise", has_text="Send you the gift-card link")
        owed.locator("a.button-quiet").click()
        theirs.locator("main form button").click()
        expect(theirs.get_by_role("status")).to_contain_text("Send you the gift-card link")
        expect(owed).to_have_count(0)
        assert context.cookies() == []
    promise = Promise.objects.get(what="Send you the gift-card link")
    assert (promise.state, promise.ended_by, promise.ended_why) == ("released", None, "they_let_go")
    assert checking.violations() == []

    page.goto(f"{live_server.url}/account/login/?next=/promises/{promise.public_id}/")
    page.fill("#id_login", "ben@shop.example")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("They let us off")
    page.goto(f"{live_server.url}/conversations/{house.conversation.public_id}/")
    expect(page.locator("main")).to_contain_text("Send you the gift-card link")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Their page").click()
    expect(opened.value.get_by_role("heading", level=1)).to_contain_text("Grace Whitlow")
    expect(opened.value.get_by_role("link", name="No longer needed")).to_have_count(0)
    for width, theme in ((1440, "light"), (390, "dark")):
        shot(opened.value, "yours-preview", width, theme)
        assert axe(opened.value) == []


def test_every_page_is_open_to_everyone_on_every_screen(
    page: Page, live_server, house: SimpleNamespace
):
    furnish(house)
    accounts.dress(queries.business(), accent="#8a2b0a", logo=None, by=house.ana, at=house.now)
    link = own_link(house, live_server.url)
    promise = Promise.objects.filter(what__startswith="Polish").get()
    ended = public_links.url_of(Message.objects.all()[0].person, at=house.now - 91 * DAY)
    both: Sizes = ((1440, "light"), (390, "dark"), (1440, "dark"), (390, "light"))
    pages: dict[str, tuple[str, Sizes]] = {
        "yours": (link, both),
        "yours-confirm": (f"{link}{promise.public_id}/", both[1:2]),
        "yours-other-time": (f"{link}{promise.public_id}/another-time/", both[:1]),
        "yours-ended": (ended.replace(PLACE, live_server.url), both[:1]),
    }
    faults = []
    for name, (url, sizes) in pages.items():
        page.goto(url)
        for width, theme in sizes:
            shot(page, name, width, theme)
            faults += [f"{name} at {width}, {theme}: {fault}" for fault in axe(page)]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                faults.append(f"{name} at {width} scrolls sideways")
    assert faults == []


def test_on_paper_it_is_a_letter_with_its_states_in_words(
    page: Page, live_server, house: SimpleNamespace
):
    furnish(house)
    page.goto(own_link(house, live_server.url))
    page.emulate_media(media="print")
    expect(page.locator(".chip-broken").first).to_be_visible()
    assert page.locator(".chip-broken").first.evaluate("e => getComputedStyle(e).color") == (
        "rgb(0, 0, 0)"
    )
    expect(page.get_by_role("link", name="No longer needed").first).to_be_hidden()
    expect(page.get_by_role("button", name="I do still need it").first).to_be_hidden()
