"""What looks like history or a footer, and is what a person wrote."""

from __future__ import annotations

import pytest

from goodword.channels.email.readable import readable
from goodword.channels.email.trimming import explain_reply, reply_text

REMOVALS = [
    "Guten Tag,\n\nVon: Berlin\nAn: Hamburg\nDatum: 4.5.2026 10:02\nBetreff: Umzug\n\nWie viel?",
    "Bonjour,\n\nDe : Paris\nÀ : Lyon\nDate : 4 mai 2026 10:02\nObjet : déménagement\n\nCombien ?",
    "Hola Ana,\n\nDe: Madrid\nPara: Sevilla\nFecha: 4/5/2026 10:00\nAsunto: mudanza\n\n¿Cuánto es?",
    "Ciao\n\nDa: Roma\nA: Milano\nData: 4/5/2026 ore 10:00\nOggetto: trasloco\n\nQuanto costa?",
    "Dzień dobry\n\nOd: Gdynia\nDo: Lublin\nData: 4.05.2026 10:00\nTemat: meble\n\nIle?",
    "Здравствуйте!\n\nОт: Москва\nКому: Казань\nДата: 04.05.2026 10:00\nТема: шкаф\n\nСколько?",
    "Hej,\n\nFrån: Malmö\nTill: Lund\nDatum: 2026-05-04 10:00\nÄmne: flytt\n\nVad kostar det?",
    "Hoi,\n\nVan: Utrecht\nAan: Jan\nDatum: 4-5-2026 10:00\nOnderwerp: kast\n\nWat kost dat?",
    "您好，\n\n寄件人：张三\n收件人：李四\n日期：2026-05-04 10:00\n主题：包裹\n\n包裹在哪里？",
    "こんにちは\n\n送信元：東京\n宛先：大阪\n日付：2026/05/04 10:00\n件名：引越し\n\nおいくら？",
    "안녕하세요\n\n보낸사람: 김\n받는사람: 이\n날짜: 2026-05-04 10:00\n제목: 택배\n\n어디에?",
]


@pytest.mark.parametrize("written", REMOVALS)
def test_a_greeting_alone_leaves_the_message_to_what_looks_like_a_header_block(written):
    first = written.split("\n", 1)[0]

    assert reply_text(written) == written
    assert reply_text(written.replace(first, f"{first}\nJa. Oui. Da.")) != written


def test_below_a_programs_dashes_a_greeting_is_an_answer():
    dashes = "-----Original Message-----\nFrom: Grace\nTo: Carla\nSent: 4 May 2026 10:02\n\nHello?"

    assert reply_text(f"Hello\n\n{dashes}") == "Hello"


@pytest.mark.parametrize(
    "written",
    [
        "Change it.\n\nFrom: a@old.example\nTo: a@new.example\nDate: from 4.5.2026 on\n\nAnd pay.",
        "Bitte so.\n\nVon: a@alt.example\nAn: a@neu.example\nDatum: ab 4.5.2026\n\nUnd zahlen.",
    ],
)
def test_an_old_address_and_a_new_one_head_no_mail(written):
    assert reply_text(written) == written


RULE = "_" * 40


@pytest.mark.parametrize(
    "below",
    [
        "Please unsubscribe me.",
        "unsubscribe",
        "And one more thing: where is the gift of your mailing list?",
    ],
)
def test_who_wants_to_leave_a_list_says_so_in_sight(below):
    written = f"Hello,\n\nI no longer want it.\n{RULE}\n{below}"

    assert reply_text(written) == written


def test_a_lists_footer_says_where_the_list_is():
    footer = (
        f"{RULE}\nGuild mailing list\nguild@lists.example\nhttps://lists.example/listinfo/guild"
    )

    assert explain_reply(f"Yes.\n{footer}") == ("Yes.", f"footer of a mailing list: {RULE}")


