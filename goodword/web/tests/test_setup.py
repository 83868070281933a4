"""The first evening, from the one-time link to the first inbox."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from goodword.accounts import actions as accounts
from goodword.accounts.models import Business, Role, Team, Teammate
from goodword.channels.email import diagnosing, trials
from goodword.channels.email.failures import Finding
from goodword.channels.email.models import MailAccount, Trial
from goodword.inboxes.models import Inbox
from goodword.web.inbox.places import FOLDERS
from goodword.web.setup import actions
from tests.factories import MONDAY_NOON, PASSWORD, make_house

pytestmark = pytest.mark.django_db

OWNER = {"name": "Ana Ruiz", "email": "ana@shop.example", "password": PASSWORD}
BUSINESS = {
    "name": "Marlow & Finch",
    "country": "DE",
    "zone": "Europe/Berlin",
    "language": "en",
}
MAILBOX = {
    "imap_host": "imap.shop.example",
    "imap_port": "993",
    "imap_security": "tls",
    "imap_user": "hello@shop.example",
    "imap_password": "s3cret words",
    "imap_folder": "INBOX",
    "smtp_host": "smtp.shop.example",
    "smtp_port": "465",
    "smtp_security": "tls",
    "smtp_login": "same",
}


@pytest.fixture
def link() -> str:
    return f"/setup/{accounts.make_first_owner_link(at=timezone.now())}/"


@pytest.fixture
def owner(client: Client, link: str) -> Client:
    """A browser in which the owner account was just made."""
    client.post(link, OWNER)
    return client


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Finding]:
    """What the mail servers answer to a trial."""
    answers = {"imap": Finding(ok=True, code="ok"), "smtp": Finding(ok=True, code="ok")}
    monkeypatch.setattr(diagnosing, "try_imap", lambda server: answers["imap"])
    monkeypatch.setattr(diagnosing, "try_smtp", lambda server: answers["smtp"])
    return answers


def test_the_first_evening_from_link_to_inbox(client: Client, link: str, servers: object):
    assert b"Welcome" in client.get(link).content

    assert client.post(link, OWNER).url == "/setup/business/"
    ana = Teammate.objects.get()
    assert (ana.role, ana.email) == (Role.OWNER, "ana@shop.example")
    assert client.session["_auth_user_id"] == str(ana.pk)

    assert client.post("/setup/business/", BUSINESS).url == "/setup/hours/"
    assert Business.objects.get().zone == "Europe/Berlin"
    week = {f"day_{day}": "9-17" for day in range(5)} | {"first_0": "4", "first_1": "hours"}
    assert client.post("/setup/hours/", week).url == "/setup/inbox/"

    step = client.post("/setup/inbox/", {"address": "Hello@Shop.example"})
    assert step.url == "/setup/mailbox/"
    inbox = Inbox.objects.get()
    assert inbox.name == "Hello" and inbox.team.name == "Everyone"
    assert list(inbox.team.members.all()) == [ana]

    page = client.get("/setup/mailbox/").content.decode()
    assert 'value="imap.shop.example"' in page and 'value="hello@shop.example"' in page

    watching = client.post("/setup/mailbox/", MAILBOX).url
    assert b'hx-trigger="every 1s"' in client.get(watching).content
    assert trials.try_due(clock=timezone.now) == 1
    found = client.get(watching).content.decode()
    assert "All of it works" in found and "every 1s" not in found

    assert client.post(f"{watching}use/").url == "/setup/done/"
    account = MailAccount.objects.get()
    assert account.inbox == inbox and "s3cret" not in account.imap_secret
    done = client.get("/setup/done/").content.decode()
    assert "hello@shop.example" in done
    assert 'href="/inbox/unassigned/"' in done  # where the first mail comes in


def test_a_used_link_says_that_it_was_used(owner: Client, link: str):
    answer = Client().get(link)
    assert answer.status_code == 410
    assert "was used" in answer.content.decode()
    assert Client().post(link, OWNER).status_code == 410


def test_an_expired_link_says_how_to_get_another(client: Client):
    token = accounts.make_first_owner_link(at=timezone.now() - timedelta(hours=25))
    answer = client.get(f"/setup/{token}/")
    assert answer.status_code == 410
    assert "goodword setup" in answer.content.decode()
    assert client.post(f"/setup/{token}/", OWNER).status_code == 410
    assert not Teammate.objects.exists()


def test_while_nobody_owns_it_every_page_says_how_to_begin(client: Client):
    for url in ("/account/login/", "/setup/"):
        assert "one-time link" in client.get(url).content.decode()
    answer = client.get("/settings/business/", follow=True)
    assert "one-time link" in answer.content.decode()


def test_a_weak_password_is_named_at_its_field_and_not_echoed(client: Client, link: str):
    answer = client.post(link, OWNER | {"password": "short1"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "at least 10" in page and 'aria-invalid="true"' in page
    assert "short1" not in page and "ana@shop.example" in page
    assert not Teammate.objects.exists()


def test_the_link_still_works_after_a_form_with_errors(client: Client, link: str):
    client.post(link, OWNER | {"email": "nowhere"})
    assert client.post(link, OWNER).status_code == 302


def test_who_left_in_the_middle_goes_on_where_they_were(owner: Client):
    assert owner.get("/setup/mailbox/").url == "/setup/inbox/"
    assert owner.get("/setup/inbox/").url == "/setup/business/"
    owner.post("/setup/business/", BUSINESS)
    assert owner.get("/setup/", follow=True).redirect_chain[-1][0] == "/setup/hours/"
    owner.post("/setup/inbox/", {"address": "hello@shop.example"})  # the hours are left out
    assert owner.get("/setup/", follow=True).redirect_chain[-1][0] == "/setup/mailbox/"


@pytest.mark.parametrize(
    "wrong", [{"zone": "Mars/Olympus"}, {"country": "ZZ"}, {"language": "tlh"}, {"name": " "}]
)
def test_what_is_no_zone_country_or_language_is_refused(owner: Client, wrong: dict[str, str]):
    answer = owner.post("/setup/business/", BUSINESS | wrong)
    assert answer.status_code == 422
    assert not Business.objects.exists()


def test_each_zone_is_offered_once_by_the_name_it_has_today(owner: Client):
    page = owner.get("/setup/business/").text
    assert page.count(">Kyiv<") == 1 and page.count(">Kolkata<") == 1
    assert 'value="Europe/Kyiv"' in page and 'value="Europe/Kiev"' not in page


def test_a_zone_by_its_old_name_is_taken_and_stays_chosen(owner: Client):
    owner.post("/setup/business/", BUSINESS | {"zone": "Asia/Calcutta"})
    assert Business.objects.get().zone == "Asia/Calcutta"

    page = owner.get("/settings/business/").text

    assert 'value="Asia/Calcutta" selected' in page and 'value="Asia/Kolkata"' not in page


def test_a_failed_trial_names_each_fault_and_keeps_the_password_for_the_next(
    owner: Client, servers: dict[str, Finding]
):
    owner.post("/setup/business/", BUSINESS)
    owner.post("/setup/inbox/", {"address": "hello@shop.example"})
    servers["imap"] = Finding(ok=False, code="app_password", server_words="<b>[ALERT]</b>")
    servers["smtp"] = Finding(ok=False, code="certificate")
    watching = owner.post("/setup/mailbox/", MAILBOX).url
    trials.try_due(clock=timezone.now)

    page = owner.get(watching, headers={"HX-Request": "true"}).content.decode()
    assert "app password" in page and "certificate" in page
    assert "&lt;b&gt;[ALERT]" in page and "<b>[ALERT]" not in page
    assert not MailAccount.objects.exists()

    again = f"/setup/mailbox/?trial={Trial.objects.get().public_id}"
    page = owner.get(again).content.decode()
    assert "imap.shop.example" in page and "s3cret" not in page
    watching = owner.post(again, MAILBOX | {"imap_password": "", "imap_port": "143"}).url
    newest = Trial.objects.order_by("-pk")[0]
    assert trials.settings_of(newest).imap_password == "s3cret words"
    assert watching.endswith(f"{newest.public_id}/")


def test_the_password_kept_is_never_given_to_another_server(
    owner: Client, servers: dict[str, Finding]
):
    owner.post("/setup/business/", BUSINESS)
    owner.post("/setup/inbox/", {"address": "hello@shop.example"})
    owner.post("/setup/mailbox/", MAILBOX)
    again = f"/setup/mailbox/?trial={Trial.objects.get().public_id}"
    for changed in ({"imap_host": "imap.evil.example"}, {"smtp_host": "smtp.evil.example"}):
        answer = owner.post(again, MAILBOX | {"imap_password": ""} | changed)
        assert answer.status_code == 422
        assert "give the password once more" in answer.content.decode()
    assert Trial.objects.count() == 1


def test_while_the_trial_runs_htmx_is_told_that_nothing_is_new(
    owner: Client, servers: dict[str, Finding]
):
    owner.post("/setup/business/", BUSINESS)
    owner.post("/setup/inbox/", {"address": "hello@shop.example"})
    watching = owner.post("/setup/mailbox/", MAILBOX).url
    assert owner.get(watching, headers={"HX-Request": "true"}).status_code == 204
    assert "http-equiv" in owner.get(watching).content.decode()  # without JavaScript


GIVEN = {
    "owner_name": "Ana Ruiz",
    "owner_email": "ana@shop.example",
    "password": PASSWORD,
    "business": "Shop",
    "country": "DE",
    "zone": "Europe/Berlin",
    "language": "de",
    "inbox_address": "hello@shop.example",
    "at": MONDAY_NOON,
}


def test_the_command_sets_up_the_same():
    ana = actions.set_up(**GIVEN)
    assert ana.is_owner and ana.check_password(PASSWORD)
    assert Business.objects.get().language == "de"
    assert Inbox.objects.get().team == Team.objects.get()


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"zone": "Berlin"}, actions.UnknownZone),
        ({"zone": "../../etc/passwd"}, actions.UnknownZone),
        ({"country": "Germany"}, actions.UnknownCountry),
        ({"language": "xx"}, actions.UnknownLanguage),
        ({"owner_email": "ana"}, actions.BadAddress),
        ({"inbox_address": "hello@"}, actions.BadAddress),
        ({"password": "password123"}, actions.WeakPassword),
        ({"owner_name": " "}, actions.NoName),
        ({"business": ""}, actions.NoName),
    ],
)
def test_what_the_command_cannot_use_is_named_and_nothing_is_made(
    wrong: dict[str, str], error: type[Exception]
):
    with pytest.raises(error) as raised:
        actions.set_up(**GIVEN | wrong)
    assert str(raised.value)
    assert not Teammate.objects.exists() and not Business.objects.exists()


def test_the_command_changes_nothing_where_there_is_an_owner():
    make_house()
    before = Teammate.objects.count()
    with pytest.raises(actions.AlreadyOwned, match="owner already"):
        actions.set_up(**GIVEN)
    assert Teammate.objects.count() == before


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_first_team_is_not_called_as_the_folder_of_all_conversations(owner, language: str):
    as_one_reads = {"Accept-Language": language}
    owner.post("/setup/business/", BUSINESS | {"language": language}, headers=as_one_reads)
    owner.post("/setup/inbox/", {"address": "hello@shop.example"}, headers=as_one_reads)
    with translation.override(language):
        assert Team.objects.get().name != str(FOLDERS["all"].word)
