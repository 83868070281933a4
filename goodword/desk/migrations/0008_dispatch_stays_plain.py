from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0007_views_can_come_back"),
    ]

    operations = [
        migrations.AddField(
            model_name="dispatch",
            name="is_plain",
            field=models.BooleanField(default=False),
        ),
    ]
