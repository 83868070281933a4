"""What the database's planner knows of the tables."""

from __future__ import annotations

from django.db import connection

_ROWS = 1000  # looked at of each index: 0.15 s for 100,000 conversations
# Of a larger table one row in so many is looked at: 1 s of CPU for a million conversations.
_ONE_IN = 50
_BIG = """
    SELECT tbl, max(CAST(stat AS integer)) AS size FROM sqlite_stat1
    GROUP BY tbl HAVING size > %s
"""


def refresh() -> None:
    """Let SQLite look how its tables are filled; PostgreSQL does it by itself.

    Without it SQLite takes any index for as good as any other, and reads all conversations of an
    inbox for the newest fifty. A migration that makes a table anew forgets what was known of it.

    As many rows as it looks at is the most that it believes to share a value: of a million
    conversations in four inboxes a thousand in each, which it would sort rather than go back
    through time. So that large tables are looked at longer.
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit={_ROWS}")
        cursor.execute("ANALYZE")
        for table, size in cursor.execute(_BIG, [_ROWS * _ONE_IN]).fetchall():
            cursor.execute(f"PRAGMA analysis_limit={size // _ONE_IN}")
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")
