"""Mail that is not built as the standards say, and what a person would still read in it."""

import base64

import pytest

from goodword.channels.email.charsets import codec_named
from goodword.channels.email.tests.mails import mail, parts, read


@pytest.mark.parametrize(
    ("headers", "data", "text"),
    [
        # Nothing is declared, but the subject's words are in Cyrillic: the text is, too.
        ({"Subject": "=?koi8-r?B?8NLJ18XU?="}, "Привет, Дора".encode("koi8-r"), "Привет, Дора"),
        ({"Subject": "=?koi8-r?B?8NLJ18XU?="}, "Grüße".encode(), "Grüße"),
        ({}, "こんにちは".encode("iso-2022-jp"), "こんにちは"),
        ({}, "Grüße".encode("utf-16"), "Grüße"),
        (
            {"Content_Type": "text/html"},
            '<meta charset="windows-1251"><p>Привет'.encode("cp1251"),
            "Привет",
        ),
        (
            {"Content_Type": "text/html; charset=what"},
            '<meta http-equiv=x content="text/html; charset=gb2312"><p>你好'.encode("gb18030"),
            "你好",
        ),
    ],
)
def test_a_text_without_a_charset_is_read_by_other_signs(headers, data, text):
    assert read(mail(data, **headers)).text.strip() == text


def test_raw_letters_in_a_head_are_in_the_charset_of_the_text_below():
    raw = b'From: "\xf7\xc1\xd3\xd1" <v@customer.example>\r\nSubject: \xf0\xd2\xc9\xd7\xc5\xd4\r\n'

    told = read(raw + b"Content-Type: text/plain; charset=koi8-r\r\n\r\nx")

    assert (told.subject, told.sender.name) == ("Привет", "Вася")
    assert read("Subject: Grüße\r\n\r\nx".encode()).subject == "Grüße"
    assert read("Subject: Grüße\r\n\r\nx".encode("cp1252")).subject == "Grüße"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (base64.encodebytes("Grüße\n".encode()) + b"____\r\nA list's footer", "Grüße\n\n____\nA"),
        (base64.b64encode(b"One. ") + base64.b64encode(b"Two."), "One. Two."),
        (base64.b64encode(b"Grusse").rstrip(b"="), "Grusse"),
        (b"SGVs\r\n bG8=", "Hello"),
        (b"SGVs*bG8=", "Hello"),
        (b"Plain words, though it says base64", "Plain words, though it says base64"),
    ],
)
def test_broken_base64_gives_all_its_words(data, text):
    assert read(mail(data, Content_Transfer_Encoding="base64")).text.startswith(text)


@pytest.mark.parametrize(
    ("encoding", "data", "text"),
    [
        ("Quoted-Printable", b"Gr=C3=BC=\r\n=C3=9Fe=3D", "Grüße="),
        ("quoted-printable (yes)", b"a=3D", "a="),
        ("base64;", b"SGVsbG8=", "Hello"),
        ("8-bit", "Grüße".encode(), "Grüße"),
        ("quoted-printable", b"100=% sure =", "100=% sure"),
    ],
)
def test_transfer_encodings_are_recognised_as_people_write_them(encoding, data, text):
    assert read(mail(data, Content_Transfer_Encoding=encoding)).text.strip() == text


PLAIN = "Content-Type: text/plain\r\n\r\nShort form"
HTML = "Content-Type: text/html\r\n\r\n<p>Short <b>form</b></p>"
AMP = "Content-Type: text/x-amp-html\r\n\r\n<html amp4email><p>Live</p></html>"
ENRICHED = "Content-Type: text/enriched\r\n\r\n<bold>Short form</bold>"


@pytest.mark.parametrize(
    ("pieces", "text", "html"),
    [
        ([PLAIN, AMP, HTML], "Short form", "<p>Short <b>form</b></p>"),
        ([PLAIN, HTML, AMP], "Short form", "<p>Short <b>form</b></p>"),
        ([PLAIN, ENRICHED], "Short form", ""),
        ([AMP], "Live", "<html amp4email><p>Live</p></html>"),
        ([PLAIN, "Content-Type: text/plain\r\n\r\nOther words"], "Short form\n\nOther words", ""),
        ([PLAIN, PLAIN], "Short form", ""),
    ],
)
def test_of_alternatives_the_best_form_is_shown_and_no_words_are_lost(pieces, text, html):
    inbound = read(parts(*pieces, kind="alternative"))

    assert (inbound.text, inbound.html) == (text, html)
    assert inbound.files == []


