"""By which words somebody is found; who was there before there were words is found too."""

from importlib import import_module

import pytest
from django.apps import apps

from goodword.people import actions as people
from goodword.people.models import Person, Word
from goodword.people.words import words_of
from tests.factories import MONDAY_NOON, receive

pytestmark = pytest.mark.django_db
migration = import_module("goodword.people.migrations.0006_found_by_words")


def known():
    words = sorted(Word.objects.values_list("person", "word"))
    return words, sorted(Person.objects.values_list("pk", "sorts_as"))


def test_names_and_addresses_are_taken_apart():
    assert words_of(["Zoë  ÁBEL", ""], ["zoe.a+shop@mill.example", "+44 20"]) == {
        "zoe", "abel", "a", "shop", "zoe.a+shop@mill.example", "44", "20", "+44 20",
    }  # fmt: skip


def test_who_was_known_before_is_found_as_who_is_new(house, monkeypatch):
    monkeypatch.setattr(migration, "BATCH", 2)
    for number, name in enumerate(("Zoë Ábel-Straße", "", "李小龙 Bruce", "龙")):
        receive(house, sender=f"{number}.b@x.example", name=name)
    before = known()
    Word.objects.all().delete()
    Person.objects.update(sorts_as="")

    for _twice in range(2):
        migration.fill(apps, None)
        assert known() == before


def test_a_name_given_later_is_found_and_the_one_before_is_not(house):
    person = receive(house, sender="zoe@x.example", name="").person
    receive(house, sender="zoe@x.example", name="Zoë")
    assert person.words.filter(word="zoe").exists()

    described = {"language": "", "zone": "", "by": house.ben, "at": MONDAY_NOON}
    people.describe(person, name="Anna", **described)

    words = set(person.words.values_list("word", flat=True))
    assert words == {"anna", "zoe", "zoe@x.example"}  # by the address still
