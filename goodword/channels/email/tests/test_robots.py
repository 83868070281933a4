"""Who wrote it: each rule fires, and a person's mail that looks alike stays a person's."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodword.channels.email.robots import is_no_reply
from goodword.channels.email.tests.mails import mail, parts, read

AWAY = "Thank you for your message.\nI am out of the office until 12 May."
ABSENT = "Vielen Dank für Ihre Nachricht. Ich bin bis 12. Mai im Urlaub."
FORM = "I ordered a lamp and it came broken. What now?\n"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Subject": "Out of office: back on Monday"},
        {"Subject": "Abwesenheitsnotiz"},
        {"Subject": "Undelivered Mail Returned to Sender"},
        {"Subject": "Delivery failed! My parcel could not be delivered"},
        {"From": "postmaster@customer.example"},
        {"From": "Mailer Daemonson <daemonson@customer.example>"},
        {"From": "no-reply@forms.example", "Reply_To": "carla@customer.example"},
        {"From": "no-reply@customer.example"},
        {"Auto_Submitted": "no"},
        {"Auto_Submitted": "auto-forwarded"},
        {"X_Auto_Response_Suppress": "DR, RN, NRN"},
        {"X_Auto_Response_Suppress": "OOF"},
        {"Precedence": "normal"},
        {"Precedence": "first-class"},
        {"Feedback_ID": "1:2:3:provider"},
        {"List_Help": "<https://provider.example/help>"},
        {"List_Unsubscribe": "<https://crm.example/u>", "In_Reply_To": "<x@shop.example>"},
        {
            "From": "no-reply@forms.example",
            "Reply_To": "carla@customer.example",
            "List_Unsubscribe": "<https://forms.example/u>",
        },
        {"Return_Path": "<carla@customer.example>"},
        {"X_Autoreply": "no"},
        {"X_Autorespond": "false"},
        {"X_Loop": "carla@alias.example"},
        {"X_Mailer": "Microsoft Outlook 16.0"},
        {"X_POST_MessageClass": "1; Normal"},
        {"X_MS_Exchange_Inbox_Rules_Loop": "carla@customer.example"},
        {"In_Reply_To": "<x@shop.example>", "References": "<x@shop.example>"},
        {"Thread_Topic": "Automatic reply"},
    ],
)
def test_what_a_person_may_send_stays_a_persons(headers):
    inbound = read(mail(**headers))

    assert inbound.kind == "human"
    assert inbound.kind_why == ""


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        ("Abwesenheit nächste Woche", "human"),
        ("Out of office next week, please ship before", "human"),
        ("Abwesenheit", "auto_reply"),
        ("Abwesenheitsnotiz: Paket", "auto_reply"),
        ("Abwesenheit vom 4. bis 12. Mai", "auto_reply"),
        ("Out of Office AutoReply: The parcel", "auto_reply"),
        ("AUTO: Carla is out of the office (returning 05/12/2026)", "auto_reply"),
        ("Automatyczna odpowiedź: Paczka", "auto_reply"),
    ],
)
def test_who_is_away_tells_so_by_a_sentence_or_a_programs_words(subject, kind):
    assert read(mail(ABSENT, Subject=subject)).kind == kind


HOP = "Received: from a.example by {}; Mon, 4 May 2026 10:0{}:00 +0200\r\n"


@pytest.mark.parametrize("answers", ["", "In-Reply-To: <x@shop.example>\r\n"])
def test_what_a_server_on_the_way_says_of_itself_says_nothing_of_who_wrote(answers):
    passed_on = HOP.format("here", 4) + "Delivered-To: c@alias.example\r\nPrecedence: bulk\r\n"
    sent = answers.encode() + mail("Where is my parcel?")

    by_a_person = read((passed_on + HOP.format("alias", 3)).encode() + sent)
    by_a_program = read((HOP.format("here", 4) + "Precedence: bulk\r\n").encode() + sent)

    assert by_a_person.kind == "human"
    assert by_a_program.kind == ("auto_reply" if answers else "list")


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ("Precedence: bulk\r\n", "list"),
        ("Precedence: list\r\nDelivered-To: c@alias.example\r\n", "list"),
        ("Sender: owner-guild@x.example\r\nPrecedence: bulk\r\nDelivered-To: guild\r\n", "list"),
        ("Precedence: bulk\r\nDelivered-To: c@alias.example\r\n", "human"),
    ],
)
def test_a_list_that_writes_its_mark_above_what_it_took_in_stays_a_list(headers, kind):
    ours = "Delivered-To: hello@shop.example\r\n" + HOP.format("here", 4)

    assert read((ours + headers + HOP.format("x", 3)).encode() + mail("News")).kind == kind


@pytest.mark.parametrize(
    ("headers", "kind", "why"),
    [
        ({"Auto_Submitted": "auto-replied"}, "auto_reply", "Auto-Submitted: auto-replied"),
        (
            {"Auto_Submitted": "Auto-Generated (holiday)"},
            "auto_reply",
            "Auto-Submitted: Auto-Generated (holiday)",
        ),
        (
            {"Auto_Submitted": "auto-notified; owner-email=x@y.example"},
            "auto_reply",
            "Auto-Submitted: auto-notified; owner-email=x@y.example",
        ),
        ({"Precedence": "auto_reply"}, "auto_reply", "Precedence: auto_reply"),
        ({"X_Precedence": "auto-reply"}, "auto_reply", "X-Precedence: auto-reply"),
        (
            {"Precedence": "bulk", "In_Reply_To": "<x@shop.example>"},
            "auto_reply",
            "Precedence: bulk",
        ),
        ({"X_Auto_Response_Suppress": "All"}, "auto_reply", "X-Auto-Response-Suppress: All"),
        (
            {"X_Auto_Response_Suppress": "DR, OOF, AutoReply"},
            "auto_reply",
            "X-Auto-Response-Suppress: DR, OOF, AutoReply",
        ),
        ({"X_Autoreply": "yes"}, "auto_reply", "X-Autoreply: yes"),
        ({"X_Autorespond": "Re: The parcel"}, "auto_reply", "X-Autorespond: Re: The parcel"),
        (
            {"X_POST_MessageClass": "9; Autoresponder"},
            "auto_reply",
            "X-POST-MessageClass: 9; Autoresponder",
        ),
        ({"X_Mailer": "vacation 1.2"}, "auto_reply", "X-Mailer: vacation 1.2"),
        ({"Delivered_To": "Autoresponder"}, "auto_reply", "Delivered-To: Autoresponder"),
        ({"X_JIRA_FingerPrint": "ab12"}, "auto_reply", "X-JIRA-FingerPrint: ab12"),
        ({"X_GitHub_Reason": "mention"}, "auto_reply", "X-GitHub-Reason: mention"),
        ({"X_Goodword_Automatic": "yes"}, "auto_reply", "X-Goodword-Automatic: yes"),
        ({"Return_Path": "<>"}, "auto_reply", "Return-Path: <>"),
        (
            {"X_Loop": "desk@other.example", "Subject": "Automatic reply: The parcel"},
            "auto_reply",
            "X-Loop: desk@other.example; Subject: Automatic reply: The parcel",
        ),
        (
            {"From": "noreply@customer.example", "Subject": "Automatische Antwort: Paket"},
            "auto_reply",
            "Subject: Automatische Antwort: Paket; From: noreply@customer.example",
        ),
        (
            {"X_Loop": "x@other.example", "Subject": "Automatiskt svar: Paketet"},
            "auto_reply",
            "X-Loop: x@other.example; Subject: Automatiskt svar: Paketet",
        ),
        (
            {"From": "challenge@filter.example", "Subject": "Please verify your message"},
            "auto_reply",
            "From: challenge@filter.example; Subject: Please verify your message",
        ),
        (
            {"List_Unsubscribe": "<https://news.example/u>"},
            "list",
            "List-Unsubscribe: <https://news.example/u>",
        ),
        (
            {
                "From": "news@mail.shop2.co.uk",
                "Reply_To": "info@shop2.co.uk",
                "List_Unsubscribe": "<https://news.example/u>",
            },
            "list",
            "List-Unsubscribe: <https://news.example/u>",
        ),
        *(
            (
                {
                    "From": "shop2@77.sender.example",
                    "Reply_To": "shop2@mailbox.example",
                    "List_Unsubscribe": "<https://news.example/u>",
                    mark: "7",
                },
                "list",
                "List-Unsubscribe: <https://news.example/u>",
            )
            for mark in ("List_Unsubscribe_Post", "Feedback_ID")
        ),
        ({"List_Id": "News <news.shop2.example>"}, "list", "List-Id: News <news.shop2.example>"),
        ({"X_Beenthere": "news@shop2.example"}, "list", "X-Beenthere: news@shop2.example"),
        ({"Precedence": "list"}, "list", "Precedence: list"),
        ({"Precedence": "list", "In_Reply_To": "<x@y.example>"}, "list", "Precedence: list"),
        ({"Precedence": "bulk"}, "list", "Precedence: bulk"),
    ],
)
def test_the_reason_names_the_header_that_decided(headers, kind, why):
    inbound = read(mail(**headers))

    assert (inbound.kind, inbound.kind_why) == (kind, why)


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Out of Office reply", AWAY),
        ("Automatic reply: The parcel", AWAY),
        ("Abwesenheitsnotiz: Ihr Paket", ABSENT),
        ("Abwesend: Ihr Paket", "Ich bin nicht im Büro. Ihre Mail wird nicht weitergeleitet."),
        ("Automaattinen vastaus: Paketti", "Kiitos viestistä. Olen poissa toimistolta."),
        ("Réponse automatique : colis", "Merci pour votre message. Je suis absent jusqu'au 12."),
    ],
)
def test_an_absence_notice_without_any_header_is_known_by_subject_and_text(subject, body):
    inbound = read(mail(body, Subject=subject, Content_Type="text/plain; charset=utf-8"))

    assert inbound.kind == "auto_reply"
    assert inbound.kind_why.startswith(f"Subject: {subject}; text: ")


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Out of office: please deliver on Tuesday", "I am out of the office until Monday."),
        ("Re: Out of Office reply", AWAY),
        ("Auto: Termin in der Werkstatt", ABSENT + " Bitte verschieben Sie den Termin."),
        ("Out of Office reply", AWAY + "\nCould you send it on Tuesday instead?"),
        ("Out of Office reply", AWAY + "\n> When shall we come?\n"),
        ("The parcel", AWAY),
        ("Automatic reply: not what I asked for", "Your robot answered. May a person read this?"),
        ("Poissa 3.-7.12.", "Olemme poissa kotoa. Toimittakaa vasta 8.12. Kiitos!"),
        ("Automatische Antwort", "Danke für die automatische Antwort, aber wo bleibt mein Paket?"),
    ],
)
def test_a_person_who_speaks_of_being_away_is_still_a_person(subject, body):
    assert read(mail(body, Subject=subject)).kind == "human"


@pytest.mark.parametrize(
    "headers",
    [
        {"From": "noreply@forms.example", "Reply_To": "carla@customer.example"},
        {"From": "noreply@forms.example"},
        {
            "From": "web@forms.example",
            "Reply_To": "carla@customer.example",
            "X_Auto_Response_Suppress": "All",
        },
    ],
)
def test_a_form_on_a_web_site_sends_a_persons_words(headers):
    assert (
        read(mail(FORM + "This is an automatically generated message.", **headers)).kind == "human"
    )


def test_a_stock_subject_and_a_text_that_calls_itself_automatic_are_two_signs():
    raw = mail(
        "This is an automatic reply. We read it soon.", Subject="Automatic reply: The parcel"
    )

    assert (
        read(raw).kind_why
        == "Subject: Automatic reply: The parcel; text: This is an automatic reply"
    )


def answered(words: str) -> bytes:
    return parts(
        f"Content-Type: text/plain\r\n\r\n{words}",
        "Content-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n"
        "BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260511T090000Z\r\nSUMMARY:Visit\r\n"
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:carla@customer.example\r\nEND:VEVENT\r\n"
        "END:VCALENDAR\r\n",
        Subject="Accepted: Visit",
    )


def test_a_button_pressed_on_an_invitation_is_no_letter_but_a_word_beside_it_is():
    assert read(answered("")).kind_why == "text/calendar; method=REPLY"
    assert read(answered("Carla has accepted this invitation.")).kind == "auto_reply"
    for words in (
        "Gladly, but may we start at ten?",
        "I have accepted the invitation, but I would rather start at ten.",
        "Carla has accepted this invitation. But may we start at ten?",
        "Ich habe zugesagt, komme aber später.",
    ):
        assert read(answered(words)).kind == "human"


def test_an_invitation_itself_is_a_persons():
    assert read(answered("See you!").replace(b"REPLY", b"REQUEST")).kind == "human"


def test_a_receiving_domains_daily_report_is_automatic():
    raw = parts(
        "Content-Type: application/gzip; name=r.xml.gz\r\n\r\nxx",
        Subject="Report Domain: shop.example Submitter: mx.example Report-ID: <7@mx.example>",
    )

    assert read(raw).kind == "auto_reply"


def test_a_customer_who_writes_to_our_own_google_group_is_no_mailing_list():
    headers = {
        "List_Id": "<hello.shop.example>",
        "Precedence": "list",
        "List_Unsubscribe": "<mailto:x@y>",
    }

    assert read(mail(**headers), envelope_to=["hello@shop.example"]).kind == "human"
    assert read(mail(**headers), envelope_to=["info@shop.example"]).kind == "list"


def test_a_robot_that_writes_to_our_own_google_group_is_still_a_robot():
    raw = mail(List_Id="<hello.shop.example>", Auto_Submitted="auto-replied")

    assert read(raw, envelope_to=["hello@shop.example"]).kind == "auto_reply"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("noreply@x.example", True),
        ("No.Reply@x.example", True),
        ("orders+do-not-reply@x.example", True),
        ("nicht-antworten@x.example", True),
        ("postmaster@x.example", True),
        ("", True),
        ("carla@noreply.example", False),
        ("noreen.plywood@x.example", False),
        ("replies@x.example", False),
    ],
)
def test_addresses_that_nobody_reads_are_known_by_their_name(address, expected):
    assert is_no_reply(address) is expected


NAMES = [
    "From",
    "Subject",
    "Return-Path",
    "Auto-Submitted",
    "Precedence",
    "List-Id",
    "List-Post",
    "X-Loop",
    "Content-Type",
    "Reply-To",
    "X-Failed-Recipients",
    "X-Auto-Response-Suppress",
]
VALUES = [
    "<>",
    "MAILER-DAEMON@x.example",
    "multipart/report;boundary=cut",
    "=?utf-8?q?=ff?=",
    "All",
    "failure",
    "notice",
    "<a.b>",
    "@",
    "message/delivery-status",
    "mailto:",
    "noreply@x.example",
]
TEXTS = [
    "--cut\r\nContent-Type: message/delivery-status\r\n\r\nAction: \r\nStatus: 5.\r\n--cut--",
    "Feedback-Type: \n\nFinal-Recipient: ;",
    "> x\n550-\n550 5.1.1",
]
HEADERS = st.tuples(st.sampled_from(NAMES), st.text(max_size=80) | st.sampled_from(VALUES))


@settings(max_examples=60)
@given(st.lists(HEADERS, max_size=8), st.text(max_size=200) | st.sampled_from(TEXTS))
def test_any_salad_of_headers_gets_one_verdict_and_a_reason_for_all_but_people(headers, text):
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    raw = (head + "X: y\r\n\r\n" + text).encode("utf-8", "surrogateescape")

    inbound = read(raw)

    assert inbound.kind in {"human", "auto_reply", "bounce", "list"}
    assert bool(inbound.kind_why) == (inbound.kind != "human")
    assert bool(inbound.bounce_kind) == (inbound.kind == "bounce")
