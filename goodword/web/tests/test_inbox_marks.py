"""Marks and pictures in an answer: preview, upload, limits, and how the page shows what we say."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from goodword.conversations.models import Conversation, DraftFile
from tests.factories import DAY, HOUR, make_house, receive, reply

pytestmark = pytest.mark.django_db
GRACE = "grace@whitlow.example"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


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


def picture(name: str = "shop.png", data: bytes = PNG, kind: str = "image/png"):
    return SimpleUploadedFile(name, data, content_type=kind)


def test_the_preview_shows_it_as_they_will_see_it_and_saves_nothing(ben, asked) -> None:
    page = ben.post(url(asked, "preview"), {"text": "**Yes**\n\n- a\n- b <script>x</script>"})
    assert "<strong>Yes</strong>" in text_of(page) and "<li>a</li>" in text_of(page)
    assert "<script" not in text_of(page)

    page = ben.post(url(asked, "preview"), {"text": "Plain & <b>simple</b>"})
    assert "Plain &amp; &lt;b&gt;simple" in text_of(page)
    assert not asked.drafts.exists()


def test_a_picture_in_the_text_is_kept_shown_in_the_preview_sent_and_shown_in_the_page(
    ben, asked
) -> None:
    form = {"mode": "reply", "text": "Look:", "to": GRACE, "pictured": [picture()]}
    kept = ben.post(url(asked, "draft"), form, headers={"HX-Request": "true"})
    file = DraftFile.objects.get()
    mark = f"![shop.png](cid:{file.content_id})"
    assert f'data-mark="{mark}"' in text_of(kept)

    page = ben.post(url(asked, "preview"), {"text": f"Look: {mark}"})
    assert f'src="/draft-pictures/{file.public_id}/"' in text_of(page)
    shown = ben.get(f"/draft-pictures/{file.public_id}/")
    assert b"".join(shown.streaming_content) == PNG
    assert shown["Content-Type"] == "image/png"

    page = ben.post(
        url(asked, "reply"), {**form, "pictured": [], "text": f"Look: {mark}"}, follow=True
    )
    attachment = asked.messages.get(direction="out").attachments.get()
    assert f'<img src="/attachments/{attachment.public_id}/shoppng?inline=1"' in text_of(page)
    assert text_of(page).count(attachment.public_id) == 1  # not listed again below
    assert "<iframe" not in text_of(page)


def test_what_is_no_picture_is_attached_and_never_shown_inside(ben, asked) -> None:
    svg = picture("x.svg", b"<svg onload=alert(1)>", "image/svg+xml")
    ben.post(url(asked, "draft"), {"mode": "reply", "text": "Look", "pictured": [svg]})
    file = DraftFile.objects.get()
    assert file.content_id == ""
    assert ben.get(f"/draft-pictures/{file.public_id}/").status_code == 404


def test_files_that_are_too_much_together_are_left_out_and_nothing_else_is_lost(
    ben, asked, settings
) -> None:
    settings.MAX_SENT_MB = 1
    half = b"x" * 600_000
    form = {"mode": "reply", "text": "See", "to": GRACE}
    ben.post(url(asked, "draft"), form | {"attached": [picture("one.bin", half, "a/b")]})
    page = ben.post(url(asked, "draft"), form | {"attached": [picture("two.bin", half, "a/b")]})

    assert page.status_code == 422
    assert "Together the files are more than 1 MB" in text_of(page)
    assert [each.name for each in DraftFile.objects.all()] == ["one.bin"]
    assert asked.drafts.get().text == "See"

    page = ben.post(url(asked, "reply"), form | {"attached": [picture("two.bin", half, "a/b")]})
    assert page.status_code == 422
    assert not asked.messages.filter(direction="out").exists()


def test_what_we_wrote_with_marks_is_shown_in_the_page_and_plain_answers_as_before(
    ben, house, asked
) -> None:
    reply(asked, house.ben, "**Yes** https://x.example\n\n- a", at=timezone.now())
    reply(asked, house.ben, "No <marks> *here*", at=timezone.now())
    page = text_of(ben.get(url(asked)))

    assert "<strong>Yes</strong>" in page and "<li>a</li>" in page
    assert "No &lt;marks&gt; *here*" in page
    assert "Formatted" not in page


def test_a_promise_is_found_where_marks_stand_in_its_words(ben, house, asked) -> None:
    text = "Hello! I will **call you** `tomorrow` at [10:00](https://cal.example/1)."
    page = text_of(ben.post(url(asked, "advice"), {"mode": "reply", "text": text}))

    assert 'data-spans="' in page
    span = page.split('data-spans="')[1].split('"')[0].split()[0]
    start, end = map(int, span.split("-"))
    assert text[start:end].startswith("I will **call you")
    assert "**" not in page.split('promise-bar-what"')[1].split("</textarea>")[0]
