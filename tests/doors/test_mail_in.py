"""Mail through the real doors: SMTP, the pipe, IMAP; each mail once, whatever happens."""

import smtplib

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


@pytest.fixture
def goodword(start_shop):
    return start_shop()


def test_smtp_takes_mail_for_our_addresses_and_nothing_else(goodword):
    with smtplib.SMTP(goodword.host, goodword.smtp_port, timeout=10) as line:
        line.ehlo()
        assert line.esmtp_features["size"] == str(50 * 1024 * 1024)
        line.mail("grace@whitlow.example")
        assert line.rcpt("someone@elsewhere.example")[0] == 550
        assert line.rcpt("HELLO@shop.example")[0] == 250
    hand_in(goodword, mail())
    wait_for_messages(goodword, 1)


def test_the_pipe_says_0_only_once_it_is_stored_and_75_when_it_should_be_tried_again(goodword):
    assert goodword.run("mail", "receive", input=bytes(mail())).returncode == 0
    wait_for_messages(goodword, 1)
    assert goodword.run("mail", "receive", input=b"").returncode == 75

    goodword.environment["GOODWORD_LEAST_DISK_MB"] = "999999999"
    refused = goodword.run("mail", "receive", input=bytes(mail()))
    assert refused.returncode == 75
    assert b"disk" in refused.stderr


def test_the_same_mail_through_two_doors_is_there_once(goodword):
    message = mail()
    hand_in(goodword, message)
    assert goodword.run("mail", "receive", input=bytes(message)).returncode == 0
    wait_for_messages(goodword, 1)
    assert check(goodword)["open_promises"] == 1


@pytest.mark.long
def test_killed_again_and_again_every_accepted_mail_is_there_once(goodword):
    accepted = []
    for round_ in range(2):
        for n in range(6):
            message = mail(f"mail {round_}.{n}", sender=f"p{round_}{n}@x.example")
            hand_in(goodword, message)
            accepted.append(message["Message-ID"])
        goodword.kill()
        goodword.start()
    wait_for_messages(goodword, len(accepted), seconds=180)
    now = check(goodword)
    assert now["violations"] == []
    assert (now["conversations"], now["arrivals_failed"]) == (12, 0)


def test_what_cannot_be_read_is_kept_and_stops_no_other(goodword):
    hand_in(goodword, mail("lost", to="hello@shop.example"))
    # No inbox of ours is named anywhere, and the pipe knows no envelope.
    stray = mail("stray", to="nobody@elsewhere.example")
    assert goodword.run("mail", "receive", input=bytes(stray)).returncode == 0
    wait_for_messages(goodword, 1)
    assert check(goodword)["arrivals_failed"] == 1


@pytest.mark.dovecot
def test_imap_brings_each_mail_once_and_changes_nothing_in_the_mailbox(goodword, dovecot):
    user = dovecot.new_user()
    dovecot.deliver(bytes(mail("from before")), user)
    before = dovecot.flags(user)
    connect(goodword, dovecot=dovecot, user=user)
    wait_until(lambda: "ok" in seen(goodword), seconds=20, what="the mailbox is followed")

    dovecot.deliver(bytes(mail("while we listen")), user)
    # Read in another program already: that must not matter.
    dovecot.append(bytes(mail("read elsewhere")), user, flags=r"\Seen")
    wait_for_messages(goodword, 3)

    assert len(dovecot.mails(user)) == 3
    assert dovecot.flags(user)[: len(before)] == before


@pytest.mark.long
@pytest.mark.dovecot
def test_after_the_server_was_down_and_after_uidvalidity_changed_each_mail_is_there_once(
    goodword, dovecot
):
    user = dovecot.new_user()
    connect(goodword, dovecot=dovecot, user=user)
    dovecot.deliver(bytes(mail("one")), user)
    wait_for_messages(goodword, 1)

    dovecot.stop()
    wait_until(lambda: "failing" in seen(goodword), seconds=30, what="the outage is noticed")
    dovecot.start()
    dovecot.deliver(bytes(mail("two")), user)
    wait_for_messages(goodword, 2, seconds=40)

    dovecot.reset_uidvalidity(user)
    dovecot.deliver(bytes(mail("three")), user)
    wait_for_messages(goodword, 3, seconds=40)
    assert check(goodword)["violations"] == []


@pytest.mark.dovecot
def test_what_came_while_goodword_was_stopped_is_fetched_once_it_starts(goodword, dovecot):
    user = dovecot.new_user()
    connect(goodword, dovecot=dovecot, user=user)
    wait_until(lambda: "ok" in seen(goodword), seconds=20, what="the mailbox is followed")
    goodword.stop()
    for n in range(5):
        dovecot.deliver(bytes(mail(f"mail {n}")), user)
    goodword.start()
    wait_for_messages(goodword, 5)


@pytest.mark.dovecot
def test_a_mailbox_that_refuses_holds_up_no_other_and_says_why(goodword, dovecot):
    user = dovecot.new_user()
    connect(goodword, dovecot=dovecot, user=user)
    run_code(
        goodword,
        f"""
from goodword.accounts.models import Team
from goodword.channels.email import accounts
from goodword.inboxes import actions as inboxes
second = inboxes.make(
    name="Second", addresses=["second@shop.example"], team=Team.objects.get(),
    by=None, at=timezone.now(),
)
wrong = accounts.AccountSettings(
    imap_host="127.0.0.1", imap_port={dovecot.imap_port}, imap_security="none",
    imap_user="{dovecot.new_user()}", imap_password="wrong",
)
accounts.connect(second, wrong, by=None, at=timezone.now())
""",
    )
    wait_until(lambda: "password" in seen(goodword), seconds=30, what="the refusal is noted")
    dovecot.deliver(bytes(mail()), user)
    wait_for_messages(goodword, 1)


def seen(goodword):
    """How the mailboxes fare, in words."""
    found = rows(goodword, "SELECT failing_since, last_ok_at, trouble FROM email_mailaccount")
    return " ".join(
        f"{'failing' if failing else 'ok' if ok else 'new'} {trouble}"
        for failing, ok, trouble in found
    )
