"""From the real house to the example and back, in the same process, without closing the door."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NoReturn

from goodword.web.example import houses

if TYPE_CHECKING:
    import uvicorn


class ChangeOver:
    """Ends the server that runs, as SIGTERM would, and keeps its listening sockets open."""

    def __init__(self) -> None:
        self.server: uvicorn.Server | None = None
        self.doors = ""  # file descriptors, between commas; none while nothing is to change

    def begin(self) -> None:
        """Called by a page or a thread of the server; what it has in hand is still answered."""
        if self.server is None or self.doors:
            return
        listening = [each for server in self.server.servers for each in server.sockets]
        self.doors = ",".join(str(os.dup(each.fileno())) for each in listening)
        self.server.should_exit = True

    @staticmethod
    def go_on(doors: str) -> NoReturn:
        """Become `goodword run` with the other house's data: nothing else knows of two."""
        for each in filter(None, doors.split(",")):
            os.set_inheritable(int(each), True)
        os.environ["GOODWORD_DATA"] = str(houses.next_house())
        sys.stdout.flush()
        sys.stderr.flush()
        command = [sys.executable, "-m", "goodword", "run", *(["--doors", doors] if doors else [])]
        os.execv(command[0], command)  # noqa: S606  # our own program
