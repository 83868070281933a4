"""Who gets to see what on every address of the page, and how it is served."""

from __future__ import annotations

import io
import logging
from copy import deepcopy
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from goodword.accounts import queries as accounts
from goodword.conversations.models import Message
from goodword.desk.intake import acknowledging
from goodword.desk.keeping import promising, public_links
from goodword.files import actions as files
from goodword.people import actions as people
from goodword.people.models import Holding
from goodword.plan import queries as plan
from goodword.promises.models import Promise, Step
from goodword.ui import numbers
from goodword.web.yours import outside
from goodword.web.yours.urls import urlpatterns
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, deliver, make_house, receive

pytestmark = pytest.mark.django_db
CAST = ("ana", "lea", "ben", "lou", "carl")
NOW = MONDAY_NOON + HOUR
PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)
KEYED = {
    "promises": "/yours/{key}/",
    "no_longer_needed": "/yours/{key}/{open}/",
    "still_needed": "/yours/{key}/{open}/needed/",
    "another_time": "/yours/{key}/{open}/another-time/",
}
INSIDE = {
    "preview": "/conversations/{conversation}/their-page/",
    "withdraw": "/conversations/{conversation}/their-page/withdraw/",
}
PUBLIC = {
    "new_link": "/yours/{key}/new-link/",
    "without_key": "/yours/",
    "about": "/yours/about/{about}/",
    "stylesheet": "/house/accent-8a2b0a.css",
    "logo": "/house/logo-{logo}",
}


@pytest.fixture
def house(scene):
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        yield deepcopy(scene)


@pytest.fixture(scope="module")
def scene(rows_of_module):
    with time_machine.travel(NOW, tick=False):
        house = make_house()
        message = receive(house)
        house.grace, house.conversation = message.person, message.conversation
        house.open = _word(house, "Send you the link")
        house.ida = receive(house, sender="ida@home.example", name="Ida", subject="Mine").person
        return house


def _word(house: SimpleNamespace, what: str, **more: object) -> Promise:
    given = {"inbox": house.hello, "person": house.grace, "by": house.ben} | more
    due = plan.current().moment_due(NOW + DAY, zone="UTC")
    return promising.give(what=what, due=due, at=MONDAY_NOON, **given)


def key_of(house: SimpleNamespace, who: str = "grace") -> str:
    return public_links.key_of(getattr(house, who), at=MONDAY_NOON)


def stored() -> tuple[object, ...]:
    rows = Promise.objects.order_by("pk").values_list("pk", "state", "owner", "due_at")
    return (*rows, Step.objects.count())


def clients(house: SimpleNamespace) -> dict[str, Client]:
    """Each of the house signed in, and somebody who isn't."""
    found = {"nobody": Client()}
    for who in CAST:
        found[who] = Client()
        found[who].force_login(getattr(house, who))
    return found


def test_every_address_is_tried_here() -> None:
    assert {each.name for each in urlpatterns} == {*KEYED, *INSIDE, *PUBLIC}


@pytest.mark.parametrize("name", KEYED)
def test_the_key_alone_opens_it_whoever_is_signed_in(house, name) -> None:
    path = KEYED[name].format(key=key_of(house), open=house.open.public_id)
    before = stored()
    for who, client in clients(house).items():
        assert client.get(path).status_code == (405 if name == "still_needed" else 200), who
    assert stored() == before


FORGED = ("x", "a.b.c", "{name}", "{key}x", "{short}", "{other_salt}", "%00", "é", "{key}%2F..")


@pytest.mark.parametrize("forged", FORGED)
@pytest.mark.parametrize("name", KEYED)
def test_a_key_that_was_never_given_opens_nothing_and_tells_nothing(house, name, forged) -> None:
    key = key_of(house)
    made = forged.format(
        key=key,
        short=key[:-5],
        name=house.grace.public_id,
        other_salt=f"{key.rpartition('.')[0]}.x",
    )
    before = stored()
    path = KEYED[name].format(key=made, open=house.open.public_id)
    for answer in (Client().get(path), Client().post(path)):
        assert answer.status_code == 404
        assert b"Grace" not in answer.content and b"Send you" not in answer.content
    assert stored() == before


def test_all_wrong_keys_get_one_and_the_same_answer(house) -> None:
    withdrawn = key_of(house, "ida")
    people.withdraw_links(house.ida, by=house.ana, at=NOW)
    pages = {
        Client().get(f"/yours/{key}/").content
        for key in (withdrawn, "x", f"{key_of(house)}x", "a.b.c", public_links.key_of(
            type(house.ida)(public_id="a" * 16), at=NOW))
    }  # fmt: skip
    assert len(pages) == 1


