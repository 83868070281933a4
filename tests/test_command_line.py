"""The command line, as someone meets it first."""

import subprocess
import sys
from itertools import chain

import pytest

from goodword.bench.servers.goodword_process import GoodwordProcess
from tests.doors.house import PASSWORD, SETUP


@pytest.fixture
def goodword():
    process = GoodwordProcess()
    yield process
    process.remove()


@pytest.fixture
def unowned(empty_goodword):
    """Its tables are made, so that no command here takes the time for that."""
    process = empty_goodword.cast()
    yield process
    process.remove()


COMMANDS = [
    "run", "web", "work", "setup", "migrate", "mail", "import", "check", "doctor", "bench",
    "backup", "restore", "rescue",
]  # fmt: skip


def test_help_names_every_command_in_a_line(goodword):
    told = goodword.run("--help")
    assert told.returncode == 0
    text = told.stdout.decode()
    for command in COMMANDS:
        assert f"\n  {command} " in text, command
    for command in ("run", "setup", "check", "doctor", "backup", "restore", "mail", "import"):
        assert goodword.run(command, "--help").returncode == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GOODWORD_PORT", "many"),
        ("GOODWORD_URL", "desk.shop.example"),
        ("GOODWORD_DATABASE_URL", "oracle://x"),
        ("GOODWORD_DATA", "/proc/nowhere"),
        ("GOODWORD_LOG_LEVEL", "LOUD"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_sentence(goodword, name, value):
    goodword.environment[name] = value
    told = goodword.run("check")
    assert told.returncode == 78
    lines = told.stderr.decode().strip().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(f"goodword: {name} ")


def test_a_key_that_was_never_written_stops_the_start(goodword):
    from pathlib import Path

    keys = Path(goodword.environment["GOODWORD_DATA"]) / "keys"
    keys.mkdir(parents=True)
    (keys / "mailboxes").touch()
    told = goodword.run("check")
    assert told.returncode == 78
    assert "mailboxes is empty" in told.stderr.decode()


def test_a_port_in_use_is_said_in_words(unowned):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", unowned.smtp_port))
        taken.listen()
        told = unowned.run("work", timeout=30)
    assert told.returncode == 1
    assert "GOODWORD_SMTP_PORT" in told.stderr.decode()


def test_setup_says_what_cannot_be_used_and_makes_nothing(unowned, tmp_path):
    fine = {
        "--owner": "ana@shop.example", "--password-file": "-", "--business": "Shop",
        "--country": "de", "--zone": "Europe/Berlin", "--inbox": "hello@shop.example",
    }  # fmt: skip
    wrong = [
        ("--zone", "Mars/Base", "zone"),
        ("--country", "XX", "country"),
        ("--inbox", "nowhere", "address"),
        ("--owner", "nobody", "address"),
    ]

    words = tmp_path / "password"
    words.write_text("correct horse battery\n")
    for option, value, word in wrong:
        given = fine | {"--password-file": str(words), option: value}
        told = by_fork(unowned, "setup", *chain(*given.items()))
        assert (told.returncode, word in told.stderr.lower()) == (1, True), told.stderr
    assert "0  conversations" in by_fork(unowned, "check").stdout
    again = unowned.run("setup", *chain(*fine.items()), input="correct horse battery\n")
    assert again.returncode == 0, again.stderr


def by_fork(goodword, *words):
    """As `goodword.run`, where loading Goodword time and again shows nothing new."""
    return goodword.python(
        f"import sys\nfrom goodword.cli import main\nsys.argv[1:] = {words!r}\nmain()"
    )


def test_setup_twice_is_refused_in_words(shop_goodword):
    shop = shop_goodword.cast()  # by `goodword setup`
    try:
        told = shop.run(*SETUP, input=f"{PASSWORD}\n")
    finally:
        shop.remove()
    assert told.returncode == 1
    assert "owner" in told.stderr.decode()


def test_it_starts_as_a_module_and_says_its_version():
    told = subprocess.run(
        [sys.executable, "-m", "goodword", "--version"], capture_output=True, text=True
    )
    assert told.stdout.startswith("goodword, version ")