@pytest.mark.parametrize(
    "raw",
    [
        # Nobody named the boundary, or named another one.
        mail(
            "--x\r\nContent-Type: text/plain\r\n\r\nHello\r\n--x--", Content_Type="multipart/mixed"
        ),
        mail(
            "--x\r\nContent-Type: text/plain\r\n\r\nHello\r\n--x--",
            Content_Type="multipart/mixed; boundary=y",
        ),
        # The inner part is never closed, or the whole breaks off.
        mail(
            "--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\nHello\r\n--x--",
            Content_Type="multipart/mixed; boundary=x",
        ),
        mail("preamble\r\n--x\r\n\r\nHello", Content_Type='multipart/mixed; boundary="x"'),
        mail("--x  \r\n\r\nHello\r\n--x--  \r\n", Content_Type="multipart/mixed; BOUNDARY=x"),
        # One boundary begins as the other, and the inner one ends the outer one too soon.
        mail(
            '--a--\r\nContent-Type: multipart/mixed; boundary="a----"\r\n\r\n--a----\r\n\r\n'
            "Hello\r\n--a------\r\n--a----\r\n",
            Content_Type='multipart/mixed; boundary="a--"',
        ),
        # Line ends of other times and places.
        mail("Hello").replace(b"\r\n", b"\n"),
        mail("Hello").replace(b"\r\n", b"\r"),
        mail("Hello").replace(b"\r\n", b"\r\r\n"),
        # Heads that are broken in the middle.
        mail("Hello", Subject="A long\r\nsubject"),
        mail("Hello", X_Odd="a\r\nno header\r\nContent-Type: text/plain"),
        b"From: a@b.example\r\nThis is no header\r\nMIME-Version: 1.0\r\n\r\nHello",
        b"From : a@b.example\r\nSubject :x\r\n\r\nHello",
    ],
)
def test_given_a_misbuilt_mail_its_words_are_shown_alone(raw):
    inbound = read(raw)

    assert inbound.text.strip() == "Hello"
    assert inbound.sender.address


def test_given_no_empty_line_below_the_head_the_text_begins_where_headers_end():
    inbound = read(b"From: a@b.example\nSubject: x\nHello there,\nNote: this is text\n")

    assert inbound.subject == "x"
    assert inbound.text == "Hello there,\nNote: this is text"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("attachment; filename=report final.pdf", "report final.pdf"),
        ('attachment; filename="unclosed.pdf', "unclosed.pdf"),
        ('attachment; filename="a;b.pdf"', "a;b.pdf"),
        ("attachment; filename*=iso-8859-1'de'R%FCck.pdf; filename=Ruck.pdf", "Rück.pdf"),
        ("attachment; filename*0=lo; filename*2=.pdf; filename*1=ng", "long.pdf"),
        ('attachment; filename="C:\\\\Temp\\\\bill.pdf"', "bill.pdf"),
        ('attachment; FILENAME="=?utf-8?Q?N=C3=B6?= =?utf-8?Q?l.pdf?="', "Nöl.pdf"),
        ("attachment; filename*=utf-8''%E2%80%AEfdp.exe", "fdp.exe"),
        ("attachment; filename=..", "attachment-1.pdf"),
    ],
)
def test_file_names_are_read_in_every_form(header, name):
    raw = mail("x", Content_Type="application/pdf", Content_Disposition=header)

    assert [file.name for file in read(raw).files] == [name]


def test_a_text_that_stands_for_the_whole_mail_is_shown_whatever_it_is_called():
    named = "Content-Type: text/{0}; name=body.{0}\r\n\r\nHello"

    assert read(mail("Hello", Content_Type="text/plain; name=body.txt")).text == "Hello"
    inbound = read(parts(named.format("plain"), named.format("html"), kind="alternative"))
    assert (inbound.text, inbound.html, inbound.files) == ("Hello", "Hello", [])


def test_a_page_sent_as_plain_text_is_shown_as_the_page():
    inbound = read(mail("<!DOCTYPE html>\n<html><body><p>Hello</p></body></html>"))

    assert inbound.text == "Hello"
    assert inbound.html.startswith("<!DOCTYPE")


