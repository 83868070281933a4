"""What a start makes ready: the tables, and the files that browsers fetch.

Django's own commands do it, and take most of a second of CPU to find that nothing is to be done.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def tables() -> None:
    """Bring the database up to date. Raises Django's OperationalError when it can't be reached."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)


def static_files() -> None:
    """Gather, name by content and compress them below STATIC_ROOT, when one has changed."""
    # Beside the folder: all that is in it is served.
    made_of = Path(f"{settings.STATIC_ROOT}.made-of")
    found = _seen_from_outside()
    if _is_gathered() and made_of.exists() and made_of.read_text() == found:
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=False)
    made_of.write_text(found)


def _is_gathered() -> bool:
    return (Path(settings.STATIC_ROOT) / "staticfiles.json").exists()


def _seen_from_outside() -> str:
    """Of every file its path, size and time of change; reading them all would take longer.

    And by whom they are gathered: a new version may name or compress them otherwise.
    """
    found = hashlib.sha256(f"{version('django')} {version('whitenoise')}\n".encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            there = Path(storage.path(path))
            stat = there.stat()
            found.update(f"{there} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return found.hexdigest()
