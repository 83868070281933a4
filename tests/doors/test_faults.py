"""The crash test, short: the real processes, real mail servers, SIGKILL. `goodword bench faults`
is the same and longer.
"""

import os
import shutil

import pytest

from goodword.bench.faults import account, disk, furnished, killing, outage, plan, together
from goodword.bench.servers import NotInstalled
from goodword.bench.servers.postgres import Postgres

pytestmark = pytest.mark.dovecot
DATABASE = os.environ.get("GOODWORD_TEST_DATABASE", "sqlite")


def test_the_same_seed_plans_the_same():
    drawn = [plan.draw(seed, kills=4).digest for seed in (7, 7, 8)]
    assert drawn[0] == drawn[1] != drawn[2]


@pytest.fixture
def made(empty_goodword):
    """A Goodword of nobody, that its tables need not be made; it is run by the house."""
    process = empty_goodword.cast()
    yield process
    process.remove()


@pytest.mark.long
def test_killed_again_and_again_every_mail_is_in_once_and_out_once(made):
    drawn = plan.draw(20, kills=4)
    url = made.environment.get("GOODWORD_DATABASE_URL", "")
    with furnished(database_url=url, data=made.data) as house:
        found = killing.run(drawn, house, hurry=True)
    assert found.wrong == []
    assert sum("kills of" in line for line in found.lines) > 1


# Each of these is about one kind of database, so it belongs to that run.
if DATABASE == "postgres":

    def test_the_database_goes_away_and_comes_back_and_nobody_starts_anything_again():
        drawn = plan.draw(21, kills=1, shapes=("embedded",))
        with Postgres(durable=True) as cluster, furnished(cluster=cluster) as house:
            found = outage.run(drawn, house, cluster, hurry=True)
        assert found.wrong == []

else:
    # On PostgreSQL it is for the bench: docs/faults.md, *What it doesn't show*, says what is left.
    @pytest.mark.long
    def test_several_people_press_everything_at_once_and_every_rule_holds(made):
        with furnished(data=made.data) as house:
            found = together.run(house, seed=23, seconds=5)
        assert found.wrong == []

    @pytest.mark.long
    def test_without_room_on_the_disk_nothing_is_taken_and_nothing_is_lost(made):
        drawn = plan.draw(22, kills=1)
        least = {"GOODWORD_LEAST_DISK_MB": str(disk.LEAST_MB)}
        try:
            with disk.small_disk() as folder:
                shutil.copytree(made.data, folder / "data")
                with furnished(data=folder / "data", environment=least) as house:
                    found = disk.run(drawn, house)
        except NotInstalled as why:
            pytest.skip(str(why))  # a right that containers often lack, and no missing program
        assert found.wrong == []


@pytest.mark.parametrize(
    ("state", "words", "got", "fault"),
    [
        ("accepted", "250 ok", 1, ""),
        ("accepted", "250 ok", 0, "nobody has it"),
        ("accepted", "250 ok", 2, "sent 2 times"),
        ("unknown", "Goodword stopped while…", 0, ""),
        ("unknown", "Goodword stopped while…", 1, ""),
        ("unknown", "the line broke", 1, "without a reason"),
        ("unknown", "", 1, "nothing says why"),
        ("unknown", "the line broke", 2, "sent 2 times"),
        ("refused", "550 no", 0, ""),
        ("refused", "550 no", 1, "it was accepted"),
        ("queued", "", 0, "still queued"),
        ("sending", "", 1, "still sending"),
    ],
)
def test_the_account_finds_what_is_lost_doubled_or_left_unsaid(state, words, got, fault):
    found = account._fault(state, words, got, cut_off=False)
    assert fault in found
    assert bool(found) == bool(fault)
