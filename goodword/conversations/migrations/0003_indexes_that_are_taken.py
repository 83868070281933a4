"""Indexes that SQLite takes with bound values, and one fewer that led it astray."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_first'),
        ('conversations', '0002_search'),
        ('inboxes', '0001_first'),
        ('people', '0001_first'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='recipient',
            name='recipient_in_trouble',
        ),
        migrations.AlterField(
            model_name='conversation',
            name='redirect_to',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='conversations.conversation'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(condition=models.Q(('redirect_to__isnull', False)), fields=['redirect_to'], name='conversation_redirected'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(fields=['-latest_key'], name='conversation_by_time'),
        ),
        migrations.AddIndex(
            model_name='recipient',
            index=models.Index(condition=models.Q(('dealt_with_at__isnull', True), models.Q(('state', 'named'), _negated=True), models.Q(('state', 'accepted'), _negated=True)), fields=['state', 'message'], name='recipient_in_trouble'),
        ),
    ]
