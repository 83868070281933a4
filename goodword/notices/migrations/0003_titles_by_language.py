from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0002_what_how_and_when")]

    operations = [
        migrations.AddField(
            model_name="notice", name="titles", field=models.JSONField(default=dict)
        ),
    ]
