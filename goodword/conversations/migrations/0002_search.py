"""Full text over `search_text`: FTS5 with triggers on SQLite, a GIN index on PostgreSQL."""

from django.db import migrations

SQLITE = [
    "CREATE VIRTUAL TABLE message_words USING fts5("
    "search_text, content='conversations_message', content_rowid='id', tokenize='unicode61')",
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
SQLITE_BACK = [
    "DROP TRIGGER message_words_in",
    "DROP TRIGGER message_words_out",
    "DROP TRIGGER message_words_new",
    "DROP TABLE message_words",
]
POSTGRESQL = [
    "CREATE INDEX message_words ON conversations_message"
    " USING gin (to_tsvector('simple', search_text))",
]
POSTGRESQL_BACK = ["DROP INDEX message_words"]


def _run(schema_editor, sqlite, postgresql):
    statements = sqlite if schema_editor.connection.vendor == "sqlite" else postgresql
    for statement in statements:
        schema_editor.execute(statement, params=None)


def make(apps, schema_editor):
    _run(schema_editor, SQLITE, POSTGRESQL)


def unmake(apps, schema_editor):
    _run(schema_editor, SQLITE_BACK, POSTGRESQL_BACK)


class Migration(migrations.Migration):
    dependencies = [("conversations", "0001_first")]

    operations = [migrations.RunPython(make, unmake)]
