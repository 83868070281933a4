"""HTML that asks for far more than was written."""

import pytest

from goodword.channels.email.html import clean_html
from goodword.channels.email.tangles import is_tangled

MANY = 2_000


def fonts(count: int, more: str = "") -> str:
    return "".join(f"<font color=#{number:06x}{more}>" for number in range(count))


@pytest.mark.parametrize(
    "html",
    [
        # 56 kB of which a browser's rules make 116 MB
        f"<p>{fonts(MANY)}</p>{'<p>x</p>' * MANY}",
        # closed again, but within a cell, where it closes nothing
        f"<p>{fonts(MANY)}<table><td>{'</font>' * MANY}</table></p>{'<p>x</p>' * MANY}",
        # alike to whoever looks for the first ">"
        "<p>" + "".join(f'<font a" b=">{n}">' for n in range(MANY)) + "</p>" + "<p>x" * MANY,
        f"<p>{'<FONT/face=a>' * MANY}</p>{'<p>x</p>' * MANY}",
        "<div>" * 100_000,
        "<ul><li>" * 100_000,
    ],
    ids=["open", "closed in a cell", "strange quotes", "strokes", "deep", "deep lists"],
)
def test_what_would_swell_is_not_read_by_a_browsers_rules(html):
    assert is_tangled(html)
    assert clean_html(html, cid=lambda _: None, show_remote=False) == ""


def test_a_long_newsletter_and_a_long_thread_are_shown():
    row = '<tr><td><font color="#333333" size="2"><b>Lamp</b> for <i>you</i></font></td></tr>'
    newsletter = f"<table>{row * 1_000}</table>"
    thread = "<blockquote><p>said</p>" * 500 + "<p>first</p>" + "</blockquote>" * 500

    for html in (newsletter, thread, fonts(100) + "<p>x</p>" * 100):
        assert not is_tangled(html)
    assert clean_html(newsletter, cid=lambda _: None, show_remote=False).count("<tr>") == 1_000
