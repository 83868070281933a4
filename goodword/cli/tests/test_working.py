"""What the worker does by itself, as often as there is something to do."""

from __future__ import annotations

import pytest
from django.utils import timezone

from goodword import wiring
from goodword.cli import working
from goodword.conversations.models import Conversation
from goodword.desk import handling
from goodword.desk.shaping import emptying
from tests.factories import DAY, MINUTE, make_house, receive

pytestmark = pytest.mark.django_db


def test_a_trash_of_many_slices_is_emptied_in_one_go(monkeypatch):
    """Said is "within minutes", and a slice a minute took hours for some thousand."""
    now = timezone.now()
    house = make_house(now - 9 * DAY)
    for n in range(5):
        at = now - DAY + n * MINUTE
        message = receive(house, sender=f"p{n}@x.example", at=at)
        handling.trash(message.conversation, by=house.ana, at=at)
    emptying.empty(by=house.ana, at=now)
    emptied = emptying.empty_due
    monkeypatch.setattr(emptying, "empty_due", lambda *, at: emptied(at=at, most=2))

    jobs = [working._at_most_every(seconds, job) for job, seconds in wiring.SWEEP]
    for _round in range(3):
        for job in jobs:
            job(now)

    assert not Conversation.objects.exists()
