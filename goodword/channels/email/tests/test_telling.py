"""What `goodword mail explain` gives as reasons: each names the rule and what it saw."""

from __future__ import annotations

import pytest

from goodword.channels.email.telling import tell
from goodword.channels.email.tests.mails import ARRIVED, mail, parts


def why(raw):
    return tell(raw, at=ARRIVED)["why"]


@pytest.mark.parametrize(
    ("headers", "data", "told"),
    [
        ({"Content_Type": "text/plain; charset=koi8-r"}, "Лампа", "koi8-r as declared"),
        ({"Content_Type": "text/plain; charset=iso-8859-1"}, "Grüße", "utf-8 as its bytes are"),
        ({"Subject": "=?koi8-r?B?8NLJ18XU?="}, "Лампа", "koi8-r as in the headers"),
        ({"Content_Type": "text/plain; charset=latin1"}, "Лампа сломана", "cp1251 by its letters"),
        ({}, "Η λάμπα έσπασε χθες το πρωί, τι κάνω;", "cp1253 by its letters"),
        ({}, "Πότε θα έρθει η παραγγελία μου;", "cp1253 by its letters"),
        ({}, "Жду новостей от ООО ТехЭнергоЮг и МирЯхт", "cp1251 by its letters"),
        ({}, "Grüße", "cp1252 for want of a better one"),
    ],
)
def test_of_each_text_it_names_the_charset_and_what_chose_it(headers, data, told):
    codec = told.partition(" ")[0]

    assert why(mail(data.encode(codec), **headers))["text"][0] == f"text/plain: {told}"


def test_it_names_the_form_that_is_shown():
    both = parts(
        "Content-Type: text/plain\r\n\r\nYes",
        "Content-Type: text/html\r\n\r\n<p>Yes",
        kind="alternative",
    )

    assert why(both)["text"][-1] == "shown: plain text"
    assert why(mail("<p>Yes", Content_Type="text/html"))["text"][-1] == "shown: HTML as text"
    assert why(mail(""))["text"][-1] == "shown: nothing"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<d@x.example>: 550 user unknown", "no_such_address: user unknown"),
        ("<d@x.example>: 550 5.2.2 no", "mailbox_full: x.2.2"),
        ("<d@x.example>: it did not work", "no reason told"),
        ("<d@x.example>: delivery is delayed", "only delayed"),
    ],
)
def test_of_returned_mail_it_names_the_words_or_the_code_that_told_why(text, told):
    raw = mail(text, From="MAILER-DAEMON@mx.example", Subject="Undelivered mail")

    assert why(raw)["bounce_hard"] == told


def test_of_a_mail_passed_on_it_names_the_heading():
    raw = mail("---- Forwarded message ----\nFrom: Dora <d@x.example>\n\nHi", Subject="Fwd: lamp")

    assert why(raw)["forwarded_from"] == "forwarded message (en): ---- Forwarded message ----"
    assert "forwarded_from" not in why(mail())


@pytest.mark.parametrize(
    ("headers", "body", "told"),
    [
        ({}, "Hello", ""),
        ({"Subject": "Out of office"}, "Hello", "one sign alone: Subject: Out of office"),
        (
            {"List_Unsubscribe": "<https://crm.example/u>", "In_Reply_To": "<x@shop.example>"},
            "Hello",
            "on one mail, or by a server on the way: List-Unsubscribe: <https://crm.example/u>",
        ),
    ],
)
def test_of_a_person_it_names_the_signs_that_did_not_decide(headers, body, told):
    nothing = "no sign of a robot, a list or returned mail"

    assert why(mail(body, **headers))["kind"] == (f"no rule decided; {told}" if told else nothing)
