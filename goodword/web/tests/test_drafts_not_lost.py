"""What one writes is never overwritten by what a page knew: after a join, or at two pages."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from goodword.conversations import actions as conversations
from goodword.conversations.models import Conversation, Draft
from goodword.core import ids
from goodword.desk.answering import sharing
from goodword.desk.intake import joining
from goodword.web.inbox import composer
from tests.factories import DAY, HOUR, MINUTE, make_house, receive

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
GRACE = "grace@whitlow.example"
AS_BEFORE = "already, as it was before. What you changed is kept as a draft."


@pytest.fixture
def house() -> SimpleNamespace:
    return make_house(timezone.now() - 9 * DAY)


@pytest.fixture
def older(house: SimpleNamespace) -> Conversation:
    return receive(house, subject="Older", at=timezone.now() - HOUR).conversation


@pytest.fixture
def younger(house: SimpleNamespace) -> Conversation:
    return receive(house, subject="Younger", at=timezone.now() - MINUTE).conversation


@pytest.fixture
def lea(house: SimpleNamespace) -> Client:
    client = Client()
    client.force_login(house.lea)
    return client


def url(conversation: Conversation, act: str) -> str:
    return f"/conversations/{conversation.public_id}/{act}/"


def save(lea: Client, conversation: Conversation, text: str, *saved: str, **more: str) -> str:
    """As the page does it while somebody writes; `saved` is what it takes for the draft."""
    sent = {"mode": "reply", "text": text, "saved": saved, **more}
    answer = lea.post(url(conversation, "draft"), sent, headers=HTMX)
    assert answer.status_code == 200
    return answer.text


def join(house: SimpleNamespace, younger: Conversation, older: Conversation) -> None:
    joining.join(younger, older, by=house.ben, at=timezone.now())


def test_what_is_saved_while_a_colleague_joins_stands_where_the_conversation_stands(
    house, lea, older, younger, monkeypatch
):
    """The page's conversation is found before the join, and its words are kept after it."""
    look = composer._too_much

    def join_meanwhile(*args):
        join(house, younger, older)
        return look(*args)

    monkeypatch.setattr(composer, "_too_much", join_meanwhile)
    save(lea, younger, "We know", "")

    assert [each.text for each in older.drafts.all()] == ["We know"]
    assert not younger.drafts.exists()


def test_a_save_on_its_way_takes_in_the_draft_that_the_join_found(house, lea, older, younger):
    save(lea, older, "It left.", "", to="other@x.example")
    save(lea, younger, "We know", "")
    join(house, younger, older)

    page = save(lea, younger, "We know it", "We know", to=GRACE)

    kept = Draft.objects.get()
    assert (kept.text, kept.to) == ("It left.\n\nWe know it", "other@x.example")
    assert ">It left.\n\nWe know it</template>" in page
    assert 'data-joined data-to="other@x.example" data-cc="" data-bcc=""' in page


def test_the_page_of_the_older_one_shows_what_has_come_and_goes_on_with_both(
    house, lea, older, younger
):
    save(lea, older, "It left.", "")
    save(lea, younger, "We know", "")
    join(house, younger, older)

    assert "data-joined" in save(lea, older, "It left on Friday.", "It left.")
    both = "It left on Friday.\n\nWe know"
    assert Draft.objects.get().text == both

    assert "data-joined" not in save(lea, older, f"{both}.", both)
    assert Draft.objects.get().text == f"{both}."


def test_a_page_that_shows_nothing_yet_empties_no_draft_it_has_not_seen(house, lea, older, younger):
    save(lea, younger, "We know", "")
    join(house, younger, older)

    save(lea, older, "", "")

    assert Draft.objects.get().text == "We know"


def test_with_more_of_ones_words_in_the_draft_nothing_is_sent_before_they_were_seen(
    house, lea, older, younger
):
    save(lea, older, "It left.", "", to=GRACE)
    save(lea, younger, "We know", "")
    join(house, younger, older)
    sent = {"mode": "reply", "text": "It left.", "saved": "It left.", "to": GRACE}

    page = lea.post(url(older, "reply"), sent)

    assert page.status_code == 422 and not older.messages.filter(direction="out").exists()
    writing = page.context["composer"]
    assert writing.text == writing.saved == "It left.\n\nWe know"
    assert "there is more of what you wrote" in page.text
    seen = {**sent, "text": writing.text, "saved": writing.saved, "known": writing.seen}
    assert lea.post(url(older, "reply"), seen).status_code == 302
    assert older.messages.get(direction="out").text == "It left.\n\nWe know"


