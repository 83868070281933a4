from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_ways_to_sign_in")]

    operations = [
        migrations.AddField(
            model_name="teammate",
            name="language",
            field=models.CharField(blank=True, default="", max_length=12),
        ),
    ]
