"""The few marks one may write: what they make, what they never make, and how long it takes."""

from __future__ import annotations

import re
import time

import pytest

from goodword.conversations import formatting

PICTURES = {"7hq2@inline"}


@pytest.mark.parametrize(
    "text",
    [
        "Hello Grace,\n\nit left today.\nBen",
        "*not bold*, _nor this_, __nor that__, 2 * 3 * 4 and snake_case_name",
        "See https://shop.example/a_b and write to hello@shop.example",
        "+ 49 30 1234 is our number",
        "<b>typed</b> & sent",
        "# no heading\n---\nNo line",
        "[nothing] (here)",
        "-- \nBen",
        "    four spaces",
    ],
)
def test_without_marks_it_stays_plain(text: str) -> None:
    assert formatting.html_of(text) == ""


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**Bold** as *this*", "<p><strong>Bold</strong> as *this*</p>"),
        ("- one\n- two\nThanks", "<ul> <li>one</li> <li>two</li> </ul> <p>Thanks</p>"),
        ("1. one\n2. two", "<ol> <li>one</li> <li>two</li> </ol>"),
        (
            "> Is it open?\nYes.\n> When?\nAt nine.",
            "<blockquote> <p>Is it open?</p> </blockquote> <p>Yes.</p> "
            "<blockquote> <p>When?</p> </blockquote> <p>At nine.</p>",
        ),
        ("`code <b>`", "<p><code>code &lt;b&gt;</code></p>"),
        ("```\n- a <i>\n```\nand on", "<pre><code>- a &lt;i&gt; </code></pre> <p>and on</p>"),
        ("two\nlines **b**", "<p>two<br> lines <strong>b</strong></p>"),
        (
            "**b** https://shop.example/x?a=1&b=2.",
            '<p><strong>b</strong> <a href="https://shop.example/x?a=1&amp;b=2">'
            "https://shop.example/x?a=1&amp;b=2</a>.</p>",
        ),
        ("+ 49 30\n\n**b**", "<p>+ 49 30</p> <p><strong>b</strong></p>"),
        ("![shop](cid:7hq2@inline)", '<p><img src="cid:7hq2@inline" alt="shop"></p>'),
    ],
)
def test_a_mark_makes_what_it_says(text: str, html: str) -> None:
    made = " ".join(formatting.html_of(text, pictures=PICTURES).split())
    assert re.sub(r' (target|rel)="[^"]*"', "", made) == html


@pytest.mark.parametrize(
    "text",
    [
        "**b** <script>alert(1)</script>",
        "**b** <img src=x onerror=alert(1)>",
        "[a](javascript:alert(1)) **b**",
        "[a](JaVaScRiPt:alert(1)) **b**",
        "[a](java\nscript:alert(1)) **b**",
        "[a](data:text/html;base64,PHNjcmlwdD4=) **b**",
        "[a](vbscript:x) **b**",
        "[a](&#106;avascript:alert(1)) **b**",
        "![a](https://evil.example/track.gif) **b**",
        "![a](javascript:alert(1)) **b**",
        "![a](cid:of-another@inline) **b**",
        "[a](cid:7hq2@inline) **b**",
        '**b** ![a" onerror="alert(1)](cid:7hq2@inline)',
        '[a](https://x.example/"onmouseover="alert(1)) **b**',
        '```html onload=alert(1)"><script>\nx\n```',
        "**b**\ue000<script>",
    ],
)
def test_what_is_hostile_stays_words(text: str) -> None:
    html = formatting.html_of(text, pictures=PICTURES)
    pages = [html, formatting.shown(html, cid=lambda _: "/attachments/x")]
    for each in pages:
        for tag in re.findall(r"<[^>]*>", each):
            tag = re.sub(r' alt="[^"]*"', "", tag)  # words, quoted
            assert not re.search(r"script|\bon\w+\s*=|data:|evil|vbs", tag, re.IGNORECASE), tag


@pytest.mark.parametrize(
    "text",
    [
        "> " * 15_000,
        ">" * 30_000,
        "- " * 15_000,
        "\n".join("  " * n + "- a" for n in range(200)),
        "[" * 10_000,
        "![" * 10_000,
        "[a](" * 10_000,
        "*" * 30_000,
        "**a " * 10_000,
        "`" * 20_001 + "a`" * 5_000,
        "https://x.example/" + ")" * 30_000 + "a **b**",
        "]" * 30_000,
        "> a\nb\n" * 3_000,
        "a" + "\n" * 30_000 + "b",
        " \n" * 30_000 + "b",
    ],
)
def test_nested_ten_thousand_deep_twice_as_much_takes_not_four_times_as_long(text: str) -> None:
    text = text[: formatting.MOST]
    half, whole = _cost(text[: len(text) // 2]), _cost(text)
    assert whole <= max(3.2 * half, 0.3), (half, whole)


def _cost(text: str) -> float:
    """CPU seconds, the least of three: what else happens meanwhile counts little."""

    def once() -> float:
        begun = time.process_time()
        formatting.html_of(text)
        formatting.without_marks(text)
        return time.process_time() - begun

    return min(once() for _ in range(3))


def test_what_is_very_long_stays_plain() -> None:
    assert formatting.html_of("**b** " * 20_000) == ""


def test_a_picture_is_named_in_the_plain_text_and_shown_where_it_is() -> None:
    text = f"Here:\n\n{formatting.picture_mark('sh[o]p (1).png', '7hq2@inline')}"
    assert formatting.plain(text) == "Here:\n\n[sh o p  1 .png]"
    assert formatting.pictures_in(text) == {"7hq2@inline"}
    html = formatting.html_of(text, pictures=PICTURES)
    assert '<img src="/attachments/x" alt="sh o p  1 .png">' in formatting.shown(
        html, cid=lambda each: "/attachments/x" if each == "7hq2@inline" else None
    )
    assert "src" not in formatting.shown(html, cid=lambda _: None)


def test_the_words_without_marks_know_where_they_stand() -> None:
    text = "Dear 🎉 Grace, **I will** [call you](https://x.example/a) `tomorrow`. ![p](cid:a@b)"
    words, place = formatting.without_marks(text)

    assert words == "Dear 🎉 Grace, I will call you tomorrow. "
    for word in ("I will", "call you", "tomorrow"):
        start = words.index(word)
        assert text[place(start) : place(start + len(word) - 1) + 1] == word
