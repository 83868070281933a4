from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0009_working_together")]

    operations = [
        migrations.AddField(
            model_name="mention",
            name="told",
            field=models.BooleanField(default=True),
        ),
    ]
