import smtplib
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from goodword.channels.email.smtp_in import Intake, Mail, Rate
from goodword.channels.email.tests.at_the_door import MAIL, Desk


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def intake(desk):
    intake = Intake(
        host="127.0.0.1",
        port=0,
        known=desk.known,
        store=desk.store,
        disk_short=desk.disk_short,
        max_bytes=200_000,
        max_connections=3,
        rate_per_minute=8,
    )
    intake.start()
    yield intake
    intake.stop()


@pytest.fixture
def client(intake):
    with smtplib.SMTP("127.0.0.1", intake.port, timeout=5) as client:
        yield client


def test_a_mail_for_us_is_stored_before_it_is_accepted(client, desk):
    refused = client.sendmail("a@b.example", ["hello@shop.example", "info@shop.example"], MAIL)

    assert refused == {}
    assert desk.stored == [Mail(MAIL, "a@b.example", ["hello@shop.example", "info@shop.example"])]


def test_a_bounce_with_an_empty_sender_is_taken(client, desk):
    client.sendmail("", ["hello@shop.example"], MAIL)

    assert desk.stored[0].sender == ""


def test_mail_for_others_is_refused_so_nothing_is_relayed(client, desk):
    client.ehlo()
    client.mail("a@b.example")

    code, words = client.rcpt("someone@elsewhere.example")

    assert (code, words[:5]) == (550, b"5.1.1")
    assert client.docmd("DATA")[0] == 503
    assert desk.stored == []


def test_umlauts_in_addresses_and_eight_bits_are_taken(client, desk):
    raw = "Subject: Grüße\r\n\r\nÄ\r\n".encode()

    client.sendmail("jürgen@b.example", ["grüße@shop.example"], raw, ["SMTPUTF8", "BODY=8BITMIME"])

    assert desk.stored == [Mail(raw, "jürgen@b.example", ["grüße@shop.example"])]


def test_very_long_lines_are_taken(client, desk):
    raw = b"Subject: x\r\n\r\n" + b"y" * 100_000 + b"\r\n"

    client.sendmail("a@b.example", ["hello@shop.example"], raw)

    assert desk.stored[0].raw == raw


@pytest.mark.parametrize(("trouble", "code"), [("full", 452), ("broken", 451), ("lost", 451)])
def test_while_we_are_in_trouble_the_sender_keeps_the_mail(client, desk, trouble, code):
    setattr(desk, trouble, True)

    with pytest.raises(smtplib.SMTPException) as refusal:
        client.sendmail("a@b.example", ["hello@shop.example"], MAIL)

    assert str(code) in str(refusal.value)
    assert desk.stored == []


def test_too_large_is_said_before_and_after_the_fact(client, desk):
    client.ehlo()
    assert client.esmtp_features["size"] == "200000"
    assert client.mail("a@b.example", ["SIZE=200001"])[0] == 552

    client.mail("a@b.example")
    client.rcpt("hello@shop.example")
    assert client.data(b"x\r\n" * 100_000)[0] == 552
    assert desk.stored == []


def test_commands_may_come_all_at_once(intake, desk):
    with socket.create_connection(("127.0.0.1", intake.port), timeout=5) as line:
        line.sendall(
            b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<hello@shop.example>\r\n"
            b"RCPT TO:<no@elsewhere.example>\r\nDATA\r\n" + MAIL + b".\r\nQUIT\r\n"
        )
        said = b"".join(iter(lambda: line.recv(4096), b""))

    assert b"250-PIPELINING\r\n" in said
    codes = [each[:3] for each in said.splitlines() if each[3:4] == b" "]
    assert codes == [b"220", b"250", b"250", b"250", b"550", b"354", b"250", b"221"]
    assert desk.stored[0].recipients == ["hello@shop.example"]


