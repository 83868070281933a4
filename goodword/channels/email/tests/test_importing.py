"""Old mail on disk is found and read as it was, whatever program wrote it."""

import io
import mailbox
import os
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodword.channels.email import importing
from tests.factories import MONDAY_NOON

POSTMARK = b"From grace@whitlow.example Mon Jan  2 15:04:05 2006\n"
MAIL = b"From: grace@whitlow.example\nSubject: Hello\n\nHallo\n"


def found(path, **kw):
    return list(importing.in_mbox(path, now=MONDAY_NOON, seen=lambda count: None, **kw))


def raws(path):
    return [importing.read(mail) for mail in found(path)]


@pytest.fixture
def box(tmp_path):
    """Writes an mbox file of these bytes."""

    def write(content):
        path = tmp_path / "box"
        path.write_bytes(content)
        return path

    return write


def test_what_pythons_own_mailbox_writes_is_read_as_it_was(tmp_path):
    written = []
    ours = mailbox.mbox(tmp_path / "box")
    for n in range(5):
        mail = EmailMessage()
        mail["From"], mail["Subject"] = "grace@whitlow.example", f"number {n}"
        mail.set_content(f"One\n\nFrom here on: {n}\n>From there\n\nEnd\n")
        ours.add(mail)
        written.append(bytes(mail))
    ours.close()
    read = raws(tmp_path / "box")

    assert len(read) == 5
    # mboxo marks a line "From …" and no other, so ">From there" loses its mark: it can't be told.
    assert read == [each.replace(b">From there", b"From there") for each in written]


@pytest.mark.parametrize(
    "postmark",
    [
        POSTMARK,
        b"From - Mon Jan 02 15:04:05 2006\n",
        b"From 1456789012345678901@xxx Mon Jan 02 15:04:05 +0000 2006\n",
        b"From grace@whitlow.example  Mon Jan  2 15:04 2006\n",
        b'From "a b"@whitlow.example Mon, 02 Jan 2006 15:04:05 +0100\n',
        b"From MAILER-DAEMON Mon Jan  2 15:04:05 CET 2006\n",
        b"From grace 2006-01-02 15:04:05\n",
        b"From ???@??? Mon Jan 02 15:04:05 2006\n",
        b"From \n",
        b"From -\n",
        b"From grace@whitlow.example\n",
    ],
)
def test_postmarks_of_all_kinds_part_the_mails(box, postmark):
    assert raws(box((postmark + MAIL + b"\n") * 3)) == [MAIL] * 3


def test_either_line_end_and_no_last_one_will_do(box):
    crlf = (POSTMARK + MAIL + b"\n").replace(b"\n", b"\r\n")
    assert raws(box(crlf * 2)) == [MAIL.replace(b"\n", b"\r\n")] * 2
    assert raws(box(POSTMARK + MAIL + b"\n" + POSTMARK + MAIL.rstrip())) == [MAIL, MAIL.rstrip()]
    # Some write no empty line between the mails.
    assert raws(box((POSTMARK + MAIL) * 2)) == [MAIL, MAIL]


def test_quoting_is_undone_one_step(box):
    body = b"From: g\n\n>From a\n>>From b\n> From c\n>Fromage\n"
    assert raws(box(POSTMARK + body + b"\n")) == [
        b"From: g\n\nFrom a\n>From b\n> From c\n>Fromage\n"
    ]


@pytest.mark.parametrize(
    "line",
    [
        b"From my point of view: none\nWhat: ever\n",
        b"\nFrom now on we open at 10:30\nMonday: closed\n",
        b"\nFrom grace@whitlow.example Mon Jan  2 15:04:05 2006\nno header here\n",
        b"\nFrom\nNote: this\n",
        b"\nFrom 1 to 2:30 in Jan we will all be together at the lake\nBring: a coat\n",
    ],
)
def test_sentences_that_begin_with_from_part_nothing(box, line):
    mail = MAIL + line
    assert raws(box(POSTMARK + mail + b"\n" + POSTMARK + MAIL)) == [mail, MAIL]


def test_offsets_name_the_mail_and_nothing_is_left_between(box):
    path = box(b"\n\n" + (POSTMARK + MAIL + b"\n") * 2)
    one, two = found(path)

    assert path.read_bytes()[two.offset :].startswith(MAIL)
    assert two.offset == one.offset + one.size_bytes + len(POSTMARK)


@pytest.mark.parametrize("content", [b"", b"Subject: x\n\ny\n", b"\x1f\x8b\x08gzip", b"\n\n"])
def test_what_is_no_mbox_is_said(box, content):
    with pytest.raises(importing.NotAMailbox, match="no mbox"):
        found(box(content))


def test_lines_without_end_are_not_loaded(box):
    path = box(POSTMARK + MAIL + b"x" * 5_000_000 + b"\n\n" + POSTMARK + MAIL)
    assert [mail.size_bytes > 5_000_000 for mail in found(path)] == [True, False]


def test_every_byte_is_told_to_the_progress_bar(box):
    path = box((POSTMARK + MAIL + b"y" * 300_000 + b"\n\n") * 10)
    told = []
    list(importing.in_mbox(path, now=MONDAY_NOON, seen=told.append))
    assert sum(told) == path.stat().st_size
    assert len(told) < 10


def test_what_thunderbird_expunged_and_what_imap_servers_note_is_marked(box):
    gone = b"X-Mozilla-Status: 0009\n" + MAIL
    kept = b"X-Mozilla-Status: 0001\n" + MAIL
    notes = (
        b"Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\nX-IMAP: 1 2\n\nThis text\n"
    )
    path = box(b"\n".join(POSTMARK + mail for mail in (gone, kept, notes)))
    assert [mail.deleted for mail in found(path)] == [True, False, True]


