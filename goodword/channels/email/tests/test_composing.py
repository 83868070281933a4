import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from goodword.channels.email.composing import ascii_domain, compose, quoted, wrote
from goodword.channels.email.tests.mails import read
from goodword.desk.roads import Outbound, OutboundFile, Party

MOMENT = datetime(2026, 5, 4, 10, 2, tzinfo=timezone(timedelta(hours=2)))
PLAIN = Outbound(
    external_id="answer@shop.example",
    inbox_id=1,
    sender=Party("hello@shop.example", "Shop"),
    subject="Re: The parcel",
    text="It is on its way.",
    html="",
    said_at=MOMENT,
    envelope=["carla@customer.example", "boss@hidden.example"],
    to=[Party("carla@customer.example", "Carla")],
)


def composed(**changes):
    raw = compose(replace(PLAIN, **changes))
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    return email.message_from_bytes(raw, policy=email.policy.default)


def test_an_answer_carries_the_headers_that_thread_it():
    mail = composed(in_reply_to="<q@c.example>", references=["root@c.example", "q@c.example"])

    assert mail["Message-ID"] == "<answer@shop.example>"
    assert mail["In-Reply-To"] == "<q@c.example>"
    assert mail["References"] == "<root@c.example> <q@c.example>"
    assert mail["Date"].datetime == MOMENT
    assert str(mail["From"]) == "Shop <hello@shop.example>"
    assert mail["Auto-Submitted"] is None
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content() == "It is on its way.\r\n"


def test_blind_copies_stand_nowhere_in_the_mail():
    assert b"hidden.example" not in compose(PLAIN)
    assert b"Bcc" not in compose(PLAIN)
    assert "undisclosed-recipients" in str(composed(to=[])["To"])


def test_automatic_mail_says_so_and_is_known_again():
    mail = composed(automatic=True)

    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert read(compose(replace(PLAIN, automatic=True))).kind == "auto_reply"
    assert read(compose(PLAIN)).kind == "human"


@pytest.mark.parametrize(
    "name", ["Müller, Höft & Söhne", 'The "Shop"', "Ünï" * 40, "株式会社", "a\r\nb"]
)
def test_names_survive_the_way(name):
    inbound = read(compose(replace(PLAIN, sender=Party("hello@shop.example", name))))

    assert inbound.sender == Party("hello@shop.example", " ".join(name.split()))


def test_subjects_and_texts_survive_the_way():
    subject, text = "Größe: " + "ü" * 120, "Grüße\n\n.\nFrom here\n" + "lang " * 500 + "é" * 2000
    inbound = read(compose(replace(PLAIN, subject=subject, text=text)))

    assert inbound.subject == subject
    assert inbound.text == text


@pytest.mark.parametrize("breaker", ["\r\n", "\n", "\r", "\x0b", "\u2028", "\x85"])
def test_no_value_can_start_a_header_of_its_own(breaker):
    evil = f"x{breaker}Bcc: evil@evil.example"
    mail = composed(
        subject=evil,
        external_id=evil,
        in_reply_to=evil,
        references=[evil],
        language=evil,
        sender=Party("hello@shop.example", evil),
        to=[Party(f"carla@customer.example{breaker}Bcc:evil@evil.example", evil)],
        reply_to=Party("r@shop.example", evil),
    )

    assert mail["Bcc"] is None


def test_a_long_chain_keeps_its_first_and_its_last_ids():
    chain = [f"{number}@long.customer.example" for number in range(300)]
    kept = str(composed(references=chain, in_reply_to=chain[-1])["References"]).split()

    assert kept[0] == "<0@long.customer.example>"
    assert kept[-1] == "<299@long.customer.example>"
    assert 2 < len(kept) <= 20


def test_a_very_long_id_is_neither_broken_nor_encoded():
    long = "x" * 200 + "@customer.example"
    raw = compose(replace(PLAIN, in_reply_to=long, references=[long], external_id=long))

    assert raw.count(f"<{long}>".encode()) == 3


def test_domains_with_letters_beyond_ascii_are_punycoded():
    raw = compose(replace(PLAIN, to=[Party("carla@müller.example", "Carla")]))

    assert b"<carla@xn--mller-kva.example>" in raw
    assert ascii_domain("straße.example") == "xn--strae-oqa.example"
    assert ascii_domain("Shop.Example") == "Shop.Example"


