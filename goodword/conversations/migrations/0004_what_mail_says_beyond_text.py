"""Authenticity, protection, invitations, forwarding; conversations seen from other inboxes too."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# SQLite makes the table of messages anew for each added column, and its triggers (0002) go with it.
TRIGGERS = [
    "CREATE TRIGGER message_words_in AFTER INSERT ON conversations_message BEGIN"
    " INSERT INTO message_words(rowid, search_text) VALUES (new.id, new.search_text); END",
    "CREATE TRIGGER message_words_out AFTER DELETE ON conversations_message BEGIN"
    " INSERT INTO message_words(message_words, rowid, search_text)"
    " VALUES ('delete', old.id, old.search_text); END",
    "CREATE TRIGGER message_words_new AFTER UPDATE OF search_text ON conversations_message BEGIN"
    " INSERT INTO message_words(message_words, rowid, search_text)"
    " VALUES ('delete', old.id, old.search_text);"
    " INSERT INTO message_words(rowid, search_text) VALUES (new.id, new.search_text); END",
]


def drop_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in ("in", "out", "new"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS message_words_{name}", params=None)


def make_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for statement in TRIGGERS:
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0003_indexes_that_are_taken'),
        ('inboxes', '0002_who_may_join'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(drop_triggers, make_triggers),
        migrations.AddField(
            model_name='message',
            name='authenticity',
            field=models.CharField(blank=True, choices=[('pass', 'Sender confirmed'), ('fail', 'Sender not confirmed')], default='', max_length=4),
        ),
        migrations.AddField(
            model_name='message',
            name='authenticity_why',
            field=models.CharField(blank=True, default='', max_length=200),
        ),
        migrations.AddField(
            model_name='message',
            name='forwarded_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='message',
            name='invitation',
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name='message',
            name='protection',
            field=models.CharField(blank=True, default='', max_length=20),
        ),
        migrations.AlterField(
            model_name='link',
            name='why',
            field=models.CharField(choices=[('suspected', 'Seems to continue it, from another address'), ('apart', "Someone found that they don't belong together")], max_length=20),
        ),
        migrations.AlterField(
            model_name='recipient',
            name='state',
            field=models.CharField(choices=[('named', 'Named'), ('queued', 'Queued'), ('sending', 'Sending'), ('accepted', 'Accepted'), ('refused', 'Refused'), ('unknown', 'Unknown'), ('delayed', 'Delayed'), ('bounced', 'Bounced')], max_length=10),
        ),
        migrations.RunPython(make_triggers, drop_triggers),
        migrations.CreateModel(
            name='AlsoIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='also_in', to='conversations.conversation')),
                ('inbox', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='also_seen', to='inboxes.inbox')),
            ],
            options={
                'verbose_name_plural': 'also in',
                'constraints': [models.UniqueConstraint(fields=('inbox', 'conversation'), name='also_in_once')],
            },
        ),
    ]
