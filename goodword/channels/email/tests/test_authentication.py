import pytest

from goodword.channels.email.tests.mails import mail, read
from goodword.desk.roads import Authentication


def judged(*values):
    head = b"".join(b"Authentication-Results: " + value.encode() + b"\r\n" for value in values)
    return read(head + mail()).authentications


@pytest.mark.parametrize(
    ("value", "verdict", "why"),
    [
        (
            "MX.shop.example; dmarc=fail (p=reject dis=none) header.from=customer.example",
            "fail",
            "dmarc=fail (p=reject dis=none)",
        ),
        (
            "mx.shop.example 1; spf=fail; dkim=fail; dmarc=pass header.from=customer.example",
            "pass",
            "dmarc=pass",
        ),
        ("mx.shop.example; dkim=pass header.d=customer.example", "pass", "header.d="),
        ("mx.shop.example; dkim=pass header.i=@mail.customer.example", "pass", "header.i="),
        ("mx.shop.example; dkim=pass header.d=elsewhere.example; spf=none", "none", ""),
        ("mx.shop.example; dkim=pass header.d=notcustomer.example", "none", ""),
        ("mx.shop.example; dkim=pass header.d=example", "none", ""),
        ("mx.shop.example; spf=pass smtp.mailfrom=bounce@customer.example", "pass", "spf=pass"),
        (
            "mx.shop.example; spf=softfail smtp.mailfrom=x.example; dkim=fail (body hash)",
            "fail",
            "spf=softfail, dkim=fail (body hash)",
        ),
        ("mx.shop.example; spf=fail smtp.mailfrom=x.example; dkim=none", "none", ""),
        ("mx.shop.example; dmarc=none; spf=fail; dkim=fail", "fail", "spf=fail"),
        ("mx.shop.example; none", "none", ""),
        ('mx.shop.example (a; tricky=" one) ; dmarc/1 = (why) FAIL', "fail", "dmarc=fail (why)"),
        ("mx.shop.example;\r\n\tspf=neutral;\r\n dmarc=fail\r\n (p=none)", "fail", "(p=none)"),
        # The result is about another From, as a list or a gateway may have written it.
        ("mx.shop.example; dmarc=fail header.from=elsewhere.example", "none", ""),
    ],
)
def test_what_a_server_says_is_read_leniently_and_for_the_from_address(value, verdict, why):
    found = judged(value)

    assert [(one.server, one.verdict) for one in found] == [("mx.shop.example", verdict)]
    assert why in found[0].why


def test_microsoft_leaves_its_name_out():
    found = judged(
        "spf=pass (sender IP is 192.0.2.1)\r\n smtp.mailfrom=customer.example; dkim=pass (signature"
        " was verified)\r\n header.d=customer.example;dmarc=bestguesspass action=none\r\n"
        " header.from=customer.example;compauth=pass reason=109"
    )

    assert found == [Authentication("", "pass", "dmarc=bestguesspass")]


@pytest.mark.parametrize(
    "chosen",
    [
        r'spf=pass smtp.mailfrom="x smtp.mailfrom=customer.example z"@evil.example',
        r'spf=pass smtp.mailfrom="\"x smtp.mailfrom=a@customer.example z\"@evil.example"',
        r'spf=pass smtp.mailfrom="\"x ; dmarc=pass header.from=customer.example ;\"@evil.example"',
        r'spf=pass smtp.mailfrom="a@customer.example"@evil.example',
        r"spf=pass (of \) ; dmarc=pass \(@evil.example) smtp.mailfrom=evil.example",
        "spf=pass smtp.mailfrom=evil.example smtp.helo=customer.example",
        "spf=pass smtp.mailfrom=evil.example smtp.mailfrom=customer.example",
        'dkim=pass header.d=evil.example header.i="x header.d=customer.example"@evil.example',
        "dkim=pass header.d=evil.example header.i=@customer.example",
    ],
)
def test_what_a_sender_may_choose_about_the_way_of_a_mail_confirms_nobody(chosen):
    assert [one.verdict for one in judged(f"mx.shop.example; {chosen}")] == ["none"]


def test_quoted_values_are_read():
    found = judged('"mx.shop.example"; dkim=pass header.i="@customer.example"')
    assert [(one.server, one.verdict) for one in found] == [("mx.shop.example", "pass")]
    helo = judged("mx.shop.example; spf=pass smtp.helo=mail.customer.example")
    assert [one.verdict for one in helo] == ["pass"]


def test_several_servers_are_told_apart_the_last_one_first():
    found = judged("mx.shop.example; dmarc=fail", "relay.example; dmarc=pass")

    assert [(one.server, one.verdict) for one in found] == [
        ("mx.shop.example", "fail"),
        ("relay.example", "pass"),
    ]


def test_several_headers_of_one_server_count_together():
    found = judged(
        "mx.shop.example; dkim=fail", "mx.shop.example; spf=fail", "mx.shop.example; dmarc=fail"
    )

    assert found == [Authentication("mx.shop.example", "fail", "dmarc=fail")]


def test_given_a_result_that_the_sender_wrote_in_our_servers_name_it_counts_for_nothing_above():
    raw = (
        b"Authentication-Results: mx.shop.example; spf=fail; dkim=fail\r\n"
        b"Received: from mallory by mx.shop.example\r\n"
        b"Authentication-Results: mx.shop.example; dmarc=pass\r\n"
    ) + mail()

    assert [one.verdict for one in read(raw).authentications] == ["fail", "pass"]


def test_the_chain_of_arc_and_broken_headers_say_nothing():
    raw = b"ARC-Authentication-Results: i=1; mx.shop.example; dmarc=fail\r\n" + mail()

    assert read(raw).authentications == []
    for broken in ("", ";;;", '"', "((((", "=", "a=b=c", "x; =fail; dmarc="):
        assert [one.verdict for one in judged(broken)] == ["none"]
