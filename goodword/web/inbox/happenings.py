"""What was done with a conversation, in words: from the facts that the verbs announced."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from goodword.accounts import queries as accounts
from goodword.accounts.models import Teammate
from goodword.conversations import events as facts
from goodword.conversations import queries as conversations
from goodword.conversations.models import Conversation
from goodword.core import prepared
from goodword.desk import events as desk
from goodword.desk.intake import acknowledging
from goodword.events import queries as events
from goodword.events.actions import name_of
from goodword.events.models import Event
from goodword.fields import queries as fields
from goodword.fields.models import Field
from goodword.tasks import events as tasks

_KINDS = (
    facts.Assigned.KIND,
    facts.StateChanged.KIND,
    facts.Tagged.KIND,
    facts.FieldFilled.KIND,
    desk.ConversationsJoined.KIND,
    desk.ConversationsKeptApart.KIND,
    desk.JoinUndone.KIND,
    desk.MessagesSplitOff.KIND,
    desk.ConversationMoved.KIND,
    desk.SubjectChanged.KIND,
    desk.PersonChanged.KIND,
    desk.ConversationsRelated.KIND,
    desk.MessageDelayed.KIND,
    desk.ComplaintReceived.KIND,
    desk.AutomaticMailHeld.KIND,
    desk.AsideAnswered.KIND,
    desk.LeavesAt.KIND,
    desk.DraftShared.KIND,
    tasks.ChecklistChanged.KIND,
    tasks.TimeNoted.KIND,
)
_MOST = 200


@dataclass(frozen=True, slots=True)
class Happened:
    """One quiet line of the timeline."""

    at: datetime
    icon: str
    words: str
    key: int
    kind: str = "happened"


@dataclass(slots=True)
class _Names:
    """Names of what events know by `kind:id` only."""

    me: str
    known: dict[str, str] = field(default_factory=dict)

    def of(self, key: str) -> str:
        """The name of who did it, as a sentence begins with it."""
        if key == self.me:
            return pgettext("who did it", "You")
        return self.known.get(key, pgettext("who did it", "Somebody"))

    def inside(self, key: str) -> str:
        """The name within a sentence."""
        return _("you") if key == self.me else self.known.get(key, _("somebody"))


def of(
    conversation: Conversation,
    *,
    since: datetime | None,
    by: Teammate,
    asides: Mapping[int, str] | None = None,
) -> list[Happened]:
    """The latest lines, oldest first; `since` None: from the beginning. `asides`: with whom."""
    latest = _latest(conversation, since)[::-1]
    names = _names(latest, by)
    names.known |= {f"aside:{key}": name for key, name in (asides or {}).items()}
    lines = ((event, _line(event, names)) for event in latest)
    return [Happened(event.at, *line, event.pk) for event, line in lines if line]


def _latest(conversation: Conversation, since: datetime | None) -> list[Event]:
    def build(subject: str) -> QuerySet[Event]:
        found = events.trail().filter(subject=subject, kind__in=_KINDS)
        return (found if since is None else found.filter(at__gte=since))[:_MOST]

    subject = name_of(conversation)
    return list(build(subject)) if since else prepared.objects("happened", build, subject)


_NAMED: dict[str, Callable[[], QuerySet[Any]]] = {
    "teammate": accounts.teammates,
    "team": accounts.teams,
    "tag": conversations.tags,
    "field": partial(fields.of, Field.About.CONVERSATION),
    "conversation": Conversation.objects.all,
}


def _names(rows: Iterable[Event], by: Teammate) -> _Names:
    wanted: dict[str, set[int]] = {kind: set() for kind in _NAMED}
    for event in rows:
        data: Mapping[str, object] = event.data
        tag, joined = data.get("tag_id", ""), data.get("joined_id") or data.get("other_id", "")
        own = (f"tag:{tag}", f"field:{data.get('field_id')}", f"conversation:{joined}")
        for key in (event.actor, str(data.get("to", "")), *own):
            kind, _colon, number = key.partition(":")
            if kind in wanted and number.isdecimal():
                wanted[kind].add(int(number))
    names = _Names(f"teammate:{by.pk}")
    for kind, found in wanted.items():
        word = "reference" if kind == "conversation" else "name"

        def build(*keys: int, all_of_kind: Any = _NAMED[kind], word: str = word) -> Any:
            return all_of_kind().filter(pk__in=keys).values_list("pk", word)

        if keys := sorted(found):
            for pk, name in prepared.rows(("names", kind, len(keys)), build, *keys):
                names.known[f"{kind}:{pk}"] = name
    return names


def _line(event: Event, names: _Names) -> tuple[str, str] | None:
    if event.kind == desk.DraftShared.KIND:
        return "file-pen", _shared(event, names)
    if event.kind == facts.Assigned.KIND:
        return _assigned(event, names)
    if event.kind == facts.Tagged.KIND:
        return _tagged(event, names)
    if event.kind == facts.FieldFilled.KIND:
        return _filled(event, names)
    if event.kind == facts.StateChanged.KIND:
        return _changed(event, names)
    return _of_the_desk(event, names)


def _of_the_desk(event: Event, names: _Names) -> tuple[str, str] | None:
    who = {"who": names.of(event.actor)}
    if event.kind == desk.ConversationsJoined.KIND:
        joined = names.known.get(f"conversation:{event.data.get('joined_id')}", "")
        words = _("%(who)s joined the conversation %(reference)s with this one")
        return "merge", words % {**who, "reference": joined}
    if (line := _shaped(event, names)) is not None:
        return line
    if event.kind == desk.ConversationsKeptApart.KIND:
        return "split", _("%(who)s found that another conversation does not belong to this") % who
    if event.kind == desk.AsideAnswered.KIND:
        name = names.of(f"aside:{event.data.get('aside_id')}")
        return "message-circle", _("%(who)s answered aside") % {"who": name}
    if event.kind == desk.MessageDelayed.KIND:
        return "hourglass", _("A mail server says that our mail is not through yet")
    if event.kind == desk.ComplaintReceived.KIND:
        return "thumbs-down", _(
            "They reported our mail as abuse: nothing automatic is sent there now"
        )
    if event.kind == desk.LeavesAt.KIND:
        return "clock", _("%(who)s changed when an answer leaves") % who
    if event.kind in {tasks.ChecklistChanged.KIND, tasks.TimeNoted.KIND}:
        return _worked(event, who)
    return "bot", _held(str(event.data.get("limit", "")))


def _shaped(event: Event, names: _Names) -> tuple[str, str] | None:
    data: Mapping[str, Any] = event.data
    other = names.known.get(f"conversation:{data.get('joined_id') or data.get('other_id')}", "")
    about = {"who": names.of(event.actor), "reference": other, "n": data.get("messages", 0)}
    if event.kind == desk.JoinUndone.KIND:
        if data["came_back"]:
            return "split", _("%(who)s took the joining with %(reference)s back") % about
        return "split", _("%(who)s took it back: %(reference)s stands by itself again") % about
    if event.kind == desk.MessagesSplitOff.KIND:
        if data["opened"]:
            return "split", _("%(who)s split this off from %(reference)s") % about
        words = ngettext(
            "%(who)s split %(n)d message off into %(reference)s",
            "%(who)s split %(n)d messages off into %(reference)s",
            about["n"],
        )
        return "split", words % about
    if event.kind == desk.ConversationMoved.KIND:
        if data["why"] == "moved_back":
            return "inbox", _("%(who)s moved this back to the inbox it came from") % about
        return "inbox", _("%(who)s moved this to another inbox") % about
    if event.kind == desk.SubjectChanged.KIND:
        return "pencil", _("%(who)s changed the subject") % about
    if event.kind == desk.PersonChanged.KIND:
        return "user-round", _("%(who)s changed whom this is with") % about
    if event.kind == desk.ConversationsRelated.KIND:
        if data["on"]:
            return "link", _("%(who)s linked this with %(reference)s") % about
        return "link", _("%(who)s found that %(reference)s does not belong to this") % about
    return None


def _worked(event: Event, who: Mapping[str, str]) -> tuple[str, str] | None:
    if event.data.get("how") == "done":
        return "square-check", _("%(who)s ticked a step off") % who
    if event.data.get("how") == "open":
        return "square", _("%(who)s found a step to be done after all") % who
    if event.data.get("counts"):
        return "timer", _("%(who)s noted time spent") % who
    return None  # written, removed and brought back: in the trail alone


def _held(limit: str) -> str:
    if limit == "address":
        most = acknowledging.MOST_AN_HOUR
        return ngettext(
            "No acknowledgement sent: %(n)d went to this address within the hour",
            "No acknowledgement sent: %(n)d went to this address within the hour",
            most,
        ) % {"n": most}
    return _("No acknowledgement sent: %(n)d went out within the hour, which is the most") % {
        "n": acknowledging.MOST_OF_THE_HOUSE_AN_HOUR
    }


def _shared(event: Event, names: _Names) -> str:
    to = names.inside(str(event.data.get("to", "")))
    words = {
        "shared": _("%(who)s showed a draft to colleagues"),
        "asked_to_finish": _("%(who)s asked %(to)s to finish a draft"),
        "asked_to_approve": _("%(who)s asked %(to)s to approve a draft"),
        "taken_back": _("%(who)s took a shown draft back"),
        "gone_on": _("%(who)s went on with the draft of a colleague"),
        "approved": _("%(who)s approved a draft"),
        "sent_back": _("%(who)s sent a draft back"),
        "asked_nobody": _("%(to)s can't look at the draft any more"),
    }
    return words[str(event.data.get("what"))] % {"who": names.of(event.actor), "to": to}


def _assigned(event: Event, names: _Names) -> tuple[str, str]:
    to = str(event.data.get("to", ""))
    who = {"who": names.of(event.actor), "to": names.inside(to)}
    if event.data.get("why"):
        words = {
            "by_turn": _("Given to %(to)s by turn"),
            "by_load": _("Given to %(to)s, who has fewest waiting"),
        }
        return "user-round-check", words[str(event.data["why"])] % who
    if not to:
        return "user-round-minus", _("%(who)s put this back for anyone to take") % who
    if to == event.actor:
        return "user-round-check", _("%(who)s took this") % who
    if to.startswith("team:"):
        return "users-round", _("%(who)s gave this to the team %(to)s") % who
    return "user-round-plus", _("%(who)s gave this to %(to)s") % who


def _tagged(event: Event, names: _Names) -> tuple[str, str]:
    tag = names.known.get(f"tag:{event.data.get('tag_id')}", "")
    values = {"who": names.of(event.actor), "tag": tag}
    if event.data.get("on"):
        return "tag", _("%(who)s added the tag %(tag)s") % values
    return "tag", _("%(who)s took the tag %(tag)s off") % values


def _filled(event: Event, names: _Names) -> tuple[str, str] | None:
    field = names.known.get(f"field:{event.data.get('field_id')}")
    if field is None:  # it was forgotten since, and what stood in it
        return None
    values = {"who": names.of(event.actor), "field": field}
    if event.data.get("on"):
        return "clipboard-list", _("%(who)s filled in: %(field)s") % values
    return "clipboard-list", _("%(who)s emptied: %(field)s") % values


def _changed(event: Event, names: _Names) -> tuple[str, str] | None:
    who = {"who": names.of(event.actor)}
    before, after, why = (str(event.data.get(key, "")) for key in ("before", "after", "why"))
    if why == "they_wrote":
        return "mail-open", _("Open again: they wrote")
    if why == "joined":
        return "mail-open", _("Open again: what was joined with it still awaits us")
    if why == "owed_again":
        return "mail-open", _("Open again: an answer is owed once more")
    if why == "blocked":
        return "shield-alert", _("In spam: somebody decided so for mail from this sender")
    if why == "old_spam":
        return "trash-2", _("Moved to the trash: it lay in spam for thirty days")
    if why == "time_came":
        return "alarm-clock", _("Back from snooze: its time has come")
    by_state = {
        "closed": ("archive", _("%(who)s closed this") % who),
        "snoozed": ("alarm-clock", _("%(who)s snoozed this") % who),
        "spam": ("shield-alert", _("%(who)s marked this as spam") % who),
        "trash": ("trash-2", _("%(who)s moved this to the trash") % who),
    }
    if after in by_state:
        return by_state[after]
    if before == "spam":
        return "shield-check", _("%(who)s said that this is not spam") % who
    if before == "trash":
        return "archive-restore", _("%(who)s took this out of the trash") % who
    return "archive-restore", _("%(who)s opened this again") % who