def test_one_connection_too_many_is_asked_to_come_back(intake):
    open_ones = [smtplib.SMTP("127.0.0.1", intake.port, timeout=5) for _ in range(3)]
    with pytest.raises(smtplib.SMTPConnectError) as refusal:
        smtplib.SMTP("127.0.0.1", intake.port, timeout=5)
    for one in open_ones:
        one.close()

    assert refusal.value.smtp_code == 421


def test_one_mail_too_many_a_minute_is_asked_to_come_back(client):
    client.ehlo()
    answers = []
    for _ in range(9):
        answers.append(client.mail("a@b.example")[0])
        client.rset()

    assert answers == [250] * 8 + [451]


def test_the_rate_counts_each_client_and_forgets_after_a_minute():
    now = [0.0]
    rate = Rate(2, clock=lambda: now[0])

    assert [rate.allows("a"), rate.allows("a"), rate.allows("a"), rate.allows("b")] == [
        True,
        True,
        False,
        True,
    ]
    now[0] = 61.0
    assert rate.allows("a")


def test_more_than_a_hundred_recipients_are_put_off(client):
    client.ehlo()
    client.mail("a@b.example")
    codes = [client.rcpt(f"{number}@shop.example")[0] for number in range(101)]

    assert codes == [250] * 100 + [452]


def test_it_does_not_tell_what_it_is_built_from(intake):
    with socket.create_connection(("127.0.0.1", intake.port), timeout=5) as line:
        greeting = line.recv(200)

    assert greeting == b"220 goodword ESMTP\r\n"


def test_stopping_waits_for_the_mail_that_is_being_stored(intake, client, desk):
    desk.slow = threading.Event()
    sending = threading.Thread(
        target=client.sendmail, args=("a@b.example", ["hello@shop.example"], MAIL)
    )
    sending.start()
    while not intake._handler.storing:
        pass
    stopping = threading.Thread(target=intake.stop)
    stopping.start()
    desk.slow.set()
    stopping.join(10)
    sending.join(10)

    assert len(desk.stored) == 1
    assert intake.port == 0


def test_what_is_brought_at_once_shares_a_commit_and_trouble_only_with_itself(intake, desk):
    desk.slow, desk.refused = threading.Event(), b"poison"
    bodies = [b"first", b"poison", b"third"]
    with ThreadPoolExecutor(3) as senders:
        sent = [senders.submit(bring, intake, MAIL + body) for body in bodies[:1]]
        wait_for(lambda: intake._handler.storing == 1)
        sent += [senders.submit(bring, intake, MAIL + body) for body in bodies[1:]]
        wait_for(lambda: intake._handler.storing == 3)
        desk.slow.set()

    assert [each.result() for each in sent] == [250, 451, 250]
    assert sorted(mail.raw[len(MAIL) :].strip() for mail in desk.stored) == [b"first", b"third"]


def test_three_at_once_are_stored_by_two_commits(intake, desk):
    desk.slow = threading.Event()
    with ThreadPoolExecutor(3) as senders:
        sent = [senders.submit(bring, intake, MAIL)]
        wait_for(lambda: intake._handler.storing == 1)
        sent += [senders.submit(bring, intake, MAIL) for _ in range(2)]
        wait_for(lambda: intake._handler.storing == 3)
        desk.slow.set()

    assert [each.result() for each in sent] == [250] * 3
    assert desk.commits == [1, 2]


def bring(intake, raw):
    with smtplib.SMTP("127.0.0.1", intake.port, timeout=5) as client:
        client.ehlo()
        client.mail("a@b.example")
        client.rcpt("hello@shop.example")
        return client.data(raw)[0]


def wait_for(done):
    until = time.monotonic() + 30
    while not done():
        assert time.monotonic() < until
        time.sleep(0.005)


def test_a_taken_port_is_an_error_at_the_start(intake, desk):
    second = Intake(host="127.0.0.1", port=intake.port, known=desk.known, store=desk.store)

    with pytest.raises(OSError):
        second.start()
