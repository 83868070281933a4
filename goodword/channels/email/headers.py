"""Headers of a mail, read so that nothing they contain can raise."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.utils import getaddresses, parsedate_to_datetime
from functools import lru_cache

from goodword.channels.email.charsets import decode_words, without_marks, without_words
from goodword.channels.email.mime import Part
from goodword.core.text import clean, clean_line
from goodword.desk.roads import Party

_ADDRESS = re.compile(r"[^\s<>\"(),;:\[\]\\]{1,200}@[^\s<>\"(),;:\\]{1,255}")
# What nine of ten From headers look like; the rest goes the long way.
_PLAIN_PARTY = re.compile(
    r'\s*(?:"?([\w .-]{1,100}?)"?\s*<)?'
    r"([\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8})(?(1)>)\s*"
)
# "Carla C. carla@customer.example": a name and an address, and no bracket around it.
_BARE_PARTY = re.compile(
    r"\s*([^<>@,;:\"()]{1,200}\s)([^\s<>@,;:\"()]{1,64}@[^\s<>@,;:\"()]{1,255})\s*"
)
_LOCAL = re.compile(r"[\w.+-]{1,64}")
_ID = re.compile(r"<([^<>]{1,900})>")
_BARE_ID = re.compile(r"(?<![^\s<>,;\"()])[^\s<>,;\"()@]{1,400}@[^\s<>,;\"()]{1,400}")
_EPOCH_YEARS = range(1971, 2200)
MOST_PARTIES = 500
_MOST_PARTY_LIST = 40_000  # characters: as many people at some length
_MOST_HEADER = 100_000
MOST_REFERENCES = 100


def first(mail: Part, name: str) -> str:
    """The first header of this name, unfolded and undecoded; empty when there is none."""
    return mail.header(name)[:_MOST_HEADER]


def values(mail: Part, name: str) -> list[str]:
    return [value[:_MOST_HEADER] for value in mail.all(name)]


def line(mail: Part, name: str, *, most: int = 500) -> str:
    """A header as one line of clean text, encoded words undone."""
    return clean_line(decode_words(first(mail, name)), most=most)


def parties(mail: Part, *names: str) -> list[Party]:
    """The people named in these headers, in order, each address once."""
    found: dict[str, Party] = {}
    for name in names:
        for value in values(mail, name):
            for party in parties_in(_whole_parties(value)):
                found.setdefault(party.address.lower(), party)
    return list(found.values())[:MOST_PARTIES]


def _whole_parties(value: str) -> str:
    if len(value) <= _MOST_PARTY_LIST:
        return value
    return value[:_MOST_PARTY_LIST].rpartition(",")[0] or value[:_MOST_PARTY_LIST]


@lru_cache(maxsize=64)  # From is asked for several times a mail
def parties_in(value: str) -> tuple[Party, ...]:
    """Names and addresses in one header value, also when it is not as RFC 5322 has it."""
    # A run of blanks can be shared out among the patterns below in very many ways.
    value = " ".join(value.split())
    plain = _PLAIN_PARTY.fullmatch(value)
    if plain:
        return (Party(address=plain.group(2), name=" ".join((plain.group(1) or "").split())),)
    value = without_marks(value.replace("\x00", ""))
    pairs = _pairs(value)
    if not pairs and "=?" in value and "@" not in without_words(value):
        # Some mailers encode the whole header, address and all. Where an @ stands outside, others
        # have judged the sender by what follows it (DMARC), and no other domain may come out here.
        pairs = _pairs(decode_words(value))
    return tuple(Party(address=address, name=name) for name, address in pairs)


def _pairs(value: str) -> list[tuple[str, str]]:
    bare = _BARE_PARTY.fullmatch(value)
    if bare:
        return [(_name(bare.group(1)), _address(bare.group(2)))]
    try:
        read = getaddresses([value])
    except (ValueError, IndexError, TypeError, AttributeError, RecursionError):
        read = []
    pairs = [(_name(name), _address(address)) for name, address in read]
    good = [(name, address) for name, address in pairs if "@" in address]
    if good and len(good) == len(pairs):
        return good
    return good or [pair for pair in _pairs_by_sight(value) if pair[1] and "=?" not in pair[1]]


def _pairs_by_sight(value: str) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    at = 0
    if "@" not in value:
        return pairs
    for match in _ADDRESS.finditer(value):
        name = _name(value[at : match.start()].strip(" ,;<>\"'"))
        pairs.append((name, _address(match.group())))
        at = match.end()
    return pairs


def _name(written: str) -> str:
    return clean_line(decode_words(written), most=200).strip()


def _address(written: str) -> str:
    """As written, but for a name before the @ that was encoded against the rules (RFC 2047, 5)."""
    address = clean_line(written, most=320).replace(" ", "").strip("<>\"'")
    if "=?" in address:
        encoded, at, domain = address.rpartition("@")
        local = decode_words(encoded)
        address = f"{local}{at}{domain}" if _LOCAL.fullmatch(local) else address
    return address if "@" in address and not set(address) & set("<>(),;") else ""


def addresses(mail: Part, *names: str) -> list[str]:
    """Bare addresses in these headers, in order, each once."""
    return [party.address for party in parties(mail, *names)]


def ids(value: str) -> list[str]:
    """Message-IDs in a header, without <>, in order. Folds inside an id are taken out."""
    inside = [re.sub(r"\s+", "", found) for found in _ID.findall(value)]
    # Outside of <>: old mailers write bare ids, or "Your message of ... <id>".
    found = inside or _BARE_ID.findall(value)
    return [clean(one) for one in found if one]


def message_id(mail: Part) -> str:
    """The mail's own id, without <>; empty when it has none worth the name."""
    value = first(mail, "Message-ID")
    found = ids(value)
    return found[0] if found else clean_line(value, most=400).strip("<> ")


def refers_to(mail: Part, own: str) -> list[str]:
    """The ids the mail answers, nearest first, without its own."""
    answered = [one for value in values(mail, "In-Reply-To") for one in ids(value)]
    chain = [one for value in values(mail, "References") for one in ids(value)]
    return distinct([*answered, *reversed(chain)], without=own)


def distinct(found: Iterable[str], *, without: str = "") -> list[str]:
    kept = dict.fromkeys(one for one in found if one and one != without)
    return list(kept)[:MOST_REFERENCES]


def written_at(mail: Part) -> datetime | None:
    """What the Date header says, aware; None when it says nothing that can be a date."""
    return moment(first(mail, "Date"))


def moment(written: str) -> datetime | None:
    """A date as mails write it (RFC 5322, 3.3), aware; None when it can't be one."""
    value = re.sub(r"\s+", " ", written).strip()
    if not value or len(value) > 200:
        return None
    try:
        read = parsedate_to_datetime(value)
        if read.tzinfo is None:  # "-0000": in UTC, zone not told
            read = read.replace(tzinfo=UTC)
        read = read.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None
    return read if read.year in _EPOCH_YEARS else None


def delivered_to(mail: Part, envelope_to: Sequence[str]) -> list[str]:
    """The addresses the mail reached us by: of the envelope, then as the servers noted them."""
    noted = addresses(mail, "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
    told = [clean_line(address, most=320) for address in envelope_to]
    kept: dict[str, str] = {}
    for address in [*told, *noted]:
        kept.setdefault(address.lower(), address)
    return [address for address in kept.values() if address]
