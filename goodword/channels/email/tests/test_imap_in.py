import threading
import time
from datetime import UTC, date, datetime

import pytest

from goodword.channels.email import imap_in
from goodword.channels.email.imap_in import Mailbox, Server
from goodword.channels.email.tests.mails import mail

pytestmark = pytest.mark.dovecot


@pytest.fixture
def server(dovecot):
    return Server("127.0.0.1", dovecot.imap_port, "none", dovecot.new_user(), dovecot.password)


@pytest.fixture
def put(dovecot, server):
    """Put a mail into the folder, with this text."""
    return lambda text="Hello\r\n": dovecot.append(mail(text), server.user)


def test_new_mail_is_listed_by_uid_and_read_without_a_trace(dovecot, server, put):
    put("one\r\n")
    put("two\r\n")
    with Mailbox(server) as mailbox:
        uids = mailbox.uids_after(0)
        [first, second] = mailbox.fetch(uids)
        listed = list(mailbox.listed(uids))

        assert mailbox.uidvalidity > 0
        assert mailbox.uidnext == uids[-1] + 1
        assert mailbox.uids_after(uids[0]) == uids[1:]
        assert mailbox.uids_after(uids[-1]) == []  # though "n+1:*" names the last one again
        assert mailbox.uids_since(date(2026, 1, 1)) == uids
        assert mailbox.uids_since(date(2099, 1, 1)) == []

    assert (first.raw, second.raw) == (mail("one\r\n"), mail("two\r\n"))
    assert [each.size_bytes for each in listed] == [len(first.raw), len(second.raw)]
    assert [each.uid for each in listed] == [first.uid, second.uid] == uids
    assert [each.arrived for each in listed] == [first.arrived, second.arrived]
    assert first.arrived.tzinfo is UTC
    assert abs((datetime.now(UTC) - first.arrived).total_seconds()) < 60
    assert all("\\Seen" not in flags for flags in dovecot.flags(server.user))


def test_a_message_that_is_gone_is_left_out(server, put):
    put()
    with Mailbox(server) as mailbox:
        [uid] = mailbox.uids_after(0)
        assert [each.uid for each in mailbox.fetch([uid, 4711])] == [uid]
        assert [each.uid for each in mailbox.listed([4710, uid])] == [uid]


@pytest.mark.parametrize("idle", [True, False])
def test_waiting_ends_when_mail_comes(server, put, monkeypatch, idle):
    monkeypatch.setattr(imap_in, "_POLL_SECONDS", 0.1)
    monkeypatch.setattr(imap_in, "_LOOK_UP_SECONDS", 0.1)
    put()
    with Mailbox(server) as mailbox:
        if not idle:
            mailbox._box.client.capabilities = ("IMAP4REV1",)
        last = mailbox.uids_after(0)[-1]
        coming = threading.Timer(0.2, put)
        coming.start()
        over = time.monotonic() + 60

        assert mailbox.wait(60)
        assert time.monotonic() < over
        coming.join()
        assert mailbox.uids_after(last) == [last + 1]


def test_mail_that_came_before_the_wait_ends_it_at_once(server, put):
    put()
    with Mailbox(server) as mailbox:
        mailbox.uids_after(0)
        put()
        over = time.monotonic() + 60

        assert mailbox.wait(60)
        assert time.monotonic() < over


def test_waiting_ends_in_time_and_when_told_to_stop(server, put, monkeypatch):
    monkeypatch.setattr(imap_in, "_LOOK_UP_SECONDS", 0.05)
    put()
    stop = threading.Event()
    with Mailbox(server, stop=stop.is_set) as mailbox:
        mailbox.uids_after(0)
        assert not mailbox.wait(0.2)
        stop.set()
        assert not mailbox.wait(20)


def test_a_mailbox_that_was_closed_says_so(server):
    mailbox = Mailbox(server)
    with mailbox:
        pass

    with pytest.raises(ConnectionError):
        mailbox.uids_after(0)
