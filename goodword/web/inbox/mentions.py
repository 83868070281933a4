"""Whom notes call by name, marked where they are read."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import QuerySet
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from goodword.conversations.models import Mention, Message
from goodword.core import prepared
from goodword.desk.together import mentioning

_TAG = re.compile(r"(<[^>]*>)")


def of_notes(messages: Iterable[Message]) -> dict[int, list[Mention]]:
    """Whom each of these notes calls, by its key; asks only where one calls anybody."""
    keys = [each.pk for each in messages if each.is_note and "@" in each.text]
    found: defaultdict[int, list[Mention]] = defaultdict(list)
    if keys:

        def build(*keys: int) -> QuerySet[Mention]:
            rows = Mention.objects.filter(message__in=keys).select_related("teammate")
            return rows.order_by("pk")

        for row in prepared.objects(("mentions", len(keys)), build, *keys):
            found[row.message_id].append(row)
    return found


def marked(html: SafeString, called: Sequence[Mention]) -> SafeString:
    """The text of a note with the names it calls marked; links stay as they are."""
    names = {
        escape(name): each.teammate
        for each in called
        for name in (each.teammate.name, mentioning.first_name(each.teammate))
        if name
    }
    if not names:
        return html
    finds = mentioning.pattern(names, quote="(?:&quot;|[“„])", unquote="(?:&quot;|[”“])")
    parts = _TAG.split(html)
    parts[::2] = [finds.sub(r'<b class="mention">\g<0></b>', each) for each in parts[::2]]
    return mark_safe("".join(parts))  # noqa: S308 -- `html` was safe, and only tags of ours came in
