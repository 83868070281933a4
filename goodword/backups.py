"""Everything in one file, and back: database, files, keys.

A backup is a .tar.gz: `manifest.json`, `tables/<model>.jsonl` (a row a line, so it reads without
Goodword and moves between SQLite and PostgreSQL), `files/…`, `keys/…`. With a passphrase it is a
.tar of `key.age` (an age identity, sealed with the passphrase) and `backup.tar.gz.age`.

The database is read first, in one snapshot, and the files after: a file is removed only a day
after its last reference, so all that the snapshot names are still there.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import tarfile
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import pyrage
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.color import no_style
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.db.migrations.executor import MigrationExecutor

from goodword import __version__
from goodword.accounts.models import Teammate
from goodword.channels.email import notices
from goodword.channels.email.models import MailAccount
from goodword.desk.answering import delivering
from goodword.events import actions as events
from goodword.files.models import File
from goodword.plan.models import InboxPlan

FORMAT = 1
HELD = "restored"
_BATCH = 500
# Made anew by themselves, or worth nothing after a restore.
_LEFT_OUT = {
    "contenttypes.contenttype", "auth.permission", "sessions.session", "events.pulse",
}  # fmt: skip


class CannotRestore(Exception):
    """The backup can't be brought back here; `str()` says why. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a backup holds."""

    rows: int
    files: int
    missing: list[str]  # files that the database names and the disk does not have
    size_bytes: int


# Writing


