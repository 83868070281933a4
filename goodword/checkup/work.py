"""The work: is anybody doing it, how long has the oldest waited, and is the clock right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from goodword.accounts import queries as accounts
from goodword.channels.email.models import Notice
from goodword.conversations.models import Message
from goodword.core import ids
from goodword.core.diagnosis import Diagnosis, State, span
from goodword.desk.models import Arrival, Dispatch
from goodword.events.models import Delivery, Event, Pulse
from goodword.web import health

_LATE = timedelta(minutes=5)
_VERY_LATE = timedelta(hours=1)
_SLACK = timedelta(minutes=2)
_FEW = 10  # mails tell nothing about the clock yet
_RECENT = timedelta(days=7)


def look(*, at: datetime) -> Iterator[Diagnosis]:
    if not accounts.owners().exists():
        yield Diagnosis(
            "look", "owner", "Owner", "nobody owns this Goodword yet.",
            "Start `goodword run` and open the link it prints, or use `goodword setup`.",
        )  # fmt: skip
    yield _workers(at)
    yield _clock(at)
    yield _waiting("arrivals", "Mail that came in", Arrival.objects.all(), "arrived_at", at)
    yield _waiting("answers", "Mail to be sent", Dispatch.objects.all(), "queued_at", at)
    yield _waiting("events", "News to be handed on", Delivery.objects.all(), "event__at", at)
    yield _waiting("notices", "Notices to teammates", Notice.objects.all(), "made_at", at)
    yield from _unreadable()


def _workers(at: datetime) -> Diagnosis:
    found = health.look(at)
    newest = Pulse.objects.order_by("-at").values_list("at", flat=True).first()
    match found["worker"]:
        case "ok":
            return Diagnosis("ok", "worker", "Worker", "at work.")
        case "stuck":
            lanes = ", ".join(found["stuck_lanes"])
            return Diagnosis(
                "wrong", "worker", "Worker", f"part of it has hung for a while ({lanes}).",
                "Restart Goodword; nothing is lost by it. Look into its log for the reason.",
            )  # fmt: skip
    since = f"has stopped {span(at - newest)} ago" if newest else "has never run"
    return Diagnosis(
        "wrong", "worker", "Worker",
        f"it {since}: no mail comes in or goes out, and nobody is reminded.",
        "Start `goodword run` (or `goodword work` beside `goodword web`), and see that it starts"
        " with the machine.",
    )  # fmt: skip


def _waiting(rule: str, about: str, rows: QuerySet[Any], since: str, at: datetime) -> Diagnosis:
    # What failed is due again only later, and has been waiting all the same.
    due = rows.filter(Q(due_at__lte=at) | Q(due_at__isnull=False, tries__gt=0))
    count = due.count()
    oldest = due.order_by(since).values_list(since, "why").first()
    age = at - oldest[0] if oldest else timedelta()
    if oldest is None or age < _LATE:
        return Diagnosis("ok", rule, about, f"{count} waiting." if count else "none waits.")
    why = f" The last try said: {oldest[1]}." if oldest[1] else ""
    return Diagnosis(
        "wrong" if age >= _VERY_LATE else "look", rule, about,
        f"{count} waiting, the oldest for {span(age)}.{why}",
        "See whether the worker runs, and look into its log.",
    )  # fmt: skip


def _unreadable() -> Iterator[Diagnosis]:
    failed = Arrival.objects.filter(state=Arrival.State.FAILED).count()
    if failed:
        yield Diagnosis(
            "look", "unreadable", "Unreadable mail",
            f"{failed} could not be taken in. They are kept, and wait for a person.",
            f"Look at them: {settings.URL}/settings/arrivals/",
        )  # fmt: skip


def _clock(at: datetime) -> Diagnosis:
    fine = Diagnosis("ok", "clock", "Clock", "nothing speaks against it.")
    return _ahead_of_itself(at) or _unlike_the_senders(at) or fine


def _ahead_of_itself(at: datetime) -> Diagnosis | None:
    """A clock that went back, by what we wrote ourselves."""
    moments = [
        Event.objects.order_by("-id").values_list("at", flat=True).first(),
        Pulse.objects.order_by("-at").values_list("at", flat=True).first(),
    ]
    newest = Message.objects.order_by("-id").values_list("id", flat=True).first()
    moments.append(ids.moment_of(newest) if newest else None)
    ahead = max((moment for moment in moments if moment), default=at) - at
    if ahead <= _SLACK:
        return None
    return _clock_fault(
        "wrong",
        f"the newest thing written down lies {span(ahead)} in the future: this machine's clock"
        " was ahead then, or is behind now.",
    )


def _unlike_the_senders(at: datetime) -> Diagnosis | None:
    """A clock that is off, by what those write who sent us mail."""
    # Counted: not what was imported, which was stored long after it was said.
    rows = Message.objects.filter(
        direction=Message.Direction.IN, counted=True, claimed_at__isnull=False
    )
    recent = rows.filter(id__gt=ids.key_at(at - _RECENT)).order_by("-id")[:50]
    late = [
        (stored - claimed).total_seconds()
        for stored, claimed in recent.values_list("stored_at", "claimed_at")
        if claimed
    ]
    if len(late) < _FEW:
        return None
    if median(late) < -_SLACK.total_seconds():
        return _clock_fault(
            "look",
            f"most mail of the last days seems to come from {span(timedelta(seconds=median(late)))}"
            " in the future, so this machine's clock is probably behind.",
        )
    if min(late) > _VERY_LATE.total_seconds():
        return _clock_fault(
            "look",
            f"every mail of the last days took more than {span(timedelta(seconds=min(late)))} to"
            " get here, so this machine's clock is probably ahead, or the mailbox is looked into"
            " too late.",
        )
    return None


def _clock_fault(state: State, words: str) -> Diagnosis:
    do = "Let it set its clock by the network (chrony, systemd-timesyncd)."
    return Diagnosis(state, "clock", "Clock", words, do)
