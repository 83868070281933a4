"""The files of a conversation: to look at, as one zip; and the conversation on paper."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from goodword.conversations.models import Attachment, Conversation, Message
from goodword.desk.answering import replying
from goodword.desk.answering.recipients import Recipients
from goodword.desk.keeping import promising, public_links
from goodword.desk.roads import InboundFile
from goodword.plan import queries as plan
from goodword.web.files import bundling, fonts, kinds, papers, pdf, ranges
from tests.factories import DAY, HOUR, make_house, receive

pytestmark = pytest.mark.django_db

PIXEL = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
PDF = b"%PDF-1.7\n%\xe2\xe3\n1 0 obj"
FILES = [
    InboundFile("ring.png", "image/png", PIXEL),
    InboundFile("invoice.pdf", "application/pdf", PDF),
    InboundFile("list.csv", "text/csv", "Größe;Preis\nklein;12\n".encode("cp1252")),
    InboundFile("song.mp3", "audio/mpeg", b"ID3" + bytes(range(100))),
    InboundFile("page.html", "text/html", b"<script>alert(1)</script>"),
    InboundFile("evil.pdf", "application/pdf", b"<html><script>alert(1)</script>"),
    InboundFile("tool.exe", "application/octet-stream", b"MZ\x00\x00"),
    InboundFile("logo.png", "image/png", PIXEL, content_id="logo@x"),
]


@pytest.fixture
def house() -> SimpleNamespace:
    return make_house(timezone.now() - 9 * DAY)


@pytest.fixture
def ben(house: SimpleNamespace) -> Client:
    client = Client()
    client.force_login(house.ben)
    return client


@pytest.fixture
def message(house: SimpleNamespace) -> Message:
    return receive(house, text="Here is all of it.", files=FILES, at=timezone.now() - HOUR)


def named(name: str) -> Attachment:
    return Attachment.objects.get(name=name)


def look(client: Client, name: str) -> str:
    return client.get(f"/files/{named(name).public_id}/").content.decode()


def test_the_gallery_shows_what_came_and_leaves_out_the_logos(ben: Client, message: Message):
    page = ben.get(f"/conversations/{message.conversation.public_id}/files/").content.decode()
    for each in FILES[:7]:
        assert each.name in page
    assert "logo.png" not in page
    assert "Download all" in page


def test_each_kind_is_shown_as_what_it_is_and_nothing_of_it_runs(ben: Client, message: Message):
    assert "<img" in look(ben, "ring.png")
    assert "<iframe" in look(ben, "invoice.pdf")
    assert "<audio controls" in look(ben, "song.mp3")
    assert "Größe;Preis" in look(ben, "list.csv")
    page = look(ben, "page.html")
    assert "&lt;script&gt;alert(1)" in page and "<script>alert" not in page
    assert '/content/invoice.pdf"' in look(ben, "invoice.pdf")  # browsers give it as its title
    for name in ("evil.pdf", "tool.exe"):
        assert "can't be shown here" in look(ben, name)
    assert "2 of 7" in look(ben, "invoice.pdf")


def test_the_bytes_for_the_viewer_are_only_of_kinds_that_are_no_pages(ben, message):
    for name, shown in {
        "invoice.pdf": "application/pdf",
        "song.mp3": "audio/mpeg",
        "page.html": "",
        "evil.pdf": "",
        "list.csv": "",
        "tool.exe": "",
    }.items():
        answer = ben.get(f"/files/{named(name).public_id}/content/{name}")
        assert answer.status_code == (200 if shown else 404), name
        if shown:
            assert answer.headers["Content-Type"] == shown
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert b"".join(answer.streaming_content)


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("", 200, slice(None)),
        ("bytes=0-3", 206, slice(0, 4)),
        ("bytes=10-", 206, slice(10, None)),
        ("bytes=-5", 206, slice(-5, None)),
        ("bytes=90-9999999", 206, slice(90, None)),
        ("bytes=5000-", 416, slice(0, 0)),
        ("bytes=9-3", 416, slice(0, 0)),
        ("bytes=-", 200, slice(None)),
        ("bytes=0-1,3-4", 200, slice(None)),
        ("lines=1-2", 200, slice(None)),
        (f"bytes={'9' * 40}-", 200, slice(None)),
    ],
)
def test_a_player_gets_the_part_it_asks_for(tmp_path, asked, status, part):
    path, whole = tmp_path / "song", bytes(range(100))
    path.write_bytes(whole)
    answer = ranges.answer(path, content_type="audio/mpeg", asked=asked)
    assert answer.status_code == status
    got = b"".join(answer.streaming_content) if answer.streaming else b""
    assert got == whole[part]
    answer.close()


def test_all_files_come_as_one_zip_under_names_of_their_own(ben: Client, house: SimpleNamespace):
    files = [
        InboundFile("../../etc/passwd", "text/plain", b"one"),
        InboundFile("passwd", "text/plain", b"two"),
        InboundFile("PASSWD", "text/plain", b"three"),
        InboundFile("..", "text/plain", b"four"),
    ]
    message = receive(house, files=files, at=timezone.now() - HOUR)
    url = f"/conversations/{message.conversation.public_id}/files.zip"
    answer = ben.get(url)
    assert answer.headers["Content-Type"] == "application/zip"
    bundle = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert bundle.testzip() is None
    packed = {name: bundle.read(name) for name in bundle.namelist()}
    assert set(packed.values()) == {b"one", b"two", b"three", b"four"}
    assert all("/" not in name and ".." not in name for name in packed)
    assert len({name.casefold() for name in packed}) == 4

    only = ben.get(f"{url}?message={message.public_id}")
    assert len(zipfile.ZipFile(io.BytesIO(b"".join(only.streaming_content))).namelist()) == 4
    other = ben.get(f"{url}?message=elsewhere")
    assert zipfile.ZipFile(io.BytesIO(b"".join(other.streaming_content))).namelist() == []


def test_a_zip_is_written_while_it_is_sent(message: Message, monkeypatch):
    monkeypatch.setattr(bundling, "_PIECE", 8)
    pieces = list(bundling.zipped(Attachment.objects.order_by("id"), at=timezone.now()))
    assert len(pieces) > 10 and max(map(len, pieces[:-1])) < 200
    assert zipfile.ZipFile(io.BytesIO(b"".join(pieces))).testzip() is None


def test_text_is_read_in_the_letters_it_was_written_in(house: SimpleNamespace):
    files = [
        InboundFile("utf.txt", "text/plain", "Ünï 日本".encode()),
        InboundFile("utf16.txt", "text/plain", "Ünï 日本".encode("utf-16")),
        InboundFile("latin.txt", "text/plain", "Ünï".encode("cp1252")),
    ]
    receive(house, files=files, at=timezone.now() - HOUR)
    assert kinds.text_of(named("utf.txt")) == ("Ünï 日本", True)
    assert kinds.text_of(named("utf16.txt")) == ("Ünï 日本", True)
    assert kinds.text_of(named("latin.txt")) == ("Ünï", True)
    assert kinds.of(named("utf16.txt")) == "text"


def test_the_paper_says_what_was_said_and_promised_and_notes_only_when_asked(
    ben: Client, house: SimpleNamespace, message: Message
):
    found = message.conversation
    now = timezone.now()
    replying.write_note(found, by=house.ben, text="Careful with <b>her</b>.", at=now)
    due = plan.current().moment_due(now + HOUR, zone="Europe/London")
    promising.track(found, what="Send the link", due=due, by=house.ben, at=now)
    url = f"/conversations/{found.public_id}/print/"
    plain = ben.get(url).content.decode()
    assert "Here is all of it." in plain and "invoice.pdf" in plain and "Send the link" in plain
    assert "Careful" not in plain
    whole = ben.get(f"{url}?notes=1").content.decode()
    assert "Careful with &lt;b&gt;her&lt;/b&gt;." in whole


def test_paper_to_give_away_holds_nothing_that_is_for_the_house_or_was_not_said_yet(
    ben: Client, house: SimpleNamespace, message: Message
):
    found, now = message.conversation, timezone.now()
    due = plan.current().moment_due(now + HOUR, zone="Europe/London")
    promising.track(
        found, what="Look her up", due=due, direction="to_ourselves", by=house.ben, at=now
    )
    promising.track(found, what="Discount", due=due, is_shown=False, by=house.ben, at=now)
    Message.objects.filter(pk=message.pk).update(
        forwarded_by=house.ben, text="Odd one, Ana.\n\nHere is all of it.", reply_text=""
    )
    to = Recipients(to=("grace@whitlow.example",))
    later = {"text": "A week from now.", "recipients": to, "leaves_at": now + 7 * DAY}
    replying.reply(found, **later, by=house.ben, at=now)
    url = f"/conversations/{found.public_id}/print/"
    given, kept = (ben.get(url + query).content.decode() for query in ("", "?notes=1"))
    for words in ("Look her up", "Discount", "Odd one"):
        assert words not in given and words in kept
    assert "A week from now." not in given + kept


def test_paper_opens_nobodys_own_page(ben: Client, house: SimpleNamespace, message: Message):
    link = public_links.url_of(message.conversation.person, at=timezone.now())
    Message.objects.filter(pk=message.pk).update(text=f"You wrote: {link}")
    page = ben.get(f"/conversations/{message.conversation.public_id}/print/").content.decode()
    assert "You wrote: " in page and link.rsplit("/", 2)[1] not in page


TEXTS = {
    "plain": "Dear Ana,\n\nyes: – “quoted” €20.",
    "scripts": "Привет · Γειά σου · שלום · مرحبا · 日本語 · 한국어 · ไทย · 😀🏳️‍🌈",
    "control": "a\x00b\x07c\u202edna\u200d\ud7ff \t end",
    "one long word": "x" * 5000,
    "nothing": "   ",
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_conversation_becomes_a_pdf_whatever_is_written_in_it(
    ben: Client, house: SimpleNamespace, name: str
):
    message = receive(house, text=TEXTS[name], at=timezone.now() - HOUR)
    answer = ben.get(f"/conversations/{message.conversation.public_id}/print.pdf?notes=1")
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-") and b"%%EOF" in answer.content[-32:]
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_on_paper_each_line_runs_as_its_own_first_letter_does(monkeypatch) -> None:
    set_as = {}

    def cell(sheet, _width, _height, text, *, align, **_more):
        set_as[text] = align, str(sheet.text_shaping["direction"]) if sheet.text_shaping else ""

    monkeypatch.setattr(pdf.FPDF, "multi_cell", cell)
    at = timezone.now()
    text = "שלום, Ana.\n\nHello שלום"
    entry = papers.Entry("theirs", "נועה <noa@levi.example>", "", at, text, [])
    paper = papers.Paper("טבעת", "R", "נועה", "Hello", [entry], [], is_cut=False)
    pdf.made_of(paper, house="Shop", country="DE", at=at)
    assert set_as["שלום, Ana."] == set_as["טבעת"] == ("R", "TextDirection.RTL")
    assert set_as["Hello שלום"] == ("L", "TextDirection.LTR")
    assert set_as["נועה <noa@levi.example>"][0] == "L"  # a line of ours


def test_however_much_somebody_writes_a_pdf_is_made_of_the_newest_in_seconds(monkeypatch):
    monkeypatch.setattr(pdf, "_MOST_EFFORT", 4_000)
    at = timezone.now()
    said = ["x" * 3_000 + "OLDEST", "y" * 3_000, "newest שלום" + "z" * 3_000]
    entries = [papers.Entry("theirs", "Grace", "", at, text, []) for text in said]
    shown, is_cut = pdf.fitting(entries)
    assert is_cut and len(shown) == 1 and shown[0].text.startswith("newest שלום")
    assert len(shown[0].text) < 500  # joined letters take longer
    assert pdf.fitting(entries[1:2]) == (entries[1:2], False)
    paper = papers.Paper("Subject", "7HQ2", "Grace", "Hello", entries, [], False)
    assert pdf.made_of(paper, house="Shop", country="DE", at=at).startswith(b"%PDF-")


def test_what_no_font_has_is_said_and_what_the_machine_has_is_found(monkeypatch):
    monkeypatch.setattr(fonts, "_machine", lambda: ())
    assert fonts.for_text("Añ Привет مرحبا €") == ([], 0)
    assert fonts.for_text("a\U00013000\U00013001") == ([], 2)  # two hieroglyphs
    monkeypatch.setattr(fonts, "_machine", lambda: (fonts.MORE, Path("gone.ttf")))
    assert fonts.for_text("\U00013000") == ([], 1)


@pytest.mark.parametrize("name", ["gallery", "bundle", "print", "pdf", "look", "content"])
def test_each_address_opens_to_those_who_see_the_conversation_and_nobody_else(
    house: SimpleNamespace, message: Message, name: str
):
    keys = {"look": "invoice.pdf", "content": "invoice.pdf"}
    key = named(keys[name]).public_id if name in keys else message.conversation.public_id
    url = reverse(f"files:{name}", args=[key, "a.pdf"] if name == "content" else [key])
    expected = {
        house.ana: 200, house.ben: 200, house.lou: 200, house.carl: 404, None: 302,
    }  # fmt: skip
    for who, status in expected.items():
        client = Client()
        if who is not None:
            client.force_login(who)
        answer = client.get(url)
        if answer.streaming:
            list(answer.streaming_content)
        assert answer.status_code == status, (name, who)
    assert Client().post(url).status_code in {302, 403, 405}


def test_a_gallery_costs_the_same_however_many_files(
    ben: Client, house: SimpleNamespace, message: Message, django_assert_max_num_queries
):
    found = Conversation.objects.get(pk=message.conversation_id)
    row = named("ring.png")
    Attachment.objects.bulk_create(
        Attachment(message=message, file=row.file, name=f"{n}.png", content_type="image/png")
        for n in range(60)
    )
    ben.get("/inbox/mine/")  # the first page of a session also notes that it is in use
    with django_assert_max_num_queries(16):
        assert ben.get(f"/conversations/{found.public_id}/files/").status_code == 200
