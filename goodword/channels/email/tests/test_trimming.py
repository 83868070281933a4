import textwrap
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodword.channels.email.trimming import explain_reply, reply_text
from goodword.channels.email.trimming_words import languages_of, words

NEW = "Yes, please, as soon as you can.\nAnd a second pair, in green.\n\nCarla"
GRACE = "<grace@shop.example>"
ATTRIBUTIONS = [  # as Gmail, Apple Mail, Thunderbird, Yahoo and others write them
    f"On Mon, May 4, 2026 at 10:02 AM Grace {GRACE} wrote:",
    f"On Monday, May 4th, 2026 at 10:02, Grace {GRACE} wrote:",
    f"Grace {GRACE} wrote on 5/4/2026 10:02 AM:",
    "On 2026-05-04 10:02, Grace wrote:",
    f"Am Mo., 4. Mai 2026 um 10:02 Uhr schrieb Grace {GRACE}:",
    f"Am Montag, 4. Mai 2026 um 10:02 MESZ hat Grace {GRACE} Folgendes geschrieben:",
    f"Grace {GRACE} schrieb am Mo., 4. Mai 2026, 10:02:",
    "Am 04.05.26 um 10:02 schrieb Grace:",
    f"Le lun. 4 mai 2026 à 10:02, Grace {GRACE} a écrit :",
    "Le 04/05/2026 à 10:02, Grace a écrit :",
    f"El lun, 4 may 2026 a las 10:02, Grace ({GRACE}) escribió:",
    "El 4/5/26 a las 10:02, Grace escribió:",
    f"Em seg., 4 de mai. de 2026 às 10:02, Grace {GRACE} escreveu:",
    f"Grace {GRACE} escreveu (segunda, 4/05/2026 à(s) 10:02):",
    f"Il giorno lun 4 mag 2026 alle ore 10:02 Grace {GRACE} ha scritto:",
    "Il 04/05/26 10:02, Grace ha scritto:",
    f"Op ma 4 mei 2026 om 10:02 schreef Grace {GRACE}:",
    f"Op 4 mei 2026, om 10:02 heeft Grace {GRACE} het volgende geschreven:",
    f"Den man. 4. maj 2026 kl. 10.02 skrev Grace {GRACE}:",
    f"man. 4. mai 2026 kl. 10:02 skrev Grace {GRACE}:",
    f"Den mån 4 maj 2026 kl 10:02 skrev Grace {GRACE}:",
    f"ma 4. toukok. 2026 klo 10.02 Grace ({GRACE}) kirjoitti:",
    f"pon., 4 maj 2026 o 10:02 Grace {GRACE} napisał(a):",
    f"Wiadomość napisana przez Grace {GRACE} w dniu 4 maj 2026, o godz. 10:02:",
    "W dniu 04.05.2026 o 10:02, Grace pisze:",
    f"po 4. 5. 2026 v 10:02 odesílatel Grace {GRACE} napsal:",
    f"po 4. 5. 2026 o 10:02 Grace {GRACE} napísal(a):",
    f"пн, 4 мая 2026 г. в 10:02, Grace {GRACE}:",
    "04.05.2026 10:02, Грейс пишет:",
    f"пн, 4 трав. 2026 р. о 10:02 Grace {GRACE} пише:",
    f"Grace {GRACE}, 4 May 2026 Pzt, 10:02 tarihinde şunu yazdı:",
    f"Στις Δευ 4 Μαΐ 2026 στις 10:02 π.μ., ο χρήστης Grace {GRACE} έγραψε:",
    f"Grace {GRACE} ezt írta (időpont: 2026. máj. 4., H, 10:02):",
    f"În lun., 4 mai 2026 la 10:02, Grace {GRACE} a scris:",
    f"На пн, 4.05.2026 г. в 10:02 ч. Grace {GRACE} написа:",
    f"2026年5月4日(月) 10:02 Grace {GRACE}:",
    f"2026/05/04 10:02、Grace {GRACE}のメール:",
    f"Grace {GRACE} 于2026年5月4日周一 10:02写道：",
    f"2026년 5월 4일 (월) 오전 10:02, Grace {GRACE}님이 작성:",
    f"\u202bבתאריך יום ב׳, 4 במאי 2026 ב-10:02 מאת \u202aGrace\u202c {GRACE}:",
    f"في الاثنين، 4 مايو 2026 في 10:02 ص تمت كتابة ما يلي بواسطة Grace {GRACE}:",
    f"Vào Th 2, 4 thg 5, 2026 vào lúc 10:02 Grace {GRACE} đã viết:",
    f"Pada Sen, 4 Mei 2026 pukul 10.02 Grace {GRACE} menulis:",
]
FIELDS = [
    "From|Sent|To|Subject",
    "Von|Gesendet|An|Betreff",
    "De|Envoyé|À|Objet",
    "De|Enviado el|Para|Asunto",
    "De|Enviada em|Para|Assunto",
    "Da|Inviato|A|Oggetto",
    "Van|Verzonden|Aan|Onderwerp",
    "Fra|Sendt|Til|Emne",
    "Från|Skickat|Till|Ämne",
    "Lähettäjä|Lähetetty|Vastaanottaja|Aihe",
    "Od|Wysłano|Do|Temat",
    "Od|Odesláno|Komu|Předmět",
    "От|Отправлено|Кому|Тема",
    "Від|Надіслано|Кому|Тема",
    "Kimden|Gönderildi|Kime|Konu",
    "Από|Στάλθηκε|Προς|Θέμα",
    "Feladó|Elküldve|Címzett|Tárgy",
    "De la|Trimis|Către|Subiect",
    "差出人|送信日時|宛先|件名",
    "发件人|发送时间|收件人|主题",
    "寄件者|寄件日期|收件者|主旨",
    "보낸 사람|보낸 날짜|받는 사람|제목",
    "מאת|נשלח|אל|נושא",
    "من|تم الإرسال|إلى|الموضوع",
    "Từ|Đã gửi|Đến|Chủ đề",
]


