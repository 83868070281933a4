"""Reading, writing, sending and taking back, through forms alone: no script runs here."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone, translation

from goodword.conversations.models import Conversation, Draft, Message, Recipient
from goodword.desk.answering import delivering
from goodword.desk.roads import Answer, InboundFile, Party
from goodword.desk.shaping import naming
from goodword.promises.models import Promise
from goodword.web.inbox import deliveries
from tests.factories import DAY, HOUR, MINUTE, MemoryRoad, deliver, make_house, receive, reply

pytestmark = pytest.mark.django_db

GRACE = "grace@whitlow.example"


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


def url(conversation: Conversation, act: str = "") -> str:
    return f"/conversations/{conversation.public_id}/" + (f"{act}/" if act else "")


def text_of(answer) -> str:
    return answer.content.decode()


def test_an_answer_leaves_the_form_waits_for_its_undo_and_comes_back_as_the_draft_it_was(
    ben, asked
) -> None:
    sent = {"mode": "reply", "text": "It left today.", "to": GRACE, "bcc": "boss@shop.example"}
    page = ben.post(url(asked, "reply"), sent | {"attached": [_file("slip.txt")]}, follow=True)
    assert "It left today." in text_of(page) and "Undo" in text_of(page)
    assert not Draft.objects.exists()
    message = asked.messages.get(direction="out")

    page = ben.post(f"/messages/{message.public_id}/take-back/", follow=True)

    assert not asked.messages.filter(direction="out").exists()
    writing = page.context["composer"]
    assert (writing.text, writing.to, writing.bcc) == ("It left today.", GRACE, "boss@shop.example")
    assert [each.name for each in writing.files] == ["slip.txt"]


def test_given_a_message_that_has_left_taking_it_back_is_refused_with_a_sentence(
    ben, house, asked
) -> None:
    message = reply(asked, house.ben, at=timezone.now() - MINUTE)
    deliver(at=timezone.now())

    page = ben.post(f"/messages/{message.public_id}/take-back/", follow=True)

    assert "It has left already" in text_of(page)
    assert asked.messages.filter(pk=message.pk).exists()


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"text": "  "}, "text", "Nothing is written yet"),
        ({"to": ""}, "to", "nobody is named"),
        ({"to": "not an address"}, "to", "is not a mail address"),
        ({"cc": "grace@"}, "cc", "is not a mail address"),
        ({"bcc": "<script>"}, "bcc", "is not a mail address"),
    ],
)
@pytest.mark.parametrize("script", [False, True])
def test_given_something_wrong_the_form_comes_back_with_a_sentence_and_the_draft_is_kept(
    ben, asked, changed, field, words, script
) -> None:
    sent = {"mode": "reply", "text": "It left.", "to": GRACE} | changed
    headers = {"HX-Request": "true"} if script else {}

    page = ben.post(url(asked, "reply"), sent, headers=headers)

    assert page.status_code == 422
    assert any(words in error for error in page.context["composer"].errors[field])
    assert words in text_of(page)
    assert page.context["composer"].text == sent["text"]
    assert not asked.messages.filter(direction="out").exists()
    if sent["text"].strip():
        assert Draft.objects.get().text == "It left."
    assert ("HX-Retarget" in page.headers) == script


def test_given_a_file_that_is_too_large_it_is_named_and_the_words_stay(
    ben, asked, settings
) -> None:
    settings.MAX_UPLOAD_MB = 0
    sent = {"mode": "reply", "text": "See here", "to": GRACE, "attached": _file("big.pdf")}

    page = ben.post(url(asked, "reply"), sent)

    assert page.status_code == 422
    assert "big.pdf is larger than 0 MB" in text_of(page)
    assert page.context["composer"].text == "See here"
    assert not asked.messages.filter(direction="out").exists()


def test_a_draft_is_saved_shown_again_and_gone_once_it_is_empty(ben, asked) -> None:
    ben.post(url(asked, "draft"), {"mode": "reply", "text": "Half a th", "to": GRACE})
    assert ben.get(url(asked)).context["composer"].text == "Half a th"

    ben.post(url(asked, "draft"), {"mode": "reply", "text": "", "to": GRACE})

    assert not Draft.objects.exists()


def test_a_file_is_added_to_the_draft_and_taken_out_again(ben, asked) -> None:
    kept = {"mode": "reply", "text": "x", "to": GRACE}
    ben.post(url(asked, "draft"), kept | {"attached": [_file("a.txt"), _file("b.txt")]})
    first, second = Draft.objects.get().files.order_by("name")
    assert (first.name, second.name) == ("a.txt", "b.txt")

    page = ben.post(
        url(asked, "draft"),
        kept | {"take_out": first.public_id},
        headers={"HX-Request": "true"},
    )

    assert "b.txt" in text_of(page) and "a.txt" not in text_of(page)


def test_turning_to_a_note_keeps_what_was_written_as_answer(ben, asked) -> None:
    sent = {"mode": "reply", "text": "Dear Grace", "to": GRACE, "switch": "note"}

    page = ben.post(url(asked, "draft"), sent, follow=True)

    assert page.context["composer"].is_note and page.context["composer"].text == ""
    assert ben.get(url(asked) + "?compose=reply").context["composer"].text == "Dear Grace"


def test_reply_to_all_names_everyone_but_us(ben, house) -> None:
    message = receive(
        house,
        at=timezone.now() - HOUR,
        cc=[Party("tom@x.example", "Tom"), Party("hello@shop.example")],
    )

    page = ben.get(url(message.conversation) + "?compose=all")

    writing = page.context["composer"]
    assert GRACE in writing.to and "tom@x.example" in writing.cc
    assert "hello@shop.example" not in writing.to + writing.cc
    assert "To Grace Whitlow, copy to Tom" in text_of(page)


def test_a_note_is_seen_by_colleagues_and_changes_nothing_owed(ben, asked) -> None:
    page = ben.post(url(asked, "note"), {"mode": "note", "text": "She is cross."}, follow=True)

    assert "a note, seen by us alone" in text_of(page)
    assert Promise.objects.get().is_open


def test_drafts_of_a_colleague_are_not_shown(ben, house, asked) -> None:
    lea = Client()
    lea.force_login(house.lea)
    lea.post(url(asked, "draft"), {"mode": "reply", "text": "Lea's words", "to": GRACE})

    assert "Lea&#x27;s words" not in text_of(ben.get(url(asked)))


# What became of it


def test_given_a_refusal_the_servers_words_and_what_to_do_are_shown(ben, house, asked) -> None:
    road = MemoryRoad(answers={GRACE: Answer("refused", "550 no <b>such</b> user")})
    reply(asked, house.ben, at=timezone.now() - MINUTE)
    deliver(at=timezone.now(), road=road)

    page = text_of(ben.get(url(asked)))

    assert "Refused for grace@whitlow.example" in page
    assert "550 no &lt;b&gt;such&lt;/b&gt; user" in page
    assert "Check the address" in page and "Send again" in page
    assert "They have it" not in page
    assert "Not sent" in page


@pytest.mark.parametrize(
    ("choice", "state", "open_after"),
    [("received", "accepted", False), ("again", "queued", True), ("leave", "unknown", True)],
)
def test_given_an_unknown_delivery_a_person_decides(
    ben, house, asked, choice, state, open_after
) -> None:
    road = MemoryRoad(answers={GRACE: Answer("unknown", "")})
    message = reply(asked, house.ben, at=timezone.now() - MINUTE)
    deliver(at=timezone.now(), road=road)
    page = text_of(ben.get(url(asked)))
    assert "They have it" in page and "Send again" in page and "Leave it" in page

    decide = {"address": GRACE, "choice": choice}
    page = ben.post(f"/messages/{message.public_id}/decide/", decide, follow=True)

    assert Recipient.objects.get(message=message).state == state
    assert Promise.objects.get().is_open == open_after
    assert "They have it" not in text_of(page)


def test_given_a_message_held_back_it_waits_and_leaves_when_let_go(ben, house, asked) -> None:
    message = reply(asked, house.ben, at=timezone.now() - MINUTE)
    delivering.hold_everything(why="restored", at=timezone.now())
    page = text_of(ben.get(url(asked)))
    assert "Held back after a restore" in page and "Take back" in page

    ben.post(f"/messages/{message.public_id}/let-go/")
    deliver(at=timezone.now() + MINUTE)

    assert "Accepted for grace@whitlow.example" in text_of(ben.get(url(asked)))


def test_an_answered_message_says_that_the_word_was_kept_and_by_whom(ben, house, asked) -> None:
    reply(asked, house.ben, at=timezone.now() - MINUTE)
    deliver(at=timezone.now())

    page = text_of(ben.get(url(asked)))

    assert "chip-kept" in page and "answered by you" in page


def test_automatic_mail_is_quiet_and_quoted_history_is_folded(ben, house) -> None:
    asked = receive(
        house,
        "Thanks!\n\nOn Monday you wrote:\n> hello",
        reply_text="Thanks!",
        at=timezone.now() - HOUR,
        oddities=["The sender's clock is wrong."],
    )
    ours = reply(asked.conversation, house.ben, at=timezone.now() - HOUR)
    receive(house, "I am away", kind="auto_reply", answers=ours, at=timezone.now())

    page = text_of(ben.get(url(asked.conversation)))

    assert "Automatic answer" in page and "message-quiet" in page
    assert "Show quoted history" in page
    assert "The sender&#x27;s clock is wrong." in page


def test_a_mail_from_elsewhere_that_seems_to_belong_is_linked_only_for_who_sees_it(
    ben, house, asked
) -> None:
    ours = reply(asked, house.ben, at=timezone.now() - MINUTE)
    other = receive(house, sender="other@x.example", answers=ours, at=timezone.now())
    hidden = receive(
        house, sender="third@x.example", inbox=house.repairs, answers=ours, at=timezone.now()
    )

    page = text_of(ben.get(url(asked)))

    assert url(other.conversation) in page
    assert hidden.conversation.public_id not in page


def test_pictures_are_previewed_and_other_files_downloaded(ben, house) -> None:
    files = [
        InboundFile("ring.png", "image/png", b"\x89PNG"),
        InboundFile("evil.svg", "image/svg+xml", b"<svg onload=alert(1)>"),
    ]
    message = receive(house, files=files, at=timezone.now() - HOUR)

    page = text_of(ben.get(url(message.conversation)))

    assert page.count("<img src=") == 1
    assert "ring.png" in page and "evil.svg" in page
    assert Message.objects.get(pk=message.pk).attachments.count() == 2


def _file(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"bytes", content_type="text/plain")


def test_a_recipient_in_trouble_without_words_shows_none(house: SimpleNamespace):
    at = timezone.now() - HOUR
    said = reply(receive(house, at=at).conversation, house.ben, at=at)
    deliver(at=at + MINUTE, road=MemoryRoad(answers={GRACE: Answer("unknown", "")}))
    with translation.override("de"):
        [line] = deliveries.lines(said, list(said.recipients.all()), now=at + MINUTE)
    assert line.said == ""
    assert line.choices == ("received", "again", "leave")


# Whom it goes to, in words


def whom(page) -> tuple[str, list[str]]:
    said = page.context["composer"].whom
    return said.words, list(said.news)


def test_whom_it_goes_to_is_said_in_words_and_by_address_where_one_points(ben, asked) -> None:
    form = {"mode": "reply", "text": "Hm", "to": GRACE, "cc": "Tom <t@x.example>, a@x.example"}
    ben.post(url(asked, "draft"), form | {"bcc": "b@x.example, c@x.example, d@x.example"})
    page = ben.get(url(asked))

    words, news = whom(page)
    assert words == f"{GRACE}, copy to Tom and a@x.example, hidden copy to b@x.example and 2 more"
    assert news == ["Never took part here: a@x.example, b@x.example, c@x.example and 2 more"]
    assert f'title="{GRACE}, t@x.example, a@x.example' in text_of(page)


def test_a_first_answer_to_who_wrote_has_nothing_to_look_at(ben, asked) -> None:
    assert whom(ben.get(url(asked))) == ("Grace Whitlow", [])


def test_who_is_new_and_who_is_left_out_since_the_last_answer_is_said(ben, house, asked) -> None:
    message = asked.messages.get()
    reply(asked, house.ben, at=timezone.now() - 30 * MINUTE, cc=["tom@x.example"])
    deliver(at=timezone.now() - 20 * MINUTE)
    receive(house, "I go on.", sender="mia@whitlow.example", name="Mia", answers=message,
            cc=[Party(GRACE)], at=timezone.now())  # fmt: skip

    saved = ben.post(
        url(asked, "draft"),
        {"mode": "reply", "text": "Hm", "to": "Mia <mia@whitlow.example>"},
        headers={"HX-Request": "true"},
    )

    assert "New since the last answer: mia@whitlow.example" in text_of(saved)
    assert f"Left out since the last answer: {GRACE}, tom@x.example" in text_of(saved)
    assert "To Mia" in text_of(saved)


def test_who_wrote_last_and_is_left_out_is_said(ben, asked) -> None:
    """As where the message was split off that the draft was an answer to."""
    form = {"mode": "reply", "text": "Dear Tom", "to": "Tom <tom@reed.example>"}
    ben.post(url(asked, "draft"), form)
    assert "Wrote last and is left out: Grace Whitlow" in whom(ben.get(url(asked)))[1]
    ben.post(url(asked, "draft"), form | {"cc": GRACE})
    assert whom(ben.get(url(asked)))[1] == ["Never took part here: tom@reed.example"]


def test_nobody_wrote_last_where_another_person_was_chosen(ben, house, asked) -> None:
    mia = receive(house, "Hello?", sender="mia@reed.example").conversation.person
    naming.change_person(asked, mia, by=house.ben, at=timezone.now())
    ben.post(url(asked, "draft"), {"mode": "reply", "text": "Hm", "to": "Tom <tom@reed.example>"})
    assert not any("Wrote last" in line for line in whom(ben.get(url(asked)))[1])


def test_a_sender_who_could_not_be_confirmed_is_said_before_one_answers(ben, asked) -> None:
    asked.messages.update(authenticity="fail")
    _words, news = whom(ben.get(url(asked)))
    assert news == [
        "Who wrote last could not be confirmed. Look whether the address is theirs.",
    ]
