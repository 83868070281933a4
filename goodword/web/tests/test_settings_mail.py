"""Notices, trials and mailboxes: what the worker does behind the settings pages."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core import mail
from django.utils import timezone

from goodword.bench.servers.smtp_sink import Drop, SmtpSink
from goodword.channels.email import accounts, diagnosing, notices, smtp_out, trials
from goodword.channels.email.accounts import AccountSettings
from goodword.channels.email.failures import Finding
from goodword.channels.email.models import MailAccount, Notice, Trial
from goodword.desk.roads import Answer, Outcome
from goodword.events.models import Event
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, MemoryRoad, deliver, receive, reply

pytestmark = pytest.mark.django_db

REFUSED = Finding(ok=False, code="password", server_words="535 no")
SILENT = Finding(ok=False, code="timeout")


@pytest.fixture(autouse=True)
def rows(settings) -> None:
    settings.EMAIL_BACKEND = "goodword.channels.email.notices.NoticeBackend"


def send_by(house: SimpleNamespace, port: int, *, inbox: str = "hello") -> MailAccount:
    plain = AccountSettings(smtp_host="127.0.0.1", smtp_port=port, smtp_security="none")
    return accounts.connect(getattr(house, inbox), plain, by=house.ana, at=MONDAY_NOON)


def notice(to: str = "mia@shop.example") -> Notice:
    mail.send_mail("Grüße", "Ein Link: http://x/join/abc/\n.\nEnde", None, [to])
    return Notice.objects.order_by("-pk")[0]


def send(at: datetime | None = None) -> int:
    moment = at or timezone.now()
    return notices.send_due(clock=lambda: moment)


# Notices


def test_a_notice_leaves_once_marked_as_automatic(house: SimpleNamespace, smtp_sink: SmtpSink):
    send_by(house, smtp_sink.port)
    row = notice()
    assert send() == 1 and send() == 0
    [received] = smtp_sink.wait_for(1)
    assert received.recipients == ("mia@shop.example",)
    assert received.sender == "hello@shop.example"
    head = received.message
    assert head["Subject"] == "Grüße"
    assert head["Auto-Submitted"] == "auto-generated"
    assert head["Message-ID"] == f"<{row.message_id}>"
    assert head["From"].addresses[0].display_name == "Goodword · Marlow & Finch"
    assert "http://x/join/abc/" in head.get_content()
    row.refresh_from_db()
    assert row.sent_at and row.due_at is None
    assert row.text == ""  # a link that lets somebody in does not stay


def test_each_recipient_gets_a_mail_of_their_own(house: SimpleNamespace):
    mail.send_mail("s", "t", None, ["a@b.example", "c@d.example"])
    ids = set(Notice.objects.values_list("message_id", flat=True))
    assert len(ids) == 2


def test_without_a_server_for_sending_a_notice_waits_and_is_given_up_after_two_days(
    house: SimpleNamespace,
):
    assert not notices.can_send()
    row = notice()
    send()
    row.refresh_from_db()
    assert row.due_at > timezone.now() and "no" in row.why.lower()
    send(at=row.made_at + 2 * DAY + HOUR)
    row.refresh_from_db()
    assert row.due_at is None and row.sent_at is None and row.text == ""


def test_where_it_is_not_known_whether_it_arrived_it_is_not_sent_again(
    house: SimpleNamespace, smtp_sink: SmtpSink
):
    send_by(house, smtp_sink.port)
    smtp_sink.drop("mia@shop.example", Drop.KEEPING)
    row = notice()
    send()
    smtp_sink.behave()
    assert send(at=timezone.now() + DAY) == 0
    row.refresh_from_db()
    assert row.due_at is None and "not known" in row.why
    assert len(smtp_sink.received) == 1


def test_given_a_worker_that_dies_after_the_last_word_it_is_not_sent_again(
    house: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
):
    send_by(house, 1)

    def dies(server, raw, *, sender, envelope, commit):
        commit(envelope)
        raise SystemExit

    monkeypatch.setattr(smtp_out, "send", dies)
    row = notice()
    with pytest.raises(SystemExit):
        send()
    assert send(at=timezone.now() + DAY) == 0
    row.refresh_from_db()
    assert "not known" in row.why


def test_a_refused_address_ends_it_and_a_busy_server_is_asked_again(
    house: SimpleNamespace, smtp_sink: SmtpSink
):
    send_by(house, smtp_sink.port)
    smtp_sink.refuse("mia@shop.example", "450 4.2.1 later, if you please")
    row = notice()
    send()
    row.refresh_from_db()
    assert row.due_at and "later, if you please" in row.why
    smtp_sink.refuse("mia@shop.example", "550 5.1.1 nobody of that name")
    send(at=row.due_at)
    row.refresh_from_db()
    assert row.due_at is None and "nobody of that name" in row.why


def test_another_inbox_sends_where_the_first_can_not(house: SimpleNamespace, smtp_sink: SmtpSink):
    send_by(house, 1)  # nothing answers there
    send_by(house, smtp_sink.port, inbox="repairs")
    notice()
    send()
    [received] = smtp_sink.wait_for(1)
    assert received.sender == "repairs@shop.example"


def test_a_failing_account_is_asked_last(house: SimpleNamespace, monkeypatch: pytest.MonkeyPatch):
    failing = send_by(house, 25)
    send_by(house, 26, inbox="repairs")
    accounts.note_trouble(failing, SILENT, MONDAY_NOON)
    asked = []

    def sent(server, raw, *, sender, envelope, commit):
        asked.append(server.port)
        return Outcome({to: Answer("accepted") for to in envelope})

    monkeypatch.setattr(smtp_out, "send", sent)
    notice()
    send()
    assert asked == [26]


# Mailboxes

FIRST = AccountSettings(
    imap_host="imap.a.example", imap_user="hello", imap_password="one", smtp_host="smtp.a.example"
)


def test_secrets_are_sealed_and_an_empty_one_keeps_the_one_before(house: SimpleNamespace):
    account = accounts.connect(house.hello, FIRST, by=house.ana, at=MONDAY_NOON)
    assert "one" not in account.imap_secret
    again = AccountSettings(imap_host="imap.a.example", imap_user="hello", imap_port=143)
    account = accounts.connect(house.hello, again, by=house.ana, at=MONDAY_NOON)
    assert accounts.settings_of(account).imap_password == "one"
    assert "'one'" not in repr(FIRST)


def test_what_waited_for_a_way_out_leaves_once_there_is_one(house: SimpleNamespace):
    reply(receive(house, at=MONDAY_NOON).conversation, house.ben, at=MONDAY_NOON)
    deliver(at=MONDAY_NOON + HOUR, road=MemoryRoad(trouble="no outgoing server"))
    assert deliver(at=MONDAY_NOON + HOUR).sent == []

    accounts.connect(house.hello, FIRST, by=house.ana, at=MONDAY_NOON + HOUR)

    assert len(deliver(at=MONDAY_NOON + HOUR).sent) == 1


def test_another_mailbox_is_followed_from_now_on_and_the_same_one_from_where_it_stood(
    house: SimpleNamespace,
):
    account = accounts.connect(house.hello, FIRST, by=house.ana, at=MONDAY_NOON)
    MailAccount.objects.filter(pk=account.pk).update(uidvalidity=7, last_uid=99)
    same = AccountSettings(imap_host="imap.a.example", imap_user="hello", imap_port=143)
    account = accounts.connect(house.hello, same, by=house.ana, at=MONDAY_NOON + HOUR)
    assert (account.uidvalidity, account.last_uid) == (7, 99)
    assert account.begin_at == MONDAY_NOON

    other = AccountSettings(imap_host="imap.a.example", imap_user="hello", imap_folder="Shop")
    assert accounts.begins_anew(account, other)
    account = accounts.connect(house.hello, other, by=house.ana, at=MONDAY_NOON + HOUR)
    assert (account.uidvalidity, account.last_uid) == (None, 0)
    assert account.begin_at == MONDAY_NOON + HOUR
    facts = Event.objects.filter(kind="email.mailbox_connected").order_by("pk")
    assert [fact.data["begins_anew"] for fact in facts] == [True, False, True]


def test_owners_hear_once_of_an_outage_that_lasts(house: SimpleNamespace):
    account = accounts.connect(house.hello, FIRST, by=house.ana, at=MONDAY_NOON)
    for minutes in (0, 5, 9):
        accounts.note_trouble(account, SILENT, MONDAY_NOON + minutes * MINUTE)
    assert not Notice.objects.exists()
    for minutes in (10, 20, 300):
        accounts.note_trouble(account, SILENT, MONDAY_NOON + minutes * MINUTE)
    told = Notice.objects.get()
    assert told.to == "ana@shop.example" and "Hello" in told.subject
    assert Event.objects.filter(kind="email.mailbox_failing").count() == 1
    assert list(accounts.in_trouble()) == [account]

    accounts.note_ok(account, MONDAY_NOON + 6 * HOUR)
    account.refresh_from_db()
    assert account.failing_since is None and account.trouble == ""
    assert Event.objects.filter(kind="email.mailbox_recovered").count() == 1
    accounts.note_trouble(account, SILENT, MONDAY_NOON + 7 * HOUR)
    accounts.note_trouble(account, SILENT, MONDAY_NOON + 8 * HOUR)
    assert Notice.objects.count() == 2


def test_of_a_refused_password_owners_hear_at_once(house: SimpleNamespace):
    account = accounts.connect(house.hello, FIRST, by=house.ana, at=MONDAY_NOON)
    accounts.note_trouble(account, REFUSED, MONDAY_NOON)
    assert "535 no" in Notice.objects.get().text


def test_a_mailbox_that_works_is_written_down_once_a_minute(
    house: SimpleNamespace,
):
    account = accounts.connect(house.hello, FIRST, by=house.ana, at=MONDAY_NOON)
    accounts.note_ok(account, MONDAY_NOON)
    accounts.note_ok(account, MONDAY_NOON + timedelta(seconds=5))
    account.refresh_from_db()
    assert account.last_ok_at == MONDAY_NOON


# Trials


def test_a_trial_keeps_its_secret_sealed_and_goes_within_a_day(house: SimpleNamespace):
    trial = trials.ask(FIRST, by=house.ana, at=MONDAY_NOON)
    assert "imap.a.example" not in trial.sealed
    assert trials.settings_of(trial) == FIRST
    assert trials.sweep(at=MONDAY_NOON + DAY - MINUTE) == 0
    assert trials.sweep(at=MONDAY_NOON + DAY) == 1


def test_both_halves_are_tried_and_found_apart(
    house: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(diagnosing, "try_imap", lambda server: REFUSED)
    monkeypatch.setattr(diagnosing, "try_smtp", lambda server: Finding(ok=True, code="ok"))
    trial = trials.ask(FIRST, by=house.ana, at=MONDAY_NOON)
    assert trials.try_due(clock=lambda: MONDAY_NOON) == 1
    assert trials.try_due(clock=lambda: MONDAY_NOON) == 0
    trial.refresh_from_db()
    found = trials.findings(trial)
    assert not found["imap"].ok and "password" in found["imap"].words
    assert found["smtp"].ok and trial.done_at == MONDAY_NOON


def test_a_server_that_never_answers_is_given_up_in_time(
    house: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
):
    hold = threading.Event()
    monkeypatch.setattr(trials, "_WHOLE_SECONDS", 0.05)
    monkeypatch.setattr(diagnosing, "try_imap", lambda server: hold.wait(5) and REFUSED)
    monkeypatch.setattr(diagnosing, "try_smtp", lambda server: REFUSED)
    trial = trials.ask(FIRST, by=house.ana, at=MONDAY_NOON)
    trials.try_due(clock=lambda: MONDAY_NOON)
    hold.set()
    trial.refresh_from_db()
    assert trials.findings(trial)["imap"].code == "timeout"
    assert trials.findings(trial)["smtp"].code == "password"


def test_a_trial_that_cannot_be_opened_ends_with_a_word(house: SimpleNamespace, settings: object):
    trial = trials.ask(FIRST, by=house.ana, at=MONDAY_NOON)
    settings.MAILBOX_KEY = "another key"
    trials.try_due(clock=lambda: MONDAY_NOON)
    trial = Trial.objects.get(pk=trial.pk)
    assert trial.done_at and not trials.findings(trial)["imap"].ok