@pytest.mark.parametrize("line", ATTRIBUTIONS)
def test_the_line_above_a_quote_is_known_in_any_language_and_goes_with_the_quote(line):
    assert reply_text(f"{NEW}\n\n{line}\n> Which size?\n>\n> Grace\n") == NEW
    assert reply_text(f"{NEW}\n{line}\n\n> Which size?") == NEW


@pytest.mark.parametrize("line", [line for line in ATTRIBUTIONS if "@" in line])
def test_with_moment_and_address_it_is_known_even_where_the_quote_is_not_marked(line):
    assert reply_text(f"{NEW}\n\n{line}\n\nWhich size?\n\nGrace") == NEW


@pytest.mark.parametrize("line", [line for line in ATTRIBUTIONS if "@" in line])
def test_a_line_above_a_quote_that_a_program_wrapped_is_taken_whole(line):
    long = line.replace(GRACE, "<grace.of.the.second.floor@department.shop.example>")
    wrapped = textwrap.fill(long, 76, break_long_words=False, break_on_hyphens=False)
    bracket = line.replace(GRACE, "<\ngrace@shop.example>")
    closing = line.replace(GRACE, "<grace@shop.example\n>")

    for heading in (wrapped, bracket, closing):
        assert reply_text(f"{NEW}\n\n{heading}\n> Which size?") == NEW


@pytest.mark.parametrize("fields", FIELDS)
def test_outlooks_block_of_fields_begins_the_history(fields):
    sender, sent, to, subject = fields.split("|")
    for name, colon in ((sender, ":"), (f"*{sender}", ":*"), (sender, " :")):
        block = f"{name}{colon} Grace\n{sent}: 4.5.2026 10:02\n{to}: Carla\n{subject}: Shoes"
        assert reply_text(f"{NEW}\n\n{block}\n\nWhich size?") == NEW
        assert reply_text(f"{NEW}\n\n{'_' * 32}\n{block}\n\nWhich size?") == NEW


