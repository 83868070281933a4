"""What is known of what some inbounds name: asked once for all of them, not once for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from goodword.accounts import queries as accounts
from goodword.accounts.models import Teammate
from goodword.conversations import locking, queries
from goodword.conversations.models import Conversation, Message
from goodword.conversations.queries import Lead
from goodword.core import turns
from goodword.desk.intake import reply_addresses, screening
from goodword.desk.roads import Inbound, Party
from goodword.files.models import File
from goodword.inboxes import queries as inboxes
from goodword.people import actions as people
from goodword.people.models import Address, Person

_MOST_AWAITED = 10  # of the ids that one message answers and nobody knows


class Known:
    """Ids, conversations, people and addresses that some inbounds name, as they are now.

    Made in the transaction that receives these inbounds, and of no use after it. What receiving
    one of them adds is noted here, so that the next finds it. Where a savepoint was rolled back,
    or rows changed that are held here, make a new one. `files`: those of their files that are
    kept already, by what is in them.
    """

    def __init__(
        self, inbounds: Sequence[Inbound], files: Mapping[bytes, File] | None = None
    ) -> None:
        self.files = files or {}
        named = [party for inbound in inbounds for party in _named(inbound)]
        senders = [party for inbound in inbounds for party in _senders(inbound)]
        delivered = [address for inbound in inbounds for address in inbound.delivered_to]
        # What another worker just now receives of the same thread is known when it is done.
        turns.take(value for inbound in inbounds for value in _met_by(inbound))
        self._leads = queries.leads(each for inbound in inbounds for each in _ids(inbound))
        self._signed = dict(_named_by_signature(inbounds))
        self._conversations: dict[int, Conversation] = {}
        self._hold(self._referred_to(inbounds))
        self.inboxes = inboxes.inboxes_by_address(
            [*(each.address for each in (*named, *senders)), *delivered]
        )
        self._verdicts = screening.verdicts(each.address for each in senders)
        self._teammates = accounts.teammates_at(each.address for each in senders)
        # Whom a mail names beside its sender, it names by mail address, whatever road it came by.
        self.addresses = people.know_addresses(each.address for each in named if each.address)
        self._senders = {
            kind: people.know_addresses(
                (each.address for each in senders if each.kind == kind), kind=kind
            )
            for kind in {each.kind for each in senders}
        }
        self._holders = people.holders(
            address for each in self._senders.values() for address in each.values()
        )

    def _referred_to(self, inbounds: Sequence[Inbound]) -> Iterator[int]:
        for inbound in inbounds:
            for lead in (*self.leads(inbound.road, inbound.refers_to), *self.awaiting(inbound)):
                # Of an aside its conversation too: that is where it may belong, and locked first.
                yield from (key for key in (lead.conversation_id, lead.side_of_id) if key)
            if (named := self._signed.get(inbound.identity)) is not None:
                yield from (key for key in (named.pk, named.side_of_id) if key)

    # Ids

    def leads(self, scope: str, values: Sequence[str]) -> list[Lead]:
        """Where those of `values` lead that are known, in their order."""
        found = (self._leads.get((scope, value[:300])) for value in values)
        return [lead for lead in found if lead is not None]

    def taken(self, inbound: Inbound) -> set[str]:
        """Those of its ids that lead to another message, and stay there."""
        ids = {value[:300] for value in inbound.external_ids}
        return {value for value in ids if (inbound.road, value) in self._leads}

    def same(self, inbound: Inbound) -> Lead | None:
        """Where its identity leads, when it was received before."""
        return self._leads.get((f"{inbound.road}:same", inbound.identity[:300]))

    def awaiting(self, inbound: Inbound) -> list[Lead]:
        """Where what answers it was received before it; only that proves nothing."""
        return self.leads(_awaited(inbound.road), inbound.external_ids)

    def missing(self, inbound: Inbound) -> list[str]:
        """Which of the nearest ids it answers lead nowhere yet: they may come later than it."""
        near = (value[:300] for value in inbound.refers_to[:_MOST_AWAITED])
        return [value for value in near if (inbound.road, value) not in self._leads]

    def note(self, inbound: Inbound, message: Message) -> None:
        """`inbound` was received as `message`: its ids lead there from now on."""
        lead = Lead(message.pk, message.conversation_id)
        self._conversations[message.conversation_id] = message.conversation
        self._leads[f"{inbound.road}:same", inbound.identity[:300]] = lead
        waits = self.missing(inbound) if inbound.kind == "human" else []
        for value in waits:
            self._leads.setdefault((_awaited(inbound.road), value), lead)
        for value in inbound.external_ids:
            self._leads.setdefault((inbound.road, value[:300]), lead)

    # Conversations

    def conversation(self, key: int) -> Conversation | None:
        """The conversation, locked, or the one that it was joined into. None: it was thrown away
        for good since we asked where the ids lead.
        """
        self._hold([key])
        return self._conversations.get(key)

    def signed(self, inbound: Inbound) -> int | None:
        """The key of what a signed address of ours names, to which it came."""
        found = self._signed.get(inbound.identity)
        return found.pk if found else None

    def _hold(self, keys: Iterable[int]) -> None:
        """Lock where these stand, all at once: who comes with the same waits for the first of them.

        One may be joined with another while we wait for it. What is left of it is never held
        alone, see `locking.lock`.
        """
        leads_to = {key: key for key in keys if key not in self._conversations}
        while missing := set(leads_to.values()) - self._conversations.keys():
            self._conversations |= locking.lock_all(missing, shells=False)
            gone = missing - self._conversations.keys()
            rows = Conversation.objects.filter(pk__in=gone) if gone else Conversation.objects.none()
            shells = dict(rows.values_list("pk", "redirect_to"))
            leads_to = {
                key: shells[to] or to if to in gone else to
                for key, to in leads_to.items()
                if to not in gone or to in shells  # else it is gone for good
            }
        self._conversations |= {key: self._conversations[to] for key, to in leads_to.items()}

    # People

    def is_ours(self, address: str) -> bool:
        return bool(inboxes.at_addresses([address], among=self.inboxes))

    def is_blocked(self, address: str) -> bool:
        """Whether a person decided that mail from there goes to spam."""
        return self._verdicts.get(people.normalised(address)) == screening.Verdict.BLOCK

    def teammate_at(self, address: str) -> Teammate | None:
        return self._teammates.get(address.strip().lower())

    def meet(self, party: Party, *, at: datetime) -> tuple[Person, Address]:
        """The person who writes from there, made when they are new."""
        value = people.normalised(party.address, kind=party.kind)
        address = self._senders.get(party.kind, {}).get(value) or self.addresses.get(value)
        if address is None or address.kind != party.kind:
            return people.meet(party.address, name=party.name, kind=party.kind, at=at)
        if address.pk not in self._holders:  # only named so far: whom we wrote to
            self._holders |= people.holders([address])
        holder = self._holders[address.pk]
        person = people.meet_at(address, holder=holder, name=party.name, at=at)
        self._holders[address.pk] = person
        return person, address


def _named(inbound: Inbound) -> Iterator[Party]:
    yield from (*inbound.to, *inbound.cc, *inbound.reply_to)


def _senders(inbound: Inbound) -> Iterator[Party]:
    yield inbound.sender
    if inbound.forwarded is not None:
        yield inbound.forwarded.sender


def _ids(inbound: Inbound) -> Iterator[tuple[str, str]]:
    yield f"{inbound.road}:same", inbound.identity
    for value in (*inbound.external_ids, *inbound.refers_to):
        yield inbound.road, value
    for value in inbound.external_ids:
        yield _awaited(inbound.road), value


def _awaited(road: str) -> str:
    """The corner of the ids that messages of a road wait for (`conversations.await_ids`)."""
    return f"{road}:awaited"


def _met_by(inbound: Inbound) -> Iterator[str]:
    """The names under which what answers it, or is answered by it, would be looked for."""
    for value in (*inbound.external_ids, *inbound.refers_to[:_MOST_AWAITED]):
        yield f"{inbound.road} {value[:300]}"


def _named_by_signature(inbounds: Sequence[Inbound]) -> Iterator[tuple[str, Conversation]]:
    """What a signed address of ours names to which they came, by their identities."""
    for inbound in inbounds:
        named = [each.address for each in (*inbound.to, *inbound.cc)]
        found = reply_addresses.conversation_at((*named, *inbound.delivered_to))
        if found is not None:
            yield inbound.identity, found
