"""Words given in a conversation, as its page shows and takes them."""

from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client

from goodword.desk.answering import replying
from goodword.desk.answering.recipients import Recipients
from goodword.desk.keeping import promising
from goodword.plan import queries as plan
from goodword.promises import kinds
from goodword.promises.models import Promise
from goodword.promises.queries import open_in, owed_reply
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, deliver, receive

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _at_monday_noon():
    with time_machine.travel(MONDAY_NOON, tick=False):
        yield


@pytest.fixture
def ben(house: SimpleNamespace, client: Client) -> Client:
    client.force_login(house.ben)
    return client


def path(conversation, act=""):
    return f"/conversations/{conversation.public_id}/{act}"


def tracked(house, conversation, **changes):
    given = {"what": "send the gift-card link", "kind": kinds.SEND} | changes
    due = plan.current().moment_due(MONDAY_NOON + 3 * HOUR, zone="Europe/Berlin")
    return promising.track(conversation, due=due, by=house.ben, at=MONDAY_NOON, **given)


def test_a_promise_is_noted_on_the_page_and_stands_beside_the_person(house, ben):
    conversation = receive(house).conversation
    form = ben.get(path(conversation, "promise/"), headers=HTMX).content.decode()
    assert "<dialog" in form

    sent = {"what": "Call about the ring", "direction": "ours", "kind": "call", "owner": ""}
    answer = ben.post(
        path(conversation, "promise/"), sent | {"day": "2026-11-20", "clock": "10:30"}
    )

    assert answer.status_code == 302
    promise = open_in(conversation).get(kind="call")
    assert (promise.owner, promise.due_said) == (house.ben, "moment")
    assert promise.due_at.isoformat() == "2026-11-20T09:30:00+00:00"
    page = ben.get(path(conversation)).content.decode()
    assert "We owe Grace Whitlow" in page
    assert f"/promises/{promise.public_id}/" in page
    assert "You promised: Call about the ring" in page


def test_what_they_promised_is_waited_for(house, ben):
    conversation = receive(house).conversation
    sent = {"what": "The photo", "direction": "theirs", "kind": "do", "day": "2026-11-18"}
    ben.post(path(conversation, "promise/"), sent)
    assert open_in(conversation).get(direction="theirs").kind == kinds.WAITING
    assert "Grace Whitlow owes us" in ben.get(path(conversation)).content.decode()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"what": " \u202e"}, "Say what is promised"),
        ({"day": "2026-11-10"}, "That moment has passed"),
        ({"day": "sometime"}, "Give a day"),
        ({"day": "2099-01-01"}, "further away than anybody can promise"),
        ({"owner": "teammate:nobody"}, "Select a valid choice"),
    ],
)
def test_a_wrong_form_comes_back_with_what_was_typed_and_stores_nothing(house, ben, wrong, says):
    conversation = receive(house).conversation
    sent = {"what": "Call", "direction": "ours", "kind": "do", "day": "2026-11-20"} | wrong
    answer = ben.post(path(conversation, "promise/"), sent)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not open_in(conversation).exclude(kind="reply").exists()


def test_come_back_to_this_is_a_promise_to_ourselves(house, ben):
    conversation = receive(house).conversation
    ben.post(path(conversation, "come-back/"), {"day": "2027-02-03", "why": "the new prices"})
    promise = open_in(conversation).get(kind=kinds.COME_BACK)
    assert (promise.what, promise.direction) == ("the new prices", "to_ourselves")


def test_a_holding_reply_is_drafted_and_names_the_new_time(house, ben):
    conversation = receive(house).conversation
    page = ben.get(path(conversation, "hold/")).content.decode()
    assert "you will have our answer by Tuesday 17 November, 13:00" in page

    sent = {"text": "By Thursday, I promise.", "day": "2026-11-19", "clock": "12:00"}
    assert ben.post(path(conversation, "hold/"), sent).status_code == 302
    assert owed_reply(conversation).due_at.isoformat() == "2026-11-19T11:00:00+00:00"
    assert deliver(at=MONDAY_NOON + MINUTE).sent[0].text == "By Thursday, I promise."
    assert "<b>Holding reply</b>" in ben.get(path(conversation)).content.decode()


def test_urgent_is_said_in_a_word_and_taken_back(house, ben):
    conversation = receive(house).conversation
    ben.post(path(conversation, "urgent/"), {"urgent": "yes"})
    assert "Somebody marked this as urgent" in ben.get(path(conversation)).content.decode()
    ben.post(path(conversation, "urgent/"), {"urgent": "no"})
    conversation.refresh_from_db()
    assert not conversation.urgent


def test_an_answer_is_said_to_keep_what_was_promised(house, ben):
    conversation = receive(house).conversation
    promise = tracked(house, conversation)
    assert promise.public_id in ben.get(path(conversation)).content.decode()
    sent = {"mode": "reply", "text": "Here it is", "to": "grace@whitlow.example"}
    ben.post(path(conversation, "reply/"), sent | {"keeps": promise.public_id})
    deliver(at=MONDAY_NOON + HOUR)
    promise.refresh_from_db()
    assert promise.state == Promise.State.KEPT


