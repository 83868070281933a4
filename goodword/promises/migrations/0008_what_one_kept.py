from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("promises", "0007_open_reply_in_conversation")]

    operations = [
        migrations.AddIndex(
            model_name="promise",
            index=models.Index(
                fields=["owner", "ended_at"],
                name="promise_kept_by",
                condition=Q(state__in=["kept", "kept_late"]),
            ),
        ),
    ]
