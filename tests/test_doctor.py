"""`goodword doctor` as its owner calls it."""

import json

import pytest

from tests.servers import tables


@pytest.fixture
def goodword():
    process = tables.goodword(in_file=True)
    yield process
    process.remove()


def test_it_says_what_is_wrong_and_ends_with_1_and_sees_a_damaged_file(goodword):
    # A provider looks after its own domain, so no DNS is asked.
    done = goodword.run(
        "setup", "--owner", "ana@shop.example", "--password-file", "-", "--business", "Shop",
        "--country", "DE", "--zone", "Europe/Berlin", "--inbox", "shop@gmail.com",
        input="correct horse battery\n",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    told = goodword.run("doctor", "--json")
    assert told.returncode == 1, told.stderr.decode()
    found = {each["rule"]: each for each in json.loads(told.stdout)}
    assert (found["database"]["state"], found["folder"]["state"]) == ("ok", "ok")
    assert found["worker"]["state"] == found["outgoing"]["state"] == "wrong"
    assert found["worker"]["do"].startswith("Start `goodword run`")

    path = goodword.data / "goodword.sqlite3"
    with path.open("r+b") as file:
        for page in range(20, path.stat().st_size // 4096, 3):
            file.seek(page * 4096)
            file.write(bytes(2048))
    told = goodword.run("doctor")
    assert told.returncode == 1
    assert "its file is damaged" in told.stdout.decode(), told.stdout.decode()
    assert told.stderr == b""
