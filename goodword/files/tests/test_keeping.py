import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from goodword.desk.models import Arrival
from goodword.files import actions as files
from goodword.files.models import File
from tests.factories import MONDAY_NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.FILES_DIR = tmp_path


def refer(file):
    return Arrival.objects.create(
        road="email", raw=file, source="pipe", arrived_at=MONDAY_NOON, said_at=MONDAY_NOON
    )


def on_disk():
    folder = Path(settings.FILES_DIR)
    return sorted(p.name for p in folder.rglob("*") if p.is_file())


def test_the_same_bytes_are_kept_once_and_nothing_is_left_in_passing():
    one, two = files.keep(b"pdf", at=MONDAY_NOON), files.keep(b"pdf", at=MONDAY_NOON)
    assert one == two
    assert files.read(one) == b"pdf"
    assert on_disk() == [files.path_of(one).name]


def test_a_file_goes_a_day_after_its_last_reference():
    file = files.keep(b"pdf", at=MONDAY_NOON)
    reference = refer(file)
    assert files.sweep(at=MONDAY_NOON + 9 * DAY) == 0
    reference.delete()
    noticed = MONDAY_NOON + 10 * DAY
    assert files.sweep(at=noticed) == 0
    assert files.sweep(at=noticed + timedelta(hours=23)) == 0
    assert files.sweep(at=noticed + DAY) == 1
    assert (File.objects.count(), on_disk()) == (0, [])


def test_a_file_referred_to_again_in_time_stays():
    file = files.keep(b"pdf", at=MONDAY_NOON)
    files.sweep(at=MONDAY_NOON + DAY)
    refer(files.keep(b"pdf", at=MONDAY_NOON + DAY))
    assert files.sweep(at=MONDAY_NOON + 9 * DAY) == 0
    assert files.read(file) == b"pdf"


def test_a_reference_made_while_the_sweep_had_noticed_it_saves_it():
    file = files.keep(b"pdf", at=MONDAY_NOON)
    files.sweep(at=MONDAY_NOON + DAY)
    refer(file)
    assert files.sweep(at=MONDAY_NOON + 9 * DAY) == 0


def test_bytes_that_vanished_from_disk_are_written_again():
    file = files.keep(b"pdf", at=MONDAY_NOON)
    os.unlink(files.path_of(file))
    files.keep(b"pdf", at=MONDAY_NOON)
    assert files.read(file) == b"pdf"


def test_when_the_disk_refuses_nothing_is_kept(monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.keep(b"pdf", at=MONDAY_NOON)
    assert (File.objects.count(), on_disk()) == (0, [])


def test_many_kept_together_are_as_if_each_were_kept_alone():
    before = files.keep(b"there", at=MONDAY_NOON)
    kept = files.keep_all([b"one", b"there", b"two", b"one"], at=MONDAY_NOON)

    assert [files.read(file) for file in kept] == [b"one", b"there", b"two", b"one"]
    assert (kept[1], kept[0]) == (before, kept[3])
    assert on_disk() == sorted({files.path_of(file).name for file in kept})
    assert files.keep_all([], at=MONDAY_NOON) == []


@pytest.mark.parametrize("refused", ["replace", "fsync"])
def test_many_kept_together_are_all_kept_or_none(monkeypatch, refused):
    calls = []

    def full(*args):
        calls.append(args)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, refused, full)
    with pytest.raises(OSError, match="No space"):
        files.keep_all([b"one", b"two"], at=MONDAY_NOON)
    assert (File.objects.count(), on_disk()) == (0, [])


def test_what_the_sweep_had_noticed_is_saved_by_keeping_it_with_others():
    file = files.keep(b"pdf", at=MONDAY_NOON)
    files.sweep(at=MONDAY_NOON + DAY)
    refer(files.keep_all([b"pdf", b"other"], at=MONDAY_NOON + DAY)[0])
    os.unlink(files.path_of(file))
    assert files.read(files.keep_all([b"pdf"], at=MONDAY_NOON + DAY)[0]) == b"pdf"
    assert files.sweep(at=MONDAY_NOON + DAY * 3 // 2) == 0
