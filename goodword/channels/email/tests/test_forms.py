"""What a form on a web site sends in a person's name, whatever the service behind it adds."""

from __future__ import annotations

import pytest

from goodword.channels.email.tests.mails import ARRIVED, mail, read
from goodword.core.ids import key_at, public_id

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


def test_an_answer_to_a_mail_of_ours_that_came_by_their_group_is_a_persons():
    group = {"List_Id": "<team.customer.example>", "Precedence": "list"}

    our_id = f"<{public_id()}.{key_at(ARRIVED):x}@desk.example>"

    ours = read(mail(**group, In_Reply_To=our_id))
    others = read(mail(**group, In_Reply_To="<7@shop.example>"))
    robot = read(mail(**group, In_Reply_To=our_id, Auto_Submitted="auto-replied"))

    assert [each.kind for each in (ours, others, robot)] == ["human", "list", "auto_reply"]


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Loop": "c@alias.example", "Subject": "Autoreply does not work on your site"},
        {"X_Loop": "c@alias.example", "Subject": "Out of office lamp wanted"},
        {"From": "no-reply@forms.example", "Subject": "Automatic reply form: a question"},
    ],
)
def test_a_sentence_that_begins_as_a_stock_subject_is_no_sign(headers):
    assert read(mail(**headers)).kind == "human"


def test_an_answer_that_names_only_the_thread_is_an_answer():
    crm = {"List_Unsubscribe": "<https://crm.example/u>", "References": "<x@shop.example>"}

    assert read(mail(**crm)).kind == "human"
