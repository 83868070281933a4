import re

import pytest

from goodword.channels.email.html import (
    clean_html,
    frame_document,
    safe_style,
    text_to_html,
)


def clean(html: str, show_remote: bool = False) -> str:
    return clean_html(html, cid={"pic@x": "/files/7/?a=1&b=2"}.get, show_remote=show_remote)


@pytest.mark.parametrize(
    "bad",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)><script>alert(1)</script></svg>",
        "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
        "<iframe src='https://evil.example'></iframe>",
        "<object data='https://evil.example'></object><embed src=x>",
        "<form action='https://evil.example'><input name=password><button>Go</button></form>",
        "<style>body{background:url(https://evil.example)}</style>",
        "<link rel=stylesheet href=https://evil.example>",
        "<meta http-equiv=refresh content='0;url=https://evil.example'>",
        "<base href=https://evil.example>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='jAvAsCrIpT&colon;alert(1)'>x</a>",
        "<a href=' &#1; javascript:alert(1)'>x</a>",
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "<a href='vbscript:x'>x</a>",
        "<a href='//evil.example'>x</a>",
        "<td background='https://evil.example/x.png'>x</td>",
        "<p style='background:url(https://evil.example)'>x</p>",
        "<p style='background-image:u\\72l(https://evil.example)'>x</p>",
        "<p style='position:fixed;top:0;behavior:url(x);-moz-binding:url(x)'>x</p>",
        "<p style='width:expression(alert(1))'>x</p>",
        "<img srcset='https://evil.example/x.png 2x'>",
        "<video poster=https://evil.example src=https://evil.example></video>",
        "<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
        "<img src='cid:unknown'>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
        "<!--[if mso]><script>alert(1)</script><![endif]-->",
    ],
)
def test_nothing_that_runs_loads_or_phones_home_is_left(bad):
    cleaned = clean(f"<p>before</p>{bad}<p>after</p>")

    assert "before" in cleaned
    assert not re.search(
        r"script|onerror|onload|iframe|<form|<input|<style|<link|<meta|<base|evil\.example|"
        r"url\(|position|expression|srcset|data:|behavior|<object|<embed|<svg|cid:",
        cleaned,
        re.IGNORECASE,
    ), cleaned


def test_links_open_elsewhere_and_tell_nobody():
    cleaned = clean('<a href="https://ok.example/?a=1&b=2" target=_top rel=opener>ok</a>')

    assert 'href="https://ok.example/?a=1&amp;b=2"' in cleaned
    assert 'rel="noopener noreferrer nofollow"' in cleaned
    assert 'target="_blank"' in cleaned
    assert "mailto:a@b.example" in clean("<a href='mailto:a@b.example'>x</a>")
    assert "tel:+4930" in clean("<a href='tel:+4930'>x</a>")


def test_the_mails_own_pictures_are_shown_by_our_url():
    assert clean("<img src='cid:pic@x'>") == '<img src="/files/7/?a=1&amp;b=2">'
    assert clean("<img src='CID:pic%40x'>") == '<img src="/files/7/?a=1&amp;b=2">'


def test_pictures_from_elsewhere_wait_until_asked_for():
    html = "<p>x<img src='https://t.example/x.png?a=1&b=2' alt='a>b'></p>"

    assert 'data-remote-src="https://t.example/x.png?a=1&amp;b=2"' in clean(html)
    assert " src=" not in clean(html)
    assert ' src="https://t.example/x.png?a=1&amp;b=2"' in clean(html, show_remote=True)


def test_a_sender_cannot_write_what_only_we_may_write():
    cleaned = clean("<img data-remote-src='https://x.example' class=ours id=page>")

    assert cleaned == "<img>"


def test_layout_and_colours_of_ordinary_mail_stay():
    html = (
        '<table width="600" bgcolor="#eee"><tr><td style="padding:8px 4px;color:#333;'
        "font-family:'Segoe UI', Arial\" align=center>x</td></tr></table>"
    )

    cleaned = clean(html)

    assert 'width="600"' in cleaned
    assert "padding:8px 4px;color:#333;font-family:'Segoe UI', Arial" in cleaned


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("COLOR : Red ; position:absolute", "color:Red"),
        ("color:rgb(1, 2, 3) !important", "color:rgb(1, 2, 3)"),
        ("margin-left:-9999px", ""),
        ("background:var(--x)", ""),
        ("color:red/**/;x", ""),
        ("width:calc(100% - 1px)", ""),
        ("height:100vh; width:50vw; min-height:40DVH;max-height:9.5svmin", "width:50vw"),
        ("height:100cqh; max-height: 9CQMIN", ""),
        ("", ""),
    ],
)
def test_styles_may_colour_and_size_and_no_more(written, kept):
    assert safe_style(written) == kept


def test_a_frame_is_a_whole_document_and_dark_only_for_mail_without_colours():
    plain, coloured = "<p>x</p>", '<p style="color:#333">x</p>'

    assert frame_document(plain).startswith("<!doctype html>")
    assert "<p>x</p>" in frame_document(plain)
    assert 'lang="de"' in frame_document(plain, language="de")
    assert "color-scheme: dark" in frame_document(plain, theme="dark")
    assert "prefers-color-scheme: dark" in frame_document(plain, theme="")
    assert "dark" not in frame_document(plain, theme="light")
    for theme in ("", "dark"):
        assert "dark" not in frame_document(coloured, theme=theme)
    assert "<script" not in frame_document(plain)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a\nb\n\nc", "<p>a<br>\nb</p>\n<p>c</p>"),
        ("<b> & \"q\"", "<p>&lt;b&gt; &amp; \"q\"</p>"),
        ("see https://a.example/x?y=1&z=2.", '<p>see <a href="https://a.example/x?y=1&amp;z=2">'
         "https://a.example/x?y=1&amp;z=2</a>.</p>"),
        ("(www.a.example)", '<p>(<a href="https://www.a.example">www.a.example</a>)</p>'),
        ("a@b.example!", '<p><a href="mailto:a@b.example">a@b.example</a>!</p>'),
        ("javascript:alert(1)", "<p>javascript:alert(1)</p>"),
        ('https://a.example/"onclick="x', '<p><a href="https://a.example/">https://a.example/</a>'
         '"onclick="x</p>'),
        ("(1) שלום, Ana\n\nHello שלום", '<p dir="rtl">(1) שלום, Ana</p>\n<p>Hello שלום</p>'),
        ("مرحبا", '<p dir="rtl">مرحبا</p>'),
        ("", ""),
    ],
)  # fmt: skip
def test_plain_text_becomes_html_with_links(text, html):
    assert text_to_html(text) == html


def test_a_mail_that_says_nothing_of_its_direction_runs_as_its_first_letter_does():
    assert '<body dir="auto"><p>שלום</p></body>' in frame_document("<p>שלום</p>")
