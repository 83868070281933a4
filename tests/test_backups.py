"""A backup holds everything, and what it brings back sends nothing by itself."""

import os
import shutil
import tarfile
from types import SimpleNamespace

import pyrage
import pytest
from django.apps import apps
from django.core.management import call_command

from goodword import backups
from goodword.accounts.models import Teammate
from goodword.channels.email.models import MailAccount
from goodword.conversations.models import Message
from goodword.desk import checking
from goodword.desk.keeping import advising, promising, reminding
from goodword.desk.models import Dispatch, Keeping, NotAPromise
from goodword.desk.roads import InboundFile
from goodword.fields import actions as fields
from goodword.files import actions as files
from goodword.inboxes.models import Inbox
from goodword.notices import actions as notices
from goodword.people import filling
from goodword.plan import actions as plans
from goodword.plan import queries as plan
from tests.factories import DAY, HOUR, MONDAY_NOON, deliver, make_house, receive, reply

# serialized_rollback is not needed: each test ends in an empty database of its own.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "data" / "files"
    settings.DATA_DIR = tmp_path / "data"
    (tmp_path / "data" / "keys").mkdir(parents=True)
    (tmp_path / "data" / "keys" / "secret").write_text("s3cret")


def fill():
    house = make_house()
    message = receive(house, files=[InboundFile("a.pdf", "application/pdf", b"%PDF-1")])
    answer = reply(message.conversation, house.ben, at=MONDAY_NOON + HOUR)
    MailAccount.objects.create(
        inbox=house.hello,
        imap_host="imap.example",
        uidvalidity=7,
        last_uid=99,
        begin_at=MONDAY_NOON,
    )
    return message, answer


def empty(settings):
    call_command("flush", interactive=False, verbosity=0)
    shutil.rmtree(settings.FILES_DIR)
    (settings.DATA_DIR / "keys" / "secret").unlink()


@pytest.mark.parametrize("passphrase", ["", "open sesame"])
def test_everything_comes_back_as_it_was(settings, tmp_path, passphrase):
    message, _ = fill()
    before = checking.counts()
    target = tmp_path / "desk.backup"

    made = backups.write(target, passphrase=passphrase, at=MONDAY_NOON + DAY)
    assert (made.files, made.missing) == (1, [])
    assert os.stat(target).st_mode & 0o777 == 0o600
    empty(settings)
    backups.restore(target, passphrase=passphrase, at=MONDAY_NOON + 2 * DAY)

    assert checking.counts() == before
    assert checking.violations() == []
    again = Message.objects.get(pk=message.pk)
    assert (again.text, again.said_at) == (message.text, message.said_at)
    assert files.read(again.attachments.get().file) == b"%PDF-1"
    assert (settings.DATA_DIR / "keys" / "secret").read_text() == "s3cret"
    assert Teammate.objects.get(email="ana@shop.example").check_password("correct horse battery")


def owe_in_every_way(message, answer):
    """A plan, words moved, kept by an answer, given anew, and notices of them."""
    ana, ben = (Teammate.objects.get(name__startswith=name) for name in ("Ana", "Ben"))
    by = {"by": ana, "at": MONDAY_NOON}
    inbox, friday = message.conversation.inbox, (MONDAY_NOON + 4 * DAY).date()
    calendar = plans.make_calendar(
        name="Shop", zone="Europe/Berlin", country="DE", periods=[(0, 540, 1440)], **by
    )
    plans.close_days(calendar, first_day=friday, last_day=friday, text="Leave", **by)
    plans.set_inbox_plan(inbox, calendar=calendar, holding="send", **by)
    plans.add_duty(teammate=ben, backup=ana, period=(0, 540, 720), inbox=inbox, **by)
    plans.set_target(first_minutes=60, next_minutes=60, **by)
    plans.be_absent(ben, since=MONDAY_NOON + DAY, stand_in=ana, **by)
    now = plan.current()
    for due in (
        now.day_due(inbox.pk, friday, zone="Europe/Berlin"),
        now.hours_due(inbox.pk, MONDAY_NOON, 90),
        now.moment_due(MONDAY_NOON + HOUR, zone="Asia/Kathmandu"),
    ):
        conversation = message.conversation
        promise = promising.track(conversation, what="call", due=due, by=ben, at=MONDAY_NOON)
        Keeping.objects.create(message=answer, promise=promise)
    later = now.moment_due(MONDAY_NOON + 9 * DAY, zone="UTC")
    promising.promise_anew(promise, due=later, by=ben, at=MONDAY_NOON + 2 * HOUR)
    advising.dismiss(["I will."], by=ben, at=MONDAY_NOON)
    reminding.remind_due(at=MONDAY_NOON + 3 * HOUR)
    notices.prefer(
        ben, by_mail=False, by_browser=True, quiet_from=0, quiet_until=60, quiet_weekends=False
    )