@pytest.mark.parametrize(
    "line",
    [
        "-----Original Message-----",
        "*-------- Ursprüngliche Nachricht --------*",
        "-----Message d'origine-----",
        "----- Mensaje original -----",
        "-----Oprindelig meddelelse-----",
        "-------- Исходное сообщение --------",
        "-----原始邮件-----",
        "---- On Mon, 4 May 2026 10:02:11 +0200 Grace wrote ----",
        "##- Please type your reply above this line -##",
        "--- Bitte oberhalb dieser Zeile antworten ---",
    ],
)
def test_a_line_between_dashes_begins_the_history(line):
    assert reply_text(f"{NEW}\n\n{line}\n\nWhich size?") == NEW


WROTE = f"On Mon, 4 May 2026 at 10:02, Grace {GRACE} wrote:"
OUTLOOK = (
    f"From: Grace {GRACE}\nSent: Monday, 4 May 2026 10:02\nTo: Carla\nSubject: Shoes\n\nWhich size?"
)


@pytest.mark.parametrize(
    ("text", "new"),
    [
        (f"{WROTE}\n> Which size?\n\nForty-two.", "Forty-two."),
        (f"Yes.\n2026/5/4 Grace {GRACE}\n\n>  Which size?", "Yes."),
        ("Yes.\n\nOn 4 May 2026, 10:02, grace wrote:\n\nWhich size?", "Yes."),
        (f"Yes.\n\n{WROTE}\n>\n> Pay\n (http://shop.example/pay) >\n> Thanks\n>", "Yes."),
        (
            "Yes.\n\nOn 4 May 2026, at 10:02, Grace <\n4f6e652d74696d652d\n@shop.example>\nwrote:"
            "\n\nWhich size?",
            "Yes.",
        ),
        (f"Hi Grace,\n\n{WROTE}\n> Which size?\n\nForty-two.", "Hi Grace,\n\n\nForty-two."),
        ("Yes.\n\nGrace wrote:\n> Which size?", "Yes."),
        ("Yes.\n\n> Which size?\n> Grace", "Yes."),
        (f"Yes.\n{WROTE}\n> {'long ' * 15}\nwrapped by a program\n> and on", "Yes."),
        (f"Yes.\n\n{WROTE}\n> Old\n\n{'_' * 40}\nshoes mailing list\nx@shop.example", "Yes."),
        (
            f"{WROTE}\n> Size?\n42.\n> Colour?\nGreen.\n> Grace",
            f"{WROTE}\n> Size?\n42.\n> Colour?\nGreen.",
        ),
    ],
)
def test_new_words_below_and_between_quotes_stay(text, new):
    assert reply_text(text) == new


