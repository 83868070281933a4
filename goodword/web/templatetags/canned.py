"""`{% canned_does %}`: what an answer does once it is sent, below its text in the composer."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from goodword.canned import queries, steps
from goodword.web.canned import words

register = template.Library()


@register.inclusion_tag("web/canned/_does.html", takes_context=True)
def canned_does(context: Context) -> dict[str, Any]:
    """Asked only where something is written: an empty composer costs nothing."""
    composer, conversation = context["composer"], context["conversation"]
    waiting = None
    if composer.saved_at is not None:
        waiting = queries.after_sending(conversation.pk, context["user"].pk)
    return {
        "does": words.of(steps.read(waiting.steps))[0] if waiting else [],
        "used": waiting.used if waiting else [],
        "conversation": conversation,
        "place": context["place"],
    }
