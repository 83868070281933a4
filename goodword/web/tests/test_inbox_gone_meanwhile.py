"""What somebody's page says of a conversation that is thrown away for good at that moment."""

from __future__ import annotations

import pytest
from django.test import Client

from goodword.conversations.models import Conversation, Reading
from goodword.desk import handling
from goodword.desk.shaping import emptying
from goodword.web.inbox import conversation as pages
from tests.factories import MONDAY_NOON, receive

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("verb", "sent"), [("here", {"read_to": "1"}), ("unread", {})])
def test_how_far_it_was_read_is_of_no_interest_any_more(house, monkeypatch, verb, sent):
    conversation = receive(house).conversation
    handling.trash(conversation, by=house.ana, at=MONDAY_NOON)
    find = pages.visible

    def thrown_away(*args: object) -> Conversation:
        found = find(*args)  # type: ignore[arg-type]  # passed through as given
        emptying.purge(found, by=house.ana, at=MONDAY_NOON)
        found.pk = conversation.pk
        return found

    monkeypatch.setattr(pages, "visible", thrown_away)
    client = Client()
    client.force_login(house.ben)

    answer = client.post(f"/conversations/{conversation.public_id}/{verb}/", sent)

    assert answer.status_code == 404
    assert not Reading.objects.exists()
