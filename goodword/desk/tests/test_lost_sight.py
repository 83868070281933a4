"""Who left the team since takes nothing back there, whatever they did before."""

from __future__ import annotations

import pytest

from goodword.accounts import actions as accounts
from goodword.desk.shaping import moving
from tests.factories import HOUR, MINUTE, MONDAY_NOON, receive

pytestmark = pytest.mark.django_db
AT = MONDAY_NOON + HOUR


def leave(house) -> None:
    accounts.change_team(house.front, name="Front", members=[house.lea], by=house.ana, at=AT)


def test_what_they_moved_away_stays_where_it_is(house) -> None:
    one = receive(house).conversation
    moving.move(one, house.repairs, by=house.ben, at=AT)
    leave(house)

    with pytest.raises(moving.CannotMoveBack):
        moving.move_back(one, by=house.ben, at=AT + MINUTE)
    one.refresh_from_db()
    assert one.inbox == house.repairs
