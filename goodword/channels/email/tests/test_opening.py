"""What is packed into a mail: winmail.dat, uuencoded files, signatures, encryption."""

import base64
import binascii
import struct
import time

import pytest

from goodword.channels.email.tests.mails import mail, parts, read, winmail
from goodword.channels.email.tnef import unpacked


def with_winmail(data, text="See attached"):
    return read(
        parts(
            f"Content-Type: text/plain\r\n\r\n{text}",
            b"Content-Type: application/ms-tnef; name=winmail.dat\r\n"
            b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(data),
        )
    )


def test_given_a_winmail_dat_its_files_are_the_mails_own():
    inbound = with_winmail(winmail({"Rückgabe.pdf": b"%PDF", "../../x.txt": b"hi"}))

    assert [(file.name, file.data) for file in inbound.files] == [
        ("Rückgabe.pdf", b"%PDF"),
        ("x.txt", b"hi"),
    ]
    assert inbound.text == "See attached"
    assert inbound.oddities == []


@pytest.mark.parametrize("body", [{"html": "<p>Grüße</p>"}, {"text": "Grüße"}])
def test_given_a_mail_without_text_the_words_in_winmail_dat_are_shown(body):
    assert with_winmail(winmail({}, **body), text="").text == "Grüße"
    assert with_winmail(winmail({}, **body), text="Mine").text == "Mine"


def test_given_a_winmail_dat_that_only_repeats_how_outlook_writes_it_is_left_out():
    assert with_winmail(winmail({})).files == []
    assert [file.name for file in with_winmail(winmail({}), text="").files] == ["winmail.dat"]


@pytest.mark.parametrize(
    "data",
    [
        b"no tnef at all",
        b"\x78\x9f\x3e\x22",
        # Properties that claim to be four thousand million.
        b"\x78\x9f\x3e\x22\1\0" + struct.pack("<BII", 1, 0x69003, 4) + b"\xff" * 4 + b"\0\0",
        b"\x78\x9f\x3e\x22\1\0" + struct.pack("<BII", 2, 0x69005, 0xFFFFFFFF),
        winmail({"a.pdf": b"%PDF"})[:-40],
        b"\x78\x9f\x3e\x22\1\0" + b"\0" * 500_000,
    ],
)
def test_a_broken_winmail_dat_costs_nothing_and_loses_nothing(data):
    began = time.thread_time()

    inbound = with_winmail(data)

    assert inbound.text == "See attached"
    assert time.thread_time() - began < 1  # of work; 0.01 by itself
    assert inbound.oddities or unpacked(data) is not None


def test_given_an_unreadable_winmail_dat_it_is_kept_and_that_is_said():
    inbound = with_winmail(b"\x00\x01garbage")

    assert [(file.name, file.data) for file in inbound.files] == [
        ("winmail.dat", b"\x00\x01garbage")
    ]
    assert any("winmail.dat" in oddity for oddity in inbound.oddities)


def uuencoded(name, data):
    rows = [binascii.b2a_uu(data[at : at + 45]).decode() for at in range(0, len(data), 45)]
    return f"begin 644 {name}\n{''.join(rows)}`\nend\n"


def test_files_written_into_the_text_are_taken_out():
    data = bytes(range(256)) * 3
    inbound = read(
        mail(f"Hello\n\n{uuencoded('the lamp.jpg', data)}\nBye\n{uuencoded('b.txt', b'x')}")
    )

    assert [(file.name, file.data) for file in inbound.files] == [
        ("the lamp.jpg", data),
        ("b.txt", b"x"),
    ]
    assert inbound.text == "Hello\n\n\nBye"


@pytest.mark.parametrize(
    "text",
    [
        "We\nbegin 644 steps from here\nand then we\nend",
        "begin 644 cut.jpg\nM'XL(\nno end",
        "begin 644 a\nend",
        "In the begin 644 x",
    ],
)
def test_words_that_only_look_like_a_file_stay(text):
    inbound = read(mail(text))

    assert inbound.text == text
    assert inbound.files == []


def test_a_uuencoded_part_is_decoded():
    raw = mail(
        uuencoded("a.bin", b"\0\1\2"),
        Content_Type="application/octet-stream; name=a.bin",
        Content_Transfer_Encoding="x-uuencode",
    )

    assert read(raw).files[0].data == b"\0\1\2"


ARMOURED = """Hello,
-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA256

The lamp came broken.
- --
Dora: with dashes

Best
-----BEGIN PGP SIGNATURE-----
Version: Some

iQEzBAEBCAAdFiEE
=abcd
-----END PGP SIGNATURE-----
"""


def test_given_inline_armour_the_signed_words_are_shown_without_it():
    inbound = read(mail(ARMOURED))

    assert inbound.protection == "pgp_signed"
    assert inbound.text == (
        "Hello,\nThe lamp came broken.\n--\nDora: with dashes\n\nBest\n"
    ).rstrip("\n")


def test_given_a_signature_over_a_signature_both_are_taken_off():
    inner = ARMOURED.replace("Hello,\n", "").replace("- --\n", "")
    twice = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA1\n\n"
        + "".join(f"- {row}\n" if row.startswith("-") else f"{row}\n" for row in inner.split("\n"))
        + "-----BEGIN PGP SIGNATURE-----\n\nxyz\n-----END PGP SIGNATURE-----\n"
    )

    assert read(mail(twice)).text.strip().startswith("The lamp came broken.")


