"""The scene of asides: Grace asked, and Ben asks the printer about it."""

from __future__ import annotations

from goodword.conversations.models import Conversation, Message
from goodword.desk import checking
from goodword.desk.answering.recipients import Recipients
from goodword.desk.together import aside
from goodword.events import actions as events
from tests.factories import HOUR, MONDAY_NOON, receive

PRINTER = "orders@print.example"
GRACE = "grace@whitlow.example"
LATER = MONDAY_NOON + 2 * HOUR


def begin(
    house, conversation, *, to=(f"Printhouse <{PRINTER}>",), at=MONDAY_NOON + HOUR, **kw
) -> Conversation:
    """Ben asks the printer."""
    given = {"subject": "Order 12", "text": "When does it leave?", "by": house.ben} | kw
    return aside.begin(conversation, to=Recipients(to=tuple(to)), at=at, **given)


def answers(house, side, text="On Wednesday.", *, sender=PRINTER, at=LATER, **kw) -> Message:
    """What comes in reply to the last thing we said aside."""
    said = side.messages.filter(direction="out").order_by("-id").first()
    message = receive(
        house, text, sender=sender, name="", subject="Re: Order 12", answers=said, at=at, **kw
    )
    events.hand_on(at=at)
    return message


def all_is_well() -> bool:
    assert checking.violations() == []
    return True
