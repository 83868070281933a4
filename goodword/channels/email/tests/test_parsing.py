import base64
import random
import time
from datetime import UTC, datetime

import pytest

from goodword.channels.email.tests.mails import ARRIVED, mail, parts, read
from goodword.desk.roads import CannotParse, Party


def test_a_plain_mail_becomes_an_inbound_with_everything_in_its_place():
    inbound = read(
        mail("Where is it?\r\n", Cc="Ben <ben@b.example>, d@d.example", Reply_To="r@r.example"),
        envelope_to=["hello@shop.example"],
    )

    assert inbound.road == "email"
    assert inbound.sender == Party("carla@customer.example", "Carla Customer")
    assert inbound.subject == "The parcel"
    assert inbound.text == "Where is it?"
    assert inbound.html == ""
    assert inbound.to == [Party("hello@shop.example")]
    assert inbound.cc == [Party("ben@b.example", "Ben"), Party("d@d.example")]
    assert inbound.reply_to == [Party("r@r.example")]
    assert inbound.delivered_to == ["hello@shop.example"]
    assert inbound.said_at == ARRIVED
    assert inbound.claimed_at == datetime(2026, 5, 4, 8, 2, tzinfo=UTC)
    assert inbound.external_ids == ["one@customer.example"]
    assert (inbound.kind, inbound.kind_why) == ("human", "")
    assert len(inbound.identity) == 64
    assert inbound.oddities == []


@pytest.mark.parametrize(
    ("charset", "data", "text"),
    [
        ("utf-8", "Grüße".encode(), "Grüße"),
        ("iso-8859-1", "Grüße".encode("latin-1"), "Grüße"),
        ("iso-8859-1", "Grüße €".encode("cp1252"), "Grüße €"),
        ("iso-8859-1", "Grüße".encode(), "Grüße"),  # UTF-8 under a false name
        ("utf-8", "Grüße".encode("latin-1"), "Grüße"),  # and the reverse
        ("utf-8", "Viele Grüße aus Köln, ä".encode() + b"\xc3", "Viele Grüße aus Köln, ä\ufffd"),
        ("us-ascii", "Grüße".encode(), "Grüße"),
        ("x-never-heard-of", "Grüße".encode("cp1252"), "Grüße"),
        ("rot13", b"plain", "plain"),
        ("idna", b"plain", "plain"),
        ('"utf-8', "Grüße".encode(), "Grüße"),
        ("iso-2022-jp", "こんにちは".encode("iso-2022-jp"), "こんにちは"),
        ("gb2312", "你好".encode("gb18030"), "你好"),
        ("koi8-r", "Привет".encode("koi8-r"), "Привет"),
        ("", "Grüße".encode("cp1252"), "Grüße"),
        ("iso-8859-1", "Лампа пришла разбитой.".encode("cp1251"), "Лампа пришла разбитой."),
        ("", "Лампа пришла разбитой.".encode("koi8-r"), "Лампа пришла разбитой."),
        ("us-ascii", "Where is lamp ÄÖÜ?".encode("cp1252"), "Where is lamp ÄÖÜ?"),
        ("iso-8859-1", "ÄÄÄÄÄÄÄÄÄÄÄÄ Größe".encode("latin-1"), "ÄÄÄÄÄÄÄÄÄÄÄÄ Größe"),
        ("utf-8", b"\xef\xbb\xbfHi", "Hi"),
        ("utf-8", b"a\x00b", "ab"),
        ("utf-8", b"\xed\xa0\x80 lone", None),
    ],
)
def test_text_is_read_whatever_charset_it_claims(charset, data, text):
    kind = f"text/plain; charset={charset}" if charset else "text/plain"

    read_text = read(mail(data, Content_Type=kind, Content_Transfer_Encoding="8bit")).text

    read_text.encode()  # no lone surrogate
    assert read_text == text if text is not None else "lone" in read_text


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("=?utf-8?B?R3LDvMOfZQ==?=", "Grüße"),
        ("=?iso-8859-1?Q?Gr=FC=DFe?=", "Grüße"),
        ("=?utf-8?B?R3LDvMOf?=\r\n =?utf-8?B?ZSBhdXM=?=", "Grüße aus"),
        ("=?utf-8?B?R3LD?= =?utf-8?B?vA==?=", "Grü"),  # a letter cut in half
        ("=?utf-8?Q?caf=C3=A9 au lait?=", "café au lait"),  # spaces inside
        ("=?utf-8?B?R3LDvMOfZQ?=", "Grüße"),  # padding lost
        ("=?nonsense?Q?a=E4?=", "aä"),
        ("=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
        ("Re: Größe", "Re: Größe"),
        ("a\x00b\x07c", "ab c"),
        ("evil \u202egpj.exe", "evil gpj.exe"),
        ("x" * 5000, "x" * 500),
    ],
)
def test_subjects_are_decoded_and_kept_on_one_line(subject, shown):
    assert read(mail(Subject=subject)).subject == shown


