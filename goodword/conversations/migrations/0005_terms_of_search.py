"""The terms of the full text as a table, on SQLite: a beginning is looked up there first.

FTS5 answers a beginning by putting the lists of all its terms together before it gives the first
row, 300,000 rows long for a common one in a large desk; the terms by name it reads as they come.
"""

from django.db import migrations


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            "CREATE VIRTUAL TABLE message_terms USING fts5vocab('message_words', 'instance')",
            params=None,
        )


def unmake(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE message_terms", params=None)


class Migration(migrations.Migration):
    dependencies = [("conversations", "0004_what_mail_says_beyond_text")]

    operations = [migrations.RunPython(make, unmake)]
