"""Mail both ways, with everybody trying again as the real ones do: mail servers until they are told
that a mail was taken, a teammate until the page says that the answer is on its way.
"""

from __future__ import annotations

import queue
import random
import re
import smtplib
import subprocess
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from goodword.bench.faults.house import Browser, House, NotHeard
from goodword.bench.faults.plan import Door, Letter, Moment, Reply
from goodword.bench.servers import LOOPBACK, wait_until

_MAIL_SERVERS = 3
_TEAMMATES = 2


class Traffic:
    """Threads that deliver letters and write replies; `add` work, `finish` waits until all is done.

    Whoever wants to strike at a moment waits in `wait_for` until it comes.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._letters: queue.Queue[tuple[Letter, Door]] = queue.Queue()
        self._replies: queue.Queue[Reply] = queue.Queue()
        # One answer at a time to a letter: both are Ana's, and what is in her draft from one window
        # stops the other until she has seen it.
        self._answering: dict[str, threading.Lock] = {}
        self._moments = {moment: threading.Event() for moment in Moment}
        self._end = threading.Event()
        # Where a thread gave up, and why: the account is not to be trusted then.
        self.trouble: list[str] = []
        self.tried_again = 0
        self._pipes_killed: set[str] = set()
        house.sink.on_taken = self._moments[Moment.BEFORE_250].set
        self._threads = [
            *(threading.Thread(target=self._deliver) for _ in range(_MAIL_SERVERS)),
            *(threading.Thread(target=self._answer) for _ in range(_TEAMMATES)),
        ]
        for thread in self._threads:
            thread.start()

    def add(self, letters: tuple[Letter, ...], replies: tuple[Reply, ...]) -> None:
        for letter in letters:
            for door in letter.doors:
                self._letters.put((letter, door))
        for reply in replies:
            for address, manners in reply.recipients.items():
                self._house.sink.treat(address, manners)
            self._answering.setdefault(reply.to, threading.Lock())
            self._replies.put(reply)

    def wait_for(self, moment: Moment, *, seconds: float) -> bool:
        """Wait until it is just that moment; False when it doesn't come in time."""
        self._moments[moment].clear()
        return self._moments[moment].wait(seconds)

    def finish(self, *, seconds: float) -> None:
        """Wait until every letter was taken and every reply is on its way, then stop."""
        try:
            wait_until(lambda: not self._left(), seconds=seconds, what="all is handed over")
        except TimeoutError:
            self.trouble.append(f"{self._left()} letters and replies could not be handed over")
        self.stop()

    def _left(self) -> int:
        return self._letters.unfinished_tasks + self._replies.unfinished_tasks

    def stop(self) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join()

    # Mail servers

    def _deliver(self) -> None:
        while (item := _next(self._letters, self._end)) is not None:
            letter, door = item
            self._until_done(lambda: self._hand_over(letter, door))  # noqa: B023  # done before the next
            self._letters.task_done()

    def _hand_over(self, letter: Letter, door: Door) -> bool:
        if door == "mailbox":
            assert self._house.dovecot is not None
            self._house.dovecot.deliver(letter.raw, self._house.users[letter.inbox])
            return True
        if door == "pipe":
            return self._pipe(letter)
        return self._smtp(letter)

    def _smtp(self, letter: Letter) -> bool:
        port = random.choice(self._house.doors() or [1])
        with _Sender(LOOPBACK, port, timeout=20) as line:
            line.dotted = self._moments[Moment.TAKING].set
            try:
                line.sendmail("customer@home.example", [letter.inbox], letter.raw)
            except (smtplib.SMTPDataError, smtplib.SMTPRecipientsRefused) as refused:
                if re.search(r"\b5\d\d\b", str(refused)):
                    self.trouble.append(f"{letter.token} was refused: {refused}")
                    return True
                return False
        return True

    def _pipe(self, letter: Letter) -> bool:
        process = self._house.begin_command("mail", "receive", "--to", letter.inbox)
        kills = letter.pipe_killed_after and letter.token not in self._pipes_killed
        self._pipes_killed.add(letter.token)
        try:
            # As a mail server pipes it: with the line ends of this system.
            raw = letter.raw.replace(b"\r\n", b"\n")
            process.communicate(raw, timeout=letter.pipe_killed_after if kills else 60)
            return process.returncode == 0
        except subprocess.TimeoutExpired:
            return False
        finally:
            process.kill()
            process.communicate()

    # Teammates

    def _answer(self) -> None:
        browser = Browser(self._house.url)
        while (reply := _next(self._replies, self._end)) is not None:
            if (conversation := self._conversation_of(reply.to)) is None:
                time.sleep(0.05)
                self._replies.put(reply)  # it has not come in yet: another first
            else:
                with self._answering[reply.to]:
                    self._write(browser, conversation, reply)
            self._replies.task_done()

    def _write(self, browser: Browser, conversation: str, reply: Reply) -> None:
        fields: dict[str, str] = {}

        def send() -> bool:
            if not fields:
                fields.update(browser.compose(conversation))
                fields.update(text=reply.text, to=", ".join(reply.recipients), mode="reply")
            self._moments[Moment.POSTING].set()
            browser.send(conversation, fields)
            return True

        self._until_done(send)

    def _conversation_of(self, token: str) -> str | None:
        """The public id of the conversation that holds this letter."""
        try:
            found = self._house.rows(
                "SELECT c.public_id FROM conversations_message m"
                " JOIN conversations_conversation c ON c.id = m.conversation_id"
                f" WHERE m.direction = 'in' AND m.subject = 'Question {token}'"
            )
        except Exception:  # noqa: BLE001  # the database is away, or just coming back
            return None
        return str(found[0][0]) if found else None

    def _until_done(self, act: Callable[[], bool]) -> None:
        while not self._end.is_set():
            try:
                if act():
                    return
            except (OSError, smtplib.SMTPException, NotHeard):
                pass
            self.tried_again += 1
            time.sleep(0.2)


class _Sender(smtplib.SMTP):
    """Says when the last dot has left: from now on the mail may be taken."""

    dotted: Callable[[], None]

    def send(self, s: Any) -> None:
        super().send(s)
        if len(s) > 5 and s[-5:] == b"\r\n.\r\n":
            self.dotted()


_Item = TypeVar("_Item")


def _next(items: queue.Queue[_Item], end: threading.Event) -> _Item | None:
    """The next item; None once it is the end."""
    while not end.is_set():
        try:
            return items.get(timeout=0.2)
        except queue.Empty:
            continue
    return None
