"""The measurement itself: a real server, a real browser's requests, a desk of our own making."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from goodword.bench import processes


@pytest.mark.long
def test_the_pages_of_a_desk_are_asked_of_a_real_server_and_told(tmp_path) -> None:
    # Starts Goodword twice: that is what is measured, so there is no quicker way to try it. It
    # makes its own tables, as for whoever measures; test_live.py begins with a copy.
    told = tmp_path / "told.json"
    command = [sys.executable, "-m", "goodword", "bench", "pages", "--conversations", "40"]
    options = ["--requests", "1", "--only", "list: mine", "--json", told]
    # Nothing of the tests' own database.
    clean = {key: value for key, value in os.environ.items() if not key.startswith("GOODWORD_")}
    done = subprocess.run([*command, *options], env=clean, capture_output=True, timeout=120)

    assert done.returncode == 0, done.stderr.decode()
    found = json.loads(told.read_text())
    assert [(each["who"], each["at_once"]) for each in found["pages"]] == [
        ("owner", 1), ("owner", 8), ("agent", 1), ("agent", 8),
    ]  # fmt: skip
    assert all(each["queries"] > 3 and each["size_bytes"] > 5_000 for each in found["pages"])
    assert found["memory_mb"]["web_idle"]["goodword"] > 10


def test_the_cpu_of_a_child_counts_with_its_parent_s() -> None:
    before = processes.cpu_seconds(os.getpid())
    subprocess.run([sys.executable, "-c", "sum(range(5_000_000))"], check=True)
    assert processes.cpu_seconds(os.getpid()) > before
