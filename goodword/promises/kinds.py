"""What can be promised. A kind is a name, words and the act that keeps it; nothing else.

A new kind is one line in `wiring.py`. What belongs to it beyond a promise (a gift, a quote) is a
row of its own room that points to its promise.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from goodword.promises.models import REPLY

Words = str | LazyText


@dataclass(frozen=True, slots=True)
class Kind:
    """`verb` is on the button that keeps it; `icon` is one of ui/icons.

    `by_message`: an answer in the conversation is how it is kept. `appointed`: it has its moment,
    and is broken when that has passed.
    """

    name: str  # stored: never rename, add a new one
    title: Words
    verb: Words
    icon: str
    by_message: bool = False
    appointed: bool = False


DO = "do"
SEND = "send"
CALL = "call"
COME_BACK = "come_back"
WAITING = "waiting"

BUILT_IN = (
    Kind(REPLY, _("Answer"), pgettext_lazy("what keeps it", "Reply"), "reply", by_message=True),
    Kind(DO, pgettext_lazy("kind of promise", "Do"), _("Keep"), "check"),
    Kind(SEND, pgettext_lazy("kind of promise", "Send"), _("Send"), "send", by_message=True),
    Kind(CALL, pgettext_lazy("kind of promise", "Call"), _("Call back"), "phone", appointed=True),
    Kind(COME_BACK, _("Come back to this"), _("Open it"), "clock"),
    Kind(WAITING, _("Waiting for them"), _("Ask"), "hourglass", by_message=True),
)

_known: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Called by `wiring.py`."""
    _known.update({kind.name: kind for kind in kinds})


def get(name: str) -> Kind:
    """The kind, or what any promise is when its kind's room has gone."""
    return _known.get(name) or Kind(name, _("Promise"), _("Keep"), "check")


def known() -> list[Kind]:
    return list(_known.values())
