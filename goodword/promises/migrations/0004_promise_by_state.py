from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("promises", "0003_fill_inbox_and_look_at")]

    operations = [
        migrations.AddIndex(
            model_name="promise",
            index=models.Index(
                fields=["inbox", "state", "-due_at", "-id"], name="promise_by_state"
            ),
        ),
        migrations.AddIndex(
            model_name="promise",
            index=models.Index(
                fields=["direction", "due_at"],
                name="promise_waited_for",
                condition=Q(state="open", direction="theirs"),
            ),
        ),
    ]
