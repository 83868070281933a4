"""`goodword doctor` on installations that are wrong in one way each."""

import os
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder

from goodword.bench.servers import spare_port
from goodword.channels.email.tests.name_server import NameServer
from goodword.checkup import addresses, database, looking, machine, work
from goodword.core.diagnosis import span, worst
from goodword.desk.models import Arrival
from goodword.events import actions as events
from goodword.files import actions as files
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, receive

FINE = "https://desk.shop.example"


def by_rule(found):
    return {each.rule: each for each in found}


# Where we are found


@pytest.mark.parametrize(
    ("url", "host", "state"),
    [
        (FINE, "127.0.0.1", "ok"),
        ("http://127.0.0.1:8000", "127.0.0.1", "look"),
        ("http://localhost:8000", "::1", "look"),
        ("http://127.0.0.1:8000", "0.0.0.0", "wrong"),
        ("http://desk.shop.example", "127.0.0.1", "wrong"),
        ("http://10.0.0.5:8000", "10.0.0.5", "wrong"),
    ],
)
def test_the_address_is_encrypted_or_on_this_machine_only(settings, url, host, state):
    settings.URL, settings.HOST, settings.TRUSTED_PROXIES = url, host, ["127.0.0.1"]

    assert by_rule(addresses.look())["address"].state == state


@pytest.mark.parametrize(
    ("trusted", "state"),
    [
        ([], "look"), (["127.0.0.1", "10.0.0.0/8", "::1"], "ok"), (["*"], "wrong"),
        (["0.0.0.0/0"], "wrong"), (["proxy.shop.example"], "wrong"),
    ],
)  # fmt: skip
def test_only_a_named_proxy_is_trusted(settings, trusted, state):
    settings.URL, settings.TRUSTED_PROXIES = FINE, trusted

    assert worst(addresses.look()) == state


@pytest.mark.parametrize(
    ("host", "rules"),
    [("127.0.0.1", []), ("10.1.2.3", []), ("0.0.0.0", ["lmtp"]), ("::", ["lmtp"]),
     ("198.51.100.7", []), ("8.8.8.8", ["lmtp"])],
)  # fmt: skip
def test_lmtp_is_for_the_own_network(settings, host, rules):
    settings.URL, settings.TRUSTED_PROXIES = FINE, ["127.0.0.1"]
    settings.LMTP_PORT, settings.LMTP_HOST = 2424, host

    assert [each.rule for each in addresses.look() if each.rule == "lmtp"] == rules


@pytest.fixture
def web_server(settings):
    """Answers every call with `status`, where GOODWORD_URL says that we are."""

    class Answers(BaseHTTPRequestHandler):
        status = 200

        def do_GET(self):
            self.send_response(self.status)
            self.end_headers()

        def log_message(self, *given):
            pass

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        settings.URL = f"http://127.0.0.1:{server.server_port}"
        yield Answers
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("status", "state"), [(200, "ok"), (503, "ok"), (502, "wrong")])
def test_our_own_address_is_called(web_server, monkeypatch, status, state):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    web_server.status = status
    assert [each.state for each in addresses.call()] == [state]


def test_an_address_that_is_not_reached_from_inside_is_only_worth_a_look(settings):
    settings.URL = f"http://127.0.0.1:{spare_port()}"
    (said,) = addresses.call()
    assert (said.state, "refused" in said.words) == ("look", True)


# The machine


@pytest.fixture
def folder(settings, tmp_path):
    """A data folder as a first start makes it."""
    tmp_path.chmod(0o700)
    (tmp_path / "keys").mkdir(mode=0o700)
    (tmp_path / "keys" / "secret").touch(mode=0o600)
    settings.DATA_DIR = tmp_path
    return tmp_path


def test_a_folder_as_it_is_made_is_fine(folder):
    found = by_rule(machine.look())

    assert (found["folder"].state, found["disk"].state) == ("ok", "ok")
    assert worst(found.values()) != "wrong"


