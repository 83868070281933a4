
import django.db.models.deletion
import goodword.core.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_look_of_the_house'),
        ('conversations', '0009_working_together'),
        ('desk', '0004_not_a_promise'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='dispatch',
            name='later',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='dispatch',
            name='then',
            field=models.CharField(blank=True, default='', max_length=10),
        ),
        migrations.AddField(
            model_name='dispatch',
            name='then_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='arrival',
            name='state',
            field=models.CharField(choices=[('pending', 'Pending'), ('received', 'Received'), ('failed', 'Failed'), ('gone', 'Gone')], default='pending', max_length=10),
        ),
        migrations.CreateModel(
            name='BulkAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField(null=True)),
                ('leased_until', models.DateTimeField(null=True)),
                ('lease', models.CharField(blank=True, default='', max_length=16)),
                ('tries', models.PositiveIntegerField(default=0)),
                ('why', models.TextField(blank=True, default='')),
                ('public_id', models.CharField(default=goodword.core.ids.public_id, max_length=24, unique=True)),
                ('act', models.CharField(max_length=20)),
                ('data', models.JSONField(default=dict)),
                ('made_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('undoing_at', models.DateTimeField(null=True)),
                ('undone_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='BulkItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('done', 'Done'), ('refused', 'Refused'), ('undone', 'Undone')], default='waiting', max_length=8)),
                ('why', models.CharField(blank=True, default='', max_length=60)),
                ('before', models.JSONField(default=dict)),
                ('bulk_act', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='desk.bulkact')),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='conversations.conversation')),
            ],
        ),
        migrations.CreateModel(
            name='Joined',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(null=True)),
                ('moved', models.JSONField(default=dict)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='conversations.conversation')),
                ('into', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='joins', to='conversations.conversation')),
            ],
            options={
                'verbose_name_plural': 'joined',
            },
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=goodword.core.ids.public_id, max_length=24, unique=True)),
                ('name', models.CharField(max_length=60)),
                ('shown_to', models.CharField(choices=[('me', 'Me'), ('team', 'A team'), ('all', 'Everybody')], default='me', max_length=4)),
                ('asked', models.CharField(max_length=500)),
                ('order', models.CharField(default='newest', max_length=10)),
                ('columns', models.JSONField(default=list)),
                ('made_at', models.DateTimeField()),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to='accounts.team')),
            ],
        ),
        migrations.CreateModel(
            name='SenderRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.CharField(max_length=320, unique=True)),
                ('verdict', models.CharField(choices=[('block', 'Goes to spam'), ('allow', 'Never goes to spam')], max_length=5)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name='bulkact',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='bulk_act_due'),
        ),
        migrations.AddIndex(
            model_name='bulkitem',
            index=models.Index(fields=['bulk_act', 'state'], name='bulk_item_waiting'),
        ),
        migrations.AddConstraint(
            model_name='bulkitem',
            constraint=models.UniqueConstraint(fields=('bulk_act', 'conversation'), name='bulk_item_once'),
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('shown_to', 'team'), ('team__isnull', False)), models.Q(models.Q(('shown_to', 'team'), _negated=True), ('team__isnull', True)), _connector='OR'), name='saved_view_for_team'),
        ),
    ]