@pytest.mark.parametrize(
    ("charset", "codec"),
    [
        ("Windows1251", "cp1251"),
        ("x-cp1251", "cp1251"),
        ("win-1252", "cp1252"),
        ("dos-866", "cp866"),
        ("iso8859_1", "cp1252"),
        ("ISO-8859-6-I", "iso8859-6"),
        ("iso-8859-2-windows-latin-2", "iso8859-2"),
        ("ks_c_5601-1987", "cp949"),
        ("cp936", "gb18030"),
        ("windows-31j", "cp932"),
        ("charset=utf-8", "utf-8"),
        ("utf-8; format=flowed", "utf-8"),
        ("unicode-1-1-utf-7", "utf-7"),
        ("hex", ""),
        ("cp99999", ""),
        ("", ""),
    ],
)
def test_charsets_are_known_under_the_names_that_mailers_give_them(charset, codec):
    assert codec_named(charset) == codec


def test_a_mail_inside_keeps_its_own_bytes():
    inner = b"Subject:  odd   spaces\r\nX-Fold: a\r\n\tb\r\n\r\nR\xfcck\r\n"
    inbound = read(parts(PLAIN, b"Content-Type: message/rfc822\r\n\r\n" + inner))

    assert inbound.files[0].data == inner.removesuffix(b"\r\n") or inbound.files[0].data == inner
    assert inbound.files[0].name == "odd spaces.eml"


def test_given_a_book_of_a_text_it_is_a_file_and_the_page_shows_how_it_begins():
    book = "A line of it.\r\n" * 80_000
    inbound = read(mail(book))

    assert len(inbound.text) <= 1_000_000
    assert inbound.text.endswith("A line of it.")
    assert inbound.files[0].name == "message.txt"
    assert len(inbound.files[0].data) > 1_100_000
    assert any("long" in oddity for oddity in inbound.oddities)


def with_file(data, encoding="7bit"):
    return parts(
        PLAIN,
        b"Content-Type: text/csv; name=a.csv\r\nContent-Transfer-Encoding: "
        + encoding.encode()
        + b"\r\n\r\n"
        + data,
    )


def test_one_mail_by_two_ways_is_one_also_with_files_but_other_content_is_another():
    one = with_file(b"a,b\r\nc,d\r\n")
    by_pipe = b"Received: x\n" + one.replace(b"\r\n", b"\n")
    encoded = with_file(base64.encodebytes(b"a,b\r\nc,d\r\n"), "base64")

    assert read(one).identity == read(by_pipe).identity == read(encoded).identity
    assert read(one).identity != read(with_file(b"a,b\r\nc,e\r\n")).identity
    footer = one.replace(b"Short form", b"Short form\r\n-- \r\nA list's footer")
    assert read(one).identity != read(footer).identity


def test_without_an_id_a_copy_is_the_same_only_if_its_headers_are():
    one = mail(Message_ID="")
    traced = b"Received: a\r\nDKIM-Signature: x\r\nAuthentication-Results: y\r\n" + one

    assert read(one).identity == read(traced).identity
    assert read(one).identity != read(mail(Message_ID="", Subject="Another")).identity
    assert read(one).identity != read(mail("Other words", Message_ID="")).identity


def test_of_ten_thousand_recipients_the_first_are_kept_and_it_is_said():
    many = ", ".join(f"p{number}@list.example" for number in range(10_000))
    mail = read(f"From: g@x.example\nTo: hello@shop.example, {many}\n\nHello\n".encode())
    assert mail.to[0].address == "hello@shop.example"
    assert len(mail.to) == 500
    assert "very many people" in mail.oddities[0]


def test_a_name_without_what_it_belongs_to_is_a_files_name():
    inbound = read(
        mail(
            "%PDF",
            Content_Type="application/pdf",
            Content_Disposition="filename=lamp.pdf",
        )
    )

    assert [file.name for file in inbound.files] == ["lamp.pdf"]


@pytest.mark.parametrize("name", ["From", "To", "Reply_To", "Delivered_To"])
def test_a_header_of_blanks_is_read_at_once(name):  # else it never ends, and the intake with it
    inbound = read(mail(**{name: f"{' ' * 90_000}Carla <carla@customer.example>, ;"}))

    assert inbound.sender.address == "carla@customer.example"


@pytest.mark.parametrize("written", ["x" * 90_000, "x" * 90_000 + " <one@shop.example>"])
def test_an_endless_word_in_references_is_no_id(written):
    inbound = read(mail(References=written))

    assert inbound.refers_to == (["one@shop.example"] if "<" in written else [])
