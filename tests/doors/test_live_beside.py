"""Two processes serve pages of one house: what happens at one is told at the other."""

import http.client
import os

import pytest

from goodword.bench.servers import wait_until
from goodword.bench.servers.goodword_process import GoodwordProcess
from tests.doors.house import OWNER, PASSWORD, hand_in, mail, rows, run_code
from tests.doors.test_live_events import Stream, session_of

DATABASE = os.environ.get("GOODWORD_TEST_DATABASE", "sqlite")
BEN = "ben@shop.example"


@pytest.fixture(scope="module")
def goodword(shop_goodword):
    """One process takes mail in; Ana's pages are at it."""
    with shop_goodword.cast() as process:
        yield process


@pytest.fixture(scope="module")
def beside(goodword):
    """The other serves pages alone; Ben's are at it."""
    run_code(
        goodword,
        f"""
from goodword.accounts import actions as accounts
from goodword.accounts.models import Role, Teammate
ana = Teammate.objects.get(email="{OWNER}")
accounts.join(name="Ben", email="{BEN}", password="{PASSWORD}",
              role=Role.OWNER, by=ana, at=timezone.now())
""",
    )
    url = goodword.environment.get("GOODWORD_DATABASE_URL", "")
    with GoodwordProcess(command="web", data=goodword.data, database_url=url) as process:
        yield process
    process.remove()


def test_a_mail_that_one_took_in_is_told_at_the_other(goodword, beside):
    ben = Stream(beside, session=session_of(goodword, BEN))
    hand_in(goodword, mail("News"))
    heard = ben.topics("conversation:")
    ben.close()
    assert any(each.startswith("conversation:") for each in heard)


# On SQLite one process serves all pages: who is here needn't be carried.
if DATABASE == "postgres":

    def colleagues(process, session, conversation):
        line = http.client.HTTPConnection(process.host, process.port, timeout=20)
        headers = {"Cookie": f"goodword_session={session}", "HX-Request": "true"}
        line.request("GET", f"/conversations/{conversation}/colleagues/", headers=headers)
        words = line.getresponse().read().decode()
        line.close()
        return words

    def test_who_comes_and_goes_at_one_is_seen_at_the_other(goodword, beside):
        hand_in(goodword, mail("Where is my ring?"))
        names = "SELECT public_id FROM conversations_conversation"
        wait_until(lambda: rows(goodword, names), seconds=20, what="a mail is received")
        conversation = rows(goodword, names)[0][0]
        session = session_of(goodword, BEN)
        ben = Stream(beside, session=session, query=f"?page=benspage1&at={conversation}")
        where = f"?page=anaspage1&at={conversation}"
        ana = Stream(goodword, session=session_of(goodword, OWNER), query=where)
        # Ben is told of himself as well, so it may take more than one look.
        while "Ana Ruiz is looking" not in colleagues(beside, session, conversation):
            assert f"presence:{conversation}" in ben.topics("presence:")

        ana.close()
        while "Ana" in colleagues(beside, session, conversation):
            assert f"presence:{conversation}" in ben.topics("presence:")
        ben.close()
