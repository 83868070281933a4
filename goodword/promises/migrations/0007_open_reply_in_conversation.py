from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("promises", "0006_shown_to_them"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="promise", name="promise_reply_in_conversation"),
        migrations.AddConstraint(
            model_name="promise",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "reply"), _negated=True),
                    models.Q(("state", "open"), _negated=True),
                    ("conversation__isnull", False),
                    _connector="OR",
                ),
                name="promise_open_reply_in_conversation",
            ),
        ),
    ]
