"""What a start makes ready, and when it has nothing to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from pytest_django.fixtures import Settings

from goodword.core import preparing

SHEET = "ours/sheet.css"


@pytest.fixture
def sheet(tmp_path: Path, settings: Settings) -> Path:
    """A file that browsers fetch, and a folder of its own to gather it in."""
    made = tmp_path / "sources" / SHEET
    made.parent.mkdir(parents=True)
    made.write_text("a { color: red }")
    settings.STATICFILES_DIRS = [str(tmp_path / "sources")]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    return made


def gathered(folder: Path) -> str:
    return " ".join(each.read_text() for each in folder.glob("ours/sheet.*.css"))


def test_what_browsers_fetch_is_gathered_again_only_when_a_file_has_changed(
    sheet: Path, settings: Settings
) -> None:
    folder = Path(settings.STATIC_ROOT)
    preparing.static_files()
    assert gathered(folder) == "a { color: red }"
    (made,) = folder.glob("ours/sheet.*.css")
    made.write_text("kept")

    preparing.static_files()
    assert gathered(folder) == "kept"  # nothing was done

    sheet.write_text("a { color: green }")
    preparing.static_files()
    assert "green" in gathered(folder)


def test_a_folder_that_somebody_emptied_is_filled_again(sheet: Path, settings: Settings) -> None:
    folder = Path(settings.STATIC_ROOT)
    preparing.static_files()
    for each in folder.rglob("*"):
        if each.is_file():
            each.unlink()
    preparing.static_files()
    assert gathered(folder) == "a { color: red }"


@pytest.mark.django_db
def test_a_migration_that_is_missing_is_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(preparing, "call_command", lambda name, **_: asked.append(name))
    preparing.tables()
    assert asked == []
    [newest] = MigrationLoader(connection).graph.leaf_nodes("people")
    MigrationRecorder(connection).record_unapplied(*newest)
    preparing.tables()
    assert asked == ["migrate"]
