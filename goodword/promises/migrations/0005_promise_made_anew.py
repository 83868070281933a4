from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("promises", "0004_promise_by_state")]

    operations = [
        migrations.AddIndex(
            model_name="promise",
            index=models.Index(
                fields=["successor_of"],
                name="promise_made_anew",
                condition=Q(successor_of__isnull=False),
            ),
        ),
    ]
