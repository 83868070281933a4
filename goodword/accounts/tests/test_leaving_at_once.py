"""Two who change the house at the same moment: an owner remains, and a team that can answer."""

import threading

import pytest
from django.db import connection

from goodword.accounts import actions as accounts
from goodword.accounts.models import Role, Teammate
from tests.factories import MONDAY_NOON, make_house

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """Run `acts` in threads; what each raised, None when it went through."""
    raised = [None] * len(acts)

    def run(number, act):
        try:
            act()
        except (accounts.LastOwner, accounts.TeamWouldBeEmpty) as error:
            raised[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
        if connection.vendor == "sqlite":  # it lets one writer in at a time anyway
            thread.join()
    for thread in threads:
        thread.join()
    return raised


@pytest.fixture
def slow_to_look(monkeypatch):
    """Both have written before either looks, unless one holds the other up."""
    meet = threading.Barrier(2)
    real = accounts._an_owner_remains

    def look():
        try:
            meet.wait(timeout=0.5)
        except threading.BrokenBarrierError:
            pass
        real()

    monkeypatch.setattr(accounts, "_an_owner_remains", look)


def test_two_owners_who_leave_at_once_leave_one(slow_to_look):
    house = make_house()
    eve = accounts.join(
        name="Eve", email="eve@shop.example", password="x" * 12, role=Role.OWNER, by=house.ana,
        at=MONDAY_NOON,
    )  # fmt: skip
    raised = at_once(
        lambda: accounts.deactivate(house.ana, by=eve, at=MONDAY_NOON),
        lambda: accounts.change_role(eve, Role.AGENT, by=house.ana, at=MONDAY_NOON),
    )
    assert [type(each) for each in raised if each] == [accounts.LastOwner]
    assert Teammate.objects.filter(role=Role.OWNER, is_active=True).count() == 1


def test_two_who_leave_a_team_at_once_leave_someone_who_answers(slow_to_look):
    house = make_house()
    raised = at_once(
        lambda: accounts.deactivate(house.ben, by=house.ana, at=MONDAY_NOON),
        lambda: accounts.change_role(house.lea, Role.LIGHT, by=house.ana, at=MONDAY_NOON),
    )
    assert [type(each) for each in raised if each] == [accounts.TeamWouldBeEmpty]
    assert house.front.members.filter(is_active=True).exclude(role=Role.LIGHT).count() == 1
