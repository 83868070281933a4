"""Real pages at a real server: each is told of every change of its team, and of no other's."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest


@pytest.mark.long
def test_every_page_of_a_team_is_told_of_its_changes_and_shows_them(tmp_path, tables_made) -> None:
    # Starts Goodword: that is what is measured, so there is no quicker way to try it.
    told = tmp_path / "told.json"
    command = [sys.executable, "-m", "goodword", "bench", "live", "--people", "6", "--teams", "2"]
    options = ["--seconds", "1", "--rate", "4", "--conversations", "20", "--idle", "0"]
    options += ["--begin-with", tables_made]
    clean = {key: value for key, value in os.environ.items() if not key.startswith("GOODWORD_")}
    done = subprocess.run(
        [*command, *options, "--json", told], env=clean, capture_output=True, timeout=120
    )

    assert done.returncode == 0, done.stderr.decode()
    found = json.loads(told.read_text())
    assert (found["told"]["changes"], found["told"]["tellings"]) == (4, 12)
    assert found["told"]["missing"] == 0
    assert found["told"]["told_p50_ms"] <= found["told"]["shown_p50_ms"]
    assert 5_000 < found["opened"]["size_bytes"] < 100_000
