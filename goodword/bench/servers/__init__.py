"""Real servers for tests and benches: started on loopback and spare ports, in folders of their own.

Each is a context manager that stops what it started by its own process handle. What isn't
installed raises `NotInstalled`; who asks decides whether that skips a test or fails it.
"""

from __future__ import annotations

import random
import shutil
import socket
import time
from collections.abc import Callable

LOOPBACK = "127.0.0.1"

# Below the range from which the kernel takes ports for outgoing connections, so that nobody
# grabs the port between our look and the server's bind. Not the plain `random`: pytest-randomly
# seeds that alike in every worker, and two workers would then choose the same ports.
_PORTS = range(20000, 32000)
_dice = random.SystemRandom()


class NotInstalled(Exception):
    """A program that a test server needs is missing; the message names it."""


def spare_port() -> int:
    for _ in range(100):
        port = _dice.choice(_PORTS)
        with socket.socket() as candidate:
            # As servers do, so that a port whose connections have just closed counts as free.
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                candidate.bind((LOOPBACK, port))
            except OSError:
                continue
            return port
    raise RuntimeError("no spare port found in 100 tries")


def find_program(name: str) -> str:
    """Path of a program; servers live in sbin, which an ordinary user's PATH leaves out."""
    found = shutil.which(name) or shutil.which(name, path="/usr/local/sbin:/usr/sbin:/sbin")
    if not found:
        raise NotInstalled(f"{name} isn't installed")
    return found


def listens(port: int) -> bool:
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True


def wait_until(holds: Callable[[], bool], *, seconds: float, what: str) -> None:
    """Look until `holds()`, often at first; raises TimeoutError that names `what`."""
    begun = time.monotonic()
    while not holds():
        waited = time.monotonic() - begun
        if waited > seconds:
            raise TimeoutError(f"{what}: not within {seconds:g} s")
        # A look may start a connection: what takes its time isn't to be slowed down by looking.
        time.sleep(min(max(0.02, waited / 20), 0.2))
