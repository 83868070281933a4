"""Notices of absence that set no header, in many languages, and people who write of absence."""

from __future__ import annotations

import pytest

from goodword.channels.email.tests.mails import mail, read

UTF_8 = "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        (
            "Automatic reply: Your order 12",
            "I am out of the office until 12 May. For urgent matters call Bob.",
        ),
        (
            "Out of Office: Re: lamp",
            "I'm currently out of the office with limited access to e-mail.",
        ),
        (
            "Abwesenheitsnotiz: Re: Lampe",
            "Vielen Dank für Ihre E-Mail. Ich bin derzeit nicht im Büro.",
        ),
        (
            "Automatische Antwort: Lampe",
            "Ich bin bis 12.5. im Urlaub. In dringenden Fällen wenden Sie sich an Bob.",
        ),
        ("Réponse automatique : Lampe", "Je suis en congé. En cas d'urgence, contactez Bob."),
        (
            "Respuesta automática: Lámpara",
            "Gracias por su mensaje. Estoy de vacaciones hasta el 12.",
        ),
        ("Risposta automatica: Lampada", "Grazie per il messaggio. Sono in ferie fino al 12."),
        ("Resposta automática: lâmpada", "Obrigado pelo seu e-mail. Estou de férias."),
        ("Automatisch antwoord: lamp", "Bedankt voor uw bericht. Ik ben afwezig tot 12 mei."),
        ("Automatiskt svar: lampa", "Tack för ditt mejl. Jag är på semester."),
        ("Automatisk svar: lampe", "Tak for din mail. Jeg er på ferie."),
        ("Autosvar: lampe", "Takk for din e-post. Jeg er på ferie til 12. mai."),
        ("Automaattinen vastaus: lamppu", "Kiitos viestistäsi. Olen lomalla."),
        ("Automatyczna odpowiedź: lampa", "Dziękuję za wiadomość. Jestem na urlopie."),
        ("Automatická odpověď: lampa", "Děkuji za zprávu. Jsem na dovolené."),
        ("Automatikus válasz: lámpa", "Köszönöm levelét. Szabadságon vagyok."),
        ("Otomatik yanıt: lamba", "Mesajınız için teşekkür ederim. İzindeyim."),
        ("Автоматический ответ: лампа", "Спасибо за письмо. Я в отпуске."),
        ("Автоматична відповідь: лампа", "Дякую за лист. Я у відпустці."),
        ("自動応答: ランプ", "メールありがとうございます。休暇中です。"),
        ("自动回复: 灯", "感谢您的来信。我正在休假。"),
        ("자동 회신: 램프", "메일 감사합니다. 휴가 중입니다."),
        ("Αυτόματη απάντηση: λάμπα", "Ευχαριστώ για το μήνυμα. Είμαι σε άδεια."),
        ("Răspuns automat: lampă", "Mulțumesc pentru mesaj. Sunt în concediu."),
        ("Automatski odgovor: lampa", "Hvala na poruci. Na godišnjem sam odmoru."),
        ("Trả lời tự động: đèn", "Cảm ơn bạn đã gửi thư. Tôi đang nghỉ phép."),
        ("תשובה אוטומטית: מנורה", "תודה על פנייתך. אני בחופשה."),
        ("رد تلقائي: مصباح", "شكرا لرسالتك. أنا في إجازة."),
        ("Samodejni odgovor: svetilka", "Hvala za sporočilo. Sem na dopustu."),
        ("Automatinis atsakymas: lempa", "Ačiū už laišką. Esu atostogose."),
        ("Automātiska atbilde: lampa", "Paldies par vēstuli. Esmu atvaļinājumā."),
        ("Automaatvastus: lamp", "Täname kirja eest. Olen puhkusel."),
        ("Jawaban otomatis: lampu", "Terima kasih atas email Anda. Saya sedang cuti."),
        ("ตอบกลับอัตโนมัติ: โคมไฟ", "ขอบคุณสำหรับอีเมล ขณะนี้ฉันลาพักร้อน"),
        ("Automatická odpoveď: lampa", "Ďakujem za správu. Som na dovolenke."),
        ("Resposta automàtica: llum", "Gràcies pel missatge. Estic de vacances."),
        (
            "Respuesta automática: Lámpara",
            "Estoy fuera de la oficina. En caso de urgencia escriba a Bob.",
        ),
    ],
)
def test_a_notice_thanks_for_the_message_or_tells_of_other_help(subject, body):
    inbound = read(mail(body, Subject=subject, Content_Type=UTF_8))

    assert inbound.kind == "auto_reply", inbound.kind_why


