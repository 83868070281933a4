"""A region's code has up to 17 letters ("São Paulo Capital"); PostgreSQL refused what is longer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plan", "0001_first")]

    operations = [
        migrations.AlterField(
            model_name="calendar",
            name="region",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
    ]