def test_a_folder_that_others_can_look_into_is_wrong(folder):
    folder.chmod(0o755)

    assert by_rule(machine.look())["folder"].do == f"Run `chmod 700 {folder}`."


def test_a_folder_that_cannot_be_written_to_is_wrong(folder, monkeypatch):
    def full(**given):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(machine.tempfile, "TemporaryFile", full)

    said = by_rule(machine.look())["folder"]
    assert (said.state, "Permission denied" in said.words) == ("wrong", True)


def test_a_key_that_others_can_read_is_wrong(folder):
    (folder / "keys" / "secret").chmod(0o640)

    assert "chmod 600" in by_rule(machine.look())["keys"].do


def test_the_disk_is_wrong_below_the_least_and_worth_a_look_near_it(folder, settings):
    free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize // 2**20
    settings.LEAST_DISK_MB = free * 2
    assert by_rule(machine.look())["disk"].state == "wrong"
    settings.LEAST_DISK_MB = free // 3
    assert by_rule(machine.look())["disk"].state == "look"


def test_a_restore_that_was_cut_short_is_said(folder):
    (folder / "restore-unfinished").touch()

    assert by_rule(machine.look())["restore"].state == "wrong"


def test_the_kind_of_disk_is_that_of_the_nearest_mount(tmp_path):
    mounts = tmp_path / "mounts"
    mounts.write_text("/dev/sda1 / ext4 rw 0 0\nnas:/x /srv nfs4 rw 0 0\n/dev/sdb /srv/a xfs rw\n")

    assert machine._file_system(Path("/srv/goodword"), mounts) == "nfs4"
    assert machine._file_system(Path("/srv/a/goodword"), mounts) == "xfs"
    assert machine._file_system(Path("/srvother"), mounts) == "ext4"
    assert machine._file_system(Path("/srv"), tmp_path / "none") == ""


# The database


def test_a_database_as_it_is_made_is_fine(db):
    assert by_rule(database.look())["database"].state == "ok"


def test_a_database_that_is_behind_or_ahead_is_wrong(db):
    recorder = MigrationRecorder(connection)
    recorder.record_applied("desk", "9999_from_tomorrow")
    assert "newer Goodword" in by_rule(database.look())["migrations"].words
    recorder.record_unapplied("desk", "9999_from_tomorrow")
    recorder.record_unapplied("web", "0001_first")
    last = max(name for app, name in recorder.applied_migrations() if app == "desk")
    recorder.record_unapplied("desk", last)
    assert "goodword migrate" in by_rule(database.look())["migrations"].do


def test_a_damaged_file_is_told_from_one_that_is_away():
    damaged = database.out_of_reach(DatabaseError("database disk image is malformed"))
    away = database.out_of_reach(DatabaseError("connection refused\n\tIs it running?"))

    assert "restore the last backup" in damaged.do
    assert "connection refused Is it running?" in away.words


def test_a_clock_unlike_the_databases_is_wrong():
    assert not list(database._clocks(MONDAY_NOON, MONDAY_NOON + timedelta(seconds=20)))
    found = list(database._clocks(MONDAY_NOON, MONDAY_NOON + HOUR))
    assert "1 hour ahead of" in found[0].words


# The work


def worked(at=MONDAY_NOON):
    return by_rule(work.look(at=at))


def beat(at, lane="in"):
    events.beat(lane, at=at)


def test_a_worker_that_beats_is_ok_and_one_that_stopped_says_since_when(house):
    assert "has never run" in worked()["worker"].words
    beat(MONDAY_NOON)
    assert worked(MONDAY_NOON + timedelta(seconds=30))["worker"].state == "ok"
    assert "2 hours ago" in worked(MONDAY_NOON + 2 * HOUR)["worker"].words


def test_a_lane_that_hangs_is_named(house):
    beat(MONDAY_NOON, lane="out")
    beat(MONDAY_NOON + HOUR, lane="in")

    assert "(out)" in worked(MONDAY_NOON + HOUR)["worker"].words


