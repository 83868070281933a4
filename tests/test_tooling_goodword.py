"""The process fixture, tried on a stand-in of a few lines that can be made to misbehave.

What Goodword itself does as a process is told in the tests of its commands.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from goodword.bench.servers import listens
from goodword.bench.servers.goodword_process import GoodwordProcess

STAND_IN = """
import os, signal, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

if sys.argv[1] != "run":
    print("was told", sys.argv[1:], "and", sys.stdin.read())
    sys.exit(3)
if os.environ.get("STUBBORN"):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.environ.get("BROKEN"):
    sys.exit("GOODWORD_URL is 'shop'; give scheme and host alone")

class Health(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/healthz" else 404)
        self.end_headers()
        self.wfile.write(b"{}")

print("data in", os.environ["GOODWORD_DATA"])
HTTPServer(("127.0.0.1", int(os.environ["GOODWORD_PORT"])), Health).serve_forever()
"""


@pytest.fixture
def stand_in(tmp_path: Path) -> dict[str, str]:
    package = tmp_path / "goodword"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(STAND_IN)
    return {"PYTHONPATH": str(tmp_path)}


def test_given_a_process_it_serves_stops_and_comes_back_on_its_port(stand_in):
    with GoodwordProcess(environment=stand_in) as goodword:
        assert listens(goodword.port)
        goodword.stop()
        assert not goodword.running
        goodword.restart()
        goodword.kill()
        assert not listens(goodword.port)
        goodword.restart()
        assert goodword.running
        assert goodword.log.count(f"data in {goodword.data}") == 3

    assert not listens(goodword.port)
    assert not goodword.data.parent.exists()


def test_given_another_command_its_answer_comes_back_whole(stand_in):
    goodword = GoodwordProcess(environment=stand_in)

    done = goodword.run("mail", "receive", input="Subject: Boots")

    goodword.remove()
    assert done.returncode == 3
    assert done.stdout == b"was told ['mail', 'receive'] and Subject: Boots\n"


def test_given_a_process_that_ends_at_once_its_words_are_told(stand_in):
    with pytest.raises(RuntimeError, match="give scheme and host alone"):
        GoodwordProcess(environment={**stand_in, "BROKEN": "1"}).__enter__()


def test_given_a_process_deaf_to_sigterm_that_is_a_fault_and_it_is_gone(stand_in, monkeypatch):
    monkeypatch.setattr("goodword.bench.servers.goodword_process._STOP_SECONDS", 0.2)
    goodword = GoodwordProcess(environment={**stand_in, "STUBBORN": "1"}).start()

    with pytest.raises(AssertionError, match="s after SIGTERM"):
        goodword.remove()

    assert not goodword.running
    assert not listens(goodword.port)
