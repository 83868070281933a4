from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0006_dispatch_knows")]

    operations = [
        migrations.AddField(
            model_name="savedview",
            name="removed_at",
            field=models.DateTimeField(null=True),
        ),
    ]
