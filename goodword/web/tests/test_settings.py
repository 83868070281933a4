"""Owners settle the business, its inboxes, teammates and teams."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from django.test import Client

from goodword.accounts import actions as accounts
from goodword.accounts.models import Business, Invitation, Role, Team, Teammate
from goodword.channels.email import accounts as mailboxes
from goodword.channels.email.accounts import AccountSettings
from goodword.channels.email.failures import Finding
from goodword.channels.email.models import MailAccount, Notice
from goodword.desk import handling
from goodword.inboxes import queries as inboxes
from goodword.inboxes.models import Inbox
from goodword.promises.models import Promise
from tests.factories import MONDAY_NOON, PASSWORD, receive

pytestmark = pytest.mark.django_db

SENDING = AccountSettings(smtp_host="smtp.shop.example", smtp_user="u", smtp_password="p")


@pytest.fixture(autouse=True)
def notices(settings) -> None:
    """Mail goes into rows as it does outside of tests."""
    settings.EMAIL_BACKEND = "goodword.channels.email.notices.NoticeBackend"


@pytest.fixture
def ana(house: SimpleNamespace) -> Client:
    client = Client()
    client.force_login(house.ana)
    return client


def said(client: Client, url: str) -> str:
    return client.get(url).content.decode()


# The business


def test_the_undo_time_is_set_between_nothing_and_a_minute(ana: Client):
    given = {"name": "Finch", "country": "GB", "zone": "Europe/London", "language": "de"}
    assert ana.post("/settings/business/", given | {"undo_send_seconds": 61}).status_code == 422
    assert ana.post("/settings/business/", given | {"undo_send_seconds": 0}).status_code == 302
    business = Business.objects.get()
    assert (business.name, business.zone, business.undo_send_seconds) == (
        "Finch",
        "Europe/London",
        0,
    )


def test_how_large_a_logo_may_be_is_said_to_each_reader_in_their_language(ana: Client):
    for language, words in (("de", "höchstens 200 kB"), ("en", "at most 200 kB")):
        page = ana.get("/settings/business/", headers={"accept-language": language})
        assert words in page.content.decode()


def test_a_page_open_to_the_network_without_https_says_what_can_happen(ana: Client, settings):
    assert "without https" not in said(ana, "/settings/profile/")
    settings.HOST = "0.0.0.0"
    for url in ("/settings/profile/", "/settings/business/", "/settings/audit/"):
        assert "without https" in said(ana, url)
    settings.URL = "https://desk.shop.example"
    assert "without https" not in said(ana, "/settings/profile/")


# Inboxes


def test_an_inbox_is_changed_and_what_is_owed_moves_with_it(ana: Client, house: SimpleNamespace):
    receive(house)
    answer = ana.post(
        f"/settings/inboxes/{house.hello.public_id}/",
        {
            "name": "Front desk",
            "addresses": "hi@shop.example\nHELLO@shop.example",
            "team": house.workshop.pk,
            "teams": [house.front.pk],
            "language": "de",
            "acknowledges": "on",
        },
    )
    assert answer.status_code == 302
    hello = Inbox.objects.get(pk=house.hello.pk)
    assert (hello.name, hello.language, hello.acknowledges) == ("Front desk", "de", True)
    assert inboxes.sender_address(hello) == "hi@shop.example"
    assert set(hello.teams.all()) == {house.front, house.workshop}
    assert Promise.objects.get().team == house.workshop


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"addresses": "repairs@shop.example"}, "belongs to the inbox Repairs"),
        ({"addresses": "not an address"}, "is not a mail address"),
        ({"addresses": " "}, "required"),
        ({"name": "REPAIRS"}, "another inbox of this name"),
        ({"team": "999"}, "valid choice"),
        ({"language": "xx"}, "valid choice"),
        ({"name": "a\x00b"}, "Null characters"),
    ],
)
def test_what_an_inbox_cannot_have_is_said_at_the_field(
    ana: Client, house: SimpleNamespace, wrong: dict[str, str], words: str
):
    given = {
        "name": "Hello",
        "addresses": "hello@shop.example",
        "team": house.front.pk,
        "language": "en",
    }
    answer = ana.post(f"/settings/inboxes/{house.hello.public_id}/", given | wrong)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_new_inbox_leads_to_its_mailbox(ana: Client, house: SimpleNamespace):
    answer = ana.post(
        "/settings/inboxes/new/",
        {
            "name": "Sales",
            "addresses": "sales@shop.example",
            "team": house.front.pk,
            "language": "en",
        },
    )
    sales = Inbox.objects.get(name="Sales")
    assert answer.url == f"/settings/inboxes/{sales.public_id}/mailbox/"


def test_the_words_of_an_inbox_in_each_language(ana: Client, house: SimpleNamespace):
    url = f"/settings/inboxes/{house.hello.public_id}/signature/"
    page = ana.post(url, {"text_en": "Yours", "text_de": "Ihre", "another": "fr"})
    assert page.status_code == 200 and b'name="text_fr"' in page.content
    assert b"Yours" in page.content and not house.hello.wordings.exists()

    ana.post(url, {"text_en": "Yours", "text_de": "Ihre", "text_fr": "À vous"})
    assert inboxes.words(house.hello, "signature", language="fr") == "À vous"
    assert inboxes.words(house.hello, "signature", language="de-AT") == "Ihre"

    ana.post(url, {"text_en": "Yours", "text_de": " "})
    texts = dict(house.hello.wordings.values_list("language", "text"))
    assert texts == {"en": "Yours", "fr": "À vous"}


def test_a_failing_mailbox_says_so_and_what_to_do(ana: Client, house: SimpleNamespace):
    account = mailboxes.connect(
        house.hello, AccountSettings(imap_host="imap.a.example"), by=house.ana, at=MONDAY_NOON
    )
    finding = Finding(ok=False, code="password", server_words="[AUTHENTICATIONFAILED] no")
    mailboxes.note_trouble(account, finding, MONDAY_NOON)
    page = said(ana, f"/settings/inboxes/{house.hello.public_id}/mailbox/")
    assert "refused the user name or the password" in page
    assert "[AUTHENTICATIONFAILED] no" in page
    assert "failing" in said(ana, "/settings/inboxes/")

    ana.post(f"/settings/inboxes/{house.hello.public_id}/mailbox/disconnect/")
    assert not MailAccount.objects.exists()


# Teammates


def test_an_invitation_by_mail_lets_one_person_in_once(ana: Client, house: SimpleNamespace):
    mailboxes.connect(house.hello, SENDING, by=house.ana, at=MONDAY_NOON)
    given = {"email": "Mia@shop.example", "role": "agent", "teams": [house.front.pk]}
    assert ana.post("/settings/teammates/invite/", given).status_code == 200
    notice = Notice.objects.get()
    assert notice.to == "mia@shop.example"
    link = re.search(r"(/join/[^\s]+/)", notice.text)[1]

    mia = Client()
    assert "Marlow &amp; Finch" in said(mia, link)
    joined = {"name": "Mia Toft", "password": "three calm words"}
    assert mia.post(link, joined).status_code == 302
    teammate = Teammate.objects.get(email="mia@shop.example")
    assert (teammate.role, list(teammate.teams.all())) == (Role.AGENT, [house.front])
    assert mia.session["_auth_user_id"] == str(teammate.pk)

    assert Client().get(link).status_code == 410
    again = Client()
    signed_in = again.post(
        "/account/login/", {"login": "mia@shop.example", "password": "three calm words"}
    )
    assert signed_in.status_code == 302


def test_where_no_mail_can_be_sent_the_link_is_shown_to_be_copied(ana: Client):
    page = ana.post("/settings/teammates/invite/", {"email": "mia@shop.example", "role": "light"})
    link = re.search(r"http://[^<]+(/join/[^<]+/)", page.content.decode())[1]
    assert not Notice.objects.exists()
    assert Client().get(link).status_code == 200
    assert "/join/" not in said(ana, "/settings/teammates/")  # only its hash is stored


def test_a_withdrawn_invitation_and_a_replaced_link_open_nothing(ana: Client):
    page = ana.post("/settings/teammates/invite/", {"email": "mia@shop.example", "role": "agent"})
    first = re.search(r"(/join/[^<]+/)", page.content.decode())[1]
    page = ana.post(f"/settings/invitations/{Invitation.objects.get().pk}/again/")
    second = re.search(r"(/join/[^<]+/)", page.content.decode())[1]
    assert Client().get(first).status_code == 410
    assert Client().get(second).status_code == 200
    ana.post(f"/settings/invitations/{Invitation.objects.get().pk}/withdraw/")
    assert Client().post(second, {"name": "M", "password": PASSWORD}).status_code == 410


def test_nobody_is_invited_twice_or_under_a_taken_address(ana: Client):
    answer = ana.post("/settings/teammates/invite/", {"email": "BEN@shop.example", "role": "agent"})
    assert answer.status_code == 422
    assert "is here already" in answer.content.decode()
    answer = ana.post("/settings/teammates/invite/", {"email": "x@shop.example", "role": "king"})
    assert answer.status_code == 422 and not Invitation.objects.exists()


def test_the_last_owner_stays_owner(ana: Client, house: SimpleNamespace):
    url = f"/settings/teammates/{house.ana.public_id}/"
    for answer in (ana.post(url, {"role": "agent"}), ana.post(f"{url}deactivate/")):
        assert answer.status_code == 422
        assert "Someone must own Goodword" in answer.content.decode()
    house.ana.refresh_from_db()
    assert house.ana.is_owner and house.ana.is_active


def test_an_owner_may_step_back_when_another_is_there(ana: Client, house: SimpleNamespace):
    ana.post(f"/settings/teammates/{house.ben.public_id}/", {"role": "owner"})
    answer = ana.post(f"/settings/teammates/{house.ana.public_id}/", {"role": "agent"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/settings/profile/"
    assert ana.get("/settings/business/").status_code == 404


def test_a_team_never_loses_its_last_who_may_answer(ana: Client, house: SimpleNamespace):
    carl = f"/settings/teammates/{house.carl.public_id}/"
    workshop = f"/settings/teams/{house.workshop.public_id}/"
    for answer in (
        ana.post(carl, {"role": "light"}),
        ana.post(f"{carl}deactivate/"),
        ana.post(workshop, {"name": "Workshop", "members": [house.lou.pk]}),
        ana.post(workshop, {"name": "Workshop"}),
        ana.post("/settings/teams/new/", {"name": "Quiet", "members": [house.lou.pk]}),
    ):
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "may answer" in page
    house.carl.refresh_from_db()
    assert house.carl.is_active and house.carl.role == Role.AGENT
    assert list(house.workshop.members.all()) == [house.carl]
    assert not Team.objects.filter(name="Quiet").exists()


def test_who_leaves_hands_over_what_they_owe_and_can_come_back(ana: Client, house: SimpleNamespace):
    conversation = receive(house).conversation
    handling.assign(conversation, to=house.ben, by=house.ana, at=MONDAY_NOON)
    url = f"/settings/teammates/{house.ben.public_id}/"
    assert "The answer they owe goes to the team" in said(ana, url)
    answer = ana.post(f"{url}deactivate/", follow=True)
    assert "is owed by the inbox&#x27;s team now" in answer.content.decode()
    promise = Promise.objects.get()
    assert (promise.owner, promise.team) == (None, house.front)

    ben = Client()
    login = {"login": "ben@shop.example", "password": PASSWORD}
    assert ben.post("/account/login/", login, follow=True).context["user"].is_anonymous
    ana.post(f"{url}reactivate/")
    assert ben.post("/account/login/", login).status_code == 302
    assert ben.get("/settings/profile/").status_code == 200


def test_a_password_link_from_an_owner_sets_a_new_password_once(
    ana: Client, house: SimpleNamespace
):
    page = ana.post(f"/settings/teammates/{house.ben.public_id}/password-link/").content.decode()
    link = re.search(r"http://[^/]+(/account/password/reset/key/[^<]+/)", page)[1]
    ben = Client()
    form = ben.get(link, follow=True)
    new = {"password1": "entirely new words", "password2": "entirely new words"}
    done = ben.post(form.request["PATH_INFO"], new)
    assert done.status_code == 302
    house.ben.refresh_from_db()
    assert house.ben.check_password("entirely new words")
    assert "no longer works" in Client().get(link, follow=True).content.decode()


def test_team_members_change_and_those_away_stay(ana: Client, house: SimpleNamespace):
    accounts.deactivate(house.lou, by=house.ana, at=MONDAY_NOON)
    url = f"/settings/teams/{house.front.public_id}/"
    ana.post(url, {"name": "Counter", "members": [house.ben.pk, house.ana.pk]})
    house.front.refresh_from_db()
    assert house.front.name == "Counter"
    assert set(house.front.members.all()) == {house.ben, house.ana, house.lou}
    answer = ana.post(url, {"name": "workshop", "members": [house.ben.pk]})
    assert "another team of this name" in answer.content.decode()


def test_everyone_keeps_their_own_profile(house: SimpleNamespace):
    lou = Client()
    lou.force_login(house.lou)
    given = {"name": "Lou F.\u202e", "signature": "Lou", "theme": "dark"}
    assert lou.post("/settings/profile/", given).status_code == 302
    house.lou.refresh_from_db()
    assert (house.lou.name, house.lou.theme) == ("Lou F.", "dark")
    assert 'data-theme="dark"' in said(lou, "/settings/profile/")
    assert "/settings/business/" not in said(lou, "/settings/profile/")
    assert lou.post("/settings/profile/", given | {"theme": "pink"}).status_code == 422


def test_words_that_stand_ready_are_the_business_own_in_each_language(
    ana: Client, house: SimpleNamespace
):
    from goodword.desk import wording
    from tests.factories import receive

    url = f"/settings/inboxes/{house.hello.public_id}/words/not_for_us/"
    page = ana.get(url).content.decode()
    assert "It is not something that" in page  # ours, as long as there are no others
    ana.post(url, {"text_en": "Sorry {name}, not our trade.", "text_de": "Das machen wir nicht."})
    conversation = receive(house).conversation
    said = wording.words_of(conversation, "not_for_us", name="Grace")
    assert said == "Sorry Grace, not our trade."
    assert ana.get(f"/settings/inboxes/{house.hello.public_id}/words/other/").status_code == 404
    assert ana.get(f"/settings/inboxes/{house.hello.public_id}/words/signature/").status_code == 404


def test_who_gets_a_new_conversation_is_chosen_with_a_limit(house, client):
    client.force_login(house.ana)
    page = f"/settings/inboxes/{house.hello.public_id}/assigning/"
    assert client.post(page, {"assigns": "luck", "most_each": ""}).status_code == 422
    assert client.post(page, {"assigns": "turn", "most_each": "0"}).status_code == 422
    answer = client.post(page, {"assigns": "turn", "most_each": "8"}, follow=True).text
    house.hello.refresh_from_db()

    assert (house.hello.assigns, house.hello.most_each) == ("turn", 8)
    assert "Whoever&#x27;s turn it is, at most 8 each" in answer
    client.post(page, {"assigns": "hand", "most_each": ""})
    house.hello.refresh_from_db()
    assert (house.hello.assigns, house.hello.most_each) == ("hand", None)
