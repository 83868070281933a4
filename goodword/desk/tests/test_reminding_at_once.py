"""Several sweeps at the same moment, each in a connection of its own."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from django.core import mail
from django.db import connection

from goodword.desk import reminding
from goodword.notices import mailing
from goodword.notices.models import Notice
from goodword.promises.models import Step
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, make_house, receive

pytestmark = pytest.mark.django_db(transaction=True)
SOON = MONDAY_NOON + DAY - HOUR


def at_once(job, *, times=3):
    """Run `job` in as many threads, begun together; what each returned."""
    gate, results = threading.Barrier(times), []

    def run():
        try:
            gate.wait(5)
            results.append(job())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == times
    return results


def test_three_sweeps_at_once_tell_everybody_once_and_write_each_step_once():
    house = make_house()
    for number in range(6):
        receive(house, subject=f"Order {number}", at=MONDAY_NOON)

    looked = at_once(lambda: reminding.remind_due(at=SOON, most=4) + reminding.remind_due(at=SOON))
    while reminding.remind_due(at=SOON):
        pass

    assert sum(looked) <= 6
    steps = Counter(Step.objects.filter(kind="reminded").values_list("promise", flat=True))
    assert set(steps.values()) == {1} and len(steps) == 6
    assert Notice.objects.count() == 12  # Ben and Lea, of each


def test_three_workers_at_once_write_one_mail_a_person():
    house = make_house()
    for number in range(3):
        receive(house, subject=f"Order {number}", at=MONDAY_NOON)
    reminding.remind_due(at=SOON)

    at_once(lambda: mailing.mail_due(clock=lambda: SOON + 5 * MINUTE))

    assert sorted(each.to[0] for each in mail.outbox) == ["ben@shop.example", "lea@shop.example"]
    assert Notice.objects.filter(mailed_at__isnull=True).count() == 0
