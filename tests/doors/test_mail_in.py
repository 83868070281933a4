"""Mail through the real doors: SMTP, the pipe, IMAP; each mail once, whatever happens."""

import smtplib
from types import SimpleNamespace

import pytest

from goodword.bench.servers import wait_until
from tests.doors.house import check, connect, end_leases, hand_in, mail, rows, wait_for_messages


@pytest.fixture(scope="module")
def shop(shop_goodword):
    with shop_goodword.cast() as process:
        yield process


@pytest.fixture
def goodword(shop):
    """The shop of all tests here: each has customers of its own and counts from what is there."""
    return shop if shop.running else shop.start()


def messages(goodword):
    [(count,)] = rows(goodword, "SELECT count(*) FROM conversations_message")
    return count


def test_smtp_takes_mail_for_our_addresses_and_nothing_else(goodword):
    before = messages(goodword)
    with smtplib.SMTP(goodword.host, goodword.smtp_port, timeout=20) as line:
        line.ehlo()
        assert line.esmtp_features["size"] == str(50 * 1024 * 1024)
        line.mail("grace@whitlow.example")
        assert line.rcpt("someone@elsewhere.example")[0] == 550
        assert line.rcpt("HELLO@shop.example")[0] == 250
    hand_in(goodword, mail())
    wait_for_messages(goodword, before + 1)


def test_the_pipe_says_0_only_once_it_is_stored_and_75_when_it_should_be_tried_again(goodword):
    before = messages(goodword)
    assert goodword.run("mail", "receive", input=bytes(mail())).returncode == 0
    wait_for_messages(goodword, before + 1)
    assert goodword.run("mail", "receive", input=b"").returncode == 75

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(goodword.environment, "GOODWORD_LEAST_DISK_MB", "999999999")
        refused = goodword.run("mail", "receive", input=bytes(mail()))
    assert refused.returncode == 75
    assert b"disk" in refused.stderr


def test_the_same_mail_through_two_doors_is_there_once(goodword):
    before, owed = messages(goodword), check(goodword)["open_promises"]
    message = mail(sender="twice@home.example")
    hand_in(goodword, message)
    assert goodword.run("mail", "receive", input=bytes(message)).returncode == 0
    wait_for_messages(goodword, before + 1)
    assert check(goodword)["open_promises"] == owed + 1


@pytest.mark.long
def test_killed_again_and_again_every_accepted_mail_is_there_once(goodword):
    before, there = messages(goodword), check(goodword)
    accepted = []
    for round_ in range(2):
        for n in range(6):
            message = mail(f"mail {round_}.{n}", sender=f"p{round_}{n}@x.example")
            hand_in(goodword, message)
            accepted.append(message["Message-ID"])
        goodword.kill()
        end_leases(goodword)
        goodword.start()
    wait_for_messages(goodword, before + len(accepted), seconds=180)
    now = check(goodword)
    assert now["violations"] == []
    assert now["conversations"] == there["conversations"] + 12
    assert now["arrivals_failed"] == there["arrivals_failed"]


def test_what_cannot_be_read_is_kept_and_stops_no_other(goodword):
    before, failed = messages(goodword), check(goodword)["arrivals_failed"]
    hand_in(goodword, mail("lost", to="hello@shop.example"))
    # No inbox of ours is named anywhere, and the pipe knows no envelope.
    stray = mail("stray", to="nobody@elsewhere.example")
    assert goodword.run("mail", "receive", input=bytes(stray)).returncode == 0
    wait_for_messages(goodword, before + 1)
    assert check(goodword)["arrivals_failed"] == failed + 1


def follow(goodword, dovecot):
    """The new user whose mailbox a new inbox has."""
    user = dovecot.new_user()
    connect(goodword, dovecot=dovecot, user=user, address=user)
    return user


def seen(goodword, *users):
    """How their mailboxes fare, in words."""
    found = rows(
        goodword, "SELECT imap_user, failing_since, last_ok_at, trouble FROM email_mailaccount"
    )
    return [
        f"{'failing' if failing else 'ok' if ok else 'new'} {trouble}"
        for user, failing, ok, trouble in found
        if user in users
    ]


