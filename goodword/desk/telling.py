"""What a notice says, in each language with the names of the house, and where it leads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from goodword.accounts import queries as accounts
from goodword.accounts.models import Business, Teammate
from goodword.conversations.models import Conversation
from goodword.core.text import one_line
from goodword.desk import whom
from goodword.desk.whom import House
from goodword.events import actions as events
from goodword.notices import actions as notices
from goodword.plan import words
from goodword.promises import kinds
from goodword.promises.models import Promise

# %(when)s is "Tue 24 Nov, 10:00", %(owner)s who owes it, %(what)s the promise, which leads.
TITLES = {
    "due_soon": gettext_noop("Due soon: %(what)s (promised by %(when)s)"),
    "late": gettext_noop("Late: %(what)s (promised by %(when)s)"),
    "stand_in": gettext_noop("For %(owner)s, who is away: %(what)s (promised by %(when)s)"),
    "backup": gettext_noop("You are the backup of %(owner)s: %(what)s (promised by %(when)s)"),
    "lead": gettext_noop("Nobody has kept this yet: %(what)s (%(owner)s promised it by %(when)s)"),
    "missed": gettext_noop("Missed: %(what)s (promised by %(when)s)"),
    "handed_over": gettext_noop("Yours now: %(what)s (promised by %(when)s)"),
    "their_day": gettext_noop("Their word is due: %(what)s"),
    "come_back": gettext_noop("The day has come: %(what)s"),
    "other_time": gettext_noop("They ask for another time: %(what)s (promised by %(when)s)"),
}
# %(who)s of ours did it, in %(what)s: “Grace Whitlow · The spring gift card”.
ABOUT = {
    "mentioned": gettext_noop("%(who)s calls you: %(what)s"),
    "given": gettext_noop("%(who)s gives you this: %(what)s"),
    "given_to_team": gettext_noop("%(who)s gives this to your team: %(what)s"),
    "by_itself": gettext_noop("Yours now: %(what)s"),
    "finish_draft": gettext_noop("%(who)s asks you to finish an answer: %(what)s"),
    "approve_draft": gettext_noop("%(who)s asks you to approve an answer: %(what)s"),
    "draft_taken": gettext_noop("%(who)s goes on with your answer: %(what)s"),
    "draft_approved": gettext_noop("%(who)s approved your answer, and you can send it: %(what)s"),
    "draft_back": gettext_noop("%(who)s sent your answer back: %(what)s"),
    "draft_unseen": gettext_noop("%(who)s can't look at your answer any more: %(what)s"),
    "answer_held": gettext_noop("Your answer was not sent, look at it first: %(what)s"),
    "new": gettext_noop("New, and nobody has it yet: %(what)s"),
    "they_wrote": gettext_noop("They wrote: %(what)s"),
    "answered": gettext_noop("%(who)s answered: %(what)s"),
    "noted": gettext_noop("%(who)s wrote a note: %(what)s"),
    "handed_on": gettext_noop("%(who)s gave away: %(what)s"),
    "taken": gettext_noop("%(who)s took: %(what)s"),
    "put_back": gettext_noop("%(who)s left it for anyone to take: %(what)s"),
    "closed": gettext_noop("%(who)s closed: %(what)s"),
    "reopened": gettext_noop("%(who)s opened again: %(what)s"),
}
_WITH_WORDS = gettext_noop("%(title)s. “%(word)s”")
_MOST_OF_A_PROMISE = 140
_MOST_OF_A_WORD = 90  # characters of what somebody wrote that a title begins to say
_ON_ITS_PAGE = {"other_time"}  # what they asked for stands in the promise's own history


def tell(teammate: Teammate, promise: Promise, *, kind: str, at: datetime) -> bool:
    """One notice a person and promise, whatever step comes next."""
    owner = promise.owner or promise.team
    house = accounts.business()
    zone = house.zone if house else "UTC"

    def title() -> str:
        return _(TITLES[kind]) % {
            "when": words.short_moment(promise.due_at, zone=zone),
            "owner": owner.name if owner else "",
            "what": _what(promise),
        }

    return notices.tell(
        teammate,
        matter=events.name_of(promise),
        kind=kind,
        title=in_each_language(title, house=house),
        url=_place(promise, kind),
        at=at,
    )


def tell_owners(promise: Promise, *, kind: str, by: int | None, here: House) -> None:
    """Tell whoever owes it, for a team those on duty; but never `by`, who knows."""
    road = promise.message.road if promise.message else ""
    owed = whom.owed_by(promise.owner or promise.team, inbox_id=promise.inbox_id, road=road)
    owners = here.owners(owed)
    for key in owners if promise.owner_id else owners & here.on_duty(owed):
        if key != by:
            tell(here.answering[key], promise, kind=kind, at=here.at)


def tell_about(
    conversation: Conversation,
    teammates: Iterable[Teammate],
    *,
    says: str,
    matter: str,
    kind: str = "",
    who: str = "",
    word: str = "",
    again: bool = False,
    at: datetime,
) -> None:
    """Tell them what `who` did in a conversation; `says` is a key of ABOUT.

    `kind`: what the notice counts as, when not as `says`. `word`: what was written, its beginning
    is said. `again`: see `notices.tell`.
    """
    teammates = list(teammates)
    if not teammates:
        return
    begins = one_line(word, most=_MOST_OF_A_WORD)

    def said() -> str:
        title = _(ABOUT[says]) % {"who": who, "what": _name_of(conversation)}
        return _(_WITH_WORDS) % {"title": title, "word": begins} if begins else title

    title = in_each_language(said, house=accounts.business())
    url = reverse("inbox:conversation", args=[conversation.public_id])
    for each in teammates:
        notices.tell(
            each, matter=matter, kind=kind or says, title=title, url=url, again=again, at=at
        )


def _name_of(conversation: Conversation) -> str:
    names = (conversation.person.name, conversation.subject or conversation.reference)
    return " · ".join(each for each in names if each)


def in_each_language(say: Callable[[], str], *, house: Business | None) -> dict[str, str]:
    """What `say` gives, by language, that of the house first: for whoever may come to read it."""
    own = house.language if house else settings.LANGUAGE_CODE
    said = {}
    for language in dict.fromkeys([own, *dict(settings.LANGUAGES)]):
        with translation.override(language):
            said[language] = say()
    return said


def _what(promise: Promise) -> str:
    """As in "Have the pearls restrung · Margaret Ashworth", "Answer · Grace Whitlow · The card"."""
    name = promise.person.name if promise.person else ""
    if promise.what:
        parts = [one_line(promise.what, most=_MOST_OF_A_PROMISE), name]
    else:
        subject = promise.conversation.subject if promise.conversation else ""
        parts = [str(kinds.get(promise.kind).title), name, one_line(subject, most=_MOST_OF_A_WORD)]
    return " · ".join(each for each in parts if each)


def _place(promise: Promise, kind: str) -> str:
    if promise.conversation is not None and kind not in _ON_ITS_PAGE:
        return reverse("inbox:conversation", args=[promise.conversation.public_id])
    return reverse("promises:promise", args=[promise.public_id])