@pytest.mark.parametrize("name", KEYED)
def test_an_ended_link_says_so_and_nothing_else(house, name) -> None:
    key = public_links.key_of(house.grace, at=NOW - timedelta(days=91))
    path = KEYED[name].format(key=key, open=house.open.public_id)
    before = stored()
    for answer in (Client().get(path), Client().post(path)):
        assert answer.status_code == 410
        assert b"This link has ended" in answer.content
        assert b"Grace" not in answer.content and b"Send you" not in answer.content
    assert stored() == before


def new_link(key: str):
    path = PUBLIC["new_link"].format(key=key)
    assert Client().get(path).status_code == 405
    return Client().post(path)


def test_for_a_link_that_has_ended_a_new_one_is_mailed_to_them_and_shown_to_nobody(
    house, settings
) -> None:
    settings.URL = "https://desk.shop.example"
    ended = public_links.key_of(house.grace, at=NOW - timedelta(days=91))
    assert b"Send me a new link" in Client().get(f"/yours/{ended}/").content
    answer = new_link(ended)
    assert answer.status_code == 200
    assert b"whitlow" not in answer.content and b"/yours/" not in answer.content
    mail = deliver(at=NOW + MINUTE).sent[0]
    assert mail.envelope == ["grace@whitlow.example"] and mail.automatic
    link = mail.text.split()[-1]
    with time_machine.travel(NOW + MINUTE, tick=False):
        page = Client().get(link.removeprefix(settings.URL)).content.decode()
    assert "Our promises to you, Grace Whitlow" in page
    for _n in range(5):
        assert new_link(ended).status_code == 200
    assert Message.objects.filter(automatic=True).count() == acknowledging.MOST_AN_HOUR


def test_no_new_link_for_what_never_was_one_was_withdrawn_or_still_works(house, settings) -> None:
    settings.URL = "https://desk.shop.example"
    working, withdrawn = key_of(house), public_links.key_of(house.ida, at=NOW - 91 * DAY)
    people.withdraw_links(house.ida, by=house.ana, at=NOW)
    for key in ("x", withdrawn, f"{working}x"):
        assert new_link(key).status_code == 404
    assert new_link(working).status_code == 303
    assert not Message.objects.filter(automatic=True).exists()


def test_a_new_link_goes_to_no_address_that_somebody_else_reads_too(house, settings) -> None:
    settings.URL = "https://desk.shop.example"
    address = house.grace.holdings.get().address
    Holding.objects.create(person=house.ida, address=address, since=NOW)
    assert new_link(public_links.key_of(house.grace, at=NOW - 91 * DAY)).status_code == 200
    assert not Message.objects.filter(automatic=True).exists()


def test_with_ones_own_key_nobody_touches_what_was_promised_to_another(house) -> None:
    to_ourselves = _word(house, "Ask again", direction="to_ourselves")
    theirs = _word(house, "Send the photo", direction="theirs")
    before = stored()
    for who, promise in (("ida", house.open), ("grace", to_ourselves), ("grace", theirs)):
        path = f"/yours/{key_of(house, who)}/{promise.public_id}/"
        wish = {"wish": "Friday"}
        answers = [Client().post(path), Client().get(path)]
        answers.append(Client().post(f"{path}another-time/", wish))
        if promise != theirs:
            answers.append(Client().post(f"{path}needed/"))
        assert {each.status_code for each in answers} == {404}
    assert Client().post(f"/yours/{key_of(house)}/nothing/").status_code == 404
    assert stored() == before


def test_a_link_that_is_only_followed_changes_nothing(house) -> None:
    promising.no_longer_needed(gone := _word(house, "Wrap it"), at=NOW)
    before = stored()
    for promise in (house.open, gone):
        path = f"/yours/{key_of(house)}/{promise.public_id}/"
        for each in (
            path,
            f"{path}needed/",
            f"{path}another-time/?wish=Friday",
            f"/yours/{key_of(house)}/?ended={promise.public_id}",
        ):
            Client().get(each)
            Client().head(each)
    assert stored() == before


def test_the_key_opens_no_page_of_the_house(house) -> None:
    client = Client()
    client.get(f"/yours/{key_of(house)}/")
    assert client.cookies == {}
    conversation = house.conversation.public_id
    for path in ("/", f"/conversations/{conversation}/", f"/promises/{house.open.public_id}/"):
        assert client.get(path).status_code == 302


