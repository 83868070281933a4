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
        # few, but each with all its attributes, or a long one, each time
        f"<p>{fonts(30, ''.join(f' a{n}=1' for n in range(190)))}</p>{'<p>x</p>' * 5_000}",
        f"<p>{fonts(50, ' face=' + 'x' * 10_000)}</p>{'<p>x</p>' * 5_000}",
        "<p " + " ".join(f"a{n}" for n in range(100_000)) + ">x</p>",
        '<p x=">" y"z ' + "/".join(f"a{n}<b" for n in range(300)) + ">x</p>",
        "<div>" * 100_000,
        "<ul><li>" * 100_000,
    ],
    ids=[
        "open",
        "closed in a cell",
        "strange quotes",
        "strokes",
        "attributes",
        "long attributes",
        "crowded",
        "crowded oddly",
        "deep",
        "deep lists",
    ],
)
def test_what_would_swell_is_not_read_by_a_browsers_rules(html):
    assert is_tangled(html)
    assert clean_html(html, cid=lambda _: None, show_remote=False) == ""


def test_a_long_newsletter_and_a_long_thread_are_shown():
    row = (
        '<tr><td style="padding: 2px" class=cell><font color="#333333" size="2" face="Arial, '
        "'Helvetica Neue'\"><b>Lamp</b> for <i>you</i></font></td></tr>"
    )
    newsletter = f"<table>{row * 1_000}</table>"
    thread = "<blockquote><p>said</p>" * 500 + "<p>first</p>" + "</blockquote>" * 500

    for html in (newsletter, thread, fonts(100) + "<p>x</p>" * 100):
        assert not is_tangled(html)
    assert clean_html(newsletter, cid=lambda _: None, show_remote=False).count("<tr>") == 1_000
