from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0003_kinds_of_people")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="links_since",
            field=models.DateTimeField(null=True),
        ),
    ]
