
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_look_of_the_house'),
        ('conversations', '0008_untaken'),
        ('inboxes', '0003_more_wordings'),
        ('people', '0004_links_since'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Following',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Mention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('read_to', models.BigIntegerField(default=0)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='conversation',
            name='side_of',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sides', to='conversations.conversation'),
        ),
        migrations.AddField(
            model_name='draft',
            name='approved_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='draft',
            name='approved_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='draft',
            name='asked',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='draft',
            name='asked_for',
            field=models.CharField(blank=True, choices=[('finish', 'to finish it'), ('approve', 'to approve it')], default='', max_length=8),
        ),
        migrations.AddField(
            model_name='draft',
            name='begun_after',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='draft',
            name='shared_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='draftfile',
            name='content_id',
            field=models.CharField(blank=True, default='', max_length=250),
        ),
        migrations.AlterField(
            model_name='link',
            name='why',
            field=models.CharField(choices=[('suspected', 'Seems to continue it, from another address'), ('apart', "Someone found that they don't belong together"), ('related', 'Someone says that they belong together'), ('split', 'A message was split off from it')], max_length=20),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(condition=models.Q(('side_of__isnull', False)), fields=['side_of'], name='conversation_sides'),
        ),
        migrations.AddField(
            model_name='following',
            name='conversation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='followings', to='conversations.conversation'),
        ),
        migrations.AddField(
            model_name='following',
            name='teammate',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='followings', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='mention',
            name='message',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mentions', to='conversations.message'),
        ),
        migrations.AddField(
            model_name='mention',
            name='teammate',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mentions', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reading',
            name='conversation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='readings', to='conversations.conversation'),
        ),
        migrations.AddField(
            model_name='reading',
            name='teammate',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='readings', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='following',
            constraint=models.UniqueConstraint(fields=('conversation', 'teammate'), name='following_once'),
        ),
        migrations.AddConstraint(
            model_name='mention',
            constraint=models.UniqueConstraint(fields=('message', 'teammate'), name='mention_once'),
        ),
        migrations.AddIndex(
            model_name='reading',
            index=models.Index(fields=['teammate', '-at'], name='reading_recent'),
        ),
        migrations.AddConstraint(
            model_name='reading',
            constraint=models.UniqueConstraint(fields=('teammate', 'conversation'), name='reading_once'),
        ),
    ]
