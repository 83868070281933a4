"""A backup taken while mail comes in, brought back elsewhere."""

import os
import threading

import pytest

from goodword.bench.servers import wait_until
from tests.doors.house import (
    check,
    connect,
    hand_in,
    mail,
    rows,
    run_code,
    wait_for_messages,
)
from tests.doors.test_mail_out import answer, newest_conversation, states_of


@pytest.mark.long
@pytest.mark.dovecot
def test_backed_up_while_running_and_restored_elsewhere_nothing_leaves_by_itself(
    request, start_shop, empty_goodword, smtp_sink, dovecot, tmp_path
):
    goodword = start_shop()
    user = dovecot.new_user()
    connect(goodword, dovecot=dovecot, user=user, sink=smtp_sink)
    dovecot.deliver(bytes(mail("by the mailbox")), user)
    wait_for_messages(goodword, 1)
    asked = newest_conversation(goodword)
    answer(goodword, asked, to=("grace@whitlow.example",), undo_seconds=60)
    backup = tmp_path / "desk.backup"
    (tmp_path / "passphrase").write_text("open sesame\n")

    # Mail goes on coming in while the backup is written.
    stop = threading.Event()
    handed_in = []

    def customers() -> None:
        while not stop.is_set():
            hand_in(goodword, mail(f"mail {len(handed_in)}", sender=f"p{len(handed_in)}@x.example"))
            handed_in.append(1)
            stop.wait(0.1)  # each costs the restored desk its time as well

    writing = threading.Thread(target=customers)
    writing.start()
    wait_until(lambda: len(handed_in) > 3, seconds=20, what="mail comes in")
    made = goodword.run("backup", str(backup), "--passphrase-file", str(tmp_path / "passphrase"))
    stop.set()
    writing.join()
    assert made.returncode == 0, made.stderr.decode()
    assert os.stat(backup).st_mode & 0o777 == 0o600
    goodword.stop()
    # One more mail reaches the mailbox after the backup; the restored desk must find it.
    dovecot.deliver(bytes(mail("after the backup", sender="late@x.example")), user)

    restored = empty_goodword.cast()
    request.addfinalizer(restored.remove)
    shut = restored.run("restore", str(backup))
    assert (shut.returncode, b"passphrase" in shut.stderr) == (1, True)
    done = restored.run("restore", str(backup), "--passphrase-file", str(tmp_path / "passphrase"))
    assert done.returncode == 0, done.stderr.decode()
    before = check(restored)
    assert before["violations"] == []
    restored.start()
    wait_for_messages(restored, before["messages"] + before["arrivals_pending"] + 1, seconds=40)

    now = check(restored)
    assert now["violations"] == []
    assert texts(restored).count("by the mailbox") == 1
    assert texts(restored).count("after the backup") == 1
    # The one answer, and in no conversation anything else of ours.
    assert states_of(restored, asked) == states_of(restored) == ["queued"]
    assert smtp_sink.received == []

    run_code(
        restored,
        """
from goodword.accounts.models import Teammate
from goodword.conversations.models import Message
from goodword.desk.answering import delivering
delivering.let_go(
    Message.objects.get(direction="out"), by=Teammate.objects.get(), at=timezone.now()
)
""",
    )
    smtp_sink.wait_for(1, timeout=20)
    wait_until(
        lambda: states_of(restored) == ["accepted"],
        seconds=20,
        what="it was accepted",
    )


def texts(goodword):
    return [text.strip() for (text,) in rows(goodword, "SELECT text FROM conversations_message")]
