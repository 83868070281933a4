"""`{% steady "name" what it depends on… %}`: a part of a page that is drawn once for all alike."""

from __future__ import annotations

from collections.abc import Hashable

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

_MOST = 500
_drawn: dict[Hashable, SafeString] = {}


class _Steady(Node):
    child_nodelists = ("nodelist",)

    def __init__(self, keys: list[FilterExpression], nodelist: NodeList) -> None:
        self._keys, self.nodelist = keys, nodelist

    def render(self, context: Context) -> SafeString:
        key = (get_language(), *(each.resolve(context) for each in self._keys))
        drawn = _drawn.get(key)
        if drawn is None:
            if len(_drawn) >= _MOST:
                _drawn.clear()
            drawn = _drawn[key] = self.nodelist.render(context)
        return drawn


@register.tag
def steady(parser: Parser, token: Token) -> Node:
    """Keep what stands inside, for each language and each combination of the values named.

    Whatever the inside shows must be named: nothing that is one person's own may stand in it
    unless it is. Never a form, whose token is secret.
    """
    keys = [parser.compile_filter(each) for each in token.split_contents()[1:]]
    if not keys:
        raise template.TemplateSyntaxError("steady needs a name")
    nodelist = parser.parse(("endsteady",))
    parser.delete_first_token()
    return _Steady(keys, nodelist)