def test_nothing_of_it_is_kept_found_framed_or_told_on(house) -> None:
    for path in (f"/yours/{key_of(house)}/", "/yours/x/", "/yours/"):
        answer = Client().get(path)
        assert "no-store" in answer["Cache-Control"] and "private" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"]
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert "script-src" not in answer["Content-Security-Policy"]
        assert answer["X-Frame-Options"] == "DENY"
        assert "Set-Cookie" not in answer and b"<script" not in answer.content
        assert b"style=" not in answer.content and b"http://" not in answer.content


def test_no_key_stands_in_the_log(house, monkeypatch) -> None:
    key = key_of(house)
    ended = public_links.key_of(house.grace, at=NOW - timedelta(days=91))
    said = io.StringIO()
    monkeypatch.setattr(logging.getLogger().handlers[0], "stream", said)
    monkeypatch.setattr(outside, "MOST_LOOKS", 2)
    Client().get(f"/yours/{key}/{house.open.public_id}/needed/")
    for _n in range(2):
        Client().get(f"/yours/{ended}/")
        Client().get(f"/yours/{key}/")
    assert "Method Not Allowed (GET): /yours/…/" in said.getvalue()
    assert "Too Many Requests: /yours/…/" in said.getvalue()
    assert key not in said.getvalue() and ended not in said.getvalue()


def test_it_works_without_cookies_and_a_strict_browser_needs_no_token(house) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(f"/yours/{key_of(house)}/{house.open.public_id}/")
    assert answer.status_code == 303
    house.open.refresh_from_db()
    assert house.open.ended_why == "they_let_go"


def test_from_one_address_only_so_many_a_minute(house, monkeypatch) -> None:
    monkeypatch.setattr(outside, "MOST_LOOKS", 3)
    monkeypatch.setattr(outside, "MOST_ACTS", 1)
    path = f"/yours/{key_of(house)}/"
    act = f"{path}{house.open.public_id}/"

    def tried(address: str, *, post: bool = False) -> int:
        client = Client(REMOTE_ADDR=address)
        return (client.post(act) if post else client.get(path)).status_code

    assert [tried("203.0.113.9") for _ in range(5)] == [200, 200, 200, 429, 429]
    assert [tried("203.0.113.9", post=True) for _ in range(2)] == [303, 429]
    assert tried("203.0.113.10") == 200
    assert [tried(f"2001:db8::{n}") for n in range(4)] == [200, 200, 200, 429]  # one network
    assert tried("2001:db8:1::1") == 200
    answer = Client(REMOTE_ADDR="203.0.113.9").get(path)
    assert answer["Retry-After"] == "60" and "no-store" in answer["Cache-Control"]
    with time_machine.travel(NOW + MINUTE, tick=False):
        assert tried("203.0.113.9") == 200


# A teammate's look at it


def test_a_teammate_who_may_answer_there_looks_at_it_and_can_only_look(house) -> None:
    path = INSIDE["preview"].format(conversation=house.conversation.public_id)
    for who, client in clients(house).items():
        answer = client.get(path)
        expected = {"nobody": 302, "lou": 404, "carl": 404}.get(who, 200)
        assert answer.status_code == expected, who
        if expected == 200:
            page = answer.content.decode()
            assert (
                "Send you the link" in page
                and "This is how Grace Whitlow sees it, as far as you may" in page
            )
            assert page.count("<form") == 1 and "Withdraw their links" in page
            assert "/yours/" not in page
            assert "no-store" in answer["Cache-Control"]


def test_a_teammates_own_words_over_it_are_in_their_language(house) -> None:
    house.grace.language, house.grace.zone = "de", "Asia/Tokyo"
    house.grace.save()
    path = INSIDE["preview"].format(conversation=house.conversation.public_id)
    answer = clients(house)["ben"].get(path, headers={"accept-language": "en"}).content.decode()
    assert '<html lang="de">' in answer and 'class="yours-strip" lang="en"' in answer
    assert "Back to the conversation" in answer and "Asia/Tokyo" in answer


def test_what_another_inbox_promised_them_a_teammate_does_not_read_there(house) -> None:
    _word(house, "Repair the watch", inbox=house.repairs, by=house.carl)
    path = INSIDE["preview"].format(conversation=house.conversation.public_id)
    signed_in = clients(house)
    ben, ana = (signed_in[who].get(path).content.decode() for who in ("ben", "ana"))
    assert "watch" not in ben and "watch" in ana
    assert "We owe you 2 things" in ben and "We owe you 3 things" in ana  # not even a count


