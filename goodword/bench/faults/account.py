"""The account: what became of every letter and of every answer, found from both ends."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from goodword.bench.faults.house import House
from goodword.bench.faults.plan import Letter, Plan, Reply

_INCOMING = """
    SELECT m.subject, count(DISTINCT m.id), count(a.id)
    FROM conversations_message m
    LEFT JOIN conversations_attachment a ON a.message_id = m.id
    WHERE m.direction = 'in' GROUP BY m.subject
"""
_OUTGOING = """
    SELECT m.id, m.text, m.automatic, a.value, r.state, r.words
    FROM conversations_message m
    JOIN conversations_recipient r ON r.message_id = m.id
    JOIN people_address a ON a.id = r.address_id
    WHERE m.direction = 'out'
"""
_TOKEN = re.compile(r"\[(A\d+x\d+)\]")


_KILLED = "Goodword stopped"  # how we say that it was a kill that left it in doubt


@dataclass(slots=True)
class Account:
    """`lines` to be read; `wrong` is empty when nothing is lost, doubled or left unsaid."""

    lines: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def say(self, words: str, number: int | str) -> None:
        self.lines.append(f"{number:>8}  {words}")


def account_for(plan: Plan, house: House) -> Account:
    """Look at the rows and at what the mail server got, once all has settled."""
    account = Account()
    _letters(account, plan.letters, house)
    _replies(account, plan.replies, house)
    _acknowledgements(account, house)
    told = house.check()
    for each in told["violations"]:
        account.wrong.append(f"goodword check: {each['row']}: {each['words']}")
    account.say("violations found by goodword check", len(told["violations"]))
    return account


def _letters(account: Account, letters: list[Letter], house: House) -> None:
    found = {subject: (count, files) for subject, count, files in house.rows(_INCOMING)}
    once = 0
    for letter in letters:
        count, files = found.pop(f"Question {letter.token}", (0, 0))
        doors = " and ".join(letter.doors)
        if count == 0:
            account.wrong.append(f"letter {letter.token} (by {doors}) is lost")
        elif count > 1:
            account.wrong.append(f"letter {letter.token} (by {doors}) is there {count} times")
        elif files != letter.attachments:
            account.wrong.append(f"letter {letter.token} has {files} of {letter.attachments} files")
        else:
            once += 1
    account.wrong += [f"there is a message nobody sent: {subject!r}" for subject in found]
    account.say("letters from customers, each accepted by a door", len(letters))
    account.say("  of them handed in by two doors", sum(len(each.doors) > 1 for each in letters))
    account.say("in exactly once", once)
    for state, count in house.rows(
        "SELECT state, count(*) FROM desk_arrival WHERE state <> 'received' GROUP BY state"
    ):
        account.wrong.append(f"{count} arrivals are {state}")


def _replies(account: Account, replies: list[Reply], house: House) -> None:
    sent = Counter(
        (token, recipient.lower())
        for each in house.sink.received
        for token in set(_TOKEN.findall(_text_of(each.raw)))
        for recipient in each.recipients
    )
    rows: dict[str, dict[str, tuple[str, str]]] = {}
    messages: dict[str, set[int]] = {}
    for key, text, automatic, address, state, words in house.rows(_OUTGOING):
        if automatic:
            continue
        token = _TOKEN.findall(text)[0]
        messages.setdefault(token, set()).add(key)
        rows.setdefault(token, {})[address] = (state, words)
    states: Counter[str] = Counter()
    for reply in replies:
        if len(messages.get(reply.token, ())) != 1:
            account.wrong.append(
                f"answer {reply.token} is there {len(messages.get(reply.token, ()))} times"
            )
            continue
        for address in reply.recipients:
            state, words = rows[reply.token].get(address, ("nowhere", ""))
            got = sent[reply.token, address]
            states[f"{state}, got {got}"] += 1
            if fault := _fault(state, words, got, cut_off=_may_be_cut_off(reply)):
                account.wrong.append(f"answer {reply.token} to {address}: {fault}")
    account.say("answers from teammates, each taken by the page", len(replies))
    account.say("their recipients", sum(len(each.recipients) for each in replies))
    account.say("out exactly once", states["accepted, got 1"])
    account.say("refused by the mail server, and said so", states["refused, got 0"])
    account.say(
        "answer cut off: waits for a person; the mail server did get it", states["unknown, got 1"]
    )
    account.say("answer cut off: waits for a person; it did not", states["unknown, got 0"])


def _may_be_cut_off(reply: Reply) -> bool:
    """Whether the mail server was to cut the line: for all recipients, when for one of them."""
    return any(manners.drop for manners in reply.recipients.values())


def _fault(state: str, words: str, got: int, *, cut_off: bool) -> str:
    """What is wrong with a recipient of whom we say `state`, and who got it `got` times."""
    if got > 1:
        return f"sent {got} times ({state})"
    if state == "accepted" and got == 0:
        return "we say accepted, and nobody has it"
    if state == "refused" and got:
        return "we say refused, and it was accepted"
    if state == "unknown" and not words:
        return "in doubt, and nothing says why"
    if state == "unknown" and not cut_off and not words.startswith(_KILLED):
        return f"in doubt without a reason ({words})"
    if state not in {"accepted", "refused", "unknown"}:
        return f"still {state}"
    return ""


def _acknowledgements(account: Account, house: House) -> None:
    """At most one a conversation, and none sent twice."""
    for conversation, count in house.rows(
        "SELECT conversation_id, count(*) FROM conversations_message"
        " WHERE direction = 'out' AND automatic GROUP BY conversation_id HAVING count(*) > 1"
    ):
        account.wrong.append(f"conversation {conversation} has {count} acknowledgements")
    ids = Counter((each.message["Message-ID"], each.recipients) for each in house.sink.received)
    for (message_id, recipients), count in ids.items():
        if count > 1:
            account.wrong.append(f"{message_id} was sent {count} times to {recipients}")
    [(made,)] = house.rows(
        "SELECT count(*) FROM conversations_message WHERE direction = 'out' AND automatic"
    )
    account.say("acknowledgements, one a conversation at most", made)


def _text_of(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").replace("=\r\n", "")