def test_what_is_put_aside_can_be_read_again(box, tmp_path):
    first, second = found(box(POSTMARK + MAIL + b">From x\n\n" + POSTMARK + MAIL))
    folder = tmp_path / "dir"
    (folder / "cur").mkdir(parents=True)
    (folder / "cur" / "1").write_bytes(MAIL + b"From y\nZ: z")
    (third,) = importing.in_maildir(folder, now=MONDAY_NOON, seen=lambda count: None)
    aside = io.BytesIO()
    for mail in (first, second, third):
        importing.append(mail, aside)

    assert raws(box(aside.getvalue())) == [
        MAIL + b"From x\n", MAIL, MAIL + b"From y\nZ: z\n",
    ]  # fmt: skip


@given(st.lists(st.lists(st.sampled_from([
    b"From a@b.example Mon Jan  2 15:04:05 2006", b"From x", b">From a", b"", b"Subject: x",
    b"text", b"\xff\x00", b">>From ", b"From -",
]), max_size=8), min_size=1, max_size=5))  # fmt: skip
def test_whatever_was_put_in_by_the_rules_comes_out(bodies):
    """Quoted as mboxrd does, any body survives."""
    import tempfile
    from pathlib import Path

    mails = [b"Subject: x\n\n" + b"".join(row + b"\n" for row in body) for body in bodies]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "box"
        quoted = [importing.re.sub(rb"(?m)^(>*From )", rb">\1", mail) for mail in mails]
        path.write_bytes(b"".join(POSTMARK + mail + b"\n" for mail in quoted))
        assert raws(path) == mails


# When it was said


def head(*fields):
    return "\r\n".join(fields).encode()


DATE = "Date: Mon, 02 Jan 2006 15:04:05 +0100"
SENT = datetime(2006, 1, 2, 14, 4, 5, tzinfo=UTC)
TOP = "Received: from a by b\r\n\tid x; Mon, 2 Jan 2006 14:06:00 +0000 (UTC)"
FIRST = "Received: from c by a; Mon, 2 Jan 2006 14:05:00 +0000"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ([DATE], SENT),
        ([TOP, FIRST, DATE], SENT),
        ([TOP, FIRST], SENT.replace(minute=5, second=0)),
        # A clock that is ahead, or years behind, is not believed.
        ([TOP, FIRST, "Date: Mon, 02 Jan 2036 15:04:05 +0100"], SENT.replace(minute=5, second=0)),
        ([TOP, FIRST, "Date: Thu, 01 Jan 1998 00:00:00 +0000"], SENT.replace(minute=5, second=0)),
        ([TOP, "Received: by d; Tue, 3 Jan 2006 14:05:00 +0000"], SENT.replace(minute=6, second=0)),
        # A mail that waited a week on its way was said a week ago.
        (["Received: by b; Mon, 9 Jan 2006 14:06:00 +0000", DATE], SENT),
        (["Delivery-Date: Mon, 2 Jan 2006 14:06:00 +0000", DATE], SENT),
        (["Date: yesterday", "Received: by x; then"], SENT + timedelta(days=400)),
        ([], SENT + timedelta(days=400)),
    ],
)
def test_the_earliest_trustworthy_moment_counts(fields, said):
    otherwise = SENT + timedelta(days=400)
    assert importing.said_at(head(*fields), otherwise=otherwise, now=MONDAY_NOON) == said


def test_nothing_was_said_later_than_now():
    future = head("Date: Mon, 02 Jan 2036 15:04:05 +0100")
    late = MONDAY_NOON + timedelta(days=9000)
    assert importing.said_at(future, otherwise=None, now=MONDAY_NOON) == MONDAY_NOON
    assert importing.said_at(future, otherwise=late, now=MONDAY_NOON) == MONDAY_NOON


def test_without_any_date_the_postmark_tells(box):
    assert found(box(POSTMARK + MAIL))[0].said_at == datetime(2006, 1, 2, 15, 4, 5, tzinfo=UTC)
    assert found(box(b"From - nonsense 25:61\n" + MAIL))[0].said_at == MONDAY_NOON


# Maildirs


def test_a_maildir_gives_what_is_in_cur_and_new(tmp_path):
    for name in ("cur", "new", "tmp", ".Sent/cur"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "cur" / "1136214245.M1P2.host:2,S").write_bytes(MAIL)
    (tmp_path / "cur" / "1136214246.M1P2.host:2,ST").write_bytes(MAIL)
    (tmp_path / "new" / "odd").write_bytes(b"Date: Mon, 2 Jan 2006 15:04:05 +0100\n\nx>From y\n")
    (tmp_path / "tmp" / "1").write_bytes(MAIL)
    (tmp_path / ".Sent" / "cur" / "1").write_bytes(MAIL)
    told = []
    mails = list(importing.in_maildir(tmp_path, now=MONDAY_NOON, seen=told.append))

    assert [(mail.deleted, mail.said_at) for mail in mails] == [
        (False, datetime(2006, 1, 2, 15, 4, 5, tzinfo=UTC)),
        (True, datetime(2006, 1, 2, 15, 4, 6, tzinfo=UTC)),
        (False, SENT),
    ]
    assert importing.read(mails[2]).endswith(b"x>From y\n")
    assert sum(told) == sum(os.path.getsize(mail.path) for mail in mails)


def test_a_folder_that_is_no_maildir_is_said(tmp_path):
    with pytest.raises(importing.NotAMailbox, match="neither"):
        list(importing.in_maildir(tmp_path, now=MONDAY_NOON, seen=lambda count: None))
