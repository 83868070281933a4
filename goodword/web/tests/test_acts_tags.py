"""`{% to %}` and `{% alike %}`: drawn once, and yet each conversation's own."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.template import Context, Template, TemplateSyntaxError


def _context(
    public_id: str, *, query: str = "folder=mine", token: str = "t", **more: object
) -> Context:
    conversation = SimpleNamespace(public_id=public_id, state=more.pop("state", "open"))
    place = SimpleNamespace(query=query)
    return Context(
        {"conversation": conversation, "place": place, "csrf_token": token, **more},
    )


def test_an_act_leads_to_its_conversation_with_the_list_beside_it() -> None:
    drawn = Template('{% to "close" %}').render(_context("abc", query="folder=search&q=a%22b"))

    assert drawn == "/conversations/abc/close/?folder=search&amp;q=a%22b"


def test_nothing_of_a_query_leaves_its_attribute() -> None:
    context = _context("abc", query='q="><script>')

    drawn = Template('{% to "close" %}{% alike "query" %}{{ place.query }}{% endalike %}').render(
        context
    )

    assert "<script>" not in drawn
    assert '"' not in drawn


_FORM = Template(
    '{% alike "a form" conversation.state %}<form action="{% to "close" %}">{% csrf_token %}'
    "{{ conversation.state }}</form>{% endalike %}"
)


def test_a_form_drawn_before_has_the_address_and_the_token_of_now() -> None:
    before = _FORM.render(_context("first", token="mine"))
    after = _FORM.render(_context("second", query="folder=all", token="yours"))

    assert "/first/close/?folder=mine" in before
    assert "/second/close/?folder=all" in after
    assert 'value="yours"' in after
    for gone in ("first", "folder=mine", "mine"):
        assert gone not in after


def test_what_differs_in_a_value_that_is_named_is_drawn_anew() -> None:
    assert "open" in _FORM.render(_context("a"))
    assert "closed" in _FORM.render(_context("a", state="closed"))


def test_a_part_without_a_name_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="name"):
        Template("{% alike %}{% endalike %}")
