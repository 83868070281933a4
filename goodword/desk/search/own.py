"""What a search asks of a business's own fields: `field:colour`, `field:colour=red`,
`field:colour=re*`, `field:"ring size>=54"`, `field:since=2024`.

What stands for a person or their organisation is asked of every conversation with them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Ord, Substr
from django.db.models.lookups import LessThan
from django.utils.translation import get_language, override

from goodword.conversations.models import Conversation, ConversationValue
from goodword.conversations.search import Stopped
from goodword.core.text import fold
from goodword.desk.search.asking import days_of
from goodword.fields import queries, values
from goodword.fields.models import Field, Value
from goodword.fields.sorting import bare, sorts_as
from goodword.people.models import OrganisationValue, Person, PersonValue

FEW = 500  # people that are looked at one and all
_MOST_LOOKED_AT = 100_000  # texts, outside the time that the database has: half a second
_MOST_TEXTS = 20_000  # in one query; SQLite may be built to take no more than 32 766
_FIRST_DIGIT, _PAST_DIGITS = b"0", b":"  # in ASCII the colon follows the nine
_FIRST_MARK = 0x300  # nothing before it in Unicode joins with the character that it follows
_SIGN = re.compile(r"[<>]=|[<>=]")
_LOOKUPS = {"=": "exact", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}
_ORDERED = frozenset({Field.Kind.NUMBER, Field.Kind.DATE})
_SIGNED = frozenset({Field.Kind.TEXT, Field.Kind.ONE_OF, Field.Kind.LINK})
_VALUES: dict[Field.About, type[Value]] = {
    Field.About.CONVERSATION: ConversationValue,
    Field.About.PERSON: PersonValue,
    Field.About.ORGANISATION: OrganisationValue,
}


class Asked(NamedTuple):
    """A field, and what its value must be: nothing said is anything at all."""

    field: Field
    value: Q


def names() -> dict[str, str]:
    """What the fields are called, by their folded names."""
    return {folded(each.name): each.name for each in queries.every()}


def folded(name: str) -> str:
    return fold(name) or name.casefold()


def read(text: str, *, at: datetime) -> list[Asked]:
    """Of each field of that name; none where there is none, or the value is no value of it."""
    every = list(queries.every())
    if whole := [each for each in every if each.name.casefold() == text.casefold()]:
        return [Asked(each, Q()) for each in whole]
    for sign in _SIGN.finditer(text):
        if named := _named(text[: sign.start()], every):
            said = sign.group(), text[sign.end() :].strip()
            read = ((each, _value(each, *said, at.date())) for each in named)
            return [Asked(each, value) for each, value in read if value is not None]
    return [] if _SIGN.search(text) else [Asked(each, Q()) for each in _named(text, every)]


def _named(name: str, every: Iterable[Field]) -> list[Field]:
    return [each for each in every if folded(each.name) == folded(name)]


def _value(field: Field, sign: str, text: str, today: date) -> Q | None:
    """None for what can't be asked of such a field."""
    is_choice = _is_choice(field, text)
    if text in {"", "*"} and not is_choice:
        return Q() if sign == "=" else None
    if field.kind == Field.Kind.DATE:
        days = days_of(text, today)
        return _within(sign, *(each.isoformat().encode() for each in days)) if days else None
    if sign != "=" and field.kind not in _ORDERED:
        return None
    if text.endswith("*") and not is_choice:
        return _beginning(field, text[:-1])
    stored = _stored(field, text)
    if not stored:
        return None
    return _just(field, stored) if field.kind in _SIGNED else _than(sign, sorts_as(field, stored))


def _is_choice(field: Field, text: str) -> bool:
    return text.casefold() in {each.casefold() for each in field.choices}


def _stored(field: Field, text: str) -> str:
    """Empty for what is no value. Read as English first: a view says the same to everybody."""
    if field.kind == Field.Kind.ONE_OF:
        return text  # what is no choice any more may still stand somewhere
    for language in ("en", get_language()):
        try:
            with override(language):
                return values.parse(field, text)
        except values.NotAValue:
            pass
    return ""


def _just(field: Field, stored: str) -> Q:
    """The index leads to what has the same letters and digits, also far into a long text; of that
    it is what has the same signs too. Choices that only accents or a quotation mark tell apart
    are two.
    """
    alike = str.casefold if _is_choice(field, stored) else _comparing(stored)
    said, same = alike(stored), Q(sorts_as=sorts_as(field, stored))
    texts = (each for each in _texts(field, same) if alike(each) == said)
    return same & Q(text__in=[stored, *_listed(texts)])


def _comparing(asked: str) -> Callable[[str], str]:
    """By what a text is told to be what was asked, or to begin so: a quotation mark counts only
    where it was asked for.
    """
    return bare if '"' in asked else _unmarked


def _unmarked(text: str) -> str:
    return bare(text.replace('"', " "))


def _texts(field: Field, those: Q) -> Iterable[str]:
    """Raises Stopped for more than can be looked at one by one."""
    rows = _VALUES[Field.About(field.about)]._default_manager.filter(those, field=field)
    texts = rows.order_by().values_list("text", flat=True).distinct()[: _MOST_LOOKED_AT + 1]
    if len(texts) > _MOST_LOOKED_AT:
        raise Stopped
    return texts


def _listed(texts: Iterable[str]) -> list[str]:
    """Raises Stopped for more than one query takes: a part of them would find too little."""
    listed = list(islice(texts, _MOST_TEXTS + 1))
    if len(listed) > _MOST_TEXTS:
        raise Stopped
    return listed


