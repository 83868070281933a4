"""Teammates whom a process on the code before 0005 adds while this one is put in its place."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_language_of_a_teammate")]

    operations = [
        migrations.AlterField(
            model_name="teammate",
            name="language",
            field=models.CharField(blank=True, default="", db_default="", max_length=12),
        ),
    ]
