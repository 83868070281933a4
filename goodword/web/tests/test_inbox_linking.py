"""Addresses in what customers write become links; a text without one costs nothing."""

from __future__ import annotations

import pytest
from django.utils.html import urlize

from goodword.web.inbox.showing import linked


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("See shop.example.com.", "http://shop.example.com"),
        ("See www.shop.example, and call.", "http://www.shop.example"),
        ("(https://shop.example/a?b=c&d=1)", "https://shop.example/a?b=c&amp;d=1"),
    ],
)
def test_an_address_is_a_link_that_opens_elsewhere(text, address) -> None:
    drawn = linked(text)
    assert f'href="{address}"' in drawn
    assert 'rel="noopener noreferrer nofollow" target="_blank"' in drawn


def test_a_mail_address_is_written_to() -> None:
    assert 'href="mailto:grace@whitlow.example"' in linked("grace@whitlow.example wrote:\nHello.")


@pytest.mark.parametrize(
    "text",
    ["Dear Ana,", "At 5 : 30. Or not?", "<b>Hi</b> & 'bye'.", "It ends.\nAnd goes on.", "@ : ."],
)
def test_words_without_an_address_are_drawn_as_they_would_be_with_the_search_for_one(text) -> None:
    assert linked(text) == f"<p>{urlize(text, nofollow=True, autoescape=True)}</p>"
    assert "<a " not in linked(text)