def rows_of(*apps_named):
    rooms = [apps.get_app_config(name).get_models() for name in apps_named]
    return {m._meta.label: list(m.objects.order_by("pk").values()) for r in rooms for m in r}


def test_every_word_comes_back_as_it_was_and_nobody_is_asked_for_patience(settings, tmp_path):
    message, answer = fill()
    owe_in_every_way(message, answer)
    by = {"by": Teammate.objects.get(name__startswith="Ana"), "at": MONDAY_NOON}
    size = fields.define("Size", about="person", kind="number", **by)
    filling.set_value(message.conversation.person, size, "54.5", **by)
    before = rows_of("plan", "promises", "notices", "people")
    assert all(before[f"plan.{name}"] for name in ("Closure", "Duty", "Absence", "InboxPlan"))
    assert before["notices.Notice"] and before["promises.Step"] and before["plan.Target"]
    assert before["people.PersonValue"][0]["sorts_as"]
    backups.write(tmp_path / "b", at=MONDAY_NOON + 3 * HOUR)
    empty(settings)
    backups.restore(tmp_path / "b", at=MONDAY_NOON + DAY)

    before["plan.InboxPlan"][0]["holding"] = "draft"
    assert rows_of("plan", "promises", "notices", "people") == before
    assert (Keeping.objects.count(), NotAPromise.objects.count()) == (3, 1)
    assert checking.violations() == []


def test_nothing_queued_leaves_by_itself_and_mailboxes_are_looked_through_again(settings, tmp_path):
    _, answer = fill()
    backups.write(tmp_path / "b", at=MONDAY_NOON + HOUR)
    empty(settings)
    assert backups.restore(tmp_path / "b", at=MONDAY_NOON + DAY)["held"] == 1
    assert deliver(at=MONDAY_NOON + 2 * DAY).sent == []
    assert Dispatch.objects.get(message_id=answer.pk).held == "restored"
    account = MailAccount.objects.get()
    assert (account.uidvalidity, account.last_uid) == (None, 0)


@pytest.mark.parametrize(
    ("last_read", "from_then_on"),
    [
        (MONDAY_NOON + 20 * DAY, MONDAY_NOON + 18 * DAY),
        (MONDAY_NOON + 9 * DAY, MONDAY_NOON + 7 * DAY),
        (None, MONDAY_NOON),
    ],
)
def test_a_mailbox_is_looked_through_from_before_it_was_last_read(
    settings, tmp_path, last_read, from_then_on
):
    fill()
    MailAccount.objects.update(last_ok_at=last_read)
    backups.write(tmp_path / "b", at=MONDAY_NOON + 20 * DAY)
    empty(settings)
    backups.restore(tmp_path / "b", at=MONDAY_NOON + 21 * DAY)
    assert MailAccount.objects.get().begin_at == from_then_on