def test_a_kind_refusal_is_put_behind_what_is_written(house, ben):
    message = receive(house)
    message.person.language = "de"
    message.person.save()
    conversation = message.conversation
    sent = {"mode": "reply", "text": "Dear Grace,", "to": "grace@whitlow.example"}
    ben.post(path(conversation, "draft/"), sent | {"insert": "not_for_us"})
    draft = conversation.drafts.get()
    assert draft.text.startswith("Dear Grace,\n\n")
    assert len(draft.text) > 60


def test_closing_over_a_promise_asks_what_becomes_of_it(house, ben):
    conversation = receive(house).conversation
    promise = tracked(house, conversation)
    asked = ben.post(path(conversation, "no-answer-needed/"), {"then": "close"})
    assert asked.status_code == 422
    page = asked.content.decode()
    assert "What becomes of what was promised?" in page
    conversation.refresh_from_db()
    assert conversation.state == "open"
    assert owed_reply(conversation) is not None  # nothing was done by halves

    sent = {"then": "close", f"fate-{promise.public_id}": "stays"}
    assert ben.post(path(conversation, "no-answer-needed/"), sent).status_code == 302
    conversation.refresh_from_db()
    assert (conversation.state, list(open_in(conversation))) == ("closed", [promise])


def test_the_trash_asks_too(house, ben):
    conversation = receive(house).conversation
    promise = tracked(house, conversation)
    asked = ben.post(path(conversation, "trash/"), {"sure": "yes"}, headers=HTMX)
    assert (asked.status_code, asked["HX-Retarget"]) == (422, "#asking")
    sent = {"sure": "yes", f"fate-{promise.public_id}": "released"}
    ben.post(path(conversation, "trash/"), sent)
    promise.refresh_from_db()
    assert promise.state == Promise.State.RELEASED


def test_a_promise_stands_where_it_was_said_with_what_became_of_it(house, ben):
    conversation = receive(house).conversation
    due = plan.current().moment_due(MONDAY_NOON + DAY, zone="Europe/Berlin")
    said = promising.Said("call you", due, words="I'll call you <b>tomorrow</b>.")
    replying.reply(
        conversation,
        by=house.ben,
        text="I'll call you <b>tomorrow</b>.",
        recipients=Recipients(to=("grace@whitlow.example",)),
        promised=[said],
        at=MONDAY_NOON,
    )
    page = ben.get(path(conversation)).content.decode()
    assert 'class="said said-due"' in page
    assert "<q>I&#x27;ll call you &lt;b&gt;tomorrow&lt;/b&gt;.</q>" in page


def test_what_is_owed_elsewhere_shows_only_to_who_may_see_it(house, client):
    here = receive(house).conversation
    there = receive(house, inbox=house.repairs, subject="The clasp").conversation
    promising.track(
        there,
        what="mend the clasp",
        due=plan.current().moment_due(MONDAY_NOON + DAY, zone="UTC"),
        by=house.carl,
        at=MONDAY_NOON,
    )
    seen = {}
    for who in ("ben", "ana"):
        client.force_login(getattr(house, who))
        seen[who] = "mend the clasp" in client.get(path(here)).content.decode()
    assert seen == {"ben": False, "ana": True}


def test_a_new_kind_needs_no_more_than_its_registration(house, ben, monkeypatch):
    monkeypatch.setattr(kinds, "_known", dict(kinds._known))
    kinds.register(kinds.Kind("water_plants", "Water the plants", "Water", "sun"))
    conversation = receive(house).conversation
    sent = {"what": "The ficus", "direction": "ours", "kind": "water_plants", "day": "2026-11-17"}
    assert ben.post(path(conversation, "promise/"), sent).status_code == 302

    promise = open_in(conversation).get(kind="water_plants")
    assert "The ficus" in ben.get("/").content.decode()
    assert "Water the plants" in ben.get("/promises/new/").content.decode()
    assert ben.post(f"/promises/{promise.public_id}/keep/").status_code == 302
    promise.refresh_from_db()
    assert promise.state == Promise.State.KEPT


def test_what_we_know_of_them_decides_by_which_clock_they_are_told(house, ben):
    conversation = receive(house).conversation
    described = f"/people/{conversation.person.public_id}/describe/"
    ben.post(described, {"name": "Grace", "zone": "America/New_York"})
    sent = {
        "what": "Call",
        "direction": "ours",
        "kind": "do",
        "day": "2026-11-20",
        "clock": "10:00",
    }
    page = ben.get(path(conversation, "promise/")).content.decode()
    assert "As their clock shows it: America/New_York." in page
    ben.post(path(conversation, "promise/"), sent)
    assert open_in(conversation).get(kind="do").due_at.isoformat() == "2026-11-20T15:00:00+00:00"


def test_a_zone_that_is_none_is_refused(house, ben):
    conversation = receive(house).conversation
    described = f"/people/{conversation.person.public_id}/describe/"
    answer = ben.post(described, {"name": "Grace", "zone": "Moon/Crater"})
    assert answer.status_code == 422
    conversation.person.refresh_from_db()
    assert conversation.person.zone == ""
