"""A teammate who presses whatever there is, in one of the newest conversations, by real requests.

What is refused is refused; only what breaks is a fault.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from goodword.bench.browsing import Browser
from goodword.bench.faults.house import House

CUSTOMERS = tuple(f"customer{n}@home.example" for n in range(3))
FEW = 8  # conversations, of which everybody takes one
NEWEST = f"""
    SELECT public_id, latest_key FROM conversations_conversation
    WHERE redirect_to_id IS NULL ORDER BY id DESC LIMIT {FEW}
"""
_LATEST_SAID = "SELECT public_id FROM conversations_message{} ORDER BY id DESC LIMIT 20"
_OURS = " WHERE direction = 'out'"
_ROWS = "SELECT public_id FROM {} ORDER BY id DESC LIMIT 12"
_IN_PAGE = {"HX-Request": "true"}


class Window:
    """`done`: how often what was pressed was answered with which status."""

    def __init__(self, house: House, who: tuple[str, str], dice: random.Random) -> None:
        self.dice, self._house = dice, house
        self._browser = Browser(house.url)
        self._browser.sign_in(*who)
        self.done = Counter[tuple[str, int]]()

    def act(self) -> None:
        name = self.dice.choice(ACTS)
        self.done[name, _HOW[name](self)] += 1

    def close(self) -> None:
        self._browser.close()

    def of(self, sql: str) -> tuple[Any, ...]:
        """One of the rows. Where there are none yet: ids of nothing."""
        return self.dice.choice(self._house.rows(sql) or [("nothing", 0)])

    def id_of(self, table: str) -> str:
        return str(self.of(_ROWS.format(table))[0])

    def post(self, path: str, **form: str | list[str]) -> int:
        return self._browser.press(path, form, _IN_PAGE)

    def see(self, path: str) -> int:
        return self._browser.look(path, _IN_PAGE)

    def words(self) -> str:
        return f"It left on day {self.dice.randrange(1000)}."

    def answer(self, mode: str) -> dict[str, str]:
        return {"mode": mode, "text": self.words(), "to": self.dice.choice(CUSTOMERS)}


_Act = Callable[[Window], int]


def _verb(verb: str, **form: str | Callable[[Window], str]) -> _Act:
    """Pressed in one of the conversations; what depends on the window is asked for."""

    def press(window: Window) -> int:
        sent = {
            name: each if isinstance(each, str) else each(window) for name, each in form.items()
        }
        return window.post(f"/conversations/{window.of(NEWEST)[0]}/{verb}/", **sent)

    return press


def _one_of(*choices: str) -> Callable[[Window], str]:
    return lambda window: window.dice.choice(choices)


def _other(window: Window) -> str:
    return str(window.of(NEWEST)[0])


def _row_of(table: str) -> Callable[[Window], str]:
    return lambda window: window.id_of(table)


def _read(window: Window) -> int:
    public_id, newest = window.of(NEWEST)
    told = {"page": "page2345", "doing": "reply", "read_to": str(newest)}
    return window.post(f"/conversations/{public_id}/here/", **told)


def _reply(window: Window) -> int:
    public_id, newest = window.of(NEWEST)
    form = window.answer("reply") | {"known": str(newest), "scripted": "yes"}
    return window.post(f"/conversations/{public_id}/reply/", **form)


def _draft(window: Window) -> int:
    form = window.answer(window.dice.choice(["reply", "note"]))
    return window.post(f"/conversations/{window.of(NEWEST)[0]}/draft/", **form)


def _note(window: Window) -> int:
    form = {"mode": "note", "text": f"@Ben {window.words()}"}
    return window.post(f"/conversations/{window.of(NEWEST)[0]}/note/", **form)


def _open(window: Window) -> int:
    return window.see(f"/conversations/{window.of(NEWEST)[0]}/")


def _give(window: Window) -> int:
    whom = [
        "me",
        "nobody",
        f"teammate:{window.id_of('accounts_teammate')}",
        f"team:{window.id_of('accounts_team')}",
    ]
    return _verb("assign", to=window.dice.choice(whom))(window)


def _promise(window: Window) -> int:
    day = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    form = {"what": "Send it", "direction": "ours", "kind": "do", "due_day": day, "day": day}
    return _verb("promise", clock="12:00", is_shown="on", **form)(window)


def _end_a_promise(window: Window) -> int:
    verb = window.dice.choice(["keep", "not-kept", "release", "break", "show"])
    return window.post(f"/promises/{window.id_of('promises_promise')}/{verb}/", why="So it is.")


def _take_back(window: Window) -> int:
    said = window.of(_LATEST_SAID.format(_OURS))[0]
    return window.post(f"/messages/{said}/take-back/")


def _split(window: Window) -> int:
    said = window.of(_LATEST_SAID.format(""))[0]
    return window.post(f"/messages/{said}/split/", which=window.dice.choice(["", "after"]))


def _merge(window: Window) -> int:
    one, other = window.id_of("people_person"), window.id_of("people_person")
    return window.post(f"/people/{one}/same/{other}/")


def _take_apart(window: Window) -> int:
    return window.post(f"/people/merged/{window.id_of('people_merged')}/undo/")


def _many(window: Window) -> int:
    act = window.dice.choice(["close", "reopen", "read", "tag", "untag", "assign", "trash"])
    some = [_other(window) for _ in range(4)]
    return window.post("/bulk/?folder=all", act=act, pick=some, name="ring", to="me")


def _undo_many(window: Window) -> int:
    return window.post(f"/bulk/{window.id_of('desk_bulkact')}/undo/")


_HOW: dict[str, _Act] = {
    "read": _read,
    "reply": _reply,
    "draft": _draft,
    "note": _note,
    "open": _open,
    "take back": _take_back,
    "give": _give,
    "promise": _promise,
    "end a promise": _end_a_promise,
    "split": _split,
    "unsplit": _verb("unsplit"),
    "join": _verb("join", into=_other, other=_other, sure="yes"),
    "unjoin": _verb("unjoin", other=_row_of("conversations_conversation")),
    "move": _verb("move", inbox=_row_of("inboxes_inbox"), sure="yes"),
    "tag": _verb("tag", name=_one_of("ring", "gift")),
    "untag": _verb("untag", name=_one_of("ring", "gift")),
    "snooze": _verb("snooze", until="tomorrow"),
    "close": _verb("close"),
    "reopen": _verb("reopen"),
    "spam": _verb("spam"),
    "trash": _verb("trash", sure="yes"),
    "throw away": _verb("purge", sure="yes"),
    "needs no answer": _verb("no-answer-needed"),
    "needs an answer": _verb("answer-needed"),
    "follow": _verb("follow", follows=_one_of("yes", "no")),
    "urgent": _verb("urgent", urgent=_one_of("yes", "no")),
    "unread": _verb("unread"),
    "relate": _verb("relate", other=_other),
    "with": _verb("with", person=_row_of("people_person")),
    "check": _verb("checklist", words="Weigh it"),
    "time": _verb("time", spent="5 min"),
    "share": _verb("share", asked=_row_of("accounts_teammate"), asked_for="look"),
    "merge": _merge,
    "take apart": _take_apart,
    "many": _many,
    "undo many": _undo_many,
}
_OFTEN = ("read", "reply", "open", "draft", "join", "split", "take back")
ACTS = (*_HOW, *_OFTEN, *_OFTEN)
