import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from goodword.channels.email.tests.mails import mail, parts
from goodword.cli.mail import mail as command


def explained(*arguments, stdin=b""):
    result = CliRunner().invoke(command, ["explain", *map(str, arguments)], input=stdin)
    return result.exit_code, [json.loads(row) for row in result.stdout.splitlines()]


@pytest.fixture
def saved(tmp_path):
    def save(name, raw):
        (tmp_path / name).write_bytes(raw)
        return tmp_path / name

    return save


def test_a_reply_is_explained_with_the_line_that_hid_the_rest(saved):
    file = saved(
        "reply.eml", mail("Still broken.\n\nOn 4 May 2026, Ana <a@shop.example> wrote:\n> Hi")
    )

    code, (told,) = explained(file)

    assert code == 0
    assert told["file"] == str(file)
    assert told["subject"] == "The parcel"
    assert told["from_address"] == "carla@customer.example"
    assert told["reply_text"] == "Still broken."
    assert told["text"].endswith("> Hi")
    assert (told["kind"], told["abuse"]) == ("human", False)
    assert (told["bounced_recipient"], told["bounce_hard"], told["attachments"]) == (None, None, [])
    assert "Ana <a@shop.example> wrote:" in told["why"]["reply_text"]
    assert told["why"]["kind"]
    assert "protection" not in told
    assert "authentication" not in told
    assert "forwarded_from" not in told


def test_a_robot_is_named_by_the_header_that_gave_it_away(saved):
    _code, (told,) = explained(saved("robot.eml", mail(Auto_Submitted="auto-replied")))

    assert told["kind"] == "auto_reply"
    assert "Auto-Submitted" in told["why"]["kind"]


def test_a_bounce_names_who_was_not_reached_and_a_complaint_is_one(saved):
    bounce = parts(
        "Content-Type: text/plain\r\n\r\nNot delivered",
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
        "Final-Recipient: rfc822; gone@customer.example\r\nAction: failed\r\nStatus: 5.1.1",
        kind="report; report-type=delivery-status",
    )
    complaint = parts(
        "Content-Type: text/plain\r\n\r\nAn abuse report",
        "Content-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\n"
        "User-Agent: x\r\nOriginal-Rcpt-To: dora@customer.example",
        "Content-Type: message/rfc822\r\n\r\nFrom: hello@shop.example\r\n\r\nNews",
        kind="report; report-type=feedback-report",
    )

    _code, (returned, abuse) = explained(saved("b.eml", bounce), saved("c.eml", complaint))

    assert (returned["kind"], returned["abuse"]) == ("bounce", False)
    assert returned["bounced_recipient"] == "gone@customer.example"
    assert returned["bounce_hard"] is True
    assert (abuse["kind"], abuse["abuse"]) == ("bounce", True)


def test_what_else_a_mail_carries_is_told_when_it_is_there(saved):
    raw = b"Authentication-Results: mx.shop.example; dmarc=fail (p=reject)\r\n" + parts(
        "Content-Type: text/plain\r\n\r\n---------- Forwarded message ---------\r\n"
        "From: Dora <dora@customer.example>\r\nSubject: Lamp\r\n\r\nBroken.",
        'Content-Type: application/pdf; name="R\xfc.pdf"\r\n\r\n%PDF'.encode("latin-1"),
        "Content-Type: application/pgp-signature\r\n\r\nxyz",
        kind='signed; protocol="application/pgp-signature"',
        Subject="Fwd: Lamp",
    )

    _code, (told,) = explained(saved("rich.eml", raw))

    assert told["attachments"] == [{"name": "Rü.pdf", "size": 4, "content_type": "application/pdf"}]
    assert told["protection"] == "pgp_signed"
    assert told["forwarded_from"] == "dora@customer.example"
    assert told["authentication"] == [
        {"server": "mx.shop.example", "verdict": "fail", "why": "dmarc=fail (p=reject)"}
    ]


def test_a_mail_by_a_group_of_ours_is_read_as_the_inbox_reads_it(saved):
    by_group = mail(
        From="Carla via Help <help@shop.example>",
        To="help@shop.example",
        X_Original_From="Carla <carla@customer.example>",
        List_ID="<help.shop.example>",
    )
    file = saved("group.eml", by_group)

    _code, (as_anybodys,) = explained(file)
    _code, (as_ours,) = explained(file, "--to", "Help@Shop.example")

    assert (as_anybodys["kind"], as_anybodys["from_address"]) == ("list", "help@shop.example")
    assert (as_ours["kind"], as_ours["from_address"]) == ("human", "carla@customer.example")


def test_given_a_file_that_cannot_be_read_it_says_so_and_the_others_are_told(saved, tmp_path):
    code, told = explained(
        tmp_path / "none.eml", saved("empty.eml", b"\r\n"), tmp_path, "-", stdin=mail("By pipe")
    )

    assert code == 1
    assert ["error" in one for one in told] == [True, True, True, False]
    assert told[3]["file"] == "-"
    assert told[3]["text"] == "By pipe"


def test_it_works_where_nothing_is_installed_and_makes_nothing(saved, tmp_path):
    file = saved("one.eml", mail("Grüße"))
    bare = {name: value for name, value in os.environ.items() if "DJANGO" not in name}
    result = subprocess.run(
        [sys.executable, "-m", "goodword", "mail", "explain", str(file)],
        capture_output=True,
        cwd=tmp_path,
        env=bare
        | {"GOODWORD_DATA": str(tmp_path / "data"), "PYTHONPATH": os.pathsep.join(sys.path)},
        timeout=60,
        check=False,
    )

    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["text"] == "Grüße"
    assert not (tmp_path / "data").exists()
