"""Whom an answer goes to, in words, and what is different from the answer before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from email.utils import getaddresses

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from goodword.conversations.models import Conversation, Message, Recipient
from goodword.core import prepared
from goodword.desk.answering.recipients import Recipients
from goodword.people import actions as people
from goodword.people.models import Address

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Whom:
    """`words`: "Grace Whitlow, copy to Tom Reed and 2 more"; `addresses` all of them, exactly.
    `news`: what to look at before it is sent.
    """

    words: str = ""
    addresses: str = ""
    news: Sequence[str] = field(default_factory=list)


def of(
    conversation: Conversation, to: str, cc: str, bcc: str, *, sender: str, usual: Recipients
) -> Whom:
    """`to`, `cc`, `bcc` as typed; `sender`: what it leaves from, where that is not the usual
    address; `usual`: whom a reply to all goes to.
    """
    named, copied, hidden = (_named(typed) for typed in (to, cc, bcc))
    words = [_several(named)] if named else []
    if copied:
        words.append(_("copy to %(whom)s") % {"whom": _several(copied)})
    if hidden:
        words.append(_("hidden copy to %(whom)s") % {"whom": _several(hidden)})
    if sender:
        words.append(_("from %(address)s") % {"address": sender})
    everyone = {people.normalised(address): name for name, address in [*named, *copied, *hidden]}
    return Whom(
        ", ".join(words),
        ", ".join(address for _name, address in [*named, *copied, *hidden]),
        _news(conversation, everyone, usual=usual),
    )


def _named(typed: str) -> list[tuple[str, str]]:
    """Names and addresses, for saying them only; the desk reads them when it sends."""
    return [(name or address, address) for name, address in getaddresses([typed]) if address]


def _several(named: Sequence[tuple[str, str]]) -> str:
    names = [name for name, _address in named]
    more = len(names) - 1
    if more < 1:
        return names[0]
    if more == 1:
        return _("%(one)s and %(other)s") % {"one": names[0], "other": names[1]}
    words = ngettext("%(one)s and %(n)d more", "%(one)s and %(n)d more", more)
    return words % {"one": names[0], "n": more}


def _news(conversation: Conversation, everyone: dict[str, str], *, usual: Recipients) -> list[str]:
    news = []
    if usual.doubtful:
        news.append(_("Who wrote last could not be confirmed. Look whether the address is theirs."))
    if not everyone:
        return news
    before = {row[0]: row[1] or row[2] for row in _told_before(conversation)}
    new = [value for value in everyone if before and value not in before]
    if new:
        news.append(_("New since the last answer: %(who)s") % {"who": _list(new)})
    left = [name for value, name in before.items() if value not in everyone]
    if left:
        news.append(_("Left out since the last answer: %(who)s") % {"who": _list(left)})
    wrote = [_first(each) for each in usual.to] if usual.wrote else []
    gone = [n for n, a in wrote if (v := people.normalised(a)) not in everyone and v not in before]
    if gone:
        news.append(_("Wrote last and is left out: %(who)s") % {"who": _list(gone)})
    asked = {address for _name, address in map(_first, (*usual.to, *usual.cc))}
    strange = set(everyone) - set(before) - {people.normalised(each) for each in asked}
    if strange and (never := sorted(strange - _took_part(conversation, strange))):
        news.append(_("Never took part here: %(who)s") % {"who": _list(never)})
    return news


def _first(written: str) -> tuple[str, str]:
    return next(iter(_named(written)), ("", ""))


def _list(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    shown = ", ".join(names[:_MOST_NAMED])
    return _("%(names)s and %(n)d more") % {"names": shown, "n": more} if more > 0 else shown


def _told_before(conversation: Conversation) -> list[Sequence[str]]:
    """Value, name and address of each that the last answer went to."""
    if conversation.latest_key == 0:
        return []
    return prepared.rows("told before", _last_told, conversation.pk)


def _last_told(conversation: int) -> QuerySet[Recipient, tuple[str, str, str]]:
    ours = Message.objects.filter(
        conversation=conversation, direction=Message.Direction.OUT, automatic=False
    )
    rows = Recipient.objects.filter(message__in=ours.order_by("-id").values("pk")[:1])
    told = rows.exclude(role=Recipient.Role.REPLY_TO)
    return told.order_by("pk").values_list("address__value", "name", "address__written")


def _took_part(conversation: Conversation, values: set[str]) -> set[str]:
    """Those of `values` that wrote or were written to here."""
    rows = Address.objects.filter(kind=Address.Kind.EMAIL, value__in=values)
    wrote = rows.filter(messages__conversation=conversation)
    told = rows.filter(recipients__message__conversation=conversation)
    return {*wrote.values_list("value", flat=True), *told.values_list("value", flat=True)}
