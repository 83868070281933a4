"""What strangers send, and what somebody types into an address, does no harm."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from goodword.conversations.models import Message
from goodword.desk.roads import InboundFile
from tests.factories import DAY, HOUR, make_house, receive

pytestmark = pytest.mark.django_db

PIXEL = b"\x89PNG\r\n\x1a\n"
HTML = (
    '<script>alert(1)</script><p onclick="x()">Hello</p><img src="cid:ring@x">'
    '<img src="https://elsewhere.example/p.png"><a href="javascript:x()">here</a>'
    '<form action="https://evil.example"><input></form><meta http-equiv="refresh" content="0">'
)


@pytest.fixture
def house() -> SimpleNamespace:
    return make_house(timezone.now() - 9 * DAY)


@pytest.fixture
def ben(house: SimpleNamespace) -> Client:
    client = Client()
    client.force_login(house.ben)
    return client


@pytest.fixture
def message(house: SimpleNamespace) -> Message:
    files = [InboundFile("ring.png", "image/png", PIXEL, content_id="ring@x")]
    return receive(house, html=HTML, files=files, at=timezone.now() - HOUR)


def test_the_frame_runs_nothing_sends_nothing_and_holds_remote_pictures_back(ben, message) -> None:
    answer = ben.get(f"/messages/{message.public_id}/frame/")
    policy, page = answer.headers["Content-Security-Policy"], answer.content.decode()

    assert "default-src 'none'" in policy and "sandbox" in policy
    for right in ("allow-scripts", "allow-forms", "allow-top", "allow-modals", "script-src"):
        assert right not in policy
    assert "https:" not in policy
    for danger in ("<script", "onclick", "javascript:", "<form", 'http-equiv="refresh"'):
        assert danger not in page
    assert ' src="https://elsewhere.example' not in page


def test_a_mail_that_would_swell_when_shown_is_shown_as_its_text(house, ben) -> None:
    styles = "".join(f"<font color=#{number:06x}>" for number in range(2_000))
    swelling = f"<p>{styles}</p>{'<p>x</p>' * 2_000}"
    message = receive(house, text="Is <b>it</b> there?", html=swelling, at=timezone.now() - HOUR)

    page = ben.get(f"/messages/{message.public_id}/frame/").content.decode()

    assert "This is its text." in page
    assert "Is &lt;b&gt;it&lt;/b&gt; there?" in page
    assert "<font" not in page


def test_remote_pictures_load_only_when_asked_for(ben, message) -> None:
    answer = ben.get(f"/messages/{message.public_id}/frame/?remote=1")

    assert 'src="https://elsewhere.example/p.png"' in answer.content.decode()
    assert "img-src 'self' https: http:" in answer.headers["Content-Security-Policy"]


def test_the_page_shows_the_mail_in_a_frame_that_may_run_nothing(ben, message) -> None:
    page = ben.get(f"/conversations/{message.conversation.public_id}/").content.decode()

    frame = re.search(r"<iframe[^>]*>", page)
    rights = "allow-same-origin allow-popups allow-popups-to-escape-sandbox"
    assert frame and f'sandbox="{rights}"' in frame.group()
    assert "Show pictures from elsewhere" in page


def test_an_inline_picture_is_reached_by_who_may_see_the_mail_and_nobody_else(ben, message) -> None:
    frame = ben.get(f"/messages/{message.public_id}/frame/").content.decode()
    link = re.search(r'src="(/attachments/[^"]+)"', frame)
    assert link
    url = link.group(1).replace("&amp;", "&")

    answer = ben.get(url)
    assert answer.status_code == 200 and b"".join(answer.streaming_content) == PIXEL
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"

    assert Client().get(url).status_code == 302  # to the door
    assert ben.get(url.replace(url.split("/")[2], "elsewhere")).status_code == 404


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ('a"; filename="b.html', "text/html"),
        ("x.svg", "image/svg+xml"),
        ("../../etc/passwd", "text/plain"),
        ("ünï\u202efdp.exe", "application/pdf"),
        ("a\r\nSet-Cookie: x=1", "text/plain"),
        ("page.png", "text/html"),
        ("." * 200, "image/png; x=<script>"),
    ],
)
def test_an_attachment_of_any_name_and_kind_is_only_downloaded(ben, house, name, kind) -> None:
    message = receive(house, files=[InboundFile(name, kind, b"<script>")], at=timezone.now() - HOUR)
    attachment = message.attachments.get()
    page = ben.get(f"/conversations/{message.conversation.public_id}/")
    assert page.status_code == 200

    answer = ben.get(f"/attachments/{attachment.public_id}/any.html?inline=1")

    assert b"".join(answer.streaming_content) == b"<script>"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Set-Cookie" not in answer.headers


def test_a_harmless_picture_may_be_shown_in_the_page(ben, message) -> None:
    picture = message.attachments.get()

    answer = ben.get(f"/attachments/{picture.public_id}/ring.png?inline=1")

    assert b"".join(answer.streaming_content) == PIXEL
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"].startswith("inline")


def test_words_from_outside_are_words_wherever_they_show(ben, house) -> None:
    evil = "<img src=x onerror=alert(1)>\"'&"
    message = receive(
        house, f"{evil} https://x.example/{evil}", name=evil, subject=evil, at=timezone.now() - HOUR
    )
    one = f"/conversations/{message.conversation.public_id}/"

    for url in ("/inbox/all/", one, f"{one}assign/", "/search/?q=img"):
        assert "<img src=x" not in ben.get(url).content.decode()


def test_a_link_in_a_mail_tells_nobody_where_it_was_clicked(ben, house) -> None:
    message = receive(house, "See https://x.example/a now", at=timezone.now() - HOUR)

    page = ben.get(f"/conversations/{message.conversation.public_id}/").content.decode()

    assert 'rel="noopener noreferrer nofollow" target="_blank">https://x.example/a</a>' in page


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "due:",
        "due:2026-99-99T00:00_1",
        "new:-1",
        "new:99999999999999999999999",
        "new:" + "9" * 5000,
        "due:2026-11-16T12:00:00%2B00:00_" + "9" * 5000,
        "due:0001-01-01T00:00:00%2B23:00_5",
        "due:9999-12-31T23:59:59-23:00_5",
        "due:_",
        "%00",
    ],
)
def test_a_cursor_that_somebody_typed_is_no_error(ben, message, cursor) -> None:
    assert ben.get(f"/inbox/mine/?after={cursor}").status_code == 200
    assert ben.get(f"/inbox/all/?after={cursor}&order=newest").status_code == 200
    assert ben.get(f"/search/?q=a&before={cursor}").status_code == 200


def test_a_nul_in_a_form_or_an_address_is_no_error(ben, message) -> None:
    one = f"/conversations/{message.conversation.public_id}/"

    assert ben.get(f"{one}?folder=team-%00").status_code == 404
    for act, sent in [
        ("assign", {"to": "team:\x00"}),
        ("untag", {"name": "\x00"}),
        ("tag", {"name": "a\x00"}),
        ("snooze", {"until": "\x00"}),
        ("draft", {"mode": "reply", "text": "a\x00b", "take_out": "\x00"}),
    ]:
        assert ben.post(f"{one}{act}/", sent).status_code in {302, 422}
    decide = {"address": "\x00", "choice": "\x00"}
    assert ben.post(f"/messages/{message.public_id}/decide/", decide).status_code == 302
    assert ben.get(f"{one}files.zip?message=%00").status_code == 200
    for url, name in (("/bulk/?folder=mine", "pick"), ("/inbox/spam/sweep/", "good")):
        assert ben.post(url, {"act": "close", name: "\x00", "shown": "\x00"}).status_code == 302


def test_a_mail_without_its_original_has_no_source(ben, message) -> None:
    assert ben.get(f"/messages/{message.public_id}/source/").status_code == 404
    assert ben.get(f"/messages/{message.public_id}/download.eml").status_code == 404
