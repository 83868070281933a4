"""Views: searches kept as folders, for oneself, a team or everybody."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from goodword.accounts import actions as accounts
from goodword.conversations import actions as conversations
from goodword.conversations.models import Tag
from goodword.desk import handling
from goodword.desk.models import SavedView
from goodword.desk.search import saved
from goodword.events.models import Event
from goodword.web.inbox import viewing
from tests.factories import DAY, MINUTE, make_house, receive, reply

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def house() -> SimpleNamespace:
    viewing._counted.clear()
    return make_house(NOW - 9 * DAY)


def client_of(teammate) -> Client:
    client = Client()
    client.force_login(teammate)
    return client


def fields(**changes: object) -> dict[str, object]:
    return {
        "name": "Mine and late", "asked": "assigned:me is:late", "shown_to": "me",
        "order": "newest", "columns": ["subject", "due"],
    } | changes  # fmt: skip


def kept(by, **changes: object) -> SavedView:
    client = client_of(by)
    answer = client.post("/inbox/views/new/", fields(**changes))
    assert answer.status_code == 302, answer.content.decode()
    return SavedView.objects.order_by("-pk").first()


def test_a_search_on_screen_is_kept_and_stands_below_the_folders(house) -> None:
    receive(house, "My ring is broken", at=NOW - MINUTE)
    ben = client_of(house.ben)
    page = ben.get("/search/?q=ring+is:open&order=oldest").content.decode()
    assert "/inbox/views/new/?q=ring+is%3Aopen&amp;order=oldest" in page
    form = ben.get("/inbox/views/new/?q=ring+is:open&order=oldest").content.decode()
    assert 'value="ring is:open"' in form

    view = kept(house.ben, name="Rings", asked="ring is:open", order="oldest")

    page = ben.get(f"/inbox/view/{view.public_id}/").content.decode()
    assert "Rings" in page and "Grace Whitlow" in page
    assert f'href="/inbox/view/{view.public_id}/"' in ben.get("/inbox/mine/").content.decode()


def test_a_conversation_opens_beside_the_view_and_an_act_leads_back_to_it(house) -> None:
    message = receive(house, "My ring", at=NOW - MINUTE)
    view = kept(house.ben, asked="ring")
    url = f"/conversations/{message.conversation.public_id}/?folder=view-{view.public_id}"
    ben = client_of(house.ben)
    assert url.replace("&", "&amp;") in ben.get(f"/inbox/view/{view.public_id}/").content.decode()

    assert view.name in ben.get(url).content.decode()
    answer = ben.post(url.replace("/?", "/assign/?"), {"to": "me"})
    assert f"folder=view-{view.public_id}" in answer.url


def test_nobody_sees_more_by_a_view_than_by_themselves(house) -> None:
    receive(house, "A secret ring", at=NOW - MINUTE)
    view = kept(house.ana, name="All rings", asked="ring", shown_to="all")

    seen = client_of(house.carl).get(f"/inbox/view/{view.public_id}/").content.decode()

    assert "All rings" in seen and "Grace" not in seen and "secret" not in seen
    counts = client_of(house.carl).get("/inbox/views/counts/").json()
    assert counts == {view.public_id: ""}
    assert client_of(house.ben).get("/inbox/views/counts/").json() == {view.public_id: "1"}


def test_what_is_remembered_says_how_old_it_is(house, monkeypatch) -> None:
    seconds = 100.0
    monkeypatch.setattr(viewing, "time", SimpleNamespace(monotonic=lambda: seconds))
    view = kept(house.ben, name="Rings", asked="ring")

    def answered() -> tuple[str, str]:
        answer = client_of(house.ben).get("/inbox/views/counts/")
        return answer.json()[view.public_id], answer.headers["Age"]

    assert answered() == ("", "0")
    receive(house, "A ring", at=NOW - MINUTE)
    seconds += 1.5
    assert answered() == ("", "2")  # whoever heard of the ring asks once more
    seconds += 4
    assert answered() == ("1", "0")


def test_me_in_a_view_of_all_is_whoever_looks(house) -> None:
    conversation = receive(house, at=NOW - MINUTE).conversation
    handling.assign(conversation, to=house.ben, by=house.ben, at=NOW)
    view = kept(house.ana, asked="assigned:me", shown_to="all")

    def count(who) -> str:
        return client_of(who).get("/inbox/views/counts/").json()[view.public_id]

    assert (count(house.ben), count(house.lea)) == ("1", "")


@pytest.mark.parametrize(
    ("who", "shown_to", "may"),
    [
        ("ana", "all", True), ("lea", "all", True), ("ben", "all", False), ("lou", "all", False),
        ("ana", "front", True), ("lea", "front", True), ("ben", "front", False),
        ("lea", "workshop", False), ("ana", "workshop", True), ("lou", "me", True),
    ],
)  # fmt: skip
def test_leads_show_views_to_their_team_and_to_all_and_agents_to_themselves(
    house, who, shown_to, may
) -> None:
    value = (
        f"team-{getattr(house, shown_to).public_id}"
        if shown_to in {"front", "workshop"}
        else shown_to
    )

    answer = client_of(getattr(house, who)).post("/inbox/views/new/", fields(shown_to=value))

    assert answer.status_code == (302 if may else 422)
    assert SavedView.objects.exists() == may


@pytest.mark.parametrize(
    ("shown_to", "seen_by", "changed_by"),
    [
        ("me", {"lea"}, {"lea"}),
        ("team", {"ana", "lea", "ben", "lou"}, {"ana", "lea"}),
        ("all", {"ana", "lea", "ben", "lou", "carl"}, {"ana", "lea"}),
    ],
)
def test_who_sees_and_who_changes_a_view(house, shown_to, seen_by, changed_by) -> None:
    to = f"team-{house.front.public_id}" if shown_to == "team" else shown_to
    view = kept(house.lea, shown_to=to)
    for name in ("ana", "lea", "ben", "lou", "carl"):
        client = client_of(getattr(house, name))
        sees, changes = 200 if name in seen_by else 404, 200 if name in changed_by else 404
        assert client.get(f"/inbox/view/{view.public_id}/").status_code == sees, name
        assert client.get(f"/inbox/view/{view.public_id}/change/").status_code == changes, name
        answer = client.post(f"/inbox/view/{view.public_id}/change/", fields(name=""))
        assert answer.status_code == (422 if name in changed_by else 404), name
        if name not in changed_by:
            remove = client.post(f"/inbox/view/{view.public_id}/remove/")
            back = client.post(f"/inbox/view/{view.public_id}/bring-back/")
            assert (remove.status_code, back.status_code) == (404, 404), name


def test_a_view_is_renamed_deleted_and_brought_back(house) -> None:
    view = kept(house.ben)
    ben = client_of(house.ben)
    ben.post(f"/inbox/view/{view.public_id}/change/", fields(name="Late ones", columns=["tags"]))
    view.refresh_from_db()
    assert (view.name, view.columns) == ("Late ones", ["tags"])

    gone = ben.post(f"/inbox/view/{view.public_id}/remove/", follow=True).content.decode()
    assert "The view “Late ones” is gone." in gone
    assert f"/inbox/view/{view.public_id}/bring-back/" in gone
    assert ben.get(f"/inbox/view/{view.public_id}/").status_code == 404

    assert client_of(house.lea).post(f"/inbox/view/{view.public_id}/bring-back/").status_code == 404
    back = ben.post(f"/inbox/view/{view.public_id}/bring-back/", follow=True).content.decode()
    assert "Late ones" in back
    again = ben.post(f"/inbox/view/{view.public_id}/bring-back/")
    assert again.url == f"/inbox/view/{view.public_id}/"
    told = list(Event.objects.filter(kind__startswith="desk.view").values_list("kind", flat=True))
    assert sorted(told) == sorted(
        ["desk.view_kept", "desk.view_changed", "desk.view_removed", "desk.view_brought_back"]
    )


def test_what_was_deleted_a_month_ago_is_thrown_away(house) -> None:
    old = kept(house.ben)
    saved.remove(old, by=house.ben, at=NOW - 31 * DAY)

    kept(house.ben, name="Another")

    assert not SavedView.objects.filter(pk=old.pk).exists()


def test_a_view_of_what_is_gone_says_so_and_shows_nothing_odd(house) -> None:
    conversation = receive(house, at=NOW - MINUTE).conversation
    conversations.tag(conversation, "vip", by=house.ben, at=NOW)
    view = kept(house.ben, asked="tag:vip")
    ben = client_of(house.ben)
    assert "Grace Whitlow" in ben.get(f"/inbox/view/{view.public_id}/").content.decode()

    Tag.objects.all().delete()
    page = ben.get(f"/inbox/view/{view.public_id}/").content.decode()

    assert "There is nothing of this name" in page and "tag: vip" in page
    assert "Grace Whitlow" not in page
    assert "There is nothing of this name" in ben.get("/search/?q=assigned:nemo").content.decode()


def test_a_team_that_goes_takes_its_views_along(house) -> None:
    team = accounts.make_team(name="Guests", members=[house.ben], by=house.ana, at=NOW)
    view = kept(house.ana, shown_to=f"team-{team.public_id}")
    assert client_of(house.ben).get(f"/inbox/view/{view.public_id}/").status_code == 200

    team.delete()

    assert client_of(house.ben).get(f"/inbox/view/{view.public_id}/").status_code == 404


def test_a_row_shows_the_columns_of_its_view(house) -> None:
    message = receive(house, "The words of it", subject="About rings", at=NOW - MINUTE)
    conversations.tag(message.conversation, "vip", by=house.ben, at=NOW)
    marks = {
        "subject": "About rings", "words": "The words of it", "tags": ">vip<",
        "inbox": 'row-verb">Hello<', "waiting": "waiting since", "due": "chip-due",
    }  # fmt: skip
    for column in marks:
        view = kept(house.ben, asked="in:all", columns=[column])
        rows = client_of(house.ben).get(f"/inbox/view/{view.public_id}/").content.decode()
        rows = rows.partition('id="rows"')[2].partition("</ol>")[0]
        assert [name for name, each in marks.items() if each in rows] == [column]


@pytest.mark.parametrize(
    "changes",
    [{"name": " "}, {"asked": " "}, {"order": "sideways"}, {"columns": ["odd"]}, {"shown_to": "x"},
     {"asked": "x" * 501}],
)  # fmt: skip
def test_a_view_that_makes_no_sense_is_refused_with_the_form(house, changes) -> None:
    answer = client_of(house.ben).post("/inbox/views/new/", fields(**changes))
    assert answer.status_code == 422
    assert not SavedView.objects.exists()


def test_hostile_words_in_a_view_are_harmless(house) -> None:
    receive(house, at=NOW - MINUTE)
    view = kept(house.ben, name="<script>x</script>", asked="\"'<b> is:\ud7ff tag:% on:31.2. gift")
    ben = client_of(house.ben)
    for url in (f"/inbox/view/{view.public_id}/", "/inbox/mine/", "/inbox/views/counts/"):
        answer = ben.get(url)
        assert answer.status_code == 200
        assert "<script>x" not in answer.content.decode()


def test_what_one_has_said_oneself_is_counted_for_each(house) -> None:
    conversation = receive(house, "My ring is broken", at=NOW - MINUTE).conversation
    reply(conversation, house.ben, at=NOW)
    view = kept(house.ana, name="Mine", asked="from:me", shown_to="all")

    def shown_to(who) -> str:
        return client_of(who).get("/inbox/views/counts/").json()[view.public_id]

    assert shown_to(house.ben) == "1"
    assert shown_to(house.lou) == ""  # who sees the same inbox