LINE = "<div style='border:none;border-top:solid #E1E1E1 1.0pt'>"


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        (f"<p>My sizes</p>{LINE}Width 10</div><p>When?</p>", "My sizes\n\nWidth 10\n\nWhen?"),
        ("<div>Hello</div><div id=appendonsend></div><div>and more</div>", "Hello\nand more"),
        (f"<p>Bai.</p>{LINE}Nork: Grace<br>Noiz: atzo</div><p>Zein?</p>", "Bai."),
        ("<p>Bai.</p><div id=divRplyFwdMsg>Nork: <a@b.example></div><p>Zein?</p>", "Bai."),
    ],
)
def test_a_mark_in_the_html_counts_where_something_is_headed_by_it(html, shown):
    assert reply_text(readable(html), html) == shown


@pytest.mark.parametrize("style", ["0 0 0 40px;border:none", "0px 0px 0px 40px; border: none;"])
def test_what_a_writer_indented_is_no_quote(style):
    indented = (
        f"<p>I order</p><blockquote style='margin: {style}'>two lamps<br>a shade</blockquote>"
    )
    quoted = indented.replace("<blockquote", "<blockquote type='cite'")

    assert readable(indented) == "I order\n\ntwo lamps\na shade"
    assert readable(f"<blockquote>{indented}</blockquote>").endswith("> two lamps\n> a shade")
    assert readable(quoted) == "I order\n\n> two lamps\n> a shade"


@pytest.mark.parametrize(
    "block",
    [
        "From: 10:00\nTo: 12:00\nDate: 4.5.2026\nSubject: appointment",
        "Von: 10:00\nAn: Tür 3\nDatum: 4.5.2026\nBetreff: Termin",
        "De : 10:00\nÀ : 12:00\nDate : 4.5.2026\nObjet : rendez-vous",
        "Da: 10:00\nA: 12:00\nData: 4.5.2026\nOggetto: visita",
        "Od: 10:00\nDo: 12:00\nData: 4.05.2026\nTemat: wizyta",
        "Fra: 10:00\nTil: 12:00\nDato: 4.5.2026\nEmne: besøg",
        "От: 10:00\nКому: мне\nДата: 4.05.2026\nТема: визит",
    ],
)
def test_hours_from_and_to_head_no_mail_but_one_of_sending_does(block):
    written = f"Yes please.\n\n{block}\n\nDoes that suit?"

    assert reply_text(written) == written
    assert reply_text(written.replace("2026", "2026 10:02")) == "Yes please."


@pytest.mark.parametrize(
    "written",
    [
        "Ja.\n--- Antwort ---\nund noch etwas",
        "=== Fehler ===\nkeine Verbindung\n=== Antwort ===\nkeine",
        "Welche App?\n\nGesendet mit Outlook geht es nicht.",
        "Le problème :\n\nEnvoyé depuis mon iPhone, le mail n'arrive pas.",
        "It never came.\n\nSent from my iPhone but never shown anywhere",
    ],
)
def test_a_section_or_a_sentence_that_begins_as_a_programs_line_is_a_persons(written):
    assert reply_text(written) == written


def test_what_programs_write_behind_their_name_and_between_dashes_is_theirs():
    assert reply_text("Ja.\n\nSent from my Galaxy Tab with K-9 Mail, sorry") == "Ja."
    assert reply_text("Ja.\n\n----- Antwort -----\nWann?") == "Ja."
    assert reply_text("Ja.\n\n--- Antwort ---\nVon: Grace <g@shop.example>\n\nWann?") == "Ja."


@pytest.mark.parametrize(
    "last",
    [
        "取得Outlook授权码后还是登录不了",
        "获取Gmail验证码失败",
        "取得iPhone後就無法登入帳號",
        "問題のメールはOutlookから送信",
    ],
)
def test_a_sentence_that_names_a_program_is_no_signature_without_blanks_either(last):
    text = f"Hello\n\n{last}\n"

    assert reply_text(text, "", subject="") == text


@pytest.mark.parametrize(
    "sign", ["Sent from my Samsung Galaxy S21 Ultra 5G", "Sent from my T-Mobile 4G LTE Device"]
)
def test_figures_behind_a_device_belong_to_its_name(sign):
    assert reply_text(f"Hello\n\n{sign}\n", "", subject="").strip() == "Hello"


def test_who_wishes_to_leave_a_list_with_an_address_is_read():
    wish = (
        f"{'_' * 30}\nI wish to unsubscribe from your mailing list with the address ana@x.example"
    )

    assert "I wish" in reply_text(f"Hello\n{wish}\n", "", subject="")
