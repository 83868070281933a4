"""A mailbox with thousands of mails: each taken once, by helpings, and nothing from before."""

from datetime import UTC, datetime, timedelta

import pytest

from goodword.channels.email import fetching
from goodword.channels.email.imap_in import Mailbox, Server
from goodword.channels.email.models import MailAccount
from goodword.desk.models import Arrival

pytestmark = [pytest.mark.django_db, pytest.mark.dovecot]
NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=30)


@pytest.fixture
def mailbox(house, dovecot):
    """A mailbox, how it is opened, and the account that follows it since an hour ago."""
    user = dovecot.new_user()
    account = MailAccount.objects.create(
        inbox=house.hello, imap_host="127.0.0.1", imap_user=user, begin_at=NOW - timedelta(hours=1)
    )

    class Opened(Mailbox):
        def __init__(self):
            super().__init__(Server("127.0.0.1", dovecot.imap_port, "none", user, "secret"))

    return user, Opened, account


def mails(name, count, *, size=0):
    head = "From: g@home.example\r\nMessage-ID: <{0}.{1}@home.example>\r\n\r\n{0} {1}\r\n"
    return [(head.format(name, n) + "x" * size).encode() for n in range(count)]


def test_of_thousands_from_before_none_is_taken(dovecot, mailbox):
    user, opened, account = mailbox
    dovecot.fill(user, mails("old", 3000), arrived=LONG_AGO)
    with opened() as box:
        assert fetching.catch_up(account, box, at=NOW) == 0
        dovecot.append(*mails("new", 1), user)
        assert fetching.catch_up(account, box, at=NOW) == 1
    assert Arrival.objects.count() == 1


def test_after_all_uids_changed_each_is_there_once_and_the_new_ones_too(dovecot, mailbox):
    user, opened, account = mailbox
    dovecot.fill(user, mails("known", 200), arrived=NOW)
    with opened() as box:
        assert fetching.catch_up(account, box, at=NOW) == 200
    dovecot.reset_uidvalidity(user)
    dovecot.append(*mails("new", 1), user)
    with opened() as box:
        assert fetching.catch_up(account, box, at=NOW) == 1
        assert fetching.catch_up(account, box, at=NOW) == 0
    assert Arrival.objects.count() == 201


def test_what_was_taken_before_it_was_stopped_is_not_asked_for_again(dovecot, mailbox):
    user, opened, account = mailbox
    dovecot.fill(user, mails("one of many", 120), arrived=NOW)
    with opened() as box:
        assert fetching.catch_up(account, box, at=NOW, go_on=lambda: False) == 50
    account.refresh_from_db()
    with opened() as box:
        assert fetching.catch_up(account, box, at=NOW) == 70
    assert Arrival.objects.count() == 120


def test_no_more_is_in_memory_at_once_than_some_mails_or_some_megabytes(dovecot, mailbox):
    user, opened, account = mailbox
    dovecot.fill(user, mails("large", 4, size=5_000_000), arrived=NOW)
    fetched = []

    class Watched(opened):
        def fetch(self, uids):
            fetched.append(len(uids))
            return super().fetch(uids)

    with Watched() as box:
        assert fetching.catch_up(account, box, at=NOW) == 4
    assert fetched == [1, 1, 1, 1]


def test_what_comes_while_we_look_is_never_passed_over(dovecot, mailbox):
    user, opened, account = mailbox
    one, two = mails("just now", 2)

    class Crowded(opened):
        def uids_after(self, uid):
            found = super().uids_after(uid)
            dovecot.append(two, user)  # the server has it, and this session doesn't know
            return found

    with opened() as box:
        fetching.catch_up(account, box, at=NOW)
    dovecot.append(one, user)
    with Crowded() as box:
        assert fetching.catch_up(account, box, at=NOW) == 1
    with opened() as box:
        assert fetching.catch_up(account, box, at=NOW) == 1


def test_the_same_bytes_twice_in_the_mailbox_are_one_arrival(dovecot, mailbox):
    user, opened, account = mailbox
    [mail] = mails("twice", 1)
    dovecot.fill(user, [mail, mail], arrived=NOW)
    with opened() as box:
        fetching.catch_up(account, box, at=NOW)
    assert Arrival.objects.count() == 1
