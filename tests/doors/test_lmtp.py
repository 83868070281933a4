"""Mail handed over by LMTP to a running Goodword, killed as soon as it said 250."""

import smtplib

from goodword.bench.servers import spare_port
from tests.doors.house import mail, rows


def test_what_the_mail_server_heard_accepted_is_on_the_disk_after_a_kill(start_shop):
    port = spare_port()
    goodword = start_shop(environment={"GOODWORD_LMTP_PORT": str(port)})
    assert f"127.0.0.1:{port} (LMTP)" in goodword.log
    with smtplib.LMTP(goodword.host, port, timeout=10) as line:
        for n in range(5):
            line.send_message(mail(f"mail {n}", sender=f"p{n}@x.example"))
        line.mail("grace@whitlow.example")
        assert line.rcpt("someone@elsewhere.example")[0] == 550
        goodword.kill()

    # What becomes of arrivals after a kill is told in test_mail_in.py.
    stored = rows(
        goodword,
        "SELECT count(*), count(DISTINCT raw_id), source FROM desk_arrival GROUP BY source",
    )
    assert stored == [(5, 5, "lmtp")]
