"""What `goodword import` says, and what it counts."""

import pytest
from click.testing import CliRunner

from goodword.channels.email import importing as mailboxes
from goodword.cli.importing import import_
from goodword.conversations.models import Conversation, Message
from goodword.desk.intake import importing

pytestmark = pytest.mark.django_db
MARK = "From a@x.example Mon Jan  2 15:04:05 2006\n"


def run(*arguments):
    return CliRunner().invoke(import_, [str(each) for each in arguments])


def mail(number, *, text="Hello", sender="a@x.example", answers=None, day=1):
    refers = f"In-Reply-To: <{answers}@x.example>\n" if answers else ""
    return (
        f"From: {sender}\nTo: hello@shop.example\nMessage-ID: <{number}@x.example>\n{refers}"
        f"Date: Mon, {day:02} Jan 2007 10:00:00 +0000\n\n{text}\n"
    )


@pytest.fixture
def box(tmp_path):
    def write(*mails, name="box"):
        path = tmp_path / name
        path.write_text("\n".join(MARK + each for each in mails))
        return path

    return write


@pytest.fixture
def maildir(tmp_path):
    folder = tmp_path / "dir"
    (folder / "cur").mkdir(parents=True)
    return folder


def test_it_tells_how_many_were_taken_in_and_how_many_were_there(house, box):
    path = box(mail(1), mail(2), mail(2))

    first, second = (run("mbox", path, "--inbox", "hello") for _ in range(2))

    assert (first.exit_code, first.stdout) == (0, "3 mails: 2 taken in, 1 there already.\n")
    assert (second.exit_code, second.stdout) == (0, "3 mails: 3 there already.\n")


def test_what_belongs_together_is_joined_in_the_order_of_time_from_all_files(house, box):
    sent = box(mail(2, sender="hello@shop.example", answers=1, day=2), name="sent")
    inbox = box(mail(3, answers=2, day=3), mail(1, day=1), name="inbox")

    assert run("mbox", inbox, sent, "--inbox", "Hello").exit_code == 0
    conversation = Conversation.objects.get()
    said = [
        m.external_ids.get(scope="email").value[0] for m in conversation.messages.order_by("id")
    ]
    assert said == ["1", "2", "3"]


def test_what_cannot_be_read_is_named_put_aside_and_stops_no_other(
    house, maildir, tmp_path, monkeypatch
):
    monkeypatch.setattr(mailboxes, "MOST_BYTES", 1000)
    (maildir / "cur" / "1").write_text("")
    (maildir / "cur" / "2").write_text(mail(1))
    (maildir / "cur" / "3").write_text(mail(2, text="x" * 2000))
    aside = tmp_path / "aside"

    told = run("maildir", maildir, "--inbox", "Hello", "--failed", aside)

    assert told.exit_code == 1
    assert told.stdout == "3 mails: 1 taken in, 2 could not be read.\n"
    assert f"{maildir}/cur/1: " in told.stderr
    assert f"{maildir}/cur/3: larger than" in told.stderr
    assert aside.read_text().count("From MAILER-DAEMON") == 2
    assert "x" * 2000 in aside.read_text()


def test_a_mail_in_an_mbox_is_named_by_its_place(house, box, monkeypatch):
    monkeypatch.setattr(mailboxes, "MOST_BYTES", 1000)
    path = box(mail(1), mail(2, text="x" * 2000))

    told = run("mbox", path, "--inbox", "Hello")

    place = path.read_text().index(MARK, 1) + len(MARK)
    assert f"{path} at byte {place}: larger than" in told.stderr


def test_what_the_mailbox_calls_deleted_is_left_out_and_counted(house, maildir):
    (maildir / "cur" / "1:2,ST").write_text(mail(1))

    told = run("maildir", maildir, "--inbox", "Hello")
    assert told.stdout == "1 mails: 1 marked as deleted, left out.\n"
    assert not Message.objects.exists()


def test_many_are_taken_in_helping_by_helping(house, box, monkeypatch):
    monkeypatch.setattr(importing, "MOST_TOGETHER", 3)

    assert run("mbox", box(*map(mail, range(8))), "--inbox", "Hello").exit_code == 0
    assert Message.objects.count() == 8


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError("No space left on device")])
def test_what_was_taken_in_before_it_stopped_stays(house, box, monkeypatch, error):
    monkeypatch.setattr(importing, "MOST_TOGETHER", 3)
    path, real, calls = box(*map(mail, range(8))), importing.take_in, []

    def stops(*given, **named):
        calls.append(given)
        if len(calls) == 3:
            raise error
        return real(*given, **named)

    monkeypatch.setattr(importing, "take_in", stops)
    told = run("mbox", path, "--inbox", "Hello")

    assert told.exit_code in {1, 130}
    assert "6 mails: 6 taken in." in told.output
    assert "run it again" in told.output
    assert run("mbox", path, "--inbox", "Hello").stdout.startswith("8 mails: 2 taken in, 6 there")


def test_a_disk_that_is_nearly_full_stops_it(house, box, settings):
    settings.LEAST_DISK_MB = 10**9
    told = run("mbox", box(mail(1)), "--inbox", "Hello")
    assert (told.exit_code, "nearly full" in told.output) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("mbox", "{box}", "--inbox", "Nowhere"), "there are: Hello, Repairs"),
        (("mbox", "{folder}/text", "--inbox", "Hello"), "no mbox file"),
        (("maildir", "{folder}", "--inbox", "Hello"), "no Maildir"),
        (("mbox", "{box}", "--inbox", "Hello", "--failed", "{box}"), "--failed"),
        (("mbox", "{folder}/nothing", "--inbox", "Hello"), "does not exist"),
        (("mbox", "{box}"), "--inbox"),
    ],
)
def test_what_it_cannot_do_is_said_in_words(house, box, tmp_path, arguments, words):
    path = box(mail(1))
    (tmp_path / "text").write_text("Hello\n")

    told = run(*(each.format(box=path, folder=tmp_path) for each in arguments))

    assert told.exit_code in {1, 2}
    assert words in told.output
    assert path.read_text() == MARK + mail(1)
    assert not Message.objects.exists()
