
import django.db.models.functions.text
import goodword.core.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_look_of_the_house'),
    ]

    operations = [
        migrations.AddField(
            model_name='business',
            name='requires_second_factor',
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name='IdentityProvider',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=goodword.core.ids.public_id, max_length=24, unique=True)),
                ('name', models.CharField(max_length=60)),
                ('server_url', models.URLField(max_length=300)),
                ('client_id', models.CharField(max_length=200)),
                ('secret', models.TextField(blank=True, default='')),
                ('vouches_for_addresses', models.BooleanField(default=False)),
                ('is_second_factor', models.BooleanField(default=False)),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='identity_provider_name_once')],
            },
        ),
    ]