def test_given_inline_encryption_that_is_said_and_the_rest_is_shown():
    block = "-----BEGIN PGP MESSAGE-----\n\nhQEMA\n=abcd\n-----END PGP MESSAGE-----"
    inbound = read(mail(f"Dear Ana,\n\n{block}\n\nDora\n"))

    assert inbound.protection == "pgp_encrypted"
    assert "encrypted" in inbound.text
    assert inbound.text.startswith("Dear Ana,")
    assert inbound.text.endswith("Dora")
    assert inbound.files[0].data.decode() == block


def test_given_half_an_armour_everything_is_shown():
    text = "-----BEGIN PGP SIGNED MESSAGE-----\n\nHello\n" * 3

    assert read(mail(text)).text.strip() == text.strip()
    assert read(mail("> -----BEGIN PGP MESSAGE-----\n> x\n> -----END PGP MESSAGE-----")).files == []


def test_given_a_signed_mail_its_nameless_signature_is_no_file_but_a_named_one_is():
    def signed(name):
        return read(
            parts(
                "Content-Type: text/plain\r\n\r\nSigned words",
                f"Content-Type: application/pgp-signature{name}\r\n\r\n-----BEGIN PGP",
                kind='signed; protocol="application/pgp-signature"',
            )
        )

    assert signed("").text == "Signed words"
    assert signed("").protection == "pgp_signed"
    assert signed("").files == []
    assert [file.name for file in signed('; name="signature.asc"').files] == ["signature.asc"]


def test_given_an_encrypted_mail_a_sentence_says_so_and_the_sealed_part_is_kept():
    inbound = read(
        parts(
            "Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1",
            "Content-Type: application/octet-stream\r\n\r\n-----BEGIN PGP MESSAGE-----",
            kind='encrypted; protocol="application/pgp-encrypted"',
        )
    )

    assert inbound.protection == "pgp_encrypted"
    assert "encrypted" in inbound.text
    assert [file.name for file in inbound.files] == ["encrypted.asc"]


INSIDE = b"Content-Type: text/plain; charset=utf-8\r\n\r\nGr\xc3\xbc\xc3\x9fe, signed\r\n"
SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
DATA = bytes.fromhex("06092a864886f70d010701")


def der(tag, value):
    size = len(value)
    length = bytes([size]) if size < 128 else bytes([0x82]) + size.to_bytes(2, "big")
    return bytes([tag]) + length + value


def endless(tag, value):
    return bytes([tag, 0x80]) + value + b"\0\0"


def in_pieces(value):
    return endless(0x24, der(4, value[:20]) + der(4, value[20:]))


@pytest.mark.parametrize(
    "cms",
    [
        der(0x30, SIGNED_DATA + der(0xA0, der(0x30, der(2, b"\1") + der(0x31, b"")
            + der(0x30, DATA + der(0xA0, der(4, INSIDE)))))),
        endless(0x30, SIGNED_DATA + endless(0xA0, endless(0x30, der(2, b"\1") + der(0x31, b"")
            + endless(0x30, DATA + endless(0xA0, in_pieces(INSIDE)))))),
    ],
)  # fmt: skip
@pytest.mark.parametrize("told", ["; smime-type=signed-data", ""])
def test_given_an_opaque_signature_the_mail_inside_is_read(cms, told):
    raw = mail(
        base64.encodebytes(cms),
        Content_Type=f"application/pkcs7-mime{told}; name=smime.p7m",
        Content_Transfer_Encoding="base64",
    )

    inbound = read(raw)

    assert inbound.protection == "smime_signed"
    assert inbound.text == "Grüße, signed"
    assert inbound.files == []


def test_given_a_signature_that_holds_no_mail_it_is_kept_as_a_file():
    for cms in (
        b"",
        b"\x30",
        SIGNED_DATA * 3,
        endless(0x30, SIGNED_DATA),
        b"\x30\x84" + b"\xff" * 9,
    ):
        inbound = read(
            mail(cms or b"x", Content_Type="application/pkcs7-mime; smime-type=signed-data")
        )

        assert inbound.protection == "smime_signed"
        assert [file.name for file in inbound.files] == ["attachment-1.p7m"]


def test_given_an_smime_encrypted_mail_that_is_said():
    enveloped = der(0x30, bytes.fromhex("06092a864886f70d010703") + der(0xA0, b"..."))
    for told, data in (("; smime-type=enveloped-data", b"?"), ("", enveloped)):
        raw = mail(data, Content_Type=f"application/x-pkcs7-mime{told}; name=smime.p7m")

        assert read(raw).protection == "smime_encrypted"
        assert "encrypted" in read(raw).text
        assert [file.name for file in read(raw).files] == ["smime.p7m"]


def test_a_zip_is_left_as_it_is():
    bomb = b"PK\x03\x04" + b"\0" * 100
    raw = mail(bomb, Content_Type="application/zip; name=bomb.zip")

    assert read(raw).files[0].data == bomb