@pytest.mark.parametrize(
    ("written", "address", "name"),
    [
        ('"Müller, Hans" <hans@m.example>', "hans@m.example", "Müller, Hans"),
        ("=?utf-8?Q?M=C3=BCller=2C_Hans?= <hans@m.example>", "hans@m.example", "Müller, Hans"),
        ("=?utf-8?Q?M=C3=BCller,=20Hans?= <hans@m.example>", "hans@m.example", "Müller, Hans"),
        ("=?utf-8?Q?Hans <sales>?= <hans@m.example>", "hans@m.example", "Hans <sales>"),
        ("hans@m.example (Hans)", "hans@m.example", "Hans"),
        ("Hans <hans@m.example", "hans@m.example", "Hans"),
        ("Hans [Sales] <hans@m.example>", "hans@m.example", None),
        ("hans@m.example <hans@m.example>", "hans@m.example", None),
        ("=?utf-8?B?SGFucyA8aGFuc0BtLmV4YW1wbGU+?=", "hans@m.example", "Hans"),
        ("Hans M. hans@m.example", "hans@m.example", "Hans M."),
        ("=?utf-8?Q?hans?=@m.example", "hans@m.example", ""),
        ("Hans", "", "Hans"),
    ],
)
def test_senders_are_read_in_every_form(written, address, name):
    sender = read(mail(From=written)).sender

    assert sender.address == address
    assert name is None or sender.name == name


@pytest.mark.parametrize(
    "word",
    [
        "=?utf-8?Q?ana=40shop.example=3E_?=",
        "=?utf-8?B?YW5hQHNob3AuZXhhbXBsZQ==?=",
        "=?utf-8?Q?a?Q?b?=",
    ],
)
def test_no_other_domain_comes_out_of_an_address_than_others_have_judged(word):
    address = read(mail(From=f"{word}@other.example")).sender.address

    assert address == f"{word}@other.example"


@pytest.mark.parametrize(
    ("headers", "address", "odd"),
    [
        ({"From": "", "Reply_To": "r@r.example"}, "r@r.example", True),
        ({"From": "", "Sender": "s@s.example"}, "s@s.example", True),
        ({"From": "", "Return_Path": "<p@p.example>"}, "p@p.example", True),
        ({"From": ""}, "", True),
        ({}, "carla@customer.example", False),
    ],
)
def test_without_from_the_next_best_header_names_the_sender(headers, address, odd):
    inbound = read(mail(**headers))

    assert inbound.sender.address == address
    assert bool(inbound.oddities) == odd


def test_references_are_taken_nearest_first_and_once():
    inbound = read(
        mail(
            In_Reply_To="Your mail of Monday <b@x>",
            References="<root@x>\r\n\t<a@\r\n x>, <b@x> <one@customer.example>",
        )
    )

    assert inbound.refers_to == ["b@x", "a@x", "root@x"]


def test_a_flood_of_references_is_cut_to_a_hundred():
    chain = " ".join(f"<{number}@x>" for number in range(5000))

    assert len(read(mail(References=chain)).refers_to) == 100


@pytest.mark.parametrize("bare", ["abc@x.example", "<abc@x.example>", "  <abc@x.example> (odd)"])
def test_bare_ids_are_ids(bare):
    assert read(mail(In_Reply_To=bare)).refers_to == ["abc@x.example"]


def test_of_alternatives_both_forms_are_kept_and_shown_once():
    inbound = read(
        parts(
            "Content-Type: text/plain; charset=utf-8\r\n\r\nHallö",
            "Content-Type: text/html; charset=utf-8\r\n\r\n<p>Hallö <script>x()</script></p>",
            kind="alternative",
        )
    )

    assert inbound.text == "Hallö"
    assert inbound.html == "<p>Hallö <script>x()</script></p>"  # the truth; cleaned when shown
    assert inbound.files == []