def place(goodword, user):
    """How far the mailbox was read."""
    read = "SELECT uidvalidity, last_uid FROM email_mailaccount"
    return rows(goodword, f"{read} WHERE imap_user = '{user}'")[0]


@pytest.mark.dovecot
def test_imap_brings_each_mail_once_and_changes_nothing_in_the_mailbox(goodword, dovecot):
    stored, user = messages(goodword), dovecot.new_user()
    dovecot.deliver(bytes(mail("from before")), user)
    before = dovecot.flags(user)
    connect(goodword, dovecot=dovecot, user=user, address=user)
    wait_until(lambda: seen(goodword, user) == ["ok "], seconds=20, what="the mailbox is followed")

    dovecot.deliver(bytes(mail("while we listen")), user)
    # Read in another program already: that must not matter.
    dovecot.append(bytes(mail("read elsewhere")), user, flags=r"\Seen")
    wait_for_messages(goodword, stored + 3)

    assert len(dovecot.mails(user)) == 3
    assert dovecot.flags(user)[: len(before)] == before


@pytest.mark.long
@pytest.mark.dovecot
def test_after_the_server_was_down_and_after_uidvalidity_changed_each_mail_is_there_once(
    goodword, dovecot
):
    before = messages(goodword)
    one, other = users = [follow(goodword, dovecot) for _ in range(2)]
    for user in users:
        dovecot.deliver(bytes(mail("one")), user)
    wait_for_messages(goodword, before + 2)

    dovecot.stop()
    wait_until(
        lambda: all("failing" in each for each in seen(goodword, *users)),
        seconds=30,
        what="the outage is noticed",
    )
    dovecot.reset_uidvalidity(other)
    dovecot.start()
    dovecot.deliver(bytes(mail("two")), one)
    dovecot.deliver(bytes(mail("three")), other)
    wait_for_messages(goodword, before + 4, seconds=60)
    wait_until(
        lambda: seen(goodword, *users) == ["ok ", "ok "], seconds=60, what="both are followed again"
    )
    assert messages(goodword) == before + 4
    assert check(goodword)["violations"] == []


@pytest.mark.dovecot
def test_what_came_while_goodword_was_stopped_is_fetched_once_even_under_new_uids(
    goodword, dovecot
):
    before = messages(goodword)
    kept, renumbered = users = [follow(goodword, dovecot) for _ in range(2)]
    dovecot.deliver(bytes(mail("known")), renumbered)
    wait_for_messages(goodword, before + 1)
    wait_until(
        lambda: seen(goodword, *users) == ["ok ", "ok "], seconds=20, what="both are followed"
    )
    goodword.stop()
    dovecot.reset_uidvalidity(renumbered)  # there again before anybody could miss it
    for n in range(5):
        dovecot.deliver(bytes(mail(f"mail {n}")), kept)
    dovecot.deliver(bytes(mail("new")), renumbered)
    goodword.start()
    wait_for_messages(goodword, before + 7)
    wait_until(
        lambda: place(goodword, renumbered) == (dovecot.uidvalidity(renumbered), 2),
        seconds=20,
        what="all was looked at under its new number",
    )
    assert messages(goodword) == before + 7
    assert seen(goodword, *users) == ["ok ", "ok "]


@pytest.mark.dovecot
def test_a_mailbox_that_refuses_holds_up_no_other_and_says_why(goodword, dovecot):
    before, user = messages(goodword), follow(goodword, dovecot)
    refused = dovecot.new_user()
    wrong = SimpleNamespace(host=dovecot.host, imap_port=dovecot.imap_port, password="wrong")
    connect(goodword, dovecot=wrong, user=refused, address=refused)
    wait_until(
        lambda: "password" in seen(goodword, refused)[0], seconds=30, what="the refusal is noted"
    )
    dovecot.deliver(bytes(mail()), user)
    wait_for_messages(goodword, before + 1)
