"""Keep bytes once, and let go of what nothing refers to any more."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import BinaryIO, TypeVar

from django.conf import settings
from django.db import IntegrityError, models, transaction

from goodword.core import prepared
from goodword.files.models import File

GRACE = timedelta(days=1)  # a backup copies the database first and the files after
_WRITERS = 8
T = TypeVar("T")


def path_of(file: File) -> Path:
    return _path(file.sha256)


def read(file: File) -> bytes:
    return path_of(file).read_bytes()


def keep(data: bytes, *, at: datetime) -> File:
    """Store `data` durably, once, and return its row; safe beside other writers and the sweep.

    The bytes are written and synced before the row, so a committed row always has its bytes. Call
    it inside the transaction that makes the first reference.
    """
    digest = hashlib.sha256(data).hexdigest()
    target = _path(digest)
    spare = None if target.exists() else _write_spare(data)
    try:
        with transaction.atomic():
            # It waits for a sweep that is just removing the same content.
            file = File(sha256=digest, size_bytes=len(data), stored_at=at)
            prepared.insert_or_renew(file, unique="sha256", renewed="unreferenced_since")
            if not target.exists():
                spare = spare or _write_spare(data)  # the sweep took it since we looked
                _put(spare, target)
                _sync_folder(target.parent)
        return file
    finally:
        if spare:
            spare.unlink(missing_ok=True)


def keep_all(contents: Sequence[bytes], *, at: datetime) -> list[File]:
    """`keep` for many, which wait for the disk together: a tenth of the time that each alone takes.

    In the transaction that makes the references, or before it; what has none goes after a day.
    """
    if len(contents) <= 1:
        return [keep(data, at=at) for data in contents]
    digests = [hashlib.sha256(data).hexdigest() for data in contents]
    named = dict(zip(digests, contents, strict=True))
    paths = {digest: _path(digest) for digest in named}
    new = [digest for digest, path in paths.items() if not path.exists()]
    # In one order for all: two who keep the same wait for each other, and neither for ever.
    rows = {
        digest: File(sha256=digest, size_bytes=len(named[digest]), stored_at=at)
        for digest in sorted(named)
    }
    spares: dict[str, Path] = {}
    try:
        _at_once(partial(_write_spares, named, spares), new)
        with transaction.atomic():
            # As in `keep`, it waits for a sweep that is just removing the same content.
            File.objects.bulk_create(
                rows.values(),
                update_conflicts=True,
                unique_fields=["sha256"],
                update_fields=["unreferenced_since"],
            )
            for digest in new:
                _put(spares[digest], paths[digest])
            _at_once(
                _sync_folders, list({digest[:2]: paths[digest].parent for digest in new}.values())
            )
    except BaseException:
        for spare in spares.values():
            spare.unlink(missing_ok=True)
        raise
    for digest in named.keys() - set(new):
        if not paths[digest].exists():
            # Gone between the first look and the row, by the hand of the sweep: once more, alone.
            rows[digest] = keep(named[digest], at=at)
    return [rows[digest] for digest in digests]


def sweep(*, at: datetime, most: int = 200) -> int:
    """Remove files that nothing has referred to for a day; returns how many went."""
    _sweep_spares(at=at)
    idle = File.objects.all()
    for relation in File._meta.related_objects:
        referring = relation.related_model._base_manager
        column = f"{relation.field.name}_id"
        idle = idle.exclude(models.Exists(referring.filter(**{column: models.OuterRef("pk")})))
    # A row made a moment ago may belong to a transaction whose reference comes next.
    fresh = idle.filter(unreferenced_since__isnull=True, stored_at__lte=at - GRACE)
    fresh.update(unreferenced_since=at)
    gone = 0
    for file in idle.filter(unreferenced_since__lte=at - GRACE)[:most]:
        try:
            with transaction.atomic():
                # Locked first and looked at after: `keep` may just be taking it up again.
                File.objects.select_for_update().filter(pk=file.pk).first()
                if not idle.filter(pk=file.pk, unreferenced_since__lte=at - GRACE).exists():
                    continue
                File.objects.filter(pk=file.pk).delete()
                path_of(file).unlink(missing_ok=True)
                gone += 1
        except (models.ProtectedError, IntegrityError):
            continue  # something came to refer to it meanwhile
    return gone


def _path(digest: str) -> Path:
    return Path(settings.FILES_DIR) / digest[:2] / digest[2:]


def _at_once(work: Callable[[list[T]], None], items: Sequence[T]) -> None:
    """Do it with all of them, by as many as wait for the disk at once; raises when all have ended.

    To hand over each by itself would cost more than the work.
    """
    begun = [
        _writers().submit(work, list(items[first::_WRITERS]))
        for first in range(min(_WRITERS, len(items)))
    ]
    wait(begun)
    for each in begun:
        each.result()


@cache
def _writers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_WRITERS, thread_name_prefix="files")


def _write_spares(named: Mapping[str, bytes], spares: dict[str, Path], share: list[str]) -> None:
    for digest in share:
        spares[digest] = _write_spare(named[digest])


def _write_spare(data: bytes) -> Path:
    spare = Path(settings.FILES_DIR) / "incoming" / secrets.token_hex(8)
    try:
        with _new(spare) as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
    except OSError:
        spare.unlink(missing_ok=True)
        raise
    return spare


def _new(spare: Path) -> BinaryIO:
    try:
        return spare.open("xb")
    except FileNotFoundError:  # the first of all
        spare.parent.mkdir(parents=True, exist_ok=True)
        return spare.open("xb")


def _put(spare: Path, target: Path) -> None:
    try:
        os.replace(spare, target)
    except FileNotFoundError:  # the first file of its folder
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(spare, target)


def _sweep_spares(*, at: datetime) -> None:
    """What a killed writer left behind."""
    for spare in (Path(settings.FILES_DIR) / "incoming").glob("*"):
        if spare.stat().st_mtime < (at - GRACE).timestamp():
            spare.unlink(missing_ok=True)


def _sync_folders(folders: list[Path]) -> None:
    for folder in folders:
        _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
