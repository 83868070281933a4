"""Who wrote a mail: a person, an automaton, a mail server that returns one, or a mailing list.

A person taken for a robot waits for an answer that nobody owes, so a single sign decides only
where programs set it and people can't. Words and names, which people use as well, decide only
several together. The tables are in `words/robots.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from goodword.channels.email.bodies import Body
from goodword.channels.email.bounces import Bounce, has_empty_path, is_receipt, read_bounce
from goodword.channels.email.headers import addresses, first, ids, line
from goodword.channels.email.mime import Part
from goodword.core.text import clean_line
from goodword.desk.roads import InboundKind

MARK = "X-Goodword-Automatic"
_TABLES = tomllib.loads(
    Path(__file__).with_name("words").joinpath("robots.toml").read_text("utf-8")
)
_HEADERS: dict[str, list[str]] = _TABLES["headers"]
_LIST_HEADERS = [
    *_HEADERS["list"],
    *_HEADERS["list_unless_answer"],
    *_HEADERS["list_weak"],
]
_REPORTS = {"multipart/report", "message/delivery-status", "message/disposition-notification"}
# As `desk.answering.queueing` makes the Message-ID of what we send.
_OUR_ID = re.compile(r"[2-9b-z]{16}\.[0-9a-f]{10,16}@")
_UNSPACED = "\u0e00"  # from here on mostly letters of languages that set no blanks between words
_OPENING = 700  # characters in which a notice of absence says so


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{phrase})" for phrase in phrases), re.IGNORECASE)


_WORDS = {name: _any_of(phrases) for name, phrases in _TABLES["words"].items()}
_NO_REPLY = _any_of(_TABLES["senders"]["no_reply"])
_CHALLENGER = _any_of(_TABLES["senders"]["challenge"])
# Reports of a receiving domain about all mail in its name: RFC 7489 (7.2.1.1) fixes the subject.
_AGGREGATE_REPORT = re.compile(
    r"report domain:.{1,260}submitter:.{1,260}report-id:", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`why` names the rule, with the header or words that decided; empty for a person.

    `beside`: signs that a person's mail has as well, and why they did not decide.
    """

    kind: InboundKind
    why: str = ""
    beside: str = ""
    bounce: Bounce | None = None


def judge(mail: Part, body: Body, *, sender: str, ours: Sequence[str]) -> Verdict:
    """What `mail` is, and the header or rule that says so (not translated: it names headers).

    The first rule that fits decides: our own mark, returned mail, one sign that only programs set,
    mail to many, several signs together. `ours`: the addresses it reached us by, as our own servers
    say.
    """
    if first(mail, MARK):
        return Verdict("auto_reply", f"{MARK}: {line(mail, MARK, most=60)}")
    bounce = read_bounce(mail, body, sender=sender)
    if bounce:
        return Verdict("bounce", bounce.why, bounce=bounce)
    why = _automatic(mail, body, sender)
    if why:
        return Verdict("auto_reply", why)
    many = _to_many(mail, sender, ours)
    if many.kind != "human":
        return many
    several = _by_several_signs(mail, body, sender)
    if several.kind != "human":
        return several
    return Verdict("human", beside="; ".join(filter(None, [many.beside, several.beside])))


def is_no_reply(address: str) -> bool:
    """Whether nobody reads what is sent to `address`, as its name says: never answer by itself."""
    local = re.sub(r"[._+]+", "-", address.partition("@")[0].lower())
    return not local or bool(_NO_REPLY.search(local))


def _automatic(mail: Part, body: Body, sender: str) -> str:
    """One sign that only programs set; empty when there is none."""
    submitted = line(mail, "Auto-Submitted", most=60)
    # "auto-forwarded" is a person's mail that a rule sent on.
    if submitted and not submitted.lower().startswith(("no", "auto-forwarded")):
        return f"Auto-Submitted: {submitted}"
    if mail.kind in _REPORTS:
        read = "; a read receipt" if is_receipt(mail, body) else ""
        return f"Content-Type: {mail.kind}{read}"
    told = next(_present(mail, [*_HEADERS["automatic"], *_HEADERS["notices"]]), "")
    if told:
        return told
    precedence = line(mail, "Precedence", most=40)
    if re.match(r"auto[-_ ]?repl", precedence, re.IGNORECASE):
        return f"Precedence: {precedence}"
    if has_empty_path(mail):
        return "Return-Path: <>"
    subject = line(mail, "Subject", most=600)
    if _AGGREGATE_REPORT.search(subject) and body.files:
        return f"Subject: {subject[:100]}"
    return _answered_invitation(body) or _asks_for_no_answers(mail, sender)


def _present(mail: Part, names: Iterable[str]) -> Iterator[str]:
    """The headers of these names that are there, "Name: value"; see the table `automatic`."""
    for row in names:
        name, _, word = row.partition(": ")
        value = line(mail, name, most=100) if name in mail else ""
        if value and value.lower() not in {"no", "false", "0"} and word in value.lower():
            yield f"{name}: {value}"


