"""The Python that has loaded Goodword once, beside a server."""

from __future__ import annotations

from pathlib import Path

import pytest

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
