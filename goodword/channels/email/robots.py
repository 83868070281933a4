"""Who wrote a mail: a person, an automaton, a mail server that returns one, or a mailing list.

A person taken for a robot waits for an answer that nobody owes, so each rule rests on a header
that programs set and people don't; words in a subject decide nothing by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message

from goodword.channels.email.bodies import Body, content_type
from goodword.channels.email.bounces import Bounce, read_bounce
from goodword.channels.email.headers import addresses, first, line
from goodword.desk.roads import InboundKind

MARK = "X-Goodword-Automatic"
_AUTOMATIC_HEADERS = (
    "X-Autoreply",
    "X-Autoreply-From",
    "X-Autorespond",
    "X-Auto-Reply",
    "X-AutoReply-Sender",
    "X-Autoresponder",
    "X-Mail-Autoreply",
    "X-Vacation",
    "X-FC-MachineGenerated",
    "X-POST-MessageClass",
    "Auto-Response",
)
_LIST_HEADERS = (
    "List-Id",
    "List-Unsubscribe",
    "List-Post",
    "List-Help",
    "List-Subscribe",
    "List-Archive",
    "Mailing-List",
    "X-Mailing-List",
    "X-Mailman-Version",
    "X-Listname",
    "X-Beenthere",
    "X-Campaign-Id",
    "Feedback-ID",
)
# Of these one alone is no sign of a list: providers set them on single mails too.
_WEAK_LIST_HEADERS = {"Feedback-ID", "List-Help", "List-Archive"}


@dataclass(frozen=True, slots=True)
class Verdict:
    kind: InboundKind
    why: str = ""
    bounce: Bounce | None = None


def judge(mail: Message, body: Body, *, sender: str, ours: Sequence[str]) -> Verdict:
    """What `mail` is, and the header or rule that says so (not translated: it names headers).

    `ours`: the addresses it reached us by, as our own servers say.
    """
    if first(mail, MARK):
        return Verdict("auto_reply", MARK)
    bounce = read_bounce(mail, body, sender=sender)
    if bounce:
        return Verdict("bounce", bounce.why, bounce)
    return (
        _automatic(mail, body)
        or _list(mail, ours)
        or _automatic_by_a_weak_sign(mail)
        or Verdict("human")
    )


def _automatic(mail: Message, body: Body) -> Verdict | None:
    submitted = line(mail, "Auto-Submitted", most=60).lower()
    if submitted and not submitted.startswith("no"):
        # Lists that pass on automatic mail keep the word; either way nobody waits.
        return Verdict("auto_reply", f"Auto-Submitted: {submitted}")
    if content_type(mail) == "multipart/report" or body.reports:
        return Verdict("auto_reply", "multipart/report")
    for name in _AUTOMATIC_HEADERS:
        value = line(mail, name, most=60).lower()
        if value and value not in {"no", "false", "0"}:
            return Verdict("auto_reply", name)
    precedence = line(mail, "Precedence", most=40).lower()
    if re.match(r"auto[-_ ]?repl", precedence) or line(mail, "X-Precedence").lower() in {
        "auto_reply",
        "auto-reply",
    }:
        return Verdict("auto_reply", f"Precedence: {precedence or 'auto_reply'}")
    if null_return_path(mail):
        return Verdict("auto_reply", "Return-Path: <>")
    return None


def null_return_path(mail: Message) -> bool:
    return "Return-Path" in mail and re.sub(r"\s", "", first(mail, "Return-Path")) == "<>"


def _list(mail: Message, ours: Sequence[str]) -> Verdict | None:
    present = [name for name in _LIST_HEADERS if first(mail, name)]
    precedence = line(mail, "Precedence", most=40).lower()
    if present and _is_our_own_alias(mail, ours):
        return None
    strong = [name for name in present if name not in _WEAK_LIST_HEADERS]
    if strong:
        return Verdict("list", strong[0])
    if precedence in {"list", "bulk", "junk"}:
        # A vacation program says "bulk" or "junk" as well, but it answers something.
        if precedence != "list" and first(mail, "In-Reply-To"):
            return Verdict("auto_reply", f"Precedence: {precedence}")
        return Verdict("list", f"Precedence: {precedence}")
    return None


def _is_our_own_alias(mail: Message, ours: Sequence[str]) -> bool:
    """Whether the "list" is the inbox's own address: small shops run support@ as a Google group.

    Then every customer's mail carries List-Id, and none of them is a newsletter.
    """
    own = {address.lower() for address in ours}
    posts = {address.lower() for address in addresses(mail, "List-Post")}
    posts |= {found.lower() for found in re.findall(r"mailto:([^>?\s]+)", first(mail, "List-Post"))}
    list_id = re.search(r"<([^<>\s]+)>", first(mail, "List-Id"))
    dotted = {address.replace("@", ".") for address in own}
    named = bool(list_id and list_id.group(1).lower() in dotted)
    return named or bool(own & posts)


def _automatic_by_a_weak_sign(mail: Message) -> Verdict | None:
    """Headers that ask not to be answered automatically, which mostly programs set.

    Exchange may put part of X-Auto-Response-Suppress on a person's mail ("DR, RN": no receipts),
    so only a request for no automatic answers at all counts.
    """
    suppress = line(mail, "X-Auto-Response-Suppress", most=100).lower()
    asked = {word.strip() for word in suppress.split(",")}
    if "all" in asked or {"oof", "autoreply"} <= asked:
        return Verdict("auto_reply", "X-Auto-Response-Suppress")
    if first(mail, "X-Loop"):
        return Verdict("auto_reply", "X-Loop")
    return None
