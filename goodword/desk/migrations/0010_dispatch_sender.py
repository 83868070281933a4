from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0009_dispatch_good_until"),
    ]

    operations = [
        migrations.AddField(
            model_name="dispatch",
            name="sender",
            field=models.CharField(blank=True, default="", max_length=254),
        ),
    ]
