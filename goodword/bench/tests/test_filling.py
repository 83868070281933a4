"""The made-up desk is a true one: every rule that a real desk keeps holds in it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from goodword.accounts.models import Teammate
from goodword.bench import filling, made_up
from goodword.conversations.models import Conversation, Message
from goodword.desk import checking, lists
from goodword.desk.search import finding
from goodword.people import actions as people
from goodword.promises.models import Promise

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture(scope="module")
def filled(rows_of_module: None) -> None:
    filling.fill(400, at=NOW)


@pytest.fixture
def ana(filled: None) -> Teammate:
    return Teammate.objects.get(email=filling.OWNER)


def test_the_made_up_desk_keeps_every_rule(ana) -> None:
    assert checking.violations() == []
    connection.check_constraints()
    assert Conversation.objects.count() == 400
    assert 800 < Message.objects.count() < 2400
    assert set(Conversation.objects.values_list("state", flat=True)) >= {"open", "closed"}
    assert set(Promise.objects.values_list("state", flat=True)) >= {"open", "kept", "released"}
    assert not Message.objects.filter(said_at__gt=NOW + timedelta(minutes=2)).exists()


def test_its_words_are_found_and_its_folders_are_full(ana) -> None:
    def found(words: str) -> int:
        return len(finding.find(finding.read(words, at=NOW), by=ana).hits)

    assert found(made_up.RARE) >= made_up.RARE_TIMES
    assert found(made_up.COMMON) == lists.PAGE
    assert found(made_up.NOWHERE) == 0
    assert len(lists.page_of(ana, "all", order="newest").rows) == lists.PAGE
    assert lists.page_of(ana, "unassigned", order="due").rows


def test_it_has_all_its_indexes_and_goes_on_where_it_was_filled(ana) -> None:
    with connection.cursor() as cursor:
        names = connection.introspection.get_constraints(cursor, Conversation._meta.db_table)
    assert "conversation_by_time" in names
    people.meet("somebody.new@else.example", at=NOW)  # its key is free
