"""The same bytes come again in the moment in which the sweep removes them."""

import threading

import pytest
from django.db import connection, transaction

from goodword.desk.models import Arrival
from goodword.files import actions as files
from goodword.files.models import File
from tests.factories import DAY, MONDAY_NOON

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_referred_to_again_while_the_sweep_removes_it_keeps_its_bytes(settings, tmp_path):
    settings.FILES_DIR = tmp_path
    files.keep(b"pdf", at=MONDAY_NOON)
    File.objects.update(unreferenced_since=MONDAY_NOON)
    kept, swept = threading.Event(), threading.Event()

    def keep_and_refer():
        with transaction.atomic():
            file = files.keep(b"pdf", at=MONDAY_NOON)
            kept.set()
            swept.wait(0.5)  # not committed yet when the sweep comes to it
            Arrival.objects.create(
                road="email", raw=file, source="pipe", arrived_at=MONDAY_NOON, said_at=MONDAY_NOON
            )
        connection.close()

    thread = threading.Thread(target=keep_and_refer)
    thread.start()
    kept.wait(5)
    if connection.vendor == "sqlite":  # its write lock lets the sweep begin only after that
        thread.join()
    files.sweep(at=MONDAY_NOON + 3 * DAY)
    swept.set()
    thread.join()

    assert files.read(Arrival.objects.get().raw) == b"pdf"
