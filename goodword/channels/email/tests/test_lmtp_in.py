"""The mail server beside us hands mail over by LMTP: the rules of SMTP, an answer a recipient."""

import smtplib
import socket

import pytest
from django.db import OperationalError, connections, transaction

from goodword.bench.servers import spare_port
from goodword.channels.email import intake as joined
from goodword.channels.email.smtp_in import Intake, Mail
from goodword.channels.email.tests.at_the_door import MAIL, Desk
from goodword.desk.models import Arrival
from tests.factories import MONDAY_NOON

OURS = ["hello@shop.example", "info@shop.example"]


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
        local=True,
    )
    intake.start()
    yield intake
    intake.stop()


@pytest.fixture
def client(intake):
    with smtplib.LMTP("127.0.0.1", intake.port, timeout=5) as client:
        yield client


def hand_over(client, raw=MAIL, *, sender="a@b.example", to=OURS):
    """The session as a mail server has it: what is said to each recipient after the data."""
    client.ehlo_or_helo_if_needed()
    client.mail(sender)
    taken = [address for address in to if client.rcpt(address)[0] == 250]
    client.putcmd("data")
    assert client.getreply()[0] == 354
    client.send(raw + b".\r\n")
    said = [client.getreply()[0] for _ in taken]
    assert client.noop()[0] == 250  # and not a word more
    return said


def test_each_recipient_has_an_answer_of_its_own_and_the_mail_is_stored_once(client, desk):
    assert hand_over(client) == [250, 250]

    assert [(mail.raw, mail.recipients) for mail in desk.stored] == [
        (MAIL.replace(b"\r\n..", b"\r\n."), OURS)
    ]


def test_an_unknown_recipient_is_refused_and_the_others_have_their_mail(client, desk):
    client.ehlo_or_helo_if_needed()
    client.mail("a@b.example")
    assert client.rcpt("someone@elsewhere.example") == (550, b"5.1.1 No such address here")
    client.rset()

    assert hand_over(client, to=["nobody@x.example", *OURS]) == [250, 250]
    assert desk.stored[0].recipients == OURS


def test_without_a_known_recipient_no_data_is_taken(client, desk):
    client.ehlo_or_helo_if_needed()
    client.mail("a@b.example")
    client.rcpt("someone@elsewhere.example")

    assert client.docmd("DATA")[0] == 503
    assert desk.stored == []


def test_while_it_cannot_be_stored_every_recipient_is_put_off(client, desk):
    desk.broken = True
    assert hand_over(client) == [451, 451]

    desk.broken = False
    assert hand_over(client) == [250, 250]
    assert len(desk.stored) == 1


def test_while_the_disk_is_short_or_the_database_away_the_mail_server_keeps_it(client, desk):
    client.ehlo_or_helo_if_needed()
    desk.full = True
    assert client.mail("a@b.example")[0] == 250
    assert client.rcpt(OURS[0])[0] == 452
    desk.full, desk.lost = False, True
    assert client.rcpt(OURS[0])[0] == 451
    assert desk.stored == []


@pytest.mark.parametrize(
    ("raw", "code"), [(b"x\r\n" * 100_000, 552), (b"y" * 1_200_000 + b"\r\n", 500)]
)
def test_too_large_is_said_to_every_recipient(client, desk, raw, code):
    assert hand_over(client, raw) == [code, code]
    assert desk.stored == []


def test_the_same_recipient_twice_hears_twice(client, desk):
    assert hand_over(client, to=[OURS[0], OURS[0]]) == [250, 250]


def test_the_mail_server_beside_us_may_hand_over_as_many_as_it_likes(client, desk):
    for _ in range(30):
        assert hand_over(client) == [250, 250]
    assert len(desk.stored) == 30


def test_bounces_umlauts_and_eight_bits_come_through(client, desk):
    raw = "Subject: Grüße\r\n\r\nÄ\r\n".encode()
    client.ehlo()
    client.mail("", ["SMTPUTF8", "BODY=8BITMIME"])
    client.command_encoding = "utf-8"
    client.rcpt("grüße@shop.example")

    assert client.data(raw)[0] == 250
    assert desk.stored == [Mail(raw, "", ["grüße@shop.example"])]


def test_it_speaks_lmtp_and_nothing_else(intake):
    with smtplib.SMTP("127.0.0.1", intake.port, timeout=5) as smtp:
        assert smtp.ehlo("x")[0] == 500
        assert smtp.helo("x")[0] == 500
        assert smtp.docmd("MAIL", "FROM:<a@b.example>")[0] == 503
    with smtplib.LMTP("127.0.0.1", intake.port, timeout=5) as lmtp:
        assert lmtp.ehlo()[0] == 250
        assert {"pipelining", "8bitmime", "smtputf8", "size"} <= set(lmtp.esmtp_features)


def test_it_does_not_tell_what_it_is_built_from(intake):
    with socket.create_connection(("127.0.0.1", intake.port), timeout=5) as line:
        assert line.recv(200) == b"220 goodword LMTP\r\n"


@pytest.fixture
def door(settings, monkeypatch, transactional_db, house):
    """A session with the real thing, joined to the desk."""
    # Nobody else closes what the intake's own threads have opened.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    settings.SMTP_PORT, settings.LMTP_PORT = 0, spare_port()
    doors = joined.Doors(clock=lambda: MONDAY_NOON)
    doors.start()
    try:
        with smtplib.LMTP("127.0.0.1", settings.LMTP_PORT, timeout=5) as client:
            yield client
    finally:
        doors.stop()


def test_nothing_is_said_before_it_is_committed(door, monkeypatch):
    """The database goes away at the commit: the mail server hears "later", and nothing is here."""
    take_in = joined.arriving.take_in_together
    away = True

    @transaction.atomic
    def cut_off(*given, **named):
        arrival = take_in(*given, **named)
        if away:
            raise OperationalError("terminating connection due to administrator command")
        return arrival

    monkeypatch.setattr(joined.arriving, "take_in_together", cut_off)
    to = ["hello@shop.example", "repairs@shop.example"]
    assert hand_over(door, to=to) == [451, 451]
    assert not Arrival.objects.exists()
    away = False
    assert hand_over(door, to=to) == [250, 250]
    arrival = Arrival.objects.get()
    assert (arrival.source, arrival.envelope_to) == ("lmtp", to)


def test_bytes_that_are_no_text_are_no_address_of_ours(door):
    door.ehlo()
    door.mail("a@b.example")
    door.send(b"RCPT TO:<hello\xff@shop.example>\r\n")
    assert door.getreply()[0] == 550
    assert door.rcpt("Hello@Shop.example")[0] == 250


def test_a_taken_port_is_said_with_the_setting_that_names_it(settings):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings.SMTP_PORT, settings.LMTP_PORT = 0, taken.getsockname()[1]
        doors = joined.Doors(clock=lambda: MONDAY_NOON)
        with pytest.raises(joined.CannotListen, match="GOODWORD_LMTP_PORT"):
            doors.start()
        doors.stop()
