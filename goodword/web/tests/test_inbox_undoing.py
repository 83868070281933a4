"""Every act that can be undone offers it, and undoing changes nothing that others changed since."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from goodword.accounts.models import Team, Teammate
from goodword.conversations import actions as conversations
from goodword.conversations.models import Conversation
from goodword.desk import checking, handling
from goodword.desk.keeping import promising
from goodword.plan.service_plan import Due
from goodword.promises.models import Promise
from tests.factories import DAY, HOUR, make_house, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> SimpleNamespace:
    return make_house(timezone.now() - 9 * DAY)


@pytest.fixture
def asked(house: SimpleNamespace) -> Conversation:
    return receive(house, at=timezone.now() - HOUR).conversation


@pytest.fixture
def ben(house: SimpleNamespace) -> Client:
    client = Client()
    client.force_login(house.ben)
    return client


def do(client: Client, conversation: Conversation, act: str, **sent: str) -> dict[str, str]:
    """Do it, and give back what its toast offers to post to undo it."""
    answer = client.post(f"/conversations/{conversation.public_id}/{act}/", sent)
    offers = [each.extra_tags for each in get_messages(answer.wsgi_request)]
    client.get(answer.url)  # where the toast is shown
    offered = [json.loads(each) for each in offers if each.startswith("{")]
    return offered[-1] if offered else {}


def undo(client: Client, offered: dict[str, object]) -> str:
    page = client.post(offered["url"], offered["fields"], follow=True)
    assert not list(checking.violations())
    return page.content.decode()


def looks(conversation: Conversation) -> tuple[object, ...]:
    conversation.refresh_from_db()
    owed = Promise.objects.filter(conversation=conversation).order_by("pk")
    return (
        conversation.state,
        conversation.snoozed_until,
        conversation.closed_by,
        conversation.closed_at,
        conversation.assignee,
        conversation.team,
        [tag.name for tag in conversation.tags.order_by("name")],
        [(each.state, each.due_at, each.owner, each.team) for each in owed],
        conversation.no_answers_needed.count(),
    )


@pytest.mark.parametrize(
    ("act", "sent"),
    [
        ("snooze", {"until": "tomorrow"}),
        ("trash", {"sure": "yes"}),
        ("spam", {}),
        ("no-answer-needed", {}),
        ("no-answer-needed", {"then": "close"}),
        ("assign", {"to": "me"}),
        ("tag", {"name": "gift"}),
        ("untag", {"name": "spring"}),
    ],
)
def test_undone_at_once_everything_is_as_it_was_before(ben, house, asked, act, sent) -> None:
    conversations.tag(asked, "spring", by=house.ben, at=timezone.now())
    before = looks(asked)

    offered = do(ben, asked, act, **sent)
    assert looks(asked) != before

    assert "Undone." in undo(ben, offered)
    assert looks(asked) == before


def test_undoing_a_close_opens_also_what_it_let_go_of(ben, house, asked) -> None:
    now = timezone.now()
    handling.no_answer_needed(asked, by=house.ben, at=now)
    word = promising.track(
        asked, what="Send the strap", due=Due(now + DAY, "moment", "UTC"), by=house.ben, at=now
    )
    before = looks(asked)

    offered = do(ben, asked, "close", **{f"fate-{word.public_id}": "released"})
    word.refresh_from_db()
    assert asked.state and word.state == "released"

    undo(ben, offered)
    assert looks(asked) == before


def test_undoing_a_snooze_of_what_was_closed_closes_it_as_it_was_closed_by_whom(
    ben, house, asked
) -> None:
    then = timezone.now() - HOUR / 2
    handling.no_answer_needed(asked, by=house.lea, at=then)
    handling.close(asked, by=house.lea, at=then)
    before = looks(asked)

    undo(ben, do(ben, asked, "snooze", until="tomorrow"))

    assert looks(asked) == before and before[2] == house.lea


def test_given_a_colleague_changed_it_since_undoing_does_nothing_and_says_so(
    ben, house, asked
) -> None:
    offered = do(ben, asked, "snooze", until="tomorrow")
    handling.reopen(asked, by=house.lea, at=timezone.now())
    handling.assign(asked, to=house.lea, by=house.lea, at=timezone.now())
    before = looks(asked)

    assert "this has changed since" in undo(ben, offered)
    assert looks(asked) == before


def test_what_a_colleague_did_beside_it_stays_and_the_act_itself_is_undone(
    ben, house, asked
) -> None:
    offered = do(ben, asked, "snooze", until="tomorrow")
    conversations.tag(asked, "vip", by=house.lea, at=timezone.now())

    assert "Undone." in undo(ben, offered)
    asked.refresh_from_db()
    assert asked.state == "open" and asked.tags.get().name == "vip"


def test_what_one_did_twice_over_is_undone_once(ben, asked) -> None:
    offered = do(ben, asked, "snooze", until="tomorrow")
    undo(ben, offered)

    assert "this has changed since" in undo(ben, offered)
    asked.refresh_from_db()
    assert asked.state == "open"


@pytest.mark.parametrize("who", ["lea", "ana", "lou"])
def test_only_who_did_it_undoes_it_by_its_toast(house, ben, asked, who) -> None:
    offered = do(ben, asked, "snooze", until="tomorrow")
    other = Client()
    other.force_login(getattr(house, who))

    undo(other, offered)

    asked.refresh_from_db()
    assert asked.state == "snoozed"


def test_a_token_of_another_conversation_or_of_ones_own_making_undoes_nothing(
    house, ben, asked
) -> None:
    offered = do(ben, asked, "snooze", until="tomorrow")
    other = receive(house, sender="bea@x.example", at=timezone.now()).conversation
    for sent in ({"token": offered["fields"]["token"]}, {"token": "made:up:self"}, {}):
        page = ben.post(f"/conversations/{other.public_id}/undo/", sent, follow=True)
        assert "this has changed since" in page.content.decode()


def test_undone_a_conversation_goes_back_to_its_team_or_is_refused_when_that_has_left(
    ben, house, asked
) -> None:
    handling.assign(asked, to=house.front, by=house.ben, at=timezone.now())
    undo(ben, do(ben, asked, "assign", to="me"))
    asked.refresh_from_db()
    assert asked.team == house.front and asked.assignee is None

    handling.assign(asked, to=house.lea, by=house.lea, at=timezone.now())
    lea = Client()
    lea.force_login(house.lea)
    offered = do(lea, asked, "assign", to="nobody")
    Teammate.objects.filter(pk=house.lea.pk).update(role="light")
    Team.objects.get(pk=house.front.pk).members.remove(house.lea)
    assert lea.post(offered["url"], offered["fields"]).status_code == 404


def test_where_a_page_has_no_script_the_toast_is_a_form_that_posts(ben, asked) -> None:
    page = ben.post(f"/conversations/{asked.public_id}/spam/", follow=True).content.decode()

    assert "data-undo" in page and f'action="/conversations/{asked.public_id}/undo/' in page
    assert page.count("csrfmiddlewaretoken") > 1


def test_who_gives_a_conversation_away_is_told_to_whom_it_went(house, asked) -> None:
    lead = Client()
    lead.force_login(house.lea)
    for to, words in (
        (f"teammate:{house.ben.public_id}", "Given to Ben Okri."),
        (f"team:{house.front.public_id}", "Given to Front."),
        (f"teammate:{house.lea.public_id}", "It is yours now."),
        ("nobody", "It is nobody&#x27;s now."),
    ):
        page = lead.post(f"/conversations/{asked.public_id}/assign/", {"to": to}, follow=True)
        assert words in page.content.decode()
