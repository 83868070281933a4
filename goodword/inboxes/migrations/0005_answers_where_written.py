from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inboxes", "0004_assigning"),
    ]

    operations = [
        migrations.AddField(
            model_name="inbox",
            name="answers_where_written",
            field=models.BooleanField(default=True),
        ),
    ]
