"""What running processes cost, as the kernel counts it (/proc; Linux alone)."""

from __future__ import annotations

import os
from pathlib import Path

_TICK_SECONDS = 1 / os.sysconf("SC_CLK_TCK")
_UTIME, _STIME, _CUTIME, _CSTIME, _PPID = 11, 12, 13, 14, 1  # after the name in /proc/PID/stat


def _stat(pid: int) -> list[str]:
    # The name stands in brackets and may itself hold anything.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def children(pid: int) -> list[int]:
    """Processes that `pid` started and that still run."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                if int(_stat(int(folder.name))[_PPID]) == pid:
                    found.append(int(folder.name))
            except OSError:  # it ended while we looked
                continue
    return found


def cpu_seconds(pid: int) -> float:
    """Of `pid` and of every child it had or has, user and system."""
    own = _stat(pid)
    ticks = sum(int(own[each]) for each in (_UTIME, _STIME, _CUTIME, _CSTIME))
    return ticks * _TICK_SECONDS + sum(cpu_seconds(child) for child in children(pid))


def pss_mb(pid: int) -> float:
    """Memory of `pid` and its children; what several share counts once in all."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes / 1024 + sum(pss_mb(child) for child in children(pid))


def machine() -> str:
    """Processor and how many cores of it, in words."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return f"{names[0] if names else 'unknown'}, {os.cpu_count()} cores, {gigabytes:.0f} GB"


def load() -> str:
    """How many processes wanted a core within the last 1, 5 and 15 minutes, us among them."""
    return " ".join(f"{each:.1f}" for each in os.getloadavg())
