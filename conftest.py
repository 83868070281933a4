"""Where the tests run: a data folder and a database of their own, before Django reads settings.

Loaded before any test and any other conftest. Under pytest-xdist each worker loads it again, with
its own folder; PostgreSQL is started once, by the process that starts the workers.

GOODWORD_TEST_DATABASE  sqlite (default) or postgres (a throw-away cluster)
GOODWORD_TEST_STRICT    1: what isn't installed fails its tests instead of skipping them
GOODWORD_TEST_SHOTS     1: pictures of the pages are kept below shots/ (`make shots`)
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import django
import hypothesis
import pytest

from goodword.bench.servers import NotInstalled
from goodword.bench.servers.postgres import Postgres

_DATABASE = os.environ.get("GOODWORD_TEST_DATABASE", "sqlite")
_URL_FROM_CONTROLLER = "GOODWORD_TEST_DATABASE_URL"
_OF_THE_DATABASE = {
    "db", "transactional_db", "live_server", "rows_of_module",
    "empty_goodword", "shop_goodword", "new_goodword",
}  # fmt: skip
_data = Path(tempfile.mkdtemp(prefix="goodword-tests-"))
_cluster: Postgres | None = None


def _prepare() -> None:
    """Give this process its data folder and database, whatever the developer's shell says."""
    for name in [name for name in os.environ if name.startswith("GOODWORD_")]:
        if not name.startswith("GOODWORD_TEST_"):
            del os.environ[name]
    os.environ["GOODWORD_DATA"] = str(_data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "goodword.settings"
    if _DATABASE == "postgres":
        os.environ["GOODWORD_DATABASE_URL"] = _postgres_url()
    elif _DATABASE != "sqlite":
        raise pytest.UsageError(f"GOODWORD_TEST_DATABASE is {_DATABASE!r}; give sqlite or postgres")


def _postgres_url() -> str:
    global _cluster
    if _URL_FROM_CONTROLLER not in os.environ:
        try:
            _cluster = Postgres().start()
        except NotInstalled as missing:
            raise pytest.UsageError(f"{missing}, and GOODWORD_TEST_DATABASE wants it") from missing
        os.environ[_URL_FROM_CONTROLLER] = _cluster.url
    return os.environ[_URL_FROM_CONTROLLER]


@pytest.hookimpl(trylast=True)  # after pytest-randomly has shuffled them
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What starts servers and browsers comes first, dealt among the workers.

    What asks nothing of the run's database, or only what a page does in a browser (`once`), is
    tried with SQLite alone: it would only say the same again. Stories are played with both.
    """
    if _DATABASE == "postgres" and (same := [each for each in items if not _asks_it(each)]):
        config.hook.pytest_deselected(items=same)
        items[:] = [each for each in items if _asks_it(each)]
    items[:] = _dealt(items, hands=int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


def _dealt(items: Iterable[pytest.Item], *, hands: int) -> list[pytest.Item]:
    """One part for each worker, of the same length, as `--dist worksteal` cuts them.

    Each begins with modules of long tests and has short ones to give away at the end: whoever is
    done early takes from there, and none is left alone with what takes minutes.
    """
    modules: dict[object, list[pytest.Item]] = {}
    short: list[pytest.Item] = []
    for item in items:
        if _is_short(item):
            short.append(item)
        else:
            modules.setdefault(item.getparent(pytest.Module), []).append(item)
    parts: list[list[pytest.Item]] = [[] for _ in range(hands)]
    for module in sorted(modules.values(), key=len, reverse=True):
        min(parts, key=len).extend(module)
    total = len(short) + sum(map(len, parts))
    for number, part in enumerate(parts):
        wanted = (total - sum(map(len, parts[:number]))) // (hands - number) - len(part)
        part += short[: max(wanted, 0)]
        del short[: max(wanted, 0)]
    return [item for part in parts for item in part]


def _is_short(item: pytest.Item) -> bool:
    return _is_in_a_room(item) and item.get_closest_marker("browser") is None


def _asks_it(item: pytest.Item) -> bool:
    """Through Django, by a Goodword cast from a mould (tests/servers/fixtures.py), or as its module
    says by having a `DATABASE`.
    """
    if item.get_closest_marker("once") is not None:
        return False
    module = item.getparent(pytest.Module)
    says = item.get_closest_marker("django_db") or hasattr(getattr(module, "obj", None), "DATABASE")
    return bool(says) or not _OF_THE_DATABASE.isdisjoint(getattr(item, "fixturenames", ()))


def _is_in_a_room(item: pytest.Item) -> bool:
    return item.path.is_relative_to(Path(__file__).parent / "goodword")


def pytest_unconfigure() -> None:
    _clean_up()


def _clean_up() -> None:
    if _cluster is not None:
        _cluster.stop()
    shutil.rmtree(_data, ignore_errors=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which tests could not run, and why."""
    reasons: Counter[str] = Counter()
    for report in terminalreporter.getreports("skipped"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
        reasons[reason.removeprefix("Skipped: ")] += 1
    if reasons:
        terminalreporter.section("could not run here", sep="-")
        for reason, count in reasons.most_common():
            terminalreporter.line(f"{count} test{'s' if count > 1 else ''}: {reason}")


try:
    _prepare()
    django.setup()
    # The workers inherit our environment. Were the name still in it, pytest-django would read the
    # settings there before this file gives the worker a folder of its own.
    del os.environ["DJANGO_SETTINGS_MODULE"]
except BaseException:
    _clean_up()
    raise

# What is loaded stays, and tests make much that falls in rings: to look it all over at Python's own
# pace costs a tenth of the CPU.
gc.freeze()
gc.set_threshold(50_000, 50, 100)

# How long an example takes says how crowded the machine is, and nothing of what is tested.
hypothesis.settings.register_profile("goodword", deadline=None)
hypothesis.settings.load_profile("goodword")

pytest_plugins = ["tests.servers.fixtures", "tests.cast"]