# Their subjects are as a program's, and most of them thank; but for no message.
@pytest.mark.parametrize(
    ("subject", "body"),
    [
        (
            "Abwesend vom 3. bis 7. Mai",
            "Guten Tag, wir sind vom 3. bis 7. Mai im Urlaub, bitte nicht liefern. Vielen "
            "Dank für Ihr Verständnis.",
        ),
        (
            "On vacation until May 12",
            "Hello, we are on vacation until May 12, please hold the parcel. Thank you for "
            "your understanding.",
        ),
        (
            "Out of office from Monday",
            "Please send the replacement to my home address, I will be out of the office. "
            "Thanks for your help.",
        ),
        ("Absent du 3 au 7 mai", "Bonjour, je serai absent, merci de livrer après le 7."),
        (
            "Absence du bureau",
            "Bonjour, nous serons absents, merci de laisser le colis au gardien.",
        ),
        (
            "Fuera de la oficina hasta el lunes",
            "Hola, estaré fuera de la oficina, por favor entreguen el paquete el martes. "
            "Gracias por todo.",
        ),
        (
            "Fuori sede fino al 3 maggio",
            "Buongiorno, siamo in ferie, consegnate dopo. Grazie per la pazienza.",
        ),
        (
            "Afwezig van 3 tot 7 mei",
            "Goedemiddag, wij zijn op vakantie en dus afwezig. Graag daarna leveren. Bedankt "
            "voor de moeite!",
        ),
        ("Frånvaro 3-7 maj", "Hej, vi är på semester, leverera efter den 7. Tack för hjälpen!"),
        ("Fravær 3.-7. mai", "Hei, vi er på ferie, lever etter 7. mai. Takk for hjelpen!"),
        (
            "Nieobecność od 3 do 7 maja",
            "Dzień dobry, jesteśmy na urlopie. Proszę dostarczyć 8 maja. Dziękuję",
        ),
        (
            "不在のご連絡",
            "お世話になっております。来週は不在にしますので、配達は再来週にお願いします。ありがとうございます。",
        ),
        (
            "不在 5月3日~7日",
            "5月3日から不在です。荷物は8日に届けてください。ありがとうございます。",
        ),
        ("不在家,请改天送货", "您好,本周我不在家,请下周再送。谢谢,感谢!"),
        (
            "Absent 3-7 May",
            "I am absent then, please deliver later. Thank you for the quick answer.",
        ),
        (
            "Automatic reply sent twice",
            "Hello, I keep getting your automatically generated message twice. Please stop it.",
        ),
        (
            "Auto reply from your shop is wrong",
            "Your automatically generated reply names the wrong order. Please mend it.",
        ),
        ("Automatische Antwort: was soll das", "Seit Tagen antwortet mir nur ein Programm."),
        ("Auto: abwesend vom 3. bis 7.", "Ich bin im Urlaub, verschieben Sie den Termin."),
        ("Autosvar", "Jeg får jeres autosvar, men ingen svarer mig."),
        (
            "Automatisch antwoord",
            "Ik krijg steeds een automatisch antwoord. Bedankt voor niets. Ik ben afwezig "
            "vanaf morgen.",
        ),
        (
            "Automatische Antwort erhalten",
            "Sie schreiben, dies ist eine automatische Nachricht. Ich warte auf einen Menschen.",
        ),
        (
            "Réponse automatique reçue",
            "Vous me dites : ceci est un message automatique. J'attends une vraie réponse.",
        ),
        (
            "Automatic reply",
            "I got your 'This is an automated message' four times. Please write to me in "
            "person. Thank you for your help; I am on holiday from Friday.",
        ),
        (
            "Out of office",
            "Thanks for your patience while I was out of the office. I accept the offer: "
            "please send the invoice.",
        ),
        (
            "Out of office reply",
            "Thank you for your offer. I was on vacation, hence my late answer: yes, I take "
            "the lamp.",
        ),
        (
            "Ausência temporária",
            "Bom dia, estarei ausente até dia 7, por favor entreguem depois. Obrigado pela ajuda.",
        ),
        (
            "Отсутствие: прошу перенести доставку",
            "Я буду в отпуске до 7 мая. Спасибо за понимание.",
        ),
        ("Автоответ", "Спасибо за ответ, но ваш автоответ не помог. Я в отпуске, позвоните мне."),
        ("Nepřítomnost", "Budu na dovolené do 7. května, doručte prosím potom. Děkuji"),
        (
            "Vacation message",
            "We are on vacation. Please water the plants as agreed. Thank you for looking "
            "after the house!",
        ),
        (
            "Poissa toimistolta",
            "Olen poissa toimistolta ensi viikon, toimittakaa paketti kotiin. Kiitos!",
        ),
        (
            "Abwesenheit",
            "Guten Tag, wegen Urlaub kann die Lampe erst am 8. geliefert werden. Danke für "
            "die Rückmeldung.",
        ),
        (
            "Nicht im Haus am Dienstag",
            "Am Dienstag bin ich nicht im Haus. Bitte klingeln Sie beim Nachbarn. Danke für alles.",
        ),
    ],
)
def test_who_asks_for_something_because_of_absence_is_a_person(subject, body):
    inbound = read(mail(body, Subject=subject, Content_Type=UTF_8))

    assert (inbound.kind, inbound.kind_why) == ("human", "")
