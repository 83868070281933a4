"""What stands in fields is looked up in its order."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('fields', '0001_first'),
        ('people', '0006_found_by_words'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='organisationvalue',
            name='organisation_value_is',
        ),
        migrations.RemoveIndex(
            model_name='personvalue',
            name='person_value_is',
        ),
        migrations.AddField(
            model_name='organisationvalue',
            name='sorts_as',
            field=models.BinaryField(default=b'', max_length=120),
        ),
        migrations.AddField(
            model_name='personvalue',
            name='sorts_as',
            field=models.BinaryField(default=b'', max_length=120),
        ),
        migrations.AddIndex(
            model_name='organisationvalue',
            index=models.Index(fields=['field', 'sorts_as'], name='organisation_value_in_order'),
        ),
        migrations.AddIndex(
            model_name='personvalue',
            index=models.Index(fields=['field', 'sorts_as'], name='person_value_in_order'),
        ),
    ]
