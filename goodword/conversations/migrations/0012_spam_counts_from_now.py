from django.db import migrations
from django.utils import timezone


def begin_counting(apps, schema_editor):
    """What lies in spam already has its thirty days from now on."""
    conversations = apps.get_model("conversations", "Conversation")
    conversations.objects.filter(state="spam", spam_since=None).update(spam_since=timezone.now())


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0011_spam_since_and_person_chosen"),
    ]

    operations = [migrations.RunPython(begin_counting, migrations.RunPython.noop)]
