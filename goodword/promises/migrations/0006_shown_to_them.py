from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("promises", "0005_promise_made_anew")]

    operations = [
        migrations.AddField("promise", "is_shown", models.BooleanField(default=True)),
        migrations.AddConstraint(
            model_name="promise",
            constraint=models.CheckConstraint(
                condition=~Q(kind="reply") | Q(is_shown=True), name="promise_reply_is_shown"
            ),
        ),
    ]
