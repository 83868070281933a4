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