@pytest.mark.parametrize(
    "ending",
    [
        "-- \nCarla\nShoes and more\nTel. 030 1234567",
        "--\nCarla",
        "Sent from my iPhone",
        "Von meinem Samsung Gerät gesendet.",
        "Envoyé de mon iPad",
        "Enviado desde mi iPhone",
        "Inviato da iPhone",
        "Verstuurd vanaf mijn iPhone",
        "Lähetetty iPhonesta",
        "Отправлено с iPhone",
        "iPhoneから送信",
        "发自我的iPhone",
        "取得 Android 版 Outlook",
        "iPhone-ról küldve",
        "发自我的 iPhone",
        "나의 iPhone에서 보냄",
        "Get Outlook for Android<https://outlook.example/a>",
        "Sent from my mobile",
        "--\nDiese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
        "-- \nCarla\n\nSent from my iPhone\n\n________",
    ],
)
def test_a_signature_and_a_programs_own_line_are_hidden(ending):
    assert reply_text(f"{NEW}\n\n{ending}") == NEW
    assert reply_text(f"{NEW}\n\n{ending}\n\n{WROTE}\n> Which size?") == NEW


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Just words.\n\nTwo paragraphs.",
        f"{WROTE}\n> Only a quote",
        OUTLOOK,
        "> How many?\nTwo.\n> When?\nFriday.",
        f"Hi,\n\n{WROTE}\n> How many?\n\nTwo.\n\n> When?\n\nFriday.",
        # A heading that the writer made, or that is what the mail is about.
        f"I got this strange mail:\n\n{OUTLOOK}\n\nIs it really from you?",
        f"Please see my answers below.\n\n{OUTLOOK}\nForty-two.",
        f"Meine Antworten in Rot.\n\n{OUTLOOK}\nForty-two.",
        f"Please help.\n\n---------- Forwarded message ---------\n{OUTLOOK}",
        f"Bitte helfen.\n\nAnfang der weitergeleiteten Nachricht:\n\n{OUTLOOK}",
        "A new message from your site\n\nFrom: C <c@home.example>\nDate: 4.5.2026 10:02\n"
        "Subject: Shoes\n\nWhere are they?",
        f"New entry\n\n{'_' * 32}\nFrom: C <c@home.example>\nSubject: Shoes\n\nWhere are they?",
        "Please change it:\nFrom: Berlin\nTo: Hamburg\nDate: 4 May 2026, 10:02\nThank you",
        "Bitte:\nVon: Berlin\nAn: Hamburg\nDatum: 4.5.2026\nDanke",
        "The form\nName: Carla\nFrom: Spain\nSubject: maths\nDate: 2026\nAge: 12",
        "Am 4. Mai um 10:02 schrieb ich Ihnen:\n\nbitte stornieren Sie. Das gilt weiterhin.",
        "On Monday I wrote:\n\nplease cancel. It still stands.",
        "In your mail of 4 May 2026 you wrote:\n> Shipping is free.\n\nI paid for it.",
        "On 4 May 2026 at 10:02 the driver wrote:\n\nnobody at home\n\nBut I was.",
        "On 4 May 2026 at 10:02 your shop sent:\n\n1 shirt\n\nWhere is the cap?",
        "Hello\n\nOn 4 May 2026 at 10:02 your shop sent:\n\n1 shirt\n\nWhere is the cap?",
        "Hallo\n\nAm 4. Mai 2026 um 10:02 schrieb der Fahrer:\n\nNiemand da.\n\nIch war da!",
        f"Hello\n> which?\n(see page 2)\n> and when?\nToday. {'x ' * 20}",
        "My wife wrote:\n> We want the blue one.",
        "As the driver wrote:\n> nobody at home\nBut I was at home.",
        "Am 4. Mai 2026 schrieb der Fahrer:\nNiemand zu Hause. Ich war aber da!",
        f"Hello,\nyour colleague Bob {GRACE} wrote on 4 May 2026:\n\nRefund!\n\nI want it now.",
        f"Here is what Bob {GRACE} ordered on 4 May 2026 at 10:02:\n\n2 shirts\n1 cap",
        f"Hi\n\nBob {GRACE} 4 May 2026 10:02:\nI come\nAnn {GRACE} 4 May 2026 10:05:\nMe too",
        # A line or a name that looks like a signature.
        "First point.\n--\nSecond point.\n--\nThird point.",
        "Two things.\n\n--\n\nThe blue one is better for me.\n\nPlease send it soon.",
        "Choose:\n--\nblue\ngreen",
        "Hello.\n\n-- \nCarla\n\nOne thing more, which I forgot above.",
        "Hello.\n\n-- \nCould you call me?",
        "Total:\n-----\n5 EUR",
        "Where was it sent from?\n\nSent from my office in Lyon",
        "It is slow.\n\nSent from my desk, which is easier than my mobile phone.",
        "Ok.\n\nSent with DHL, number 123",
        "Ok.\n\nDownload it from www.shop.example/file",
        "My number is\n\n030 1234567",
        "Yes\n" + "x" * 250_000,
    ],
)
def test_where_a_persons_own_words_could_be_lost_all_is_shown(text):
    assert reply_text(text) == text


@pytest.mark.parametrize(
    "row",
    [
        "to test this in two weeks, I will let you know",
        "My other address is carla@home.example",
        "2 weeks are fine",
        "See you at 10:02",
    ],
)
def test_a_persons_row_right_above_the_heading_is_no_part_of_it(row):
    for heading in (WROTE, f"Grace {GRACE} wrote:", "Grace wrote:"):
        assert reply_text(f"Hello\n{row}\n{heading}\n> old") == f"Hello\n{row}"


