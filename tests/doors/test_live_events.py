"""The event stream: who hears what, through the real server."""

import http.client
import time

import pytest

from goodword.bench.servers import wait_until
from tests.doors.house import INBOX, OWNER, PASSWORD, hand_in, mail, rows, run_code


@pytest.fixture(scope="module")
def goodword(shop_goodword):
    with shop_goodword.cast() as process:
        run_code(
            process,
            f"""
from goodword.accounts import actions as accounts
from goodword.accounts.models import Role, Teammate
ana = Teammate.objects.get(email="{OWNER}")
carl = accounts.join(name="Carl", email="carl@shop.example", password="{PASSWORD}",
                     role=Role.AGENT, by=ana, at=timezone.now())
accounts.make_team(name="Workshop", members=[carl], by=ana, at=timezone.now())
""",
        )
        yield process


def session_of(goodword, email):
    """A session cookie, as signing in makes it."""
    return run_code(
        goodword,
        f"""
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from goodword.accounts.models import Teammate
who = Teammate.objects.get(email="{email}")
session = SessionStore()
session[SESSION_KEY] = str(who.pk)
session[BACKEND_SESSION_KEY] = "goodword.accounts.signed_in.Backend"
session[HASH_SESSION_KEY] = who.get_session_auth_hash()
session.create()
print(session.session_key)
""",
    ).strip()


class Stream:
    """One open page, listening."""

    def __init__(self, goodword, *, session="", headers=None, query=""):
        self.line = http.client.HTTPConnection(goodword.host, goodword.port, timeout=20)
        cookie = {"Cookie": f"goodword_session={session}"} if session else {}
        self.line.request("GET", f"/events/{query}", headers={**cookie, **(headers or {})})
        self.answer = self.line.getresponse()

    def topics(self, *awaited, seconds=20):
        """What is heard until something begins with each of `awaited`; else within `seconds`."""
        heard = []
        self.line.sock.settimeout(0.2)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if awaited and all(any(each.startswith(a) for each in heard) for a in awaited):
                break
            try:
                line = self.answer.fp.readline()
            except (TimeoutError, OSError):
                self.answer.fp.raw._timeout_occurred = False
                continue
            if line.startswith(b"data: "):
                heard.append(line[6:].decode().strip())
        return heard

    def close(self):
        self.answer.close()
        self.line.close()


def test_a_stranger_and_another_origin_hear_nothing(goodword):
    for stream, status in (
        (Stream(goodword), 401),
        (Stream(goodword, session="made-up"), 401),
        (
            Stream(
                goodword,
                session=session_of(goodword, OWNER),
                headers={"Origin": "https://evil.example"},
            ),
            403,
        ),
    ):
        assert stream.answer.status == status
        stream.close()


def test_asked_for_a_second_factor_who_has_none_hears_nothing(goodword):
    ask = "from goodword.accounts.models import Business\nBusiness.objects.update"
    session = session_of(goodword, OWNER)
    run_code(goodword, f"{ask}(requires_second_factor=True)")
    try:
        stream = Stream(goodword, session=session)
        assert stream.answer.status == 401
        stream.close()
    finally:
        run_code(goodword, f"{ask}(requires_second_factor=False)")


def test_those_who_may_see_the_inbox_hear_of_a_mail_and_the_others_do_not(goodword):
    ana = Stream(goodword, session=session_of(goodword, OWNER))
    carl = Stream(goodword, session=session_of(goodword, "carl@shop.example"))
    hand_in(goodword, mail("News"))
    heard = ana.topics("inbox:", "conversation:")
    assert any(each.startswith("inbox:") for each in heard)
    assert any(each.startswith("conversation:") for each in heard)
    assert carl.topics(seconds=1) == []
    ana.close()
    carl.close()


def test_a_line_carries_a_topic_and_never_a_word_of_the_customer(goodword):
    ana = Stream(goodword, session=session_of(goodword, OWNER))
    hand_in(goodword, mail("zanzibar", subject="quagga"))
    text = " ".join(ana.topics("inbox:", "conversation:"))
    assert text
    assert not {"zanzibar", "quagga", "grace", INBOX} & set(text.split())
    ana.close()


def newest_event(goodword):
    return rows(goodword, "SELECT max(id) FROM events_event")[0][0]


def test_what_happened_before_the_stream_opened_is_replayed(goodword):
    newest = newest_event(goodword)
    hand_in(goodword, mail("while away"))
    wait_until(
        lambda: (
            int(run_code(goodword, "from goodword.events import waking\nprint(waking.latest())"))
            > int(newest)
        ),
        seconds=30,
        what="the mail is announced",
    )
    session = session_of(goodword, OWNER)
    by_header = Stream(goodword, session=session, headers={"Last-Event-ID": str(newest)})
    by_query = Stream(goodword, session=session, query=f"?since={newest}")
    assert by_header.topics("inbox:")
    assert by_query.topics("inbox:")
    by_header.close()
    by_query.close()


def test_no_teammate_holds_more_streams_than_pages_they_could_read(goodword):
    session = session_of(goodword, OWNER)
    streams = [Stream(goodword, session=session) for _ in range(14)]
    statuses = [each.answer.status for each in streams]
    assert statuses.count(200) <= 12
    assert statuses[-1] == 429
    for each in streams:
        each.close()


def test_whoever_is_an_owner_no_more_hears_only_of_their_own_inboxes_from_then_on(goodword):
    run_code(
        goodword,
        f"""
from goodword.accounts import actions as accounts
from goodword.accounts.models import Role, Teammate
ana = Teammate.objects.get(email="{OWNER}")
accounts.join(name="Dora", email="dora@shop.example", password="{PASSWORD}",
              role=Role.OWNER, by=ana, at=timezone.now())
""",
    )
    dora = Stream(goodword, session=session_of(goodword, "dora@shop.example"))
    run_code(
        goodword,
        f"""
from goodword.accounts.models import Role, Teammate
from goodword.desk import staffing
dora = Teammate.objects.get(email="dora@shop.example")
ana = Teammate.objects.get(email="{OWNER}")
staffing.change_role(dora, Role.AGENT, by=ana, at=timezone.now())
""",
    )
    assert "house" in dora.topics("house")
    dora.topics(seconds=1)  # and whatever else her new role changes
    hand_in(goodword, mail("not for Dora"))
    assert dora.topics(seconds=2) == []
    dora.close()


def test_a_stream_ends_when_its_session_does(goodword):
    session = session_of(goodword, OWNER)

    def is_let_in():
        stream = Stream(goodword, session=session)
        stream.close()
        return stream.answer.status == 200

    wait_until(is_let_in, seconds=20, what="a place is free again")
    stream = Stream(goodword, session=session)
    run_code(
        goodword,
        "from django.contrib.sessions.models import Session\nSession.objects.all().delete()",
    )
    stream.line.sock.settimeout(25)
    assert stream.answer.read().count(b"data:") == 0  # read() returns when the server ends it
    stream.close()
