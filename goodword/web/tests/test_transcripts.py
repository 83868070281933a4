"""What was said in a conversation, sent as PDF to whom it is with or to somebody else."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client

from goodword.conversations import actions as conversations
from goodword.conversations.models import Conversation, Draft, Message
from goodword.core import ids
from goodword.desk import handling
from goodword.desk.answering import replying
from goodword.desk.answering.recipients import Recipients
from goodword.desk.roads import Answer
from goodword.desk.together import aside
from goodword.events.models import Event
from goodword.files import actions as files
from goodword.web.files import papers, printing
from tests.factories import (
    HOUR,
    MINUTE,
    MONDAY_NOON,
    MemoryRoad,
    deliver,
    make_house,
    receive,
    reply,
)

pytestmark = pytest.mark.django_db

BOOKS = "tax@books.example"
NOW = MONDAY_NOON + 3 * HOUR
VISITORS = {"ana": 200, "lea": 200, "ben": 200, "lou": 200, "carl": 404, "": 302}


@pytest.fixture
def house():
    with time_machine.travel(NOW, tick=False):
        house = make_house()
        house.asked = receive(house, "Where is my gift card?")
        house.found = house.asked.conversation
        yield house


@pytest.fixture
def ben(house: SimpleNamespace) -> Client:
    return as_(house, "ben")


@pytest.fixture(autouse=True)
def quick_pdf(monkeypatch):
    """Its words stand for the sheets, which test_files.py makes."""

    def made(conversation: Conversation, *, notes: bool, at: object) -> bytes:
        said = papers.of(conversation, notes=notes).entries
        return b"%PDF-" + "\n".join(each.text for each in said).encode()

    monkeypatch.setattr(printing, "made_of", made)


def as_(house: SimpleNamespace, who: str) -> Client:
    client = Client()
    if who:
        client.force_login(getattr(house, who))
    return client


def url_of(found: Conversation, more: str = "") -> str:
    return f"/conversations/{found.public_id}/transcript/{more}"


def send(client: Client, found: Conversation, **sent: str):
    given = {"to": BOOKS, "subject": "The gift card", "text": "For your files."} | sent
    return client.post(url_of(found), given)


def enclosed_in(message: Message) -> str:
    return files.path_of(message.attachments.get().file).read_bytes().decode()


def test_somebody_else_gets_it_with_a_comment_and_it_is_kept_and_can_be_taken_back(
    house, ben
) -> None:
    menu = ben.get(f"/conversations/{house.found.public_id}/more/").content.decode()
    assert "Send the transcript" in menu and url_of(house.found) in menu
    page = ben.get(url_of(house.found)).content.decode()
    assert f"/conversations/{house.found.public_id}/print/" in page
    assert "all messages of this conversation, also with others than Grace" in page

    answer = send(ben, house.found)

    side = Conversation.objects.get(side_of=house.found)
    message = side.messages.get()
    assert answer.status_code == 302 and answer.url.endswith(f"#aside-{side.public_id}")
    assert message.text == "For your files."
    assert message.attachments.get().name == f"{house.found.reference}.pdf"
    assert "Where is my gift card?" in enclosed_in(message)
    assert Event.objects.filter(kind="desk.aside_begun", data__aside_id=side.pk).count() == 1
    shown = ben.get(f"/conversations/{house.found.public_id}/").content.decode()
    assert f"Aside with {BOOKS}" in shown and f"/messages/{message.public_id}/take-back/" in shown

    ben.post(f"/messages/{message.public_id}/take-back/")

    assert side.drafts.get().files.get().name == f"{house.found.reference}.pdf"
    deliver(at=NOW + HOUR, road=(road := MemoryRoad()))
    assert road.sent == []


def test_it_leaves_once_also_when_the_form_is_sent_twice(house, ben) -> None:
    once = {"once": ids.public_id()}
    send(ben, house.found, **once)
    send(ben, house.found, **once)

    deliver(at=NOW + HOUR, road=(road := MemoryRoad()))

    assert [each.to[0].address for each in road.sent] == [BOOKS]


def test_for_themselves_it_is_put_with_an_answer_that_is_looked_at_first(house, ben) -> None:
    conversations.save_draft(house.found, by=house.ben, kind="reply", text="Here it is.", at=NOW)

    for _each in range(2):  # the second takes the place of the first
        answer = ben.post(url_of(house.found, "attach/?folder=mine"))

    assert answer.status_code == 302 and "compose=reply" in answer.url
    assert "folder=mine" in answer.url
    draft = Draft.objects.get()
    assert draft.text == "Here it is."
    assert draft.files.get().name == f"{house.found.reference}.pdf"
    assert not Message.objects.filter(direction="out").exists()
    page = ben.get(answer.url).content.decode()
    assert f"{house.found.reference}.pdf" in page and "grace@whitlow.example" in page


def test_it_holds_what_was_said_between_us_and_nothing_else(house, ben) -> None:
    found, at = house.found, NOW
    replying.write_note(found, by=house.ben, text="A difficult one.", at=at)
    to = Recipients(to=("orders@print.example",))
    aside.begin(found, to=to, subject="Order", text="Can you hurry?", by=house.ben, at=at)
    reply(found, house.ben, "It leaves today.", at=at + MINUTE)
    deliver(at=at + HOUR)
    refusing = MemoryRoad(answers={"grace@whitlow.example": Answer("refused", "550 no")})
    reply(found, house.ben, "This came to nobody.", at=at + HOUR)
    deliver(at=at + 2 * HOUR, road=refusing)
    reply(found, house.ben, "This waits.", at=at + 2 * HOUR)
    bounce = receive(house, "550 from their server", sender="mailer@x.example", at=at + HOUR)
    Message.objects.filter(pk=bounce.pk).update(inbound_kind="bounce", conversation=found)

    said = [each.text for each in papers.of(found, notes=False).entries]

    assert said == ["Where is my gift card?", "It leaves today."]
    kept = " ".join(each.text for each in papers.of(found, notes=True).entries)
    for words in ("A difficult one.", "This came to nobody.", "550 from their server"):
        assert words in kept
    assert "Can you hurry?" not in kept and "This waits." not in kept


def test_what_others_wrote_to_us_alone_goes_along_and_what_came_since_the_page_opened(
    house, ben
) -> None:
    ben.get(url_of(house.found))
    carrier = receive(house, "The parcel is lost.", sender="carrier@post.example", at=NOW)
    Message.objects.filter(pk=carrier.pk).update(conversation=house.found)

    send(ben, house.found)

    aside_of_it = Conversation.objects.get(side_of=house.found)
    assert "The parcel is lost." in enclosed_in(aside_of_it.messages.get())


def test_the_customer_is_never_written_to_aside(house, ben) -> None:
    answer = send(ben, house.found, to="grace@whitlow.example")

    assert answer.status_code == 422 and "customer&#x27;s own" in answer.content.decode()
    assert not Conversation.objects.filter(side_of=house.found).exists()


def test_what_was_thrown_away_is_sent_to_nobody(house, ben) -> None:
    handling.trash(house.found, by=house.ben, at=NOW)

    menu = ben.get(f"/conversations/{house.found.public_id}/more/").content.decode()
    assert "transcript" not in menu
    assert send(ben, house.found).status_code == 422
    assert ben.post(url_of(house.found, "attach/")).status_code == 403
    assert not Draft.objects.exists() and not Message.objects.filter(direction="out").exists()


def test_what_was_said_aside_goes_on_to_another_aside(house, ben) -> None:
    side = aside.begin(
        house.found,
        to=Recipients(to=("orders@print.example",)),
        subject="Order",
        text="Can you hurry?",
        files=[],
        by=house.ben,
        at=NOW,
    )
    deliver(at=NOW + HOUR)

    send(ben, side)

    other = Conversation.objects.exclude(pk=side.pk).get(side_of=house.found)
    assert "Can you hurry?" in enclosed_in(other.messages.get())
    assert send(ben, side, to="grace@whitlow.example").status_code == 422


def test_own_files_go_along(house, ben) -> None:
    with open(__file__, "rb") as own:
        send(ben, house.found, attached=own)

    names = [each.name for each in Message.objects.get(direction="out").attachments.order_by("pk")]
    assert names == [f"{house.found.reference}.pdf", "test_transcripts.py"]


@pytest.mark.parametrize("who", VISITORS)
def test_the_page_opens_to_those_who_see_it_and_only_who_answers_sends(house, who) -> None:
    client = as_(house, who)
    assert client.get(url_of(house.found)).status_code == VISITORS[who]

    attached, sent = client.post(url_of(house.found, "attach/")), send(client, house.found)

    may = who in {"ana", "lea", "ben"}
    refused = {"lou": (403, 422), "carl": (404, 404), "": (302, 302)}
    assert (attached.status_code, sent.status_code) == refused.get(who, (302, 302))
    assert Draft.objects.filter(conversation=house.found).exists() == may
    assert Conversation.objects.filter(side_of=house.found).exists() == may
