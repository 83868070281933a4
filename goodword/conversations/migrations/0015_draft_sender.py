from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0014_fields"),
    ]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="sender",
            field=models.CharField(blank=True, default="", max_length=254),
        ),
    ]
