"""Who is known already is found by words, and stands in order of names."""

import re
import unicodedata

from django.db import migrations

BATCH = 500
# As core.text folded when this was written: Chinese, Japanese and Korean in pairs of letters.
CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]+")


def fold(text):
    flat = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(each for each in flat if not unicodedata.combining(each))
    paired = CJK.sub(pairs, unicodedata.normalize("NFC", plain))
    return " ".join(re.findall(r"[^\W_]+", paired))


def pairs(found):
    run = found.group()
    return f" {' '.join(run[start : start + 2] for start in range(max(1, len(run) - 1)))} "


def words_of(name, values):
    found = set(fold(name).split())
    for value in values:
        found |= {value, *fold(value.partition("@")[0]).split()}
    return {word[:320] for word in found}


def fill(apps, schema_editor):
    Person, Word = apps.get_model("people", "Person"), apps.get_model("people", "Word")
    Holding = apps.get_model("people", "Holding")
    last = 0
    while batch := list(Person.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = batch[-1].pk
        held = {person.pk: [] for person in batch}
        rows = Holding.objects.filter(person__in=held, until__isnull=True).order_by("pk")
        for person, value in rows.values_list("person", "address__value"):
            held[person].append(value)
        words = []
        for person in batch:
            values = held[person.pk]
            person.sorts_as = fold(person.name or "".join(values[:1]))[:200]
            if person.redirect_to_id is None:
                found = words_of(person.name, values)
                words += [Word(person=person, word=word) for word in found]
        Person.objects.bulk_update(batch, ["sorts_as"])
        Word.objects.bulk_create(words, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("people", "0005_one_person")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