def test_a_save_on_its_way_while_one_goes_on_with_a_shared_draft_stands_after_it(house, lea, older):
    shared = conversations.save_draft(
        older, by=house.ben, kind="reply", text="It left.", to=GRACE, at=timezone.now()
    )
    save(lea, older, "And the", "")
    asked_for = Draft.AskedFor.FINISH
    sharing.share(shared, asked=house.lea, asked_for=asked_for, by=house.ben, at=timezone.now())
    sharing.go_on(shared, by=house.lea, at=timezone.now())

    save(lea, older, "And the colour?", "And the")

    assert Draft.objects.get().text == "It left.\n\nAnd the colour?"


def test_two_pages_of_one_draft_lose_no_words_of_each_other(lea, older):
    save(lea, older, "It", "")
    save(lea, older, "It left.", "It")
    save(lea, older, "It stays.", "It")

    assert Draft.objects.get().text == "It left.\n\nIt stays."


def test_after_an_answer_was_lost_nothing_stands_there_twice(lea, older):
    save(lea, older, "It left soon", "")
    save(lea, older, "It left.", "", "It left soon")

    assert Draft.objects.get().text == "It left."


def test_given_a_form_that_is_wrong_it_still_says_what_it_took_for_the_draft(lea, older):
    save(lea, older, "It left.", "")
    sent = {"mode": "reply", "text": "It left.", "saved": "It", "to": "x" * 6000}

    page = lea.post(url(older, "reply"), sent)

    assert page.status_code == 422 and page.context["composer"].saved == "It"


@pytest.mark.parametrize("act", ["reply", "note"])
def test_words_that_another_page_saves_just_before_it_is_sent_are_not_thrown_away(
    lea, older, monkeypatch, act
):
    keep = composer._keep

    def saved_meanwhile(*args):
        monkeypatch.setattr(composer, "_keep", keep)
        kept = keep(*args)
        Draft.objects.update(text="And the colour?\n\nIt left.")
        return kept

    monkeypatch.setattr(composer, "_keep", saved_meanwhile)
    mode = {"mode": act, "to": GRACE} if act == "reply" else {"mode": act}
    file = SimpleUploadedFile("ring.txt", b"a ring")
    page = lea.post(url(older, act), {"text": "It left.", "saved": "", "attached": file, **mode})

    assert page.status_code == 422 and older.messages.count() == 1
    assert page.context["composer"].text == "And the colour?\n\nIt left."
    draft = Draft.objects.get()
    assert (draft.text, draft.files.count()) == ("And the colour?\n\nIt left.", 1)


@pytest.mark.parametrize("act", ["reply", "note"])
def test_a_page_that_has_said_its_words_makes_no_draft_of_them_only_of_what_came_after(
    house: SimpleNamespace, lea: Client, older: Conversation, act: str
) -> None:
    form = {"mode": act, "to": GRACE, "once": ids.public_id()}
    said = {**form, "text": "It left on Friday."}
    assert lea.post(url(older, act), said).status_code == 302

    assert lea.post(url(older, "draft"), said, headers=HTMX).status_code == 200
    assert not Draft.objects.exists()
    lea.post(url(older, "draft"), {**form, "text": "It left on Friday.\n\nBy mail."}, headers=HTMX)
    assert Draft.objects.get().text == "By mail."
    # A second press on a page that is on its way says nothing twice and loses nothing.
    page = lea.post(
        url(older, act), {**form, "text": "It left on Friday.\n\nBy mail. Soon."}, follow=True
    )
    assert "By mail. Soon." in Draft.objects.get().text
    assert AS_BEFORE in page.text
    assert older.messages.filter(teammate=house.lea).count() == 1


def test_a_colleague_who_knows_the_id_of_an_answer_keeps_the_same_words_as_a_draft(
    house: SimpleNamespace, lea: Client, older: Conversation
) -> None:
    said = {"mode": "reply", "to": GRACE, "once": ids.public_id(), "text": "It left on Friday."}
    lea.post(url(older, "reply"), said)
    ben = Client()
    ben.force_login(house.ben)

    ben.post(url(older, "draft"), said, headers=HTMX)

    assert Draft.objects.get().teammate == house.ben