def test_history_in_a_language_not_in_the_table_is_found_by_the_mark_in_the_html():
    text = "Bai, mesedez.\n\nNork: Grace\nNoiz: atzo\n\nZein neurri?"
    html = "<p>Bai, mesedez.</p><div id='divRplyFwdMsg'>Nork: Grace<br>Noiz: atzo</div>Zein neurri?"

    assert explain_reply(text, html) == ("Bai, mesedez.", "mark in the HTML")
    assert reply_text(text, html.replace("divRplyFwdMsg", "any")) == text
    assert reply_text(text, html.replace("Bai, ", "Ez, ")) == text
    assert reply_text(f"{text}\n> quoted\nnew", html) == f"{text}\n> quoted\nnew"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Hello", ""),
        (f"Yes\n\n{WROTE}\n> x", f"attribution line (en): {WROTE}"),
        ("Ja\n\nAm 3. März schrieb Ana:\n> x", "attribution line (de): Am 3. März schrieb Ana:"),
        ("Yes\n> x", "quote at the end: > x"),
        (f"Yes\n\n{OUTLOOK}", f"header block (en): From: Grace {GRACE}"),
        (OUTLOOK, f"shown whole, nothing new above: header block (en): From: Grace {GRACE}"),
        ("Ok\n\nSent from my iPhone", "a program's line (en): Sent from my iPhone"),
        ("> a\nb\n> c\nd", "new words below the quote: > a"),
    ],
)
def test_the_reason_names_the_rule_and_the_line_that_decided(text, why):
    assert explain_reply(text)[1] == why


@given(
    st.lists(
        st.sampled_from(
            [
                "",
                "Hello there,",
                "new words",
                "> quoted",
                ">> twice",
                WROTE,
                "Grace wrote:",
                "wrote:",
                "From: a@b.example",
                "Sent: 4 May 2026 10:02",
                "Subject: x",
                "-----Original Message-----",
                "-- ",
                "--",
                "Sent from my iPhone",
                "________________________________",
                ">:",
            ]
        )
        | st.text(max_size=12),
        max_size=25,
    )
)
def test_what_is_shown_is_always_rows_of_the_text_in_their_order(rows):
    text = "\n".join(rows)
    rest = iter([row.strip() for row in text.split("\n")])

    shown = reply_text(text)

    assert all(any(row.strip() == kept for kept in rest) for row in shown.split("\n"))
    assert bool(shown.strip()) == bool(text.strip())
    assert reply_text(f"Mine alone.\n\n{text}").startswith("Mine alone.")


def test_every_language_of_the_table_has_lower_case_words_without_stray_blanks():
    keys = {key for table in words().values() for key in table}

    assert {"on", "wrote", "from", "subject", "original", "sent_from"} <= keys
    assert all(word == word.strip() != "" for key in keys for word in languages_of(key))
    assert all(word.count("*") <= 1 for word in languages_of("sent_from"))


@pytest.mark.parametrize(
    "text",
    [
        "On " * 60_000,
        "On 4:02 \n" * 20_000,
        "On 4 May 2026 " + "a " * 90_000 + "wrote:",
        "From: " * 30_000,
        "From: a\n" * 20_000,
        ("On 4 May 2026, " + "x" * 200 + ":\n") * 900,
        "> " * 90_000,
        ">\n" * 90_000,
        "\n" * 19_000 + "x",
        "\n" * 190_000 + "x",
        "Am 4. schrieb " * 14_000,
        ("a@b " * 70 + "\n") * 600,
        "x\n" + "-- \n" * 40_000,
        "x\n" + "____\n" * 35_000,
        "x\n\n" + "Sent from my iPhone\n\n" * 8_000,
        "<" * 190_000,
        "(http://" * 20_000,
    ],
)
def test_text_made_to_be_slow_is_not(text):
    began = time.thread_time()

    assert reply_text(text)
    assert time.thread_time() - began < 1  # of work, not of waiting; 0.1 by itself
