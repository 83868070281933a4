"""Two who hold conversations at once never wait for each other, on PostgreSQL as well."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from goodword.conversations import actions as conversations
from goodword.desk.intake import joining
from tests.factories import MINUTE, MONDAY_NOON, receive

pytestmark = pytest.mark.django_db(transaction=True)


def test_given_what_was_joined_is_thrown_away_who_comes_by_its_old_name_waits_and_no_more(house):
    old = receive(house).conversation
    shell = receive(house, sender="grace@home.example", at=MONDAY_NOON + MINUTE).conversation
    joining.join(shell, old, by=house.ben, at=MONDAY_NOON + 2 * MINUTE)
    holds, comes = threading.Event(), threading.Event()

    def throw_away() -> None:  # holds all of it in the order of `lock_all`
        with transaction.atomic():
            conversations.lock_all([old.pk])
            holds.set()
            comes.wait(5)
            threading.Event().wait(0.2)  # the other is there by now, where it can be
            conversations.lock_all([shell.pk])

    def come_by_the_old_name() -> None:
        holds.wait(5)
        comes.set()
        with transaction.atomic():
            assert conversations.lock(shell).pk == old.pk

    with ThreadPoolExecutor(2) as two:
        begun = [two.submit(_closing, act) for act in (throw_away, come_by_the_old_name)]
        for each in begun:
            each.result(timeout=10)


def _closing(act: Callable[[], None]) -> None:
    try:
        act()
    finally:
        connection.close()
