import time

import pytest

from goodword.channels.email.trimming import reply_text

OUTLOOK = (
    "From: Grace <g@shop.example>\nSent: Monday, 4 May 2026 10:02\nTo: Carla\nSubject: Re: x\n\nOld"
)
VON = (
    "Von: Grace <g@shop.example>\nGesendet: Montag, 4. Mai 2026 10:02\nAn: Carla\nBetreff: x\n\nAlt"
)


@pytest.mark.parametrize(
    "history",
    [
        "On Mon, 4 May 2026 at 10:02, Grace <g@shop.example> wrote:\n> Old\n> words",
        "On Mon, 4 May 2026 at 10:02, Grace <g@shop.example>\nwrote:\n\n> Old\n>\n> words\n",
        "On Mon, May 4, 2026, Grace wrote:\n> Old",
        "Am 4. Mai 2026 um 10:02 schrieb Grace <g@shop.example>:\n> Alt",
        "Am Mo., 4. Mai 2026 um 10:02 Uhr schrieb Grace <\ng@shop.example>:\n\n> Alt",
        "Grace <g@shop.example> schrieb am Mo., 4. Mai 2026, 10:02:\n> Alt",
        "Am 04.05.2026 um 10:02 schrieb Grace:\n> Alt",
        "Le lun. 4 mai 2026 à 10:02, Grace <g@shop.example> a écrit :\n> Vieux",
        "El lun, 4 may 2026 a las 10:02, Grace (<g@shop.example>) escribió:\n> Viejo",
        "2026-05-04 10:02 GMT+02:00 Grace <g@shop.example>:\n> Old",
        "On Monday, 4 May 2026 at 10:02, Grace <g@shop.example> wrote:\n\nOld without marks",
        OUTLOOK,
        VON,
        "________________________________\n" + OUTLOOK,
        "-----Original Message-----\n" + OUTLOOK,
        "-----Ursprüngliche Nachricht-----\n" + VON,
        "*From:* Grace <g@shop.example>\n*Date:* 4 May 2026\n*To:* Carla\n*Subject:* x\n\nOld",
        "> Old\n> words",
    ],
)
def test_history_below_an_answer_is_taken_off(history):
    assert reply_text(f"Yes, please.\n\nCarla\n\n{history}") == "Yes, please.\n\nCarla"


WROTE = "On Mon, 4 May 2026 at 10:02, Grace <g@shop.example> wrote:"


@pytest.mark.parametrize(
    "text",
    [
        "Just words.\n\nTwo paragraphs.",
        "",
        f"Hi,\n\n{WROTE}\n> How many?\n\nTwo.\n\n> When?\n\nFriday.\n",
        f"{WROTE}\n> Only a quote",
        "> How many?\nTwo.\n> When?\nFriday.",
        "Please change the order:\nFrom: Berlin\nTo: Hamburg\nDate: 4 May, 10:02\nThank you",
        "Bitte:\nVon: Berlin\nAn: Hamburg\nDatum: 4.5.2026\nDanke",
        "Am 4. Mai um 10:02 schrieb ich Ihnen:\n\nbitte stornieren Sie. Das gilt weiterhin.",
        "On Monday I wrote:\n\nplease cancel. It still stands.",
        "Am 4. Mai 2026 schrieb der Fahrer:\nNiemand zu Hause. Ich war aber da!",
        "Total:\n-----\n5 EUR",
        "Yes\n" + "x" * 250_000,
    ],
)
def test_where_the_customers_own_words_could_be_lost_all_is_shown(text):
    assert reply_text(text) == text


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
        "\n" * 190_000,
        "Am 4. schrieb " * 14_000,
        ("a@b " * 70 + "\n") * 600,
    ],
)
def test_text_made_to_be_slow_is_not(text):
    began = time.thread_time()

    assert reply_text(text)
    assert time.thread_time() - began < 1  # of work, not of waiting; 0.1 by itself
