"""`goodword import` as its owner calls it: killed and run again, and everything is there once."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from goodword.bench.servers import wait_until
from goodword.bench.servers.goodword_process import GoodwordProcess
from tests.doors.house import check, rows

_COUNT = 200


@pytest.fixture
def goodword(shop_goodword):
    process = shop_goodword.cast()
    yield process
    process.remove()


def old_mails(path: Path) -> None:
    """Twenty threads of ten mails, half of them ours, in no order of time."""
    mails = []
    for thread in range(_COUNT // 10):
        for turn in range(10):
            ours = turn % 2
            sender, to = f"p{thread}@x.example", "hello@shop.example"
            if ours:
                sender, to = to, sender
            answers = f"In-Reply-To: <{thread}.{turn - 1}@x.example>\n" if turn else ""
            mails.append(
                f"From {sender} Mon Jan  2 15:04:05 2006\n"
                f"From: {sender}\nTo: {to}\nSubject: thread {thread}\n{answers}"
                f"Message-ID: <{thread}.{turn}@x.example>\n"
                f"Date: Mon, {1 + turn:02} Jan 2007 10:00:00 +0000\n\n"
                f"Words of turn {turn}\n>From me\n\n"
            )
    random.Random(3).shuffle(mails)
    path.write_text("".join(mails))


@pytest.mark.long
def test_killed_again_and_again_every_old_mail_is_there_once_and_owes_nothing(goodword, tmp_path):
    box = tmp_path / "old"
    old_mails(box)
    for least in (10, 100):
        start_and_kill(goodword, box, once_there_are=least)

    done = goodword.run("import", "mbox", str(box), "--inbox", "hello@shop.example")
    assert done.returncode == 0, done.stderr.decode()
    assert f"{_COUNT} mails: " in done.stdout.decode()
    again = goodword.run("import", "mbox", str(box), "--inbox", "hello")
    assert again.stdout.decode().strip() == f"{_COUNT} mails: {_COUNT} there already."

    now = check(goodword)
    assert now["violations"] == []
    assert (now["messages"], now["conversations"], now["open_promises"]) == (
        _COUNT,
        _COUNT // 10,
        0,
    )
    assert rows(goodword, "SELECT DISTINCT state, closed_why FROM conversations_conversation") == [
        ("closed", "imported")
    ]
    assert rows(goodword, "SELECT count(*) FROM events_delivery") == [(0,)]


def start_and_kill(goodword: GoodwordProcess, box: Path, *, once_there_are: int) -> None:
    run = subprocess.Popen(
        [sys.executable, "-m", "goodword", "import", "mbox", str(box), "--inbox", "Hello"],
        env=goodword.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def there() -> bool:
        count = rows(goodword, "SELECT count(*) FROM conversations_message")[0][0]
        return bool(count >= once_there_are)

    try:
        wait_until(there, seconds=60, what=f"{once_there_are} mails")
    finally:
        run.kill()
        run.wait()