def test_new_rows_after_a_restore_collide_with_nothing(settings, tmp_path):
    fill()
    backups.write(tmp_path / "b", at=MONDAY_NOON + HOUR)
    empty(settings)
    backups.restore(tmp_path / "b", at=MONDAY_NOON + DAY)
    receive(SimpleNamespace(hello=Inbox.objects.get(name="Hello")), sender="new@x.example")
    assert checking.violations() == []


def test_an_installation_in_use_is_not_overwritten(tmp_path):
    fill()
    backups.write(tmp_path / "b", at=MONDAY_NOON)
    with pytest.raises(backups.CannotRestore, match="in use"):
        backups.restore(tmp_path / "b", at=MONDAY_NOON)


def test_without_the_passphrase_an_encrypted_backup_stays_shut(settings, tmp_path):
    fill()
    backups.write(tmp_path / "b", passphrase="right", at=MONDAY_NOON)
    assert b"Grace" not in (tmp_path / "b").read_bytes()
    empty(settings)
    for passphrase in ("", "wrong"):
        with pytest.raises(backups.CannotRestore, match="passphrase"):
            backups.restore(tmp_path / "b", passphrase=passphrase, at=MONDAY_NOON)
        assert not Teammate.objects.exists()


@pytest.mark.parametrize("damage", ["cut", "empty", "text"])
def test_a_damaged_backup_is_refused_and_changes_nothing(settings, tmp_path, damage):
    fill()
    whole = tmp_path / "b"
    backups.write(whole, at=MONDAY_NOON)
    data = {"cut": whole.read_bytes()[:2000], "empty": b"", "text": b"hello"}[damage]
    whole.write_bytes(data)
    empty(settings)
    with pytest.raises(backups.CannotRestore):
        backups.restore(whole, at=MONDAY_NOON)
    assert not Teammate.objects.exists()


def test_a_backup_reads_without_goodword(tmp_path):
    fill()
    backups.write(tmp_path / "b", at=MONDAY_NOON)
    with tarfile.open(tmp_path / "b") as tar:
        rows = tar.extractfile("tables/conversations.message.jsonl").read().decode()
    assert "Where is my gift card?" in rows


def test_a_file_that_is_missing_is_named(tmp_path):
    message, _ = fill()
    os.unlink(files.path_of(message.attachments.get().file))
    assert len(backups.write(tmp_path / "b", at=MONDAY_NOON).missing) == 1


@pytest.fixture
def quick_key(monkeypatch):
    """Passphrases seal nothing: in earnest each takes a second of CPU, which is its strength."""

    def decrypt(sealed, passphrase):
        if not sealed.startswith(passphrase.encode()):
            raise pyrage.DecryptError
        return sealed.removeprefix(passphrase.encode())

    def encrypt(plain, passphrase):
        return passphrase.encode() + plain

    monkeypatch.setattr(pyrage, "passphrase", SimpleNamespace(encrypt=encrypt, decrypt=decrypt))


@pytest.mark.usefixtures("quick_key")
def test_a_restore_that_was_cut_short_lets_nothing_run_until_it_is_done(
    settings, tmp_path, monkeypatch
):
    fill()
    backups.write(tmp_path / "b", passphrase="right", at=MONDAY_NOON + HOUR)
    empty(settings)
    with monkeypatch.context() as power:

        def fails(*args, **kw):
            raise KeyboardInterrupt

        power.setattr(backups, "_calm_down", fails)
        with pytest.raises(KeyboardInterrupt):
            backups.restore(tmp_path / "b", passphrase="right", at=MONDAY_NOON + DAY)
    assert backups.is_unfinished()
    with pytest.raises(backups.CannotRestore):
        backups.restore(tmp_path / "b", passphrase="wrong", at=MONDAY_NOON + DAY)
    assert backups.is_unfinished()

    assert backups.restore(tmp_path / "b", passphrase="right", at=MONDAY_NOON + DAY)["held"] == 1
    assert not backups.is_unfinished()
    assert checking.violations() == []