def test_links_are_withdrawn_by_who_may_answer_there(house) -> None:
    path = INSIDE["withdraw"].format(conversation=house.conversation.public_id)
    page = f"/yours/{key_of(house)}/"
    signed_in = clients(house)
    for who, status in (("nobody", 302), ("lou", 404), ("carl", 404)):
        assert signed_in[who].post(path).status_code == status
        assert signed_in[who].get(page).status_code == 200
    assert signed_in["ben"].get(path).status_code == 405
    assert signed_in["ben"].post(path).status_code == 302
    assert Client().get(page).status_code == 404


# The look of the house


def settle(house: SimpleNamespace, **changes: object):
    client = Client()
    client.force_login(house.ana)
    now = accounts.business()
    form = {
        "name": now.name, "zone": now.zone, "country": now.country, "language": now.language,
        "undo_send_seconds": 10, "accent": now.accent,
    }  # fmt: skip
    return client.post("/settings/business/", form | changes)


def picture(data: bytes, name: str = "logo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="image/png")


@pytest.mark.parametrize("accent", ["#8a2b0a", "#0E563F", "", " #8a2b0a "])
def test_an_accent_that_can_be_read_is_taken(house, accent) -> None:
    assert settle(house, accent=accent).status_code == 302
    colour = accounts.business().accent
    assert colour == accent.strip().lower()
    page = Client().get(f"/yours/{key_of(house)}/").content.decode()
    assert (f"/house/accent-{colour[1:]}.css" in page) == bool(colour)


@pytest.mark.parametrize(
    ("accent", "said"),
    [
        ("#ffcc00", "too light to be read on paper: its contrast is 1.4"),
        ("#ffffff", "its contrast is 1.0"),
        ("#7b7b7b", "its contrast is 4."),  # just under
        ("red", "six digits"),
        ("#12345g", "six digits"),
        ("#123", "six digits"),
        ("}a{b:c", "six digits"),
    ],
)
def test_an_accent_that_cannot_be_read_is_refused_with_the_reason(house, accent, said) -> None:
    answer = settle(house, accent=accent)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert accounts.business().accent == ""


def test_the_stylesheet_is_the_one_rule_of_the_accent_that_is_chosen(house) -> None:
    settle(house, accent="#8a2b0a")
    answer = Client().get("/house/accent-8a2b0a.css")
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert answer.content.decode().startswith(":root { --house: light-dark(#8a2b0a, #")
    for other in ("000000", "zzzzzz", "8A2B0A", ""):
        assert Client().get(f"/house/accent-{other}.css").status_code == 404


def test_a_logo_is_served_as_what_its_bytes_are_and_goes_again(house) -> None:
    assert settle(house, logo=picture(PNG, "logo.html")).status_code == 302
    url = f"/house/logo-{accounts.business().logo.sha256[:24]}"
    answer = Client().get(url)
    assert (answer.content, answer["Content-Type"]) == (PNG, "image/png")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    page = Client().get(f"/yours/{key_of(house)}/").content.decode()
    assert f'<img src="{url}" alt="Marlow &amp; Finch">' in page
    files.sweep(at=NOW + 3 * DAY)
    files.sweep(at=NOW + 6 * DAY)
    assert Client().get(url).status_code == 200

    assert settle(house).status_code == 302  # nothing said of it: it stays
    assert accounts.business().logo is not None
    assert settle(house, without_logo="on").status_code == 302
    assert accounts.business().logo is None
    assert Client().get(url).status_code == 404


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not a PNG"),
        (b"GIF89a" + bytes(20), "not a PNG"),
        (b"<html>" + PNG, "not a PNG"),
        (PNG + bytes(204_801), "larger than 200 kB"),
    ],
)
def test_what_is_no_small_picture_is_refused(house, data, said) -> None:
    answer = settle(house, logo=picture(data))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert accounts.business().logo is None


def test_a_picture_of_just_so_many_kb_as_a_size_is_said_in_is_taken(house) -> None:
    most = PNG + bytes(200 * 1024 - len(PNG))
    assert numbers.size(len(most)) == "200\xa0kB"
    assert settle(house, logo=picture(most)).status_code == 302


def test_of_the_files_of_the_house_only_its_logo_is_served(house) -> None:
    settle(house, logo=picture(PNG))
    secret = files.keep(PNG + b"a customer's picture", at=NOW)
    assert Client().get(f"/house/logo-{secret.sha256[:24]}").status_code == 404
    assert Client().get(f"/house/logo-{secret.sha256}").status_code == 404
