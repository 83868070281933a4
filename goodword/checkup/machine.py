"""The machine below us: the data folder, its keys, the disk, open files."""

from __future__ import annotations

import os
import resource
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from goodword import backups
from goodword.core.diagnosis import Diagnosis, megabytes

_LEAST_FILES = 1024  # a live page holds one open
_LEAST_INODES = 10_000
_OVER_THE_NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "fuse.sshfs", "fuse.s3fs"}


def look() -> Iterator[Diagnosis]:
    if backups.is_unfinished():
        yield Diagnosis(
            "wrong", "restore", "Restore", "one was cut short, so Goodword will not start.",
            "Run `goodword restore FILE` once more.",
        )  # fmt: skip
    yield _folder()
    yield from _keys()
    yield _disk()
    yield from _kind_of_disk()
    yield from _open_files()


def _folder() -> Diagnosis:
    folder = Path(settings.DATA_DIR)
    about = "Data folder"
    owner = folder.stat().st_uid
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
            file.flush()
    except OSError as error:
        return Diagnosis(
            "wrong", "folder", about, f"{folder} can't be written to: {error.strerror}.",
            "Run this as the user that Goodword runs as, and see that the folder belongs to them.",
        )  # fmt: skip
    if folder.stat().st_mode & stat.S_IRWXO:
        return Diagnosis(
            "wrong", "folder", about,
            f"everybody with an account on this machine can look into {folder}, where customers'"
            " mail lies.",
            f"Run `chmod 700 {folder}`.",
        )  # fmt: skip
    if owner != os.geteuid():
        return Diagnosis(
            "look", "folder", about,
            f"{folder} belongs to another user. What commands write there now, Goodword may be"
            " unable to read later.",
            "Run commands as the user that Goodword runs as.",
        )  # fmt: skip
    return Diagnosis("ok", "folder", about, f"{folder} is written to, and closed to others.")


def _keys() -> Iterator[Diagnosis]:
    for path in sorted((Path(settings.DATA_DIR) / "keys").glob("*")):
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield Diagnosis(
                "wrong", "keys", "Keys",
                f"other users of this machine can read {path}, and with it sign in as anybody or"
                " open mailbox passwords.",
                f"Run `chmod 600 {path}`.",
            )  # fmt: skip


def _disk() -> Diagnosis:
    usage = shutil.disk_usage(settings.DATA_DIR)
    least = settings.LEAST_DISK_MB * 2**20
    told = f"{megabytes(usage.free)} of {megabytes(usage.total)} are free."
    if usage.free < least:
        return Diagnosis(
            "wrong", "disk", "Disk",
            f"{told} That is below GOODWORD_LEAST_DISK_MB, so no mail is taken in; senders are"
            " asked to come back.",
            "Make room, or give the data folder a larger disk.",
        )  # fmt: skip
    inodes = os.statvfs(settings.DATA_DIR)
    if inodes.f_files and inodes.f_favail < _LEAST_INODES:
        return Diagnosis(
            "wrong" if inodes.f_favail < 100 else "look", "disk", "Disk",
            f"only {inodes.f_favail} more files can be made on it, however much space is free.",
            "Remove small files that nobody needs, or use another disk.",
        )  # fmt: skip
    if usage.free < 5 * least:
        return Diagnosis("look", "disk", "Disk", told, "Make room before it stops mail.")
    return Diagnosis("ok", "disk", "Disk", told)


def _kind_of_disk() -> Iterator[Diagnosis]:
    """SQLite shares memory with other processes through a file; network disks can't do that."""
    kind = _file_system(Path(settings.DATA_DIR), Path("/proc/mounts"))
    if kind in _OVER_THE_NETWORK and "sqlite" in settings.DATABASES["default"]["ENGINE"]:
        yield Diagnosis(
            "wrong", "network_disk", "Database",
            f"SQLite lies on a network disk ({kind}), where it can be damaged.",
            "Move the data folder to a local disk, or use PostgreSQL (GOODWORD_DATABASE_URL).",
        )  # fmt: skip


def _file_system(folder: Path, mounts: Path) -> str:
    """Which kind the disk below `folder` is; empty where the system doesn't tell."""
    try:
        lines = [line.split() for line in mounts.read_text().splitlines()]
    except OSError:
        return ""
    above = [
        (len(words[1]), words[2])
        for words in lines
        if len(words) > 2 and folder.is_relative_to(words[1])
    ]
    return max(above)[1] if above else ""


def _open_files() -> Iterator[Diagnosis]:
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < _LEAST_FILES:
        yield Diagnosis(
            "look", "open_files", "Open files",
            f"this shell allows a process {soft}. Each open page and each mailbox takes one.",
            "Raise it for Goodword: LimitNOFILE=65536 in its systemd unit, or `ulimit -n 65536`.",
        )  # fmt: skip
