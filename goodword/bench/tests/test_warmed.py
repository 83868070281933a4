"""The Python that has loaded Goodword once, beside a server."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from goodword.bench.servers.goodword_process import GoodwordProcess
from goodword.bench.servers.warmed import Warmed


def test_each_code_runs_as_a_program_of_its_own_and_a_fault_harms_no_other(tmp_path: Path) -> None:
    warmed = Warmed({"GOODWORD_DATA": str(tmp_path), "PYTHONPATH": str(Path.cwd())})
    try:
        said = warmed.run("kept = 'said'; print(kept)", timeout=60)
        assert (said.returncode, said.stdout, said.stderr) == (0, "said\n", "")
        fault = warmed.run("print(kept)", timeout=60)
        assert fault.returncode == 1
        assert "NameError" in fault.stderr
        assert warmed.run("import os; os.kill(os.getpid(), 9)", timeout=60).returncode == -9
        assert warmed.run("raise SystemExit(75)", timeout=60).returncode == 75
    finally:
        warmed.end()


def test_what_cannot_be_loaded_says_why(tmp_path: Path) -> None:
    warmed = Warmed(
        {"GOODWORD_DATA": str(tmp_path), "PYTHONPATH": str(Path.cwd()), "GOODWORD_PORT": "many"}
    )
    try:
        with pytest.raises(RuntimeError, match="GOODWORD_PORT"):
            warmed.run("", timeout=60)
    finally:
        warmed.end()


def test_what_takes_too_long_ends_at_once_and_the_next_runs_as_ever(tmp_path: Path) -> None:
    said = tmp_path / "said"
    os.mkfifo(said)
    slow = f"""
import time
with open({str(said)!r}, "w") as said:
    print("begun", file=said, flush=True)
    time.sleep(5)
    print("went on", file=said)
"""
    process = GoodwordProcess(data=tmp_path / "data")
    with os.fdopen(os.open(said, os.O_RDONLY | os.O_NONBLOCK)) as heard:
        try:
            assert process.python("").returncode == 0
            with pytest.raises(subprocess.TimeoutExpired):
                process.python(slow, timeout=1)
            os.set_blocking(heard.fileno(), True)
            assert heard.read() == "begun\n"  # all, until nobody holds the other end any more
            assert process.python("print('again')").stdout == "again\n"
        finally:
            process.remove()