def test_html_alone_is_made_readable_with_its_quote_marked():
    inbound = read(
        mail(
            "<html><head><style>p{}</style></head><body><div>My answer</div><div>On Mon, 4 May "
            "2026 at 10:02, Grace &lt;g@shop.example&gt; wrote:<br><blockquote>Old<br>words"
            "</blockquote></div></body></html>",
            Content_Type="text/html; charset=utf-8",
        )
    )

    assert "My answer" in inbound.text
    assert "> Old\n> words" in inbound.text
    assert inbound.reply_text == "My answer"


def test_files_keep_name_type_bytes_and_content_id():
    png = base64.b64encode(b"\x89PNG picture").decode()
    inbound = read(
        parts(
            'Content-Type: text/html\r\n\r\n<img src="cid:pic@x">',
            "Content-Type: image/png\r\nContent-ID: <pic@x>\r\nContent-Disposition: inline;\r\n"
            f' filename="bild.png"\r\nContent-Transfer-Encoding: base64\r\n\r\n{png}',
            "Content-Type: application/pdf\r\nContent-Disposition: attachment;\r\n"
            " filename*0*=utf-8''R%C3%BC;\r\n filename*1*=ck%20.pdf\r\n\r\n%PDF",
            "Content-Type: text/plain; name==?utf-8?Q?No=C3=ABl.txt?=\r\n"
            "Content-Disposition: attachment\r\n\r\nnote",
            'Content-Type: application/x-sh\r\nContent-Disposition: attachment; filename="../../'
            'etc/pass\u202ewd"\r\n\r\nx',
        )
    )

    assert [(file.name, file.content_type) for file in inbound.files] == [
        ("bild.png", "image/png"),
        ("Rück .pdf", "application/pdf"),
        ("Noël.txt", "text/plain"),
        ("passwd", "application/x-sh"),
    ]
    assert inbound.files[0].data == b"\x89PNG picture"
    assert inbound.files[0].content_id == "pic@x"


def test_a_mail_in_the_mail_is_a_file_and_winmail_dat_is_kept():
    inbound = read(
        parts(
            "Content-Type: text/plain\r\n\r\nsee below",
            "Content-Type: message/rfc822\r\n\r\nSubject: Inner\r\nFrom: x@y\r\n\r\nwords",
            "Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\nTNEF",
        )
    )

    assert [file.name for file in inbound.files] == ["Inner.eml", "winmail.dat"]
    assert b"words" in inbound.files[0].data
    assert inbound.text == "see below"
    assert any("winmail.dat" in oddity for oddity in inbound.oddities)


def test_flowed_lines_become_paragraphs_again():
    inbound = read(
        mail(
            "One long \r\nline.\r\n> quoted \r\n> text\r\n",
            Content_Type="text/plain; format=flowed",
        )
    )

    assert inbound.text == "One long line.\n> quoted text"


@pytest.mark.parametrize(
    "raw",
    [
        b"x",
        b"\xff\xfe\x00garbage",
        b"no header at all\n\nbody",
        b"Subject: only a head",
        b"From somebody Mon May  4 10:02:00 2026\nSubject: mbox\n\nbody",
        mail(b"!!!not base64!!!", Content_Transfer_Encoding="base64"),
        mail(b"=ZZ=", Content_Transfer_Encoding="quoted-printable"),
        mail(b"x", Content_Transfer_Encoding="x-what"),
        mail("x", Content_Type="multipart/mixed"),
        mail("x", Content_Type="multipart/mixed; boundary=never"),
        mail("x", Content_Type="; ; ="),
        mail("x", Content_Type="text/plain; charset*0*=a''%ff; charset*1=b"),
        mail("x", Date="Mon, 99 Foo 99999 99:99:99 +9999"),
        mail("x", Date="Thu, 01 Jan 1970 00:00:00 +999999999999"),
        mail("x", From='<<<>>>,,,;;""(((', To="@,@,@" * 500),
        mail("x", Message_ID="<>"),
        mail("x", Content_Type="message/rfc822", Content_Transfer_Encoding="base64"),
        mail("<" * 20000, Content_Type="text/html"),
        mail("<div>" * 3000 + "deep", Content_Type="text/html"),
    ],
)
def test_nothing_that_comes_stops_the_intake(raw):
    inbound = read(raw)

    for shown in (inbound.text, inbound.html, inbound.subject, inbound.sender.name):
        shown.encode()
        assert "\x00" not in shown
    assert inbound.identity


