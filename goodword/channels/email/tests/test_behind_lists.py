"""Whose mail it is when a list put its own address in From."""

from __future__ import annotations

import pytest

from goodword.channels.email.tests.mails import mail, read
from goodword.desk.roads import Party

LISTED = {
    "From": "'Carla Customer' via Support <support@shop.example>",
    "List_Post": "<https://groups.example/support>, <mailto:support@shop.example>",
    "List_Id": "<support.shop.example>",
}
OURS = ["support@shop.example"]


@pytest.mark.parametrize(
    "noted",
    [
        {"X_Original_From": "Carla Customer <carla@customer.example>"},
        {"X_Original_From": "carla@customer.example"},
        {"X_Original_Sender": "carla@customer.example", "Reply_To": "support@shop.example"},
        {"Reply_To": "Carla Customer <carla@customer.example>, support@shop.example"},
    ],
)
def test_who_wrote_to_our_own_group_is_the_sender_and_not_the_group(noted):
    inbound = read(mail(**LISTED, **noted), OURS)

    assert inbound.sender == Party("carla@customer.example", "Carla Customer")
    assert inbound.kind == "human"
    assert inbound.oddities == ["A list put its own address in place of the sender's."]


@pytest.mark.parametrize(
    "headers",
    [
        {"From": "Mallory <mallory@other.example>", "X_Original_From": "carla@customer.example"},
        LISTED
        | {
            "X_Original_From": "carla@customer.example",
            "Authentication_Results": "mx.example; dmarc=fail header.from=shop.example",
        },
        LISTED | {"From": "Support <support@shop.example>", "Reply_To": "ana@shop.example"},
    ],
)
def test_nobody_else_may_name_another_sender(headers):
    inbound = read(mail(**headers), OURS)

    assert inbound.sender.address == headers["From"].partition("<")[2].rstrip(">")


def test_that_the_list_is_who_it_says_proves_nothing_of_who_wrote():
    inbound = read(
        mail(
            **LISTED,
            X_Original_From="carla@customer.example",
            Authentication_Results="mx.example; dkim=pass header.d=shop.example",
        ),
        OURS,
    )

    assert [each.verdict for each in inbound.authentications] == ["none"]


@pytest.mark.parametrize(
    "post",
    [
        "<mailto:x@evil.example>",
        "<mailto:x@evil.example>, <mailto:support@shop.example>",
    ],
)
def test_somebody_elses_list_names_no_other_sender(post):
    claimed = {
        "From": "'Grace' via x <x@evil.example>",
        "List_Post": post,
        "X_Original_From": "Grace <grace@customer.example>",
        "Reply_To": "Grace <grace@evil.example>",
        "Authentication_Results": "mx.example; dmarc=pass header.from=evil.example",
    }

    inbound = read(mail(**claimed), OURS)

    assert inbound.sender.address == "x@evil.example"
    assert inbound.oddities == []


def test_an_answer_by_way_of_our_group_goes_to_who_wrote_and_to_nobody_else():
    noted = {"X_Original_From": "Carla <carla@customer.example>"}
    astray = {"Reply_To": "carla@customer.example, carla@evil.example"}

    to_the_group = read(mail(**LISTED, **noted, Reply_To="support@shop.example"), OURS)
    led_astray = read(mail(**LISTED, **noted, **astray), OURS)

    assert to_the_group.sender.address == "carla@customer.example"
    assert to_the_group.reply_to == []
    assert led_astray.sender.address == "support@shop.example"
