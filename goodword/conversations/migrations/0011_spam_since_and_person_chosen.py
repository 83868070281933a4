from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0010_who_was_told_of_a_mention"),
    ]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="spam_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="conversation",
            name="person_chosen_after",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("spam_since__isnull", False)),
                fields=["spam_since"],
                name="conversation_spam",
            ),
        ),
    ]
