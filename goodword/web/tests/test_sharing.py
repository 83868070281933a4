"""A draft shown to colleagues, on the page."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from goodword.conversations import actions as conversations
from goodword.conversations.models import Draft, Message
from goodword.desk.answering import sharing
from tests.factories import MONDAY_NOON, receive

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def conversation(house: SimpleNamespace):
    return receive(house).conversation


@pytest.fixture
def draft(house, conversation) -> Draft:
    return conversations.save_draft(
        conversation, by=house.ben, kind="reply", text="It <b>left</b>.", to="g@x.example",
        at=MONDAY_NOON,
    )  # fmt: skip


def signed_in(who) -> Client:
    client = Client()
    client.force_login(who)
    return client


def page_of(who, conversation) -> str:
    return signed_in(who).get(f"/conversations/{conversation.public_id}/").text


def ask(house, draft, asked_for):
    url = f"/conversations/{draft.conversation.public_id}/share/"
    fields = {"asked": house.lea.public_id, "asked_for": asked_for}
    return signed_in(house.ben).post(url, fields, follow=True).text


def test_the_button_keeps_what_is_written_and_asks_whom_to_show_it_to(house, conversation):
    ben, one = signed_in(house.ben), f"/conversations/{conversation.public_id}/"
    fields = {"mode": "reply", "text": "Half an answer", "share": "yes"}
    page = ben.post(f"{one}draft/", fields, follow=True).text
    assert Draft.objects.get().text == "Half an answer"
    assert "<h1>Show your draft to colleagues</h1>" in page and "Lea Sommer" in page
    assert "Carl" not in page and "Lou" not in page

    piece = ben.get(f"{one}share/", headers=HTMX)
    assert piece["HX-Retarget"] == "#asking" and "<dialog" in piece.text


def test_the_card_says_to_whom_it_goes_and_who_gets_a_copy(house, conversation, draft):
    Draft.objects.update(to='"Jürgen Groß" <j@x.example>', cc="t@x.example", bcc="h@x.example")
    ask(house, draft, "approve")

    words = "To Jürgen Groß &lt;j@x.example&gt;, copy to t@x.example, hidden copy to h@x.example"
    assert words in page_of(house.lea, conversation)


def test_with_nothing_written_there_is_nothing_to_show(house, conversation):
    ben, one = signed_in(house.ben), f"/conversations/{conversation.public_id}/"
    assert "There is nothing to show" in ben.get(f"{one}share/", follow=True).text


def test_colleagues_see_it_as_plain_text_with_who_is_asked(house, conversation, draft):
    assert "The draft of Ben" not in page_of(house.lea, conversation)
    assert "Your colleagues see your draft." in ask(house, draft, "approve")

    lea, lou = page_of(house.lea, conversation), page_of(house.lou, conversation)
    assert "It &lt;b&gt;left&lt;/b&gt;." in lea and "You are asked to approve it." in lea
    assert "To g@x.example" in lea
    assert "/approve/" in lea and "Lea Sommer is asked to approve it." in lou
    assert "/approve/" not in lou and "/send-back/" not in lou
    assert "Show it no longer" in page_of(house.ben, conversation)


def test_approved_the_writer_reads_so_where_the_answer_is_written(house, conversation, draft):
    ask(house, draft, "approve")
    url = f"/drafts/{draft.public_id}/approve/"
    lea = signed_in(house.lea)
    assert "it was changed since you read it" in lea.post(url, {"seen": "x"}, follow=True).text
    done = lea.post(url, {"seen": sharing.stamp(draft)}, follow=True).text

    assert "Approved. Ben Okri is told and can send it." in done
    assert "Lea Sommer approved it." in page_of(house.ben, conversation)


def test_gone_on_with_it_stands_in_the_composer_of_who_was_asked(house, conversation, draft):
    ask(house, draft, "finish")
    page = signed_in(house.lea).post(f"/drafts/{draft.public_id}/go-on/", follow=True).text

    assert "The draft is yours now." in page
    assert "It &lt;b&gt;left&lt;/b&gt;.</textarea>" in page
    again = signed_in(house.lea).post(f"/drafts/{draft.public_id}/go-on/")
    assert again.status_code == 404  # it is shown no longer


def test_sent_back_with_a_word(house, conversation, draft):
    ask(house, draft, "approve")
    url = f"/drafts/{draft.public_id}/send-back/"
    page = signed_in(house.lea).post(url, {"word": "Say when."}, follow=True).text

    assert "Sent back to Ben Okri." in page
    assert Message.objects.get(kind="note").text == "Say when."


def test_only_where_a_draft_is_shown_the_page_asks_for_it(house, conversation, draft):
    lea, url = signed_in(house.lea), f"/conversations/{conversation.public_id}/"

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            lea.get(url)
        return len(asked)

    lea.get(url)
    without = cost()
    sharing.share(draft, asked=None, by=house.ben, at=MONDAY_NOON)
    # The draft, its files for the card and for its stamp, and names for the timeline.
    assert without < cost() <= without + 5
