import socket
import threading

import pytest

from goodword.bench.servers.smtp_sink import Drop, SmtpSink
from goodword.channels.email import smtp_out
from goodword.channels.email.smtp_out import Server, send
from goodword.desk.roads import LeaseLost

MAIL = b"From: hello@shop.example\nSubject: x\n\n.dot\nbody"
ANA, BEN = "ana@a.example", "ben@b.example"


class Commits:
    """Notes what was committed; raises when told to."""

    def __init__(self, error: Exception | None = None) -> None:
        self.told: list[list[str]] = []
        self.error = error

    def __call__(self, addresses):
        self.told.append(list(addresses))
        if self.error:
            raise self.error


def to(sink, **changes):
    return Server("127.0.0.1", sink.port, "none", timeout_seconds=2, **changes)


def states(outcome):
    return {address: answer.state for address, answer in outcome.answers.items()}


def test_everyone_accepts(smtp_sink):
    commits = Commits()

    outcome = send(
        to(smtp_sink), MAIL, sender="hello@shop.example", envelope=[ANA, BEN], commit=commits
    )

    assert states(outcome) == {ANA: "accepted", BEN: "accepted"}
    assert outcome.trouble == ""
    assert commits.told == [[ANA, BEN]]
    received = smtp_sink.wait_for(1)
    assert received[0].raw == b"From: hello@shop.example\r\nSubject: x\r\n\r\n.dot\r\nbody\r\n"


def test_each_recipient_has_the_servers_own_answer(smtp_sink):
    smtp_sink.refuse(BEN, "550 5.1.1 Nobody here")
    smtp_sink.refuse("cy@c.example", "451 4.7.1 Greylisted")
    commits = Commits()

    outcome = send(
        to(smtp_sink),
        MAIL,
        sender="hello@shop.example",
        envelope=[ANA, BEN, "cy@c.example", "not an address"],
        commit=commits,
    )

    assert states(outcome) == {
        ANA: "accepted",
        BEN: "refused",
        "cy@c.example": "later",
        "not an address": "refused",
    }
    assert outcome.answers[BEN].words == "550 5.1.1 Nobody here"
    assert commits.told == [[ANA]]


def test_when_all_are_refused_nothing_is_committed_or_sent(smtp_sink):
    smtp_sink.refuse(ANA)
    commits = Commits()

    outcome = send(to(smtp_sink), MAIL, sender="h@shop.example", envelope=[ANA], commit=commits)

    assert states(outcome) == {ANA: "refused"}
    assert commits.told == []
    assert smtp_sink.received == []


@pytest.mark.parametrize("how", [Drop.KEEPING, Drop.LOSING])
def test_a_line_that_breaks_after_the_last_dot_leaves_it_unknown(smtp_sink, how):
    smtp_sink.drop(ANA, how)

    outcome = send(to(smtp_sink), MAIL, sender="h@shop.example", envelope=[ANA], commit=Commits())

    assert states(outcome) == {ANA: "unknown"}
    assert outcome.trouble == ""


def test_who_has_lost_the_lease_sends_nothing(smtp_sink):
    with pytest.raises(LeaseLost):
        send(
            to(smtp_sink),
            MAIL,
            sender="h@shop.example",
            envelope=[ANA],
            commit=Commits(LeaseLost()),
        )

    assert smtp_sink.received == []


def test_a_wrong_password_is_our_trouble_and_nobodys_refusal():
    with SmtpSink(user="shop", password="right") as sink:
        server = to(sink, user="shop", password="wrong")
        outcome = send(server, MAIL, sender="h@shop.example", envelope=[ANA], commit=Commits())
        right = to(sink, user="shop", password="right")
        again = send(right, MAIL, sender="h@shop.example", envelope=[ANA], commit=Commits())

    assert states(outcome) == {ANA: "later"}
    assert "password" in outcome.trouble
    assert "wrong" not in repr(server)
    assert states(again) == {ANA: "accepted"}


def test_a_server_that_is_not_there_is_our_trouble():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server("127.0.0.1", port, "none")

    outcome = send(server, MAIL, sender="h@shop.example", envelope=[ANA], commit=Commits())

    assert states(outcome) == {ANA: "later"}
    assert outcome.trouble


def test_a_password_never_crosses_the_network_unencrypted():
    server = Server("mail.shop.example", 25, "none", "shop", "secret")

    outcome = send(server, MAIL, sender="h@shop.example", envelope=[ANA], commit=Commits())

    assert states(outcome) == {ANA: "later"}
    assert "encrypted" in outcome.trouble


