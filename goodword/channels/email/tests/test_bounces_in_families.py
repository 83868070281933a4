"""How families of servers put it that a mail came back, in our own words."""

from __future__ import annotations

import pytest

from goodword.channels.email.tests.mails import mail, read

# How families of servers put it, in our own words: sender, subject, text, hard.
FAMILIES = [
    (
        "postmaster@mx.example",
        "Undeliverable: The parcel",
        "Your message did not reach some or all of the intended recipients.\n\n"
        "The following recipient(s) could not be reached:\n\n"
        "      gone@customer.example on 5/4/2026\n"
        "            The e-mail account does not exist at the organization.\n",
        True,
    ),
    (
        "postmaster@mx.example",
        "Unzustellbar: Das Paket",
        "Fehler bei der Nachrichtenzustellung an folgende Empfänger:\n\ngone@customer.example\n"
        "Die eingegebene E-Mail-Adresse wurde nicht gefunden.\n",
        True,
    ),
    (
        "postmaster@mx.example",
        "Échec de la remise : Le colis",
        "Échec de la remise pour ces destinataires :\n\ngone@customer.example\n"
        "La boîte aux lettres du destinataire est pleine.\n",
        False,
    ),
    (
        "Mailer-Daemon@mx.example",
        "Message undeliverable: The parcel",
        "Failed to deliver to 'gone@customer.example'\n"
        "SMTP module(domain customer.example) reports:\n"
        " message text rejected by mx.customer.example:\n 552 too big for me\n",
        False,
    ),
    (
        "system@mx.example",
        "Delivery Failure",
        "Could not deliver message to the following recipient(s):\n\n"
        "Failed Recipient: gone@customer.example\n"
        "Reason: Remote host said: 550 No such recipient\n",
        True,
    ),
    (
        "postmaster@mx.example",
        "Message Delivery Failure",
        "The following recipient(s) could not be reached:\n\n"
        "\tRecipient: [SMTP:gone@customer.example]\n"
        "\tReason:    The domain name customer.example was not found.\n",
        True,
    ),
    (
        "MAILER-DAEMON@mx.example",
        "Undeliverable mail: MTA-BLACKLIST",
        "To:\n<gone@customer.example>\nmx.customer.example\n"
        "Connected but sender was rejected.\n"
        "Remote host said: 554 5.7.1 blocked for poor reputation\n",
        False,
    ),
    (
        "postmaster@mx.example",
        "Message status - undeliverable",
        "The message that you sent was undeliverable to the following:\n"
        "    gone@customer.example (user not found)\n",
        True,
    ),
    (
        "MAILER-DAEMON@mx.example",
        "Delivery status notification: error",
        "Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this e-mail.\n\n"
        "    An error has occurred while attempting to deliver a message for\n"
        "    the following list of recipients:\n\n"
        "gone@customer.example: 451 Temporary failure, queue expired\n",
        False,
    ),
    (
        "mailer-daemon@mx.example",
        "Недоставленное сообщение",
        "Это письмо отправлено почтовым сервером.\nВаше письмо не может быть доставлено:\n\n"
        "<gone@customer.example>: пользователь не найден\n",
        True,
    ),
    (
        "postmaster@mx.example",
        "配信不能のお知らせ",
        "以下の宛先に配信できませんでした。\ngone@customer.example\nユーザが見つかりません。\n",
        True,
    ),
    (
        "postmaster@mx.example",
        "Onbestelbaar: pakket",
        "gone@customer.example\nHet e-mailadres is niet gevonden.\n",
        True,
    ),
    (
        "postmaster@mx.example",
        "Não entregue: pacote",
        "gone@customer.example\nCaixa de correio cheia\n",
        False,
    ),
    (
        "postmaster@mx.example",
        "Niedostarczalne: paczka",
        "Mail do gone@customer.example nie została dostarczona.\nNie ma takiego użytkownika.\n",
        True,
    ),
    (
        "postmaster@mx.example",
        "Nedoručitelné: balík",
        "Zpráva pro gone@customer.example nebyla doručena.\nAdresa neexistuje.\n",
        True,
    ),
    (
        "postmaster@mx.example",
        "Olevererbart: paket",
        "Ditt meddelande till gone@customer.example kunde inte levereras.\nAdressen finns inte.\n",
        True,
    ),
    (
        "postmaster@mx.example",
        "Kan ikke leveres: pakke",
        "Meldingen til gone@customer.example kunne ikke leveres.\nAdressen finnes ikke.\n",
        True,
    ),
    (
        "postmaster@mx.example",
        "Teslim edilemedi: paket",
        "İletiniz gone@customer.example adresine teslim edilemedi.\nKullanıcı bulunamadı.\n",
        True,
    ),
    (
        "postmaster@mx.example",
        "반송: 소포",
        "gone@customer.example 주소로 메일을 보낼 수 없습니다.\n존재하지 않는 사용자입니다.\n",
        True,
    ),
    (
        "postmaster@mx.example",
        "Mancata consegna: pacco",
        "Il messaggio per gone@customer.example non è stato consegnato.\nUtente sconosciuto.\n",
        True,
    ),
    (
        "noreply@mx.example",
        "Mail delivery failed",
        "We could not deliver your mail to gone@customer.example: user unknown.\n",
        True,
    ),
    (
        "bounce-handler@mx.example",
        "Mail delivery failed",
        "<gone@customer.example>:\nThis account is over quota and cannot accept mail.\n"
        "The message could not be delivered.\n",
        False,
    ),
]


@pytest.mark.parametrize(
    ("sender", "subject", "text", "hard"), FAMILIES, ids=[subject for _, subject, _, _ in FAMILIES]
)
def test_servers_of_many_families_are_understood(sender, subject, text, hard):
    raw = mail(text, From=sender, Subject=subject, Content_Type="text/plain; charset=utf-8")

    inbound = read(raw)

    assert (inbound.kind, inbound.bounce_kind) == ("bounce", "failed")
    assert inbound.bounced_recipient == "gone@customer.example"
    assert inbound.bounce_hard is hard