def ring(content: bytes = b"a ring", *, name: str = "ring.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "text/plain")


@pytest.mark.parametrize("act", ["reply", "note"])
@pytest.mark.parametrize("text", ["Here.", ""])
def test_pressed_twice_with_a_file_it_goes_once_and_no_draft_holds_it_again(
    lea: Client, older: Conversation, act: str, text: str
) -> None:
    form = {"mode": act, "to": GRACE, "once": ids.public_id(), "saved": "", "text": text}
    for _press in range(2):
        page = lea.post(url(older, act), {**form, "attached": ring()}, follow=True)

    said = older.messages.get(public_id=form["once"])
    assert [each.name for each in said.attachments.all()] == ["ring.txt"]
    assert not Draft.objects.exists()
    assert AS_BEFORE not in page.text


def test_pressed_twice_at_once_with_a_file_the_answer_holds_it_once(
    lea: Client, older: Conversation
) -> None:
    """The second press keeps its draft before the first has sent it."""
    form = {"mode": "reply", "to": GRACE, "once": ids.public_id(), "saved": "", "text": "Here."}
    lea.post(url(older, "draft"), {**form, "attached": [ring(), ring(name="copy.txt")]})

    lea.post(
        url(older, "reply"), {**form, "saved": "Here.", "attached": [ring(), ring(name="copy.txt")]}
    )

    said = older.messages.get(public_id=form["once"])
    assert sorted(each.name for each in said.attachments.all()) == ["copy.txt", "ring.txt"]


def test_pressed_again_with_nothing_any_more_says_nothing(lea: Client, older: Conversation) -> None:
    form = {"mode": "reply", "to": GRACE, "once": ids.public_id(), "saved": ""}
    lea.post(url(older, "reply"), {**form, "text": "Here."})
    page = lea.post(url(older, "reply"), {**form, "text": " \n "}, follow=True)
    assert AS_BEFORE not in page.text and not Draft.objects.exists()


@pytest.mark.parametrize("field", ["attached", "pictured"])
def test_pressed_again_with_another_file_that_one_is_kept_and_said(
    lea: Client, older: Conversation, field: str
) -> None:
    form = {"mode": "reply", "to": GRACE, "once": ids.public_id(), "saved": "", "text": "Here."}
    lea.post(url(older, "reply"), {**form, "attached": ring()})

    again = {**form, "attached": ring(), field: [ring(), ring(b"another ring")]}
    page = lea.post(url(older, "reply"), again, follow=True)

    draft = Draft.objects.get()
    assert (draft.text, [each.file.size_bytes for each in draft.files.all()]) == ("", [12])
    assert f"This answer was sent {AS_BEFORE}" in page.text


def test_a_file_that_comes_up_after_the_answer_left_without_it_is_kept(
    lea: Client, older: Conversation
) -> None:
    form = {"mode": "reply", "to": GRACE, "once": ids.public_id(), "text": "Here."}
    lea.post(url(older, "reply"), form)

    lea.post(url(older, "draft"), {**form, "attached": ring()}, headers=HTMX)

    draft = Draft.objects.get()
    kept = draft.files.get()
    assert (draft.text, kept.file.size_bytes) == ("", 6)


@pytest.mark.parametrize(
    ("act", "words"), [("reply", "This answer was sent"), ("note", "This note was written")]
)
@pytest.mark.parametrize(
    "changed",
    ["It costs 100 euro, sorry", "It costs 1", "It costs 10.", "Sorry, it costs 10", "10"],
)
def test_corrected_after_it_was_sent_the_whole_correction_is_kept_and_said(
    lea: Client, older: Conversation, act: str, words: str, changed: str
) -> None:
    form = {"mode": act, "to": GRACE, "once": ids.public_id(), "saved": ""}
    lea.post(url(older, act), {**form, "text": "It costs 10"})

    page = lea.post(url(older, act), {**form, "text": changed}, follow=True)

    assert Draft.objects.get().text == changed
    assert older.messages.get(public_id=form["once"]).text == "It costs 10"
    assert f"{words} {AS_BEFORE}" in page.text