def write(target: Path, *, passphrase: str = "", at: datetime) -> Made:
    """Write a backup to `target` (mode 0600), whole or not at all; the desk may run meanwhile."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".goodword-backup-") as folder:
        plain = Path(folder) / "backup.tar.gz"
        rows, files, missing = _write_plain(plain, Path(folder), at=at)
        done = _seal(plain, Path(folder), passphrase) if passphrase else plain
        done.chmod(0o600)
        os.replace(done, target)
    return Made(rows, files, missing, target.stat().st_size)


def _write_plain(plain: Path, folder: Path, *, at: datetime) -> tuple[int, int, list[str]]:
    rows, missing, count = 0, [], 0
    with tarfile.open(plain, "w:gz", compresslevel=1) as tar:
        with _snapshot():
            for model in _models(apps):
                spare = folder / "rows"
                with spare.open("wb") as out:
                    rows += _write_rows(model, out)
                tar.add(spare, f"tables/{model._meta.label_lower}.jsonl")
            names = list(File.objects.values_list("sha256", "unreferenced_since"))
            nodes = MigrationExecutor(connection).loader.graph.leaf_nodes()
        for sha256, unreferenced in names:
            path = Path(settings.FILES_DIR) / sha256[:2] / sha256[2:]
            if path.is_file():
                tar.add(path, f"files/{sha256[:2]}/{sha256[2:]}")
                count += 1
            elif not unreferenced:
                missing.append(sha256)
        for key in sorted((Path(settings.DATA_DIR) / "keys").glob("*")):
            tar.add(key, f"keys/{key.name}")
        manifest = {
            "format": FORMAT,
            "goodword": __version__,
            "made_at": at.isoformat(),
            "migrations": nodes,
            "files": count,
        }
        _add_bytes(tar, "manifest.json", json.dumps(manifest, indent=1).encode())
    return rows, count, missing


@contextmanager
def _snapshot() -> Iterator[None]:
    """Read one moment of the database while others write."""
    begin = (
        "BEGIN DEFERRED"  # not Django's IMMEDIATE: readers of a WAL hold up no writer
        if connection.vendor == "sqlite"
        else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    )
    with connection.cursor() as cursor:
        cursor.execute(begin)
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def _models(registry: Any) -> list[type[models.Model]]:
    return [
        model
        for model in registry.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
        and model._meta.label_lower not in _LEFT_OUT
    ]  # fmt: skip


def _write_rows(model: type[models.Model], out: BinaryIO) -> int:
    names = [field.attname for field in model._meta.concrete_fields]
    count = 0
    for row in model._base_manager.order_by("pk").values(*names).iterator(_BATCH):
        out.write(json.dumps(row, cls=_Encoder, ensure_ascii=False).encode() + b"\n")
        count += 1
    return count


class _Encoder(DjangoJSONEncoder):
    def default(self, o: Any) -> Any:
        if isinstance(o, bytes | memoryview):
            return b64encode(o).decode()  # as `BinaryField.to_python` reads it
        # Django's own cuts microseconds; a due time is exact.
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


def _seal(plain: Path, folder: Path, passphrase: str) -> Path:
    identity = pyrage.x25519.Identity.generate()
    sealed, outer = folder / "backup.tar.gz.age", folder / "sealed.tar"
    with plain.open("rb") as source, sealed.open("wb") as target:
        pyrage.encrypt_io(source, target, [identity.to_public()])
    with tarfile.open(outer, "w") as tar:
        _add_bytes(tar, "key.age", pyrage.passphrase.encrypt(str(identity).encode(), passphrase))
        tar.add(sealed, "backup.tar.gz.age")
    return outer


def _add_bytes(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(data), 0o600
    tar.addfile(info, io.BytesIO(data))


# Reading


def restore(source: Path, *, passphrase: str = "", at: datetime) -> dict[str, int]:
    """Bring a backup back into an installation that holds nothing yet. Raises CannotRestore.

    Nothing that was queued leaves by itself afterwards: each waits for a person. Mailboxes are
    looked through again; each mail is taken once. Returns counts: rows, files, held.
    """
    again = is_unfinished()
    if not again:
        _refuse_if_used()
        _unfinished().touch(mode=0o600)
    try:
        return _restore(source, passphrase, at=at)
    except CannotRestore:
        if not again:
            _unfinished().unlink()  # nothing was changed
        raise


def is_unfinished() -> bool:
    """Whether a restore was cut short: then nothing may run, or what was queued would leave."""
    return _unfinished().exists()


def _unfinished() -> Path:
    return Path(settings.DATA_DIR) / "restore-unfinished"


def _restore(source: Path, passphrase: str, *, at: datetime) -> dict[str, int]:
    with tempfile.TemporaryDirectory(prefix="goodword-restore-") as name:
        folder = Path(name)
        _unpack(source, folder, passphrase)
        manifest = json.loads((folder / "manifest.json").read_text())
        if manifest.get("format") != FORMAT:
            raise CannotRestore(f"this backup was made by Goodword {manifest.get('goodword')}")
        nodes = _known_migrations(manifest)
        # Files and keys first: rows without their bytes would be the worse half.
        files = _bring_files(folder)
        rows = _bring_rows(folder, nodes)
    call_command("migrate", interactive=False, verbosity=0)
    held = _calm_down(datetime.fromisoformat(manifest["made_at"]), at=at)
    _unfinished().unlink()
    return {"rows": rows, "files": files, "held": held}


def _refuse_if_used() -> None:
    tables = connection.introspection.table_names()
    if Teammate._meta.db_table in tables and Teammate.objects.exists():
        raise CannotRestore(
            "this installation is in use; restore into an empty data folder and database"
        )


def _unpack(source: Path, folder: Path, passphrase: str) -> None:
    try:
        with source.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
        if not packed:
            source = _unseal(source, folder, passphrase)
        with tarfile.open(source, "r:gz") as tar:
            tar.extractall(folder, filter="data")
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, OSError) as error:
        raise CannotRestore(f"{source.name} is no whole backup: {error}") from error


def _unseal(source: Path, folder: Path, passphrase: str) -> Path:
    if not passphrase:
        raise CannotRestore("this backup is encrypted; give its passphrase (--passphrase-file)")
    with tarfile.open(source, "r:") as tar:
        tar.extractall(folder, filter="data")
    plain = folder / "backup.tar.gz"
    try:
        key = pyrage.passphrase.decrypt((folder / "key.age").read_bytes(), passphrase)
        identity = pyrage.x25519.Identity.from_str(key.decode())
        with (folder / "backup.tar.gz.age").open("rb") as sealed, plain.open("wb") as out:
            pyrage.decrypt_io(sealed, out, [identity])
    except pyrage.DecryptError as error:
        raise CannotRestore("the passphrase is not the one it was encrypted with") from error
    return plain


def _bring_files(folder: Path) -> int:
    count = 0
    for kind, root in (("files", Path(settings.FILES_DIR)), ("keys", settings.DATA_DIR / "keys")):
        for path in sorted((folder / kind).rglob("*")):
            if path.is_file():
                target = root / path.relative_to(folder / kind)
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                shutil.copyfile(path, target)
                target.chmod(0o600)
                count += kind == "files"
    return count


def _known_migrations(manifest: dict[str, Any]) -> list[tuple[str, str]]:
    """Where the schema of the backup stood. Raises CannotRestore."""
    nodes = [(app, name) for app, name in manifest["migrations"]]
    graph = MigrationExecutor(connection).loader.graph
    if any(node not in graph.nodes for node in nodes):
        raise CannotRestore("this backup was made by a newer Goodword; update this one first")
    return nodes


def _bring_rows(folder: Path, nodes: list[tuple[str, str]]) -> int:
    """Load the rows into the schema they were written from; newer migrations run afterwards."""
    executor = MigrationExecutor(connection)
    state = executor.migrate(nodes)
    if not state.apps.ready:
        state = executor.loader.project_state(nodes)
    rows = 0
    with transaction.atomic():
        loaded = _models(state.apps)
        for model in loaded:  # a start that nobody followed up leaves a link and the like
            model._base_manager.all()._raw_delete(connection.alias)
        for model in loaded:
            path = folder / "tables" / f"{model._meta.label_lower}.jsonl"
            if path.exists():
                rows += _load(model, path)
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), loaded):
                cursor.execute(statement)
    return rows


def _load(model: type[models.Model], path: Path) -> int:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    batch: list[models.Model] = []
    count = 0
    with path.open("rb") as lines:
        for line in lines:
            values = json.loads(line)
            batch.append(model(**{n: _python(fields[n], v) for n, v in values.items()}))
            count += 1
            if len(batch) == _BATCH:
                model._base_manager.bulk_create(batch)
                batch = []
    model._base_manager.bulk_create(batch)
    return count


def _python(field: models.Field[Any, Any], value: Any) -> Any:
    if isinstance(field, models.JSONField) or field.is_relation:
        return value
    return field.to_python(value)


def _calm_down(made_at: datetime, *, at: datetime) -> int:
    """What the backup had queued may have left since it was made: a person decides.

    And what it owed may have been answered: no inbox asks for patience by itself until an owner
    chooses so again.
    """
    held = delivering.hold_everything(why=HELD, at=at)
    events.forget_undelivered()
    notices.forget_unsent()
    InboxPlan.objects.update(holding=InboxPlan.Holding.DRAFT)
    MailAccount.objects.update(uidvalidity=None, last_uid=0, lease="", leased_until=None)
    # What came before a mailbox was last read to its end is in the backup; one that failed for
    # days has mail that is not.
    for account in MailAccount.objects.filter(last_ok_at__isnull=False):
        known_to = min(made_at, account.last_ok_at or made_at) - timedelta(days=2)
        MailAccount.objects.filter(pk=account.pk, begin_at__lt=known_to).update(begin_at=known_to)
    return held
