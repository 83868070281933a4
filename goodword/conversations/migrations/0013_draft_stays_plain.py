from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0012_spam_counts_from_now"),
    ]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="is_plain",
            field=models.BooleanField(default=False),
        ),
    ]
