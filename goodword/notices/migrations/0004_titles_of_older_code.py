"""Notices that a process on the code before 0003 tells while this one is put in its place."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0003_titles_by_language")]

    operations = [
        migrations.AlterField(
            model_name="notice",
            name="titles",
            field=models.JSONField(default=dict, db_default={}),
        ),
    ]
