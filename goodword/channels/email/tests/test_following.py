"""Following a mailbox whose server comes and goes: how soon it is tried again."""

import threading

import pytest
from django.utils import timezone

from goodword.channels.email import fetching
from goodword.channels.email.models import MailAccount

pytestmark = pytest.mark.django_db
FIRST, LONGEST = 5, 300


class Ended(threading.Event):
    """Never waits, remembers how long it should have, and ends it all after so many times."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.waited: list[float] = []
        self._after = after

    def wait(self, timeout: float | None = None) -> bool:
        self.waited.append(timeout or 0)
        if len(self.waited) >= self._after:
            self.set()
        return self.is_set()


@pytest.fixture
def follow(house, monkeypatch):
    """Follow a mailbox that each time can be opened or not, as told, and then breaks."""
    account = MailAccount.objects.create(
        inbox=house.hello, imap_host="imap.shop.example", begin_at=timezone.now()
    )
    monkeypatch.setattr(fetching, "catch_up", lambda *args, **options: None)
    monkeypatch.setattr(fetching.connection, "close", lambda: None)
    monkeypatch.setattr(fetching, "close_old_connections", lambda: None)

    def run(opens: list[bool]) -> list[float]:
        turns = iter(opens)

        class Breaking:
            def __init__(self, server, *, stop):
                pass

            def __enter__(self):
                if not next(turns):
                    raise ConnectionRefusedError
                return self

            def __exit__(self, *error):
                return None

            def wait(self, seconds):
                raise ConnectionResetError

        monkeypatch.setattr(fetching.imap_in, "Mailbox", Breaking)
        ended = Ended(after=len(opens))
        fetching.Fetcher(clock=timezone.now)._follow(account.pk, ended)
        return ended.waited

    return run


def test_a_server_that_stays_away_is_asked_ever_more_seldom(follow):
    waited = follow([False] * 9)
    assert waited[:4] == [FIRST, 10, 20, 40]
    assert waited[-1] == LONGEST


def test_a_line_that_worked_is_opened_again_soon_however_often_one_broke_before(follow):
    assert follow([True] * 8) == [FIRST] * 8
    assert follow([False, False, False, True, False]) == [FIRST, 10, 20, FIRST, 10]
