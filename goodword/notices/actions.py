"""Tell teammates, once a matter. Callers: `from goodword.notices import actions as notices`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from goodword.accounts.models import Teammate
from goodword.core import prepared
from goodword.core.text import clean_line
from goodword.events import actions as events
from goodword.notices import events as facts
from goodword.notices.models import Notice, Preference

MAIL_AFTER = timedelta(minutes=2)  # who sees it in the app until then gets no mail
KEPT = timedelta(days=30)


@transaction.atomic
def tell(
    teammate: Teammate,
    *,
    matter: str,
    kind: str,
    title: str | Mapping[str, str],
    url: str,
    again: bool = False,
    at: datetime,
) -> bool:
    """One open notice a person and matter, whatever comes up again; whether it was news to them.

    News is what has another `kind` than before: it is unseen again, and goes by mail. With `again`
    so is what they have seen, each time it comes up. `title`: by language, that of the house first;
    or one for all.
    """
    if not teammate.is_active:
        return False
    words = {**_titled(title), "url": url, "told_at": at}
    news = {"kind": kind, "seen_at": None, "mailed_at": None, "due_at": at + MAIL_AFTER}
    known = prepared.objects("open notice", _open_notice, teammate.pk, matter)
    if known:
        if known[0].told_at > at:
            return False  # something newer was told of it already
        if known[0].kind == kind and not (again and known[0].seen_at and known[0].told_at < at):
            _open_notice(teammate.pk, matter).update(**words)
            return False
        _open_notice(teammate.pk, matter).update(**words, **news)
    else:
        row = Notice(teammate=teammate, matter=matter, **words, **news)
        Notice.objects.bulk_create([row], ignore_conflicts=True)  # two at once: one will do
    _announce([teammate.pk], at=at)
    return True


def _titled(title: str | Mapping[str, str]) -> dict[str, Any]:
    if isinstance(title, str):
        return {"title": clean_line(title, most=300), "titles": {}}
    titles = {language: clean_line(each, most=300) for language, each in title.items()}
    return {"title": next(iter(titles.values())), "titles": titles}


@transaction.atomic
def settle_matter(matter: str, *, at: datetime) -> int:
    """What was told of `matter` before `at` is settled; returns how many notices that ended."""
    if not prepared.objects("open notices", _open_notices, matter):  # asked of every promise kept
        return 0
    settled = _open_notices(matter).filter(told_at__lt=at)
    told = set(settled.values_list("teammate", flat=True))
    ended = settled.update(ended_at=at, due_at=None)
    _announce(told, at=at)
    return ended


@transaction.atomic
def lead_on(matter: str, *, to: str, url: str, at: datetime) -> None:
    """What was told of `matter` is told of `to` from now on, and leads to `url`; whoever was told
    of that already keeps one notice.
    """
    told = set(_open_notices(matter).values_list("teammate", flat=True))
    known = _open_notices(to).values_list("teammate", flat=True)
    _open_notices(matter).filter(teammate__in=list(known)).update(ended_at=at, due_at=None)
    _open_notices(matter).update(matter=to, url=url)
    _announce(told, at=at)


@transaction.atomic
def lead_back(told: Iterable[Sequence[Any]], *, since: datetime, at: datetime) -> None:
    """Undo of `lead_on` and `settle_matter` at the moment `since`: each notice of `told`, its key,
    matter and url until then, is told of that again, unless it was told or settled anew since.
    """
    known = Notice.objects.in_bulk([key for key, _matter, _url in told])
    back = set()
    for key, matter, url in told:
        notice = known.get(key)
        if notice is None or notice.told_at >= since or notice.ended_at not in {None, since}:
            continue
        notice.matter, notice.url = matter, url
        if notice.ended_at is not None:
            notice.ended_at = None
            is_news = notice.seen_at is None and notice.mailed_at is None
            notice.due_at = at + MAIL_AFTER if is_news else None
        notice.save(update_fields=["matter", "url", "ended_at", "due_at"])
        back.add(notice.teammate_id)
    _announce(back, at=at)


@transaction.atomic
def withdraw(notices: QuerySet[Notice], *, at: datetime) -> int:
    """Remove notices from those who may no longer know of the matter."""
    told = set(notices.values_list("teammate", flat=True))
    gone: int = notices.delete()[0]
    _announce(told, at=at)
    return gone


@transaction.atomic
def see(notices: QuerySet[Notice], *, at: datetime) -> None:
    """They have seen these in the app."""
    unseen = notices.filter(seen_at__isnull=True)
    told = set(unseen.values_list("teammate", flat=True))
    if told:
        unseen.update(seen_at=at, due_at=None)
        _announce(told, at=at)


@transaction.atomic
def prefer(
    teammate: Teammate,
    *,
    by_mail: bool,
    by_browser: bool,
    quiet_from: int,
    quiet_until: int,
    quiet_weekends: bool,
    not_by_mail: Iterable[str] = (),
    not_by_browser: Iterable[str] = (),
    hears_of_new: bool = False,
    digest_at: int | None = None,
    sounds: bool = False,
) -> Preference:
    """How a teammate wants to be told; minutes after midnight in the zone of the house.

    `not_by_mail` and `not_by_browser`: groups of `kinds`. `digest_at`: one mail a day, then.
    """
    return Preference.objects.update_or_create(
        teammate=teammate,
        defaults={
            "by_mail": by_mail,
            "by_browser": by_browser,
            "quiet_from": quiet_from,
            "quiet_until": quiet_until,
            "quiet_weekends": quiet_weekends,
            "not_by_mail": sorted(not_by_mail),
            "not_by_browser": sorted(not_by_browser),
            "hears_of_new": hears_of_new,
            "digest_at": digest_at,
            "sounds": sounds,
        },
    )[0]


def sweep(*, at: datetime) -> int:
    """Remove what was told a month ago, since titles hold names; returns how many went.

    What is still owed stands on Today, and is told again when something comes of it.
    """
    return Notice.objects.filter(told_at__lte=at - KEPT).delete()[0]


def _open_notices(matter: str) -> QuerySet[Notice]:
    return Notice.objects.filter(matter=matter, ended_at__isnull=True)


def _open_notice(teammate: int, matter: str) -> QuerySet[Notice]:
    return _open_notices(matter).filter(teammate=teammate)


def _announce(teammates: Iterable[int], *, at: datetime) -> None:
    for key in sorted(teammates):
        fact = facts.NoticesChanged(teammate_id=key)
        events.announce(fact, by=None, about=Teammate(pk=key), at=at)
