"""What stands in fields is looked up in its order."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0015_draft_sender'),
        ('fields', '0001_first'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='conversationvalue',
            name='conversation_value_is',
        ),
        migrations.AddField(
            model_name='conversationvalue',
            name='sorts_as',
            field=models.BinaryField(default=b'', max_length=120),
        ),
        migrations.AddIndex(
            model_name='conversationvalue',
            index=models.Index(fields=['field', 'sorts_as'], name='conversation_value_in_order'),
        ),
    ]