def _answered_invitation(body: Body) -> str:
    """Yes or no to an invitation by a button. With own words it is a person's mail."""
    if body.invitation is None or body.invitation.method != "reply":
        return ""
    words = body.text.strip()
    told = _WORDS["answered_invitation"].search(words.partition("\n")[0][:_OPENING])
    if words and (not told or re.search(r"\?(?:\s|\Z)", words[:_OPENING])):
        return ""
    return "text/calendar; method=REPLY"


def _asks_for_no_answers(mail: Part, sender: str) -> str:
    """Exchange puts parts of it on a person's mail ("DR, RN": no receipts), but never all."""
    suppress = line(mail, "X-Auto-Response-Suppress", most=100)
    asked = {word.strip() for word in suppress.lower().split(",")}
    if ("all" in asked or {"oof", "autoreply"} <= asked) and not _is_a_form(mail, sender):
        return f"X-Auto-Response-Suppress: {suppress}"
    return ""


def _is_a_form(mail: Part, sender: str) -> bool:
    """With another address to answer to, a form on a web site may have sent a person's words."""
    answer_to = {one.lower() for one in addresses(mail, "Reply-To") if not is_no_reply(one)}
    return bool(answer_to - {sender.lower()})


def _is_a_form_for_others(mail: Part, sender: str) -> bool:
    """Whether somebody of another organisation than the sender's is to be answered.

    Services that send mail for web sites put List-Unsubscribe on what their forms send, too. But
    what is asked of senders to many besides stands on campaigns.
    """
    feedback_id = line(mail, "Feedback-ID", most=200).lower()
    # Amazon puts one on whatever it sends, a form's mail as well.
    of_a_campaign = bool(feedback_id) and not feedback_id.endswith(":amazonses")
    if first(mail, "List-Unsubscribe-Post") or of_a_campaign:
        return False
    answer_to = addresses(mail, "Reply-To")
    return _is_a_form(mail, sender) and _organisation(sender) not in map(_organisation, answer_to)


def _organisation(address: str) -> str:
    """The registered domain, as far as that can be told without the list of public suffixes."""
    labels = address.rpartition("@")[2].lower().strip(".").split(".")
    of_a_country = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3 if of_a_country else -2 :])


def _to_many(mail: Part, sender: str, ours: Sequence[str]) -> Verdict:
    """The header that shows mail to a list or to many; without one a person's."""
    present = list(_present(mail, _LIST_HEADERS))
    if present and is_list_of(mail, ours):
        return Verdict("human", beside=f"our own group's {present[0]}")
    if present and _answers_us(mail):
        return Verdict("human", beside=f"on an answer to us: {present[0]}")
    answers = bool(first(mail, "In-Reply-To"))
    a_form = not answers and _is_a_form_for_others(mail, sender)
    one_mail = answers or a_form or _goes_on(mail)
    names = [*_HEADERS["list"], *([] if one_mail else _HEADERS["list_unless_answer"])]
    if strong := next(_present(mail, names), ""):
        return Verdict("list", strong)
    precedence = _precedence(mail)
    if precedence.lower() not in {"list", "bulk", "junk"}:
        beside = next(_present(mail, ["List-Unsubscribe", "Precedence"]), "")
        return Verdict(
            "human", beside=beside and f"on one mail, or by a server on the way: {beside}"
        )
    # Forms say "bulk" so that no vacation program answers them.
    if a_form and precedence.lower() != "list" and not first(mail, "List-Unsubscribe"):
        return Verdict("human", beside=f"on what a form sent: Precedence: {precedence}")
    # A vacation program says "bulk" or "junk" as well, but it answers something.
    robot = answers and precedence.lower() != "list"
    return Verdict("auto_reply" if robot else "list", f"Precedence: {precedence}")


def _answers_us(mail: Part) -> bool:
    """Whether it answers a mail of ours: by their own group, for instance, that we wrote to.

    So does a vacation program, which says "bulk" and is no list.
    """
    by_a_program = _precedence(mail).lower() in {"bulk", "junk"}
    if by_a_program and not any(_present(mail, _HEADERS["list"])):
        return False
    return any(map(_OUR_ID.match, ids(first(mail, "In-Reply-To"))))


def _goes_on(mail: Part) -> bool:
    """Whether it goes on in a thread, and nothing shows that programs send it to many."""
    to_many = first(mail, "List-Unsubscribe-Post") or first(mail, "Feedback-ID")
    return bool(first(mail, "References")) and not to_many


