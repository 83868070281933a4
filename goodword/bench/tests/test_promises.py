"""The promises that the sweep is measured with are such as the desk knows."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone

from goodword.bench import filling, promises
from goodword.desk import checking
from goodword.desk.keeping import reminding
from goodword.promises.models import Promise
from tests.factories import DAY

pytestmark = pytest.mark.django_db


def test_they_keep_every_rule_and_the_sweep_finds_them_on_their_day():
    now = timezone.now()
    filling.fill(100, at=now)
    answers = Promise.objects.count()
    promises.fill(100, at=now, seed=1)

    assert checking.violations() == []
    connection.check_constraints()
    assert Promise.objects.filter(kind="do", state="open").count() == 100
    assert Promise.objects.count() == answers + 102  # two were promised anew
    while reminding.remind_due(at=now):
        pass
    assert not Promise.objects.filter(kind="do").exclude(looked="").exists()
    while reminding.remind_due(at=now + 400 * DAY):
        pass
    assert not Promise.objects.filter(state="open", look_at__isnull=False).exists()
