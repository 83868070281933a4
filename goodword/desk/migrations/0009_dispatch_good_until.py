from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0008_dispatch_stays_plain"),
    ]

    operations = [
        migrations.AddField(
            model_name="dispatch",
            name="good_until",
            field=models.DateTimeField(null=True),
        ),
    ]
