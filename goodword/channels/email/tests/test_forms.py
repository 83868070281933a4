"""What a form on a web site sends in a person's name, whatever the service behind it adds."""

from __future__ import annotations

import pytest

from goodword.channels.email.tests.mails import mail, read

FORM = {"From": "web@forms.example", "Reply_To": "carla@customer.example"}


@pytest.mark.parametrize(
    "added",
    [
        {"Precedence": "bulk"},
        {"Precedence": "junk"},
        {"List_Unsubscribe": "<https://forms.example/u>"},
        {
            "List_Unsubscribe": "<https://forms.example/u>",
            "Feedback_ID": "1.eu-west-1.x:1.eu-west-1.y=:AmazonSES",
        },
    ],
)
def test_a_form_that_keeps_vacation_programs_quiet_sends_a_persons_words(added):
    assert read(mail(**FORM, **added)).kind == "human"


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({**FORM, "Precedence": "list"}, "Precedence: list"),
        ({**FORM, "Reply_To": "news@forms.example", "Precedence": "bulk"}, "Precedence: bulk"),
        (
            {**FORM, "Precedence": "bulk", "List_Unsubscribe": "<https://forms.example/u>"},
            "Precedence: bulk",
        ),
        (
            {**FORM, "List_Unsubscribe": "<https://forms.example/u>", "Feedback_ID": "7:sale:esp"},
            "List-Unsubscribe: <https://forms.example/u>",
        ),
    ],
)
def test_what_is_answered_at_the_senders_or_says_how_to_leave_is_to_many(headers, why):
    inbound = read(mail(**headers))

    assert (inbound.kind, inbound.kind_why) == ("list", why)


def test_an_answer_that_names_only_the_thread_is_an_answer():
    crm = {"List_Unsubscribe": "<https://crm.example/u>", "References": "<x@shop.example>"}

    assert read(mail(**crm)).kind == "human"
