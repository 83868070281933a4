import time

import pytest

from goodword.channels.email import readable as reader
from goodword.channels.email.readable import above_history, readable


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("  \n ", ""),
        ("<p>Hello</p><p>World</p>", "Hello\n\nWorld"),
        ("Hello<br>World", "Hello\nWorld"),
        ("<div>One</div><div>Two</div>", "One\nTwo"),
        ("a &lt;b&gt; &amp; c&nbsp;d", "a <b> & c d"),
        ("<style>p{}</style><script>x</script><title>t</title>Yes", "Yes"),
        ("Yes<!-- no -->", "Yes"),
        ("Yes\x00", "Yes"),
        ("<p>Yes<blockquote>Old<br>words</blockquote>", "Yes\n\n> Old\n> words"),
        (
            "Yes<blockquote>Old<blockquote>Older</blockquote></blockquote>",
            "Yes\n> Old\n>> Older",
        ),
        ("Yes<div class=yahoo_quoted>Old</div>", "Yes\n> Old"),
        ("unclosed <b <p>text", "unclosed text"),
    ],
)
def test_html_is_read_as_a_person_would(html, text):
    assert readable(html) == text


@pytest.mark.parametrize(
    "mark",
    [
        '<div class="gmail_quote">',
        '<div class="gmail_quote gmail_quote_container">',
        "<div id=divRplyFwdMsg>",
        '<div dir="ltr" id="appendonsend">',
        '<div class="moz-cite-prefix">',
        "<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'>",
    ],
)
def test_what_stands_above_a_programs_mark_of_history_is_told(mark):
    assert above_history(f"<p>Yes, please.</p>{mark}Old words</div>") == "Yes, please."


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<p>Yes</p>",
        "<p>My class=gmail_quote is broken</p>",
        '<p class="quote">Yes</p>',
        '<div style="border-top:solid red 2pt">Yes</div>',
    ],
)
def test_without_such_a_mark_nothing_is_told(html):
    assert above_history(html) is None


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 40_000,
        "<" * 200_000,
        "<style>" * 20_000,
        ("<p class='" + "a" * 78 + "'>") * 10_000,
        "class=" * 50_000,
        "<!--" * 50_000,
    ],
)
def test_html_made_to_be_slow_is_not(html):
    began = time.thread_time()

    readable(html)
    above_history(html)

    assert time.thread_time() - began < 2  # of work, not of waiting


@pytest.mark.parametrize("deep", [200, 300, 900, 5_000])
@pytest.mark.parametrize("tag", ["div", "blockquote", "font"])
def test_what_stands_deep_in_a_long_thread_is_read(tag, deep):
    thread = f"<p>Newest</p>{f'<{tag}><p>said</p>' * deep}<p>First</p>{f'</{tag}>' * deep}<p>End"

    rows = [row.strip("> ") for row in readable(thread).split("\n")]

    assert (rows.count("Newest"), rows.count("First"), rows.count("End")) == (1, 1, 1)
    assert rows.count("said") == deep


def test_a_tag_of_very_many_attributes_does_not_hold_the_intake_up(monkeypatch):
    monkeypatch.setattr(reader, "document_fromstring", None)  # which took half a minute

    html = f"<p {' '.join(f'a{n}=1' for n in range(80_000))}>Hello</p><p>World</p>"

    assert readable(html).endswith("Hello\nWorld")


def test_cells_stay_apart_where_a_large_table_is_read_in_short():
    row = "<tr><td>Art. 2199</td><td>2199</td><td>12,50</td></tr>"

    assert "Art. 2199  2199  12,50" in readable(f"<table>{row * 3_000}</table>")


def test_what_is_quoted_and_indented_at_once_is_quoted():
    quote = "<blockquote type=cite>Old</blockquote>"
    html = f"<p>New</p><blockquote style='margin:0 0 0 40px;border:none'>{quote}</blockquote>"

    assert readable(html) == "New\n\n> Old"


def test_many_quotes_side_by_side_are_each_marked():
    html = "<blockquote>Old</blockquote>New<br>" * 3_500

    rows = readable(html).split("\n")

    assert (rows.count("> Old"), rows.count("New")) == (3_500, 3_500)