def test_a_certificate_from_nobody_is_not_trusted():
    with SmtpSink(tls=True) as sink:
        server = Server("127.0.0.1", sink.port, "starttls", timeout_seconds=2)
        outcome = send(server, MAIL, sender="h@shop.example", envelope=[ANA], commit=Commits())

    assert states(outcome) == {ANA: "later"}
    assert "certificate" in outcome.trouble
    assert sink.received == []


class Scripted:
    """A server that says the given lines, one for each it hears, and then hangs up."""

    def __init__(self, *answers: bytes) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.answers = answers
        self.heard: list[bytes] = []
        self.thread = threading.Thread(target=self._talk)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *error):
        self.listener.close()
        self.thread.join(5)

    def _talk(self) -> None:
        line, _ = self.listener.accept()
        with line, line.makefile("rb") as words:
            for number, answer in enumerate(self.answers):
                if number:
                    said = words.readline()
                    while self.heard and self.heard[-1] == b"DATA" and said not in {b".\r\n", b""}:
                        said = words.readline()
                    self.heard.append(said.strip())
                line.sendall(answer + b"\r\n")


OK = b"250 ok"


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ([b"220 hi", OK, OK], "later"),  # hangs up at RCPT
        ([b"220 hi", OK, OK, OK], "later"),  # hangs up at DATA
        ([b"220 hi", OK, OK, OK, b"421 going down"], "later"),
        ([b"220 hi", OK, OK, OK, b"554 no"], "refused"),
        ([b"220 hi", OK, OK, OK, b"354 go on"], "unknown"),  # hangs up after the dot, or within
        ([b"220 hi", OK, OK, OK, b"354 go on", b"451 full"], "later"),
        ([b"220 hi", OK, OK, OK, b"354 go on", b"554 spam"], "refused"),
        ([b"220 hi", OK, OK, OK, b"354 go on", b"nonsense"], "unknown"),
        ([b"220 hi", OK, OK, b"421 too many"], "later"),
        ([b"554 no service"], "later"),
        ([b"220 hi", OK, b"550 sender unknown"], "later"),
        ([b"220 hi", b"250-x\r\n250 SIZE 20"], "refused"),
        ([b"220 hi", b"250-x\r\n250 SIZE", b"552 too large"], "refused"),
    ],
)
def test_the_moment_of_a_break_or_refusal_decides(answers, state):
    with Scripted(*answers) as server:
        outcome = send(
            Server("127.0.0.1", server.port, "none", timeout_seconds=2),
            MAIL,
            sender="h@shop.example",
            envelope=[ANA],
            commit=Commits(),
        )

    if answers[-1] == b"354 go on":  # the break may come before the dot has left
        assert states(outcome)[ANA] in {"unknown", "later"}
    else:
        assert states(outcome) == {ANA: state}


def test_silence_after_the_last_dot_is_unknown(monkeypatch):
    monkeypatch.setattr(smtp_out, "_PATIENCE_AFTER_DATA", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def talk() -> None:
            line, _ = listener.accept()
            with line, line.makefile("rb") as words:
                line.sendall(b"220 hi\r\n")
                for answer in (OK, OK, OK, b"354 go"):
                    words.readline()
                    line.sendall(answer + b"\r\n")
                while words.readline():
                    pass

        thread = threading.Thread(target=talk)
        thread.start()
        server = Server("127.0.0.1", listener.getsockname()[1], "none", timeout_seconds=1)
        outcome = send(server, MAIL, sender="h@shop.example", envelope=[ANA], commit=Commits())
        thread.join(5)

    assert states(outcome) == {ANA: "unknown"}


def test_addresses_beyond_ascii_need_a_server_that_knows_them(smtp_sink):
    outcome = send(
        to(smtp_sink),
        MAIL,
        sender="h@müller.example",
        envelope=["jürgen@m.example", "carla@köln.example"],
        commit=Commits(),
    )
    with Scripted(b"220 hi", OK) as plain:
        server = Server("127.0.0.1", plain.port, "none", timeout_seconds=2)
        refused = send(
            server, MAIL, sender="h@x.example", envelope=["jürgen@m.example"], commit=Commits()
        )

    assert set(states(outcome).values()) == {"accepted"}
    assert smtp_sink.wait_for(1)[0].recipients == (
        "jürgen@m.example",
        "carla@xn--kln-sna.example",
    )
    assert states(refused) == {"jürgen@m.example": "refused"}
