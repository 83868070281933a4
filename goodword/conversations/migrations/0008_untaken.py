from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0007_urgent")]

    operations = [
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                fields=["inbox", "assignee", "state"], name="conversation_untaken"
            ),
        ),
    ]
