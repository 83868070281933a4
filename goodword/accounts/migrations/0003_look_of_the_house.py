import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_advised"), ("files", "0001_first")]

    operations = [
        migrations.AddField(
            model_name="business",
            name="accent",
            field=models.CharField(blank=True, default="", max_length=7),
        ),
        migrations.AddField(
            model_name="business",
            name="logo",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="logo_of",
                to="files.file",
            ),
        ),
    ]
