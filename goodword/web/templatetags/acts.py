"""What a conversation's page offers to do, without writing each address anew.

`{% to "close" %}`: the address of an act, with the list that stands beside.
`{% alike "name" what it depends on… %}`: a part drawn once for all conversations alike in that.
`{% timeline items %}`: what was said and done, oldest first.
"""

from __future__ import annotations

import secrets
from collections.abc import Hashable, Iterable
from functools import lru_cache
from html import escape
from typing import Any

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.template.context import Context
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from goodword.ui.times import Clock
from goodword.web.inbox import articles
from goodword.web.inbox.articles import Reader

register = template.Library()

_MOST = 500
_drawn: dict[Hashable, str] = {}
_SECRET = secrets.token_hex(8)  # so that nobody's words can hold what stands in for a value
_CONVERSATION, _QUERY, _TOKEN = (f"{each}{_SECRET}" for each in "cqt")


@register.simple_tag(takes_context=True)
def to(context: Context, name: str) -> SafeString:
    """`name`: of a URL of the inbox about one conversation. Needs: conversation, place."""
    path = _path(get_script_prefix(), name)
    here = path.replace("/0/", f"/{context['conversation'].public_id}/")
    return mark_safe(f"{here}?{escape(context['place'].query)}")  # noqa: S308 -- escaped


@lru_cache
def _path(prefix: str, name: str) -> str:
    """For a conversation called 0: a page has some forty, and reversing each takes 0.1 ms."""
    return reverse(f"inbox:{name}", args=["0"])


@register.simple_tag(takes_context=True)
def timeline(context: Context, items: Iterable[Any]) -> SafeString:
    """What was said and done (web.inbox.timeline). Needs: user, may_answer, now, conversation."""
    now = context.get("now") or timezone.now()
    user, may_answer = context["user"], bool(context.get("may_answer"))
    return articles.timeline(items, Reader(user.pk, may_answer, Clock(now), context))


class _Standing:
    """As the real one, but for what differs between those that are alike."""

    def __init__(self, real: object, **instead: str) -> None:
        self._real = real
        self.__dict__.update(instead)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class _Alike(Node):
    child_nodelists = ("nodelist",)

    def __init__(self, keys: list[FilterExpression], nodelist: NodeList) -> None:
        self._keys, self.nodelist = keys, nodelist

    def render(self, context: Context) -> SafeString:
        key = (get_language(), *(each.resolve(context) for each in self._keys))
        drawn = _drawn.get(key)
        if drawn is None:
            if len(_drawn) >= _MOST:
                _drawn.clear()
            drawn = _drawn[key] = self._draw(context)
        drawn = drawn.replace(_CONVERSATION, context["conversation"].public_id)
        drawn = drawn.replace(_QUERY, escape(context["place"].query))
        return mark_safe(drawn.replace(_TOKEN, str(context.get("csrf_token", ""))))  # noqa: S308

    def _draw(self, context: Context) -> str:
        instead = {
            "conversation": _Standing(context["conversation"], public_id=_CONVERSATION),
            "place": _Standing(context["place"], query=_QUERY),
            "csrf_token": _TOKEN,
        }
        with context.push(**instead):
            return self.nodelist.render(context)


@register.tag
def alike(parser: Parser, token: Token) -> Node:
    """As `steady`, for what holds forms and addresses of a conversation.

    Ids, the list beside and the form's token are put in each time; whatever else the inside shows
    must be named.
    """
    keys = [parser.compile_filter(each) for each in token.split_contents()[1:]]
    if not keys:
        raise template.TemplateSyntaxError("alike needs a name")
    nodelist = parser.parse(("endalike",))
    parser.delete_first_token()
    return _Alike(keys, nodelist)