@pytest.mark.parametrize(
    "raw",
    [
        mail("x", From="=?utf-8?q?a" * 9000),
        mail("x", To="((" * 40_000, References="<" * 90_000),
        mail("x", Content_Type=";a=" * 20_000),
        mail("-" * 2_000_000, Content_Type="multipart/mixed; boundary=-"),
        mail("---\n--- " * 100_000, Content_Type="multipart/mixed; boundary=-"),
        mail("junk\n" * 100_000 + "Content-Type: x\n").replace(b"\r\n\r\n", b"\r\n"),
        mail("begin 644 a\nM\n" * 30_000),
        mail("-----BEGIN PGP SIGNED MESSAGE-----\n\n" * 20 + "x\n" * 90_000 + "-----END PGP"),
        mail("<" * 500_000, Content_Type="text/html"),
        mail("<style " * 100_000, Content_Type="text/html"),
        mail("<table><tr><td>" * 3000, Content_Type="text/html"),
        mail("<blockquote>x " * 20_000, Content_Type="text/html"),
    ],
)
def test_mail_made_to_be_slow_is_not(raw):
    began = time.thread_time()

    assert read(raw).identity
    assert time.thread_time() - began < 5  # of work, not of waiting; 0.3 by itself


def test_random_damage_to_a_rich_mail_never_raises():
    whole = parts(
        "Content-Type: text/plain; charset=utf-8\r\n\r\nHallö",
        "Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<b>=C3</b>",
        "Content-Type: message/rfc822\r\n\r\nSubject: =?utf-8?Q?a?=\r\n\r\nwords",
        References="<a@x> <b@x>",
    )
    chance = random.Random(20260504)
    for _ in range(300):
        broken = bytearray(whole)
        for _ in range(chance.randrange(1, 12)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        assert read(bytes(broken)).identity


def test_a_thousand_nested_parts_still_show_their_text():
    depth = 1000
    head = "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(depth)
    )
    raw = b"From: a@b.example\r\nSubject: deep\r\n" + head.encode() + b"\r\nthe text\r\n"

    inbound = read(raw)

    assert "the text" in inbound.text
    assert inbound.subject == "deep"
    assert inbound.oddities


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", b"\x00\x00 "])
def test_nothing_at_all_is_no_mail(raw):
    with pytest.raises(CannotParse):
        read(raw)


def test_the_same_mail_by_two_ways_has_one_identity_and_another_mail_another():
    one = mail("Hallö\r\n", Content_Type="text/plain; charset=utf-8")
    by_list = b"Received: from a by b\r\nX-Spam: no\r\n" + one.replace(b"\r\n", b"\n")
    encoded = mail(
        b"Hall=C3=B6\r\n",
        Content_Type="text/plain; charset=utf-8",
        Content_Transfer_Encoding="quoted-printable",
    )

    assert read(one).identity == read(by_list).identity == read(encoded).identity
    assert read(one).identity != read(mail("Hallo\r\n")).identity
    assert read(one).identity != read(one.replace(b"carla@", b"mallory@")).identity


def test_without_an_id_two_mails_are_told_apart_by_what_they_say():
    one = mail(Message_ID="")
    again = b"Received: from a by b\r\nReturn-Path: <x@y>\r\n" + one
    other = mail(Message_ID="", Date="Mon, 4 May 2026 10:03:00 +0200")

    assert read(one).identity == read(again).identity
    assert read(one).identity != read(other).identity
    assert read(one).external_ids == []


def test_the_servers_notes_say_where_it_was_delivered():
    raw = mail(Delivered_To="hello@shop.example", X_Original_To="Info@shop.example")

    assert read(raw, envelope_to=["HELLO@shop.example"]).delivered_to == [
        "HELLO@shop.example",
        "Info@shop.example",
    ]


def test_a_date_in_the_future_is_noted():
    inbound = read(mail(Date="Mon, 4 May 2037 10:02:00 +0200"))

    assert inbound.said_at == ARRIVED
    assert any("clock" in oddity for oddity in inbound.oddities)
