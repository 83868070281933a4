"""An answer with marks leaves as text and HTML, a picture inside it, and all of it comes back."""

from __future__ import annotations

import email
import email.policy

import pytest

from goodword.channels.email import composing
from goodword.channels.email.road import EmailRoad, written_out
from goodword.conversations import actions as conversations
from goodword.conversations import formatting
from goodword.conversations.models import Conversation, Draft
from goodword.desk.answering import replying
from goodword.desk.answering.outbound import outbound_of
from goodword.desk.answering.recipients import Recipients
from tests.factories import HOUR, MONDAY_NOON, deliver, receive

pytestmark = pytest.mark.django_db
GRACE = "grace@whitlow.example"
AT = MONDAY_NOON + HOUR
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


@pytest.fixture
def asked(house) -> Conversation:
    return receive(house).conversation


def write(conversation, by, text, draft=None):
    to = Recipients(to=(GRACE,))
    return replying.reply(conversation, by=by, text=text, recipients=to, draft=draft, at=AT)


def as_sent(message):
    outbound = written_out(outbound_of(message, envelope=[GRACE]))
    return email.message_from_bytes(composing.compose(outbound), policy=email.policy.default)


def draft_with_picture(conversation, by, *, text: str = "") -> tuple[Draft, str]:
    draft = conversations.save_draft(conversation, by=by, kind="reply", text=text, at=AT)
    file = conversations.attach_to_draft(
        draft, name="shop.png", content_type="image/png", data=PNG, inline=True, at=AT
    )
    conversations.attach_to_draft(
        draft, name="price.pdf", content_type="application/pdf", data=b"%PDF", at=AT
    )
    return draft, file.content_id


def test_an_answer_from_right_to_left_says_so_in_the_mail(house, asked) -> None:
    for typed in ("שלום, Ana.", "שלום, **Ana**."):
        html = as_sent(write(asked, house.ben, typed)).get_body(("html",)).get_content()
        assert html.index('dir="rtl"') < html.index("שלום")


def test_a_plain_answer_has_no_html_of_its_own(house, asked) -> None:
    assert write(asked, house.ben, "It left *today*.\n\nBen").html == ""


def test_marks_become_html_and_the_text_stays_as_typed(house, asked) -> None:
    typed = "It left **today**:\n\n- ring\n- box\n\n[Where it is](https://post.example/1)"
    mail = as_sent(write(asked, house.ben, typed))

    assert mail.get_content_type() == "multipart/alternative"
    text, html = (part.get_content().replace("\r\n", "\n") for part in mail.iter_parts())
    assert text.startswith(typed)
    assert "<strong>today</strong>" in html and "<li>ring</li>" in html
    assert 'href="https://post.example/1"' in html
    assert "The spring gift card" not in html or "gmail_quote" in html  # the history stays below


def test_a_picture_stands_in_the_text_and_a_file_beside_it(house, asked) -> None:
    draft, content_id = draft_with_picture(asked, house.ben)
    text = f"This one?\n\n{formatting.picture_mark('shop.png', content_id)}"
    mail = as_sent(write(asked, house.ben, text, draft))

    assert mail.get_content_type() == "multipart/mixed"
    alternative, pdf = mail.iter_parts()
    assert pdf.get_filename() == "price.pdf"
    words, related = alternative.iter_parts()
    assert "[shop.png]" in words.get_content() and "cid:" not in words.get_content()
    assert related.get_content_type() == "multipart/related"
    html, picture = related.iter_parts()
    assert f'<img src="cid:{content_id}" alt="shop.png">' in html.get_content()
    assert picture["Content-ID"] == f"<{content_id}>"
    assert picture.get_content_disposition() == "inline"
    assert picture.get_content() == PNG


def test_a_picture_taken_out_of_the_text_goes_as_a_file(house, asked) -> None:
    draft, _content_id = draft_with_picture(asked, house.ben)
    message = write(asked, house.ben, "Without it.", draft)

    assert [(each.name, each.is_inline) for each in message.attachments.order_by("pk")] == [
        ("shop.png", False),
        ("price.pdf", False),
    ]
    mail = as_sent(message)
    assert [part.get_filename() for part in mail.iter_attachments()] == ["shop.png", "price.pdf"]


def test_taken_back_the_picture_stands_in_the_draft_again(house, asked) -> None:
    draft, content_id = draft_with_picture(asked, house.ben)
    text = f"**This** one? {formatting.picture_mark('shop.png', content_id)}"
    message = write(asked, house.ben, text, draft)

    again = replying.take_back(message, by=house.ben, at=AT)
    assert again.text == text
    assert {each.content_id for each in again.files.all()} == {content_id, ""}

    sent = write(asked, house.ben, again.text, again)
    assert f'src="cid:{content_id}"' in sent.html


def test_the_list_says_the_picture_by_name(house, asked) -> None:
    draft, content_id = draft_with_picture(asked, house.ben)
    write(asked, house.ben, f"This? {formatting.picture_mark('shop.png', content_id)}", draft)
    asked.refresh_from_db()
    assert asked.latest_words == "This? [shop.png]"


def test_over_a_real_mail_server_the_parts_arrive_as_they_left(house, asked, smtp_sink) -> None:
    from goodword.channels.email.models import MailAccount

    MailAccount.objects.create(
        inbox=house.hello,
        smtp_host="127.0.0.1",
        smtp_port=smtp_sink.port,
        smtp_security="none",
        begin_at=AT,
    )
    draft, content_id = draft_with_picture(asked, house.ben)
    text = f"**This** one?\n\n{formatting.picture_mark('shop.png', content_id)}"
    write(asked, house.ben, text, draft)
    deliver(at=AT + HOUR, road=EmailRoad())

    (taken,) = smtp_sink.received
    mail = email.message_from_bytes(taken.raw, policy=email.policy.default)
    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "application/pdf",
    ]