def test_a_local_part_beyond_ascii_goes_out_as_utf_8():
    raw = compose(replace(PLAIN, to=[Party("jürgen@m.example", "Jürgen")]))

    assert "jürgen@m.example".encode() in raw


@pytest.mark.parametrize("odd", ["a..b@docomo.example", '"a b"@x.example', "a+b=c@x.example"])
def test_odd_addresses_are_kept(odd):
    assert read(compose(replace(PLAIN, to=[Party(odd)]))).to[0].address.replace('"', "") in (
        odd.replace('"', ""),
        odd.replace('"', "").replace(" ", ""),
    )


def test_parts_are_nested_as_mail_programs_expect(tmp_path):
    picture, letter, inner = tmp_path / "p", tmp_path / "l", tmp_path / "m"
    picture.write_bytes(b"\x89PNG")
    letter.write_bytes(b"%PDF" + b"\x00" * 3000)
    inner.write_bytes(b"Subject: x\n\n" + b"y" * 2000)
    mail = composed(
        html='<p>Hi <img src="cid:pic"></p>',
        files=[
            OutboundFile("bild.png", "image/png", str(picture), "pic"),
            OutboundFile("Rückläufer.pdf", "application/pdf", str(letter)),
            OutboundFile("mail.eml", "message/rfc822", str(inner)),
            OutboundFile("odd", "no/such type\r\nX: y", str(inner)),
        ],
    )

    assert mail.get_content_type() == "multipart/mixed"
    alternative, pdf, eml, odd = mail.iter_parts()
    plain, related = alternative.iter_parts()
    html, inline = related.iter_parts()
    kinds = [part.get_content_type() for part in (alternative, plain, related, html, inline, pdf)]
    assert kinds == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "application/pdf",
    ]
    assert inline["Content-ID"] == "<pic>"
    assert pdf.get_filename() == "Rückläufer.pdf"
    assert pdf.get_content() == letter.read_bytes()
    assert eml.get_content() == inner.read_bytes()
    assert odd.get_content_type() == "application/octet-stream"


def test_what_we_send_we_can_read(tmp_path):
    file = tmp_path / "f"
    file.write_bytes(b"bytes")
    inbound = read(
        compose(
            replace(
                PLAIN,
                html="<p>Grüße</p>",
                cc=[Party("d@d.example", "Dörte")],
                reply_to=Party("r@r.example"),
                files=[OutboundFile("Größe.txt", "text/plain", str(file))],
            )
        )
    )

    assert inbound.external_ids == ["answer@shop.example"]
    assert inbound.cc == [Party("d@d.example", "Dörte")]
    assert inbound.reply_to == [Party("r@r.example")]
    assert "<p>Grüße</p>" in inbound.html
    assert [(one.name, one.data) for one in inbound.files] == [("Größe.txt", b"bytes")]


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "On Mon, 4 May 2026 at 10:02, Grace wrote:"),
        ("en-GB", "On Mon, 4 May 2026 at 10:02, Grace wrote:"),
        ("de", "Am 4. Mai 2026 um 10:02 schrieb Grace:"),
        ("de_CH", "Am 4. Mai 2026 um 10:02 schrieb Grace:"),
        ("fr", "Le 4 mai 2026 à 10:02, Grace a écrit :"),
        ("xx", "On Mon, 4 May 2026 at 10:02, Grace wrote:"),
        ("", "On Mon, 4 May 2026 at 10:02, Grace wrote:"),
    ],
)
def test_the_history_begins_as_the_field_begins_it(language, line):
    assert wrote("Grace", MOMENT, language) == line


def test_the_history_is_marked_and_cleaned():
    text, html = quoted(
        "Hi\n> older\n\nBye\n",
        "<p onclick=x>Hi<script>x</script></p></blockquote></div>",
        author="Grace <b>",
        moment=MOMENT.astimezone(UTC),
        language="en",
    )

    assert text == "On Mon, 4 May 2026 at 08:02, Grace <b> wrote:\n> Hi\n>> older\n>\n> Bye\n"
    assert "Grace &lt;b&gt; wrote:" in html
    assert "script" not in html
    assert html.endswith("<p>Hi</p></blockquote></div>")
