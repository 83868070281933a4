"""Where what a person writes and what a program sends are nearest to each other."""

from __future__ import annotations

import pytest

from goodword.channels.email.tests.mails import mail, read

UTF_8 = "text/plain; charset=utf-8"
OURS = "<bcdfghjkmnpqrstv.0123456789ab@shop.example>"


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        (
            "Automatic reply: cannot turn it off",
            "Your app still tells everybody that I am on vacation. Please turn it off.",
        ),
        ("Respuesta automática: error", "Dice que estoy de vacaciones y no es cierto. Ayuda."),
        ("Автоответ: не работает", "Автоответ не выключается: пишет, что я в отпуске."),
        (
            "Out of office until 5 May",
            "I am on vacation. Please hold my parcel. In an emergency my neighbour can take it.",
        ),
        (
            "Abwesend bis 5. Mai",
            "Ich bin im Urlaub, bitte liefern Sie erst danach. Ich werde mich nach meiner "
            "Rückkehr melden.",
        ),
        ("Out of the office until Monday", "I will answer your offer after my return."),
        ("不在保修范围", "谢谢您的邮件。你们说不在保修范围内,我不同意,请重新检查。"),
        ("不在家", "谢谢您的来信。我明天不在家,请后天送货。"),
        (
            "不在票について",
            "ご連絡ありがとうございます。配達時は不在でした。再配達をお願いいたします。",
        ),
    ],
)
def test_who_writes_of_absence_or_of_such_programs_is_a_person(subject, body):
    assert read(mail(body, Subject=subject, Content_Type=UTF_8)).kind == "human"


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Automatic reply: Your order 12", "I am out of the office until Monday."),
        ("Otomatik yanıt: Sipariş", "5 Mayıs'a kadar izindeyim."),
    ],
)
def test_an_answer_that_calls_itself_automatic_and_tells_of_absence_is_a_programs(subject, body):
    answer = mail(body, Subject=subject, In_Reply_To=OURS, Content_Type=UTF_8)

    assert read(answer).kind == "auto_reply"


@pytest.mark.parametrize(
    "headers",
    [
        {"Precedence": "bulk", "List_Unsubscribe": "<https://away.example/u>"},
        {"Precedence": "junk", "Feedback_ID": "1:away"},
        {"Precedence": "bulk", "Reply_To": "help@elsewhere.example"},
    ],
)
def test_what_answers_us_and_says_bulk_is_a_program(headers):
    answer = mail("We have it.", In_Reply_To=OURS, **headers)

    assert read(answer).kind == "auto_reply"


def test_an_answer_to_us_by_their_own_group_is_a_persons():
    by_group = mail(In_Reply_To=OURS, List_ID="<team.customer.example>", Precedence="list")

    assert read(by_group).kind == "human"


def test_a_notice_to_many_that_names_a_thread_is_no_persons():
    notice = {
        "References": "<thread@service.example>",
        "List_Unsubscribe": "<https://service.example/u>",
        "List_Unsubscribe_Post": "List-Unsubscribe=One-Click",
    }

    assert read(mail("Somebody commented.", **notice)).kind == "list"
