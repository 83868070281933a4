"""Promises made before they named an inbox get their conversation's; the open ones are looked at."""

from django.db import migrations
from django.db.models import F, OuterRef, Subquery

BATCH = 5_000


def fill(apps, schema_editor):
    Promise = apps.get_model("promises", "Promise")
    Conversation = apps.get_model("conversations", "Conversation")
    inbox = Conversation.objects.filter(pk=OuterRef("conversation_id")).values("inbox_id")[:1]
    without = Promise.objects.filter(inbox__isnull=True, conversation__isnull=False)
    while keys := list(without.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        Promise.objects.filter(pk__in=keys).update(inbox_id=Subquery(inbox))
    unseen = Promise.objects.filter(state="open", look_at__isnull=True)
    unseen.update(look_at=F("due_at"))


class Migration(migrations.Migration):

    dependencies = [
        ('promises', '0002_how_the_time_was_said'),
        ('conversations', '0007_urgent'),
    ]

    # The way back leaves what was filled: the columns go with 0002.
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
