"""What stood in fields before has its place in their order, too: of everybody and everything."""

import re
import unicodedata

from django.db import migrations

BATCH = 500
# As core.text folded when this was written: Chinese, Japanese and Korean in pairs of letters.
CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]+")
COMPLEMENT = str.maketrans("0123456789", "9876543210")


def fold(text):
    flat = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(each for each in flat if not unicodedata.combining(each))
    paired = CJK.sub(pairs, unicodedata.normalize("NFC", plain))
    return " ".join(word[:64] for word in re.findall(r"[^\W_]+", paired))


def pairs(found):
    run = found.group()
    return f" {' '.join(run[start : start + 2] for start in range(max(1, len(run) - 1)))} "


def number(text):
    before, _point, after = text.lstrip("-").partition(".")
    digits = f"{len(before):02}{before}.{after}"
    return f"0{digits.translate(COMPLEMENT)}~" if text.startswith("-") else f"1{digits}"


def sorts_as(kind, text):
    if kind == "number":
        return number(text).encode()
    return text.encode() if kind in {"date", "yes_no"} else fold(text).encode()[:120]


def fill(apps, schema_editor):
    for room, name in (
        ("people", "PersonValue"),
        ("people", "OrganisationValue"),
        ("conversations", "ConversationValue"),
    ):
        values = apps.get_model(room, name).objects.select_related("field").order_by("pk")
        last = 0
        while batch := list(values.filter(pk__gt=last)[:BATCH]):
            last = batch[-1].pk
            for value in batch:
                value.sorts_as = sorts_as(value.field.kind, value.text)
            values.bulk_update(batch, ["sorts_as"])


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0016_what_stands_in_fields_in_order"),
        ("people", "0007_what_stands_in_fields_in_order"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
