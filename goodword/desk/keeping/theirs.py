"""What a person outside asks of us on their own page, beside letting go of a word."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from goodword.conversations import locking
from goodword.conversations.models import Conversation, Message
from goodword.core.text import clean_line
from goodword.desk import whom, wording
from goodword.desk.intake import acknowledging
from goodword.desk.keeping import owing, public_links
from goodword.desk.telling import tell
from goodword.events import actions as events
from goodword.people import queries as people
from goodword.people.models import Person
from goodword.promises import actions as promises
from goodword.promises import events as facts
from goodword.promises.models import Promise

OTHER_TIME = "other_time"  # the Step, and why its owner is told
MOST_WISHES = 5  # for one promise
LONGEST_WISH = 200


class NothingWished(Exception):
    """Which time would suit them?"""


class WishedEnough(Exception):
    """They have said so several times; whoever owes it knows."""


@transaction.atomic
def ask_another_time(promise: Promise, *, wish: str, at: datetime) -> None:
    """Another time suits them better. Our word stands as it is until whoever owes it moves it.

    Raises NothingWished, WishedEnough, promises.AlreadyEnded.
    """
    owing.lock(promise)
    wish = clean_line(wish, most=LONGEST_WISH)
    if not wish:
        raise NothingWished
    if not promise.is_open:
        raise promises.AlreadyEnded(promise.pk)
    if promise.steps.filter(kind=OTHER_TIME).count() >= MOST_WISHES:
        raise WishedEnough
    promises.note_step(promise, OTHER_TIME, by=None, at=at, why=wish)
    here = whom.house(at=at)
    road = promise.message.road if promise.message else ""
    owner = promise.owner or promise.team
    for key in here.owners(whom.owed_by(owner, inbox_id=promise.inbox_id, road=road)):
        tell(here.answering[key], promise, kind=OTHER_TIME, at=at)
    fact = facts.PromiseReminded(
        kind=promise.kind,
        conversation_id=promise.conversation_id,
        inbox_id=promise.inbox_id,
        step=OTHER_TIME,
    )
    events.announce(fact, by=None, about=promise, at=at)


@transaction.atomic
def send_new_link(person: Person, *, at: datetime) -> Message | None:
    """Mail them a new link to their page, always to an address that we know, and only theirs.

    None where there is no such address, or where a limit of automatic mail says no.
    """
    asked = _newest_of(person)
    if asked is None or not public_links.place():
        return None
    locking.lock_around(asked)
    with wording.our_words(asked.conversation):
        words = _("Here is your new link to what we promised you: %(link)s") % {
            "link": public_links.place()
        }
    return acknowledging.write_by_itself(asked, words, at=at)


def _newest_of(person: Person) -> Message | None:
    """What they wrote last from an address that nobody else holds."""
    theirs = [each for each in people.addresses_of(person)[:20] if people.only_holder(each)]
    away = [Conversation.State.SPAM, Conversation.State.TRASH]
    return (
        Message.objects.filter(address__in=theirs, inbound_kind="human")
        .exclude(conversation__state__in=away)
        .select_related("conversation__inbox", "conversation__person", "address")
        .order_by("-id")
        .first()
    )
