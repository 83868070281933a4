from django.db import migrations
from django.db.models import Count


def go_on_as_before(apps, schema_editor):
    """An inbox of several addresses answers from its first, as it did: an upgrade changes no mail.

    Its mail server may not send for the domains of the others.
    """
    inboxes = apps.get_model("inboxes", "Inbox").objects
    several = inboxes.annotate(number=Count("addresses")).filter(number__gt=1)
    keys = list(several.values_list("pk", flat=True))
    inboxes.filter(pk__in=keys).update(answers_where_written=False)


class Migration(migrations.Migration):
    dependencies = [
        ("inboxes", "0005_answers_where_written"),
    ]

    operations = [migrations.RunPython(go_on_as_before, migrations.RunPython.noop)]