def _within(sign: str, first: bytes, last: bytes) -> Q:
    """Of days; before and after a month is before its first and after its last."""
    if sign == "=":
        return Q(sorts_as__gte=first, sorts_as__lte=last)
    return _than(sign, last if sign in {">", "<="} else first)


def _than(sign: str, edge: bytes) -> Q:
    """Numbers and days lie between these two ends: a database that counts how many lie beyond
    `edge` takes the text of other fields for more of them, and would rather read them all.
    """
    ends = {">": Q(sorts_as__lt=_PAST_DIGITS), "<": Q(sorts_as__gte=_FIRST_DIGIT)}
    return Q((f"sorts_as__{_LOOKUPS[sign]}", edge)) & ends.get(sign[0], Q())


def _beginning(field: Field, text: str) -> Q | None:
    if field.kind in {*_ORDERED, Field.Kind.YES_NO}:
        return None
    if field.kind == Field.Kind.LINK and "://" not in text:
        text = f"https://{text}"
    alike = _comparing(text)
    if not (said := alike(text)):
        return None
    first = sorts_as(field, text)
    # No letter has this byte.
    near = Q(sorts_as__gte=first, sorts_as__lt=first + b"\xff")
    # The database knows neither accents nor all capitals: what it can't tell is looked at here,
    # and the fewer are named, those that begin so or those that only sort so.
    plain = _plainly(text)
    so, otherwise = list[str](), list[str]()
    for each in _texts(field, near & ~plain):
        (so if alike(each).startswith(said) else otherwise).append(each)
    if len(otherwise) <= len(so):
        return near & ~Q(text__in=_listed(otherwise)) if otherwise else near
    return near & (plain | Q(text__in=_listed(so)))


def _plainly(text: str) -> Q:
    """It begins so letter by letter, and what follows can't change the last of these: a stroke
    after “=” makes it “≠”, whether the two are stored as one or, as in links, as they were typed.
    """
    following = Coalesce(Ord(Substr("text", len(text) + 1, 1)), 0)  # nothing follows the end
    return Q(text__istartswith=text) & Q(LessThan(following, _FIRST_MARK))


# Conversations by them


def condition(asked: Sequence[Asked]) -> tuple[Q, QuerySet[Any, Any] | None]:
    """That a conversation has one of these; and all that do as a list of keys, where an index
    leads there.
    """
    whole, sources = Q(pk__in=[]), list[QuerySet[Any, Any]]()
    is_led = True
    for each in asked:
        met, source = _MEANT[Field.About(each.field.about)](each)
        whole |= met
        is_led = is_led and source is not None
        if source is not None:
            sources.append(source)
    if not is_led or not sources:
        return whole, None
    return whole, sources[0].union(*sources[1:], all=True) if sources[1:] else sources[0]


def _of_conversations(asked: Asked) -> tuple[Q, QuerySet[Any, Any] | None]:
    filled = ConversationValue.objects.filter(asked.value, field=asked.field)
    met = Q(Exists(filled.filter(conversation=OuterRef("pk"))))
    return met, filled.values_list("conversation", flat=True)


def _of_persons(asked: Asked) -> tuple[Q, QuerySet[Any, Any] | None]:
    own = PersonValue.objects.filter(field=asked.field, person=OuterRef("person__redirect_to"))
    filled = PersonValue.objects.filter(asked.value, field=asked.field)
    # What stands for who stands goes before what stands for who was merged into them.
    filled = filled.filter(Q(person__redirect_to__isnull=True) | ~Exists(own))
    few = filled.values_list(Coalesce("person__redirect_to", "person"), flat=True)[: FEW + 1]
    # Counted before what stands for the same twice falls together: so many are cut off.
    if len(keys := list(few)) <= FEW:
        return _with(set(keys))
    stands = Coalesce(OuterRef("person__redirect_to"), OuterRef("person"))
    merged = filled.filter(person__redirect_to__isnull=False, person__redirect_to=stands)
    return Q(Exists(filled.filter(person=stands))) | Q(Exists(merged)), None


def _of_organisations(asked: Asked) -> tuple[Q, QuerySet[Any, Any] | None]:
    filled = OrganisationValue.objects.filter(asked.value, field=asked.field)
    few = filled.values_list("organisation", flat=True)[: FEW + 1]
    if len(keys := set(few)) <= FEW:
        people = Person.objects.filter(organisation__in=keys, redirect_to__isnull=True)
        belonging = set(people.order_by().values_list("pk", flat=True)[: FEW + 1])
        if len(belonging) <= FEW:
            return _with(belonging)
    theirs = OuterRef("person__redirect_to__organisation"), OuterRef("person__organisation")
    return Q(Exists(filled.filter(organisation=Coalesce(*theirs)))), None


def _with(persons: set[int]) -> tuple[Q, QuerySet[Any, Any] | None]:
    """Those with these who stand, also from before they were merged."""
    merged = Person.objects.filter(redirect_to__in=persons, redirect_to__isnull=False)
    met = Q(person__in=persons.union(merged.values_list("pk", flat=True)))
    return met, Conversation.objects.filter(met).values_list("pk", flat=True)


_MEANT = {
    Field.About.CONVERSATION: _of_conversations,
    Field.About.PERSON: _of_persons,
    Field.About.ORGANISATION: _of_organisations,
}