def waiting_mail(**columns):
    columns = {"due_at": MONDAY_NOON, **columns}
    return Arrival.objects.create(
        road="email", raw=files.keep(b"x", at=MONDAY_NOON), source="smtp",
        arrived_at=MONDAY_NOON, said_at=MONDAY_NOON, **columns,
    )  # fmt: skip


def test_mail_that_waits_is_ok_then_worth_a_look_then_wrong(house):
    assert worked()["arrivals"].words == "none waits."
    waiting_mail()
    states = [worked(MONDAY_NOON + late)["arrivals"].state for late in (MINUTE, 9 * MINUTE, HOUR)]
    assert states == ["ok", "look", "wrong"]


def test_mail_that_is_put_off_waits_all_the_same_and_says_why(house):
    waiting_mail(due_at=MONDAY_NOON + 2 * DAY, tries=3, why="no space left")

    said = worked(MONDAY_NOON + DAY)["arrivals"]
    assert (said.state, "1 day" in said.words, "no space left" in said.words) == (
        "wrong", True, True,
    )  # fmt: skip


def test_mail_that_nobody_could_read_is_worth_a_look(house):
    assert "unreadable" not in worked()
    waiting_mail(state=Arrival.State.FAILED, due_at=None)

    assert worked()["unreadable"].state == "look"


def test_what_was_written_in_the_future_says_that_the_clock_was_wrong(house):
    receive(house, at=MONDAY_NOON)
    assert worked(MONDAY_NOON + MINUTE)["clock"].state == "ok"
    assert worked(MONDAY_NOON - HOUR)["clock"].state == "wrong"
    beat(MONDAY_NOON + DAY)
    assert "23 hours in the future" in worked(MONDAY_NOON + HOUR)["clock"].words


@pytest.mark.parametrize(
    ("sent", "state", "words"),
    [
        (timedelta(seconds=-5), "ok", ""),
        (3 * HOUR, "look", "probably behind"),
        (-5 * HOUR, "look", "probably ahead"),
    ],
)
def test_what_most_senders_write_tells_of_our_clock(house, sent, state, words):
    for _ in range(10):
        receive(house, claimed_at=MONDAY_NOON + sent)

    said = worked(MONDAY_NOON + MINUTE)["clock"]
    assert (said.state, words in said.words) == (state, True)


def test_one_sender_with_a_wrong_clock_says_nothing(house):
    for n in range(12):
        receive(house, claimed_at=MONDAY_NOON + (DAY if n == 5 else timedelta(seconds=-2)))

    assert worked(MONDAY_NOON + MINUTE)["clock"].state == "ok"


def test_nobody_owning_it_is_said(db):
    assert worked()["owner"].state == "look"


# All of it


def test_the_whole_look_changes_nothing_and_tells_no_address(house):
    receive(house, sender="grace@whitlow.example")
    before = list(connection.introspection.table_names())
    with NameServer({}) as server, connection.execute_wrapper(_only_reads):
        found = list(looking.look(at=MONDAY_NOON, resolver=server.resolver))

    assert {"address", "folder", "disk", "database", "worker", "arrivals", "outgoing"} <= set(
        by_rule(found)
    )
    assert "whitlow" not in " ".join(map(str, found))
    assert list(connection.introspection.table_names()) == before


def _only_reads(execute, sql, params, many, context):
    assert sql.split()[0].upper() in {"SELECT", "PRAGMA", "SAVEPOINT", "RELEASE", "SHOW"}, sql
    return execute(sql, params, many, context)


def test_when_the_database_is_away_the_rest_is_told(monkeypatch, db):
    def away():
        raise DatabaseError("connection refused")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "ensure_connection", away)
        found = by_rule(looking.look(at=MONDAY_NOON))
    assert (found["database"].state, "disk" in found, "worker" in found) == ("wrong", True, False)


def test_spans_are_said_in_one_number():
    assert [span(each) for each in (DAY, 2 * DAY, HOUR, 90 * MINUTE, timedelta(seconds=1))] == [
        "1 day", "2 days", "1 hour", "1 hour", "1 second",
    ]  # fmt: skip
    assert span(-3 * HOUR) == "3 hours"