def _precedence(mail: Part) -> str:
    """What the mail was sent with, or what a list that took it in says of it.

    Some servers that forward a person's mail mark it "bulk", so that no program answers them:
    they say whose it was (Delivered-To) and, unlike a list, nothing of another sender.
    """
    names = [name.lower() for name, _ in mail.headers]
    passed = [at for at, name in enumerate(names) if name == "received"]
    told = [at for at, name in enumerate(names) if name == "precedence"]
    if not told:
        return ""
    says = clean_line(mail.headers[told[0]][1], most=40)
    forwarded = bool(passed) and "delivered-to" in names[passed[0] : passed[-1]]
    if not forwarded or says.lower() == "list" or _is_sent_by_another(mail):
        return says
    sent_with = next((mail.headers[at][1] for at in told if at > passed[-1]), "")
    return clean_line(sent_with, most=40)


def _is_sent_by_another(mail: Part) -> bool:
    """Whether Sender or the envelope's sender is as a list's: "owner-guild@", "guild-bounces@"."""
    return any(
        re.match(r"owner-|.{1,64}-(?:owner|request|bounces?|admin|return|errors)\b", address)
        for address in map(str.lower, addresses(mail, "Sender", "Return-Path"))
    )


def is_list_of(mail: Part, ours: Sequence[str]) -> bool:
    """Whether the "list" is one of these addresses: small shops run support@ as a Google group.

    Then every customer's mail carries List-Id, and none of them is a newsletter.
    """
    own = {address.lower() for address in ours}
    posts = {address.lower() for address in addresses(mail, "List-Post")}
    posts |= {
        found.lower()
        for found in re.findall(r"mailto:([^>?\s]{1,320})", first(mail, "List-Post")[:2000])
    }
    list_id = re.search(r"<([^<>\s]{1,320})>", first(mail, "List-Id")[:2000])
    dotted = {address.replace("@", ".") for address in own}
    named = bool(list_id and list_id.group(1).lower() in dotted)
    return named or bool(own & posts)


def _by_several_signs(mail: Part, body: Body, sender: str) -> Verdict:
    """Signs that people may show as well: two together decide, and a quote speaks for a person."""
    text = body.text.strip()[:_OPENING]
    absent = _absence_notice(mail, text)
    signs = [absent] if absent else list(_weak_signs(mail, text, sender))
    said = "; ".join(signs)
    if signs and re.search(r"^>", body.text[:20_000], re.MULTILINE):
        return Verdict("human", beside=f"above a quote: {said}")
    if absent or len(signs) > 1:
        return Verdict("auto_reply", said)
    return Verdict("human", beside=said and f"one sign alone: {said}")


def _absence_notice(mail: Part, text: str) -> str:
    """A stock subject, and a text that tells of absence and of nothing that a person would.

    A subject that calls itself automatic needs no more on an answer; else it takes thanks for the
    mail besides. Old Outlooks answer by a rule on the client, which sets no header of its own.
    """
    subject = line(mail, "Subject", most=200)
    if "?" in text or not _is_stock(subject):  # as mostly: that is soon seen
        return ""
    away, thanks = _WORDS["away"].search(text), _WORDS["thanks"].search(text)
    if away and thanks:
        return f"Subject: {subject}; text: {thanks.group()} … {away.group()}"
    answers = any(first(mail, name) for name in ("In-Reply-To", "References", "Thread-Index"))
    if away and answers and _WORDS["subject_automatic"].match(subject):
        return f"Subject: {subject}; text: {away.group()}"
    return ""


def _is_stock(subject: str) -> bool:
    """Whether a program wrote it: nothing, a mark or a date follows the words, and no sentence."""
    begins = _WORDS["subject"].match(subject)
    if begins is None:
        return False
    then = subject[begins.end() :]
    if subject[begins.end() - 1] < _UNSPACED:
        then = re.sub(r"^\w*\s*", "", then)
    by_notes = subject[:5].lower() == "auto:"  # "AUTO: Ana is out of the office"
    return by_notes or not then[:1].isalpha() or bool(_WORDS["subject_then"].match(then))


def _weak_signs(mail: Part, text: str, sender: str) -> Iterator[str]:
    subject = line(mail, "Subject", most=200)
    if first(mail, "X-Loop"):
        yield f"X-Loop: {line(mail, 'X-Loop', most=60)}"
    if first(mail, "X-MS-Exchange-Generated-Message-Source"):
        yield "X-MS-Exchange-Generated-Message-Source"
    if re.search(r"\b(?:oof|autoreply)\b", first(mail, "X-Auto-Response-Suppress").lower()):
        yield "X-Auto-Response-Suppress"
    if _is_stock(subject):
        yield f"Subject: {subject}"
        # These two alone stand on what forms send, too: only such a subject lets them count.
        if is_no_reply(sender) and not _is_a_form(mail, sender):
            yield f"From: {sender}"
        if said := _WORDS["automated"].search(text):
            yield f"text: {clean_line(said.group()).strip(' .!:*')}"
    if _CHALLENGER.search(sender.partition("@")[0]) and _WORDS["challenge"].search(subject):
        yield f"From: {sender}"
        yield f"Subject: {subject}"
