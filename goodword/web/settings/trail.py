"""The audit trail in words: who did what, each event a sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from goodword.accounts.models import Business, Invitation, Role, Team, Teammate
from goodword.canned.models import CannedReply
from goodword.channels.email.failures import words_for
from goodword.conversations.models import Conversation
from goodword.desk.models import SavedView, SenderRule
from goodword.events.models import Event
from goodword.fields.models import Field
from goodword.inboxes.models import Inbox
from goodword.people.models import Address, Kind, Organisation, Person
from goodword.plan.models import Calendar, Target
from goodword.promises.models import Promise as OwedPromise

Words = str | Promise

# The beginning of `kind`, and what the filter calls it.
PARTS: list[tuple[str, Words]] = [
    ("accounts", _("People inside")),
    ("inboxes", _("Inboxes")),
    ("email", _("Mailboxes")),
    ("plan", _("Plan")),
    ("people", _("Customers")),
    ("fields", _("Fields of your own")),
    ("conversations", _("Conversations")),
    ("desk", _("Answers")),
    ("canned", _("Canned replies")),
    ("promises", _("Promises")),
    ("notices", _("Notices")),
]

# %(subject)s is what it happened to; other names are values of the event, put into words below.
SENTENCES: dict[str, Words] = {
    "accounts.business_changed": _("changed the business"),
    "accounts.teammate_joined": _("%(subject)s joined as %(role)s"),
    "accounts.teammate_invited": _("invited %(subject)s as %(role)s"),
    "accounts.role_changed": _("changed the role of %(subject)s from %(before)s to %(after)s"),
    "accounts.teammate_left": _("deactivated %(subject)s"),
    "accounts.teammate_returned": _("reactivated %(subject)s"),
    "accounts.team_made": _("made the team %(subject)s"),
    "accounts.team_changed": _("changed the team %(subject)s"),
    "accounts.second_factor_required": _("changed whether everybody needs a second factor"),
    "accounts.second_factor_taken": _("took the second factor of %(subject)s away"),
    "accounts.password_link_made": _("made a link to set a new password for %(subject)s"),
    "accounts.sign_in_way_changed": _("changed which servers teammates may sign in with"),
    "accounts.signed_out_elsewhere": _("signed %(subject)s out in other places"),
    "inboxes.made": _("opened the inbox %(subject)s"),
    "inboxes.changed": _("changed the inbox %(subject)s"),
    "email.mailbox_connected": _("connected the mailbox of %(subject)s"),
    "email.mailbox_disconnected": _("disconnected the mailbox of %(subject)s"),
    "email.mailbox_failing": _("The mailbox of %(subject)s failed. %(trouble)s"),
    "email.mailbox_recovered": _("The mailbox of %(subject)s works again"),
    "plan.changed": _("changed the hours of %(subject)s"),
    "plan.duties_changed": _("changed when %(subject)s is on duty"),
    "plan.targets_changed": _("changed an answer time"),
    "plan.teammate_away": _("%(subject)s is away"),
    "plan.teammate_back": _("%(subject)s is back"),
    "people.described": _("wrote down what is known of %(subject)s"),
    "people.kind_named": _("named a kind of customers, %(subject)s"),
    "people.kind_forgotten": _("forgot a kind of customers, %(subject)s"),
    "people.links_withdrawn": _("withdrew the links to the page of %(subject)s"),
    "people.kind_chosen": _("chose the kind of customer that %(subject)s is"),
    "people.organisation_named": _("named an organisation: %(subject)s"),
    "people.organisation_forgotten": _("forgot an organisation: %(subject)s"),
    "people.domains_chosen": _("chose the mail domains of %(subject)s"),
    "people.organisation_chosen": _("chose the organisation that %(subject)s belongs to"),
    "people.address_held": _("changed the addresses of %(subject)s"),
    "people.address_changed": _("changed what an address is to %(subject)s"),
    "people.complaint_taken_back": _("took back that %(subject)s reported our mail as abuse"),
    "people.address_works": _("found that mail to %(subject)s doesn't come back any more"),
    "people.note_kept": _("wrote or changed a note on %(subject)s"),
    "people.field_filled": _("filled a field of %(subject)s"),
    "people.merged": _("found that %(subject)s and another are the same person"),
    "people.merge_undone": _("found that %(subject)s and another are two people"),
    "fields.defined": _("made a field: %(subject)s"),
    "fields.changed": _("changed a field: %(subject)s"),
    "fields.forgotten": _("forgot a field: %(subject)s"),
    "conversations.message_received": _("A message came in, %(subject)s"),
    "conversations.note_written": _("wrote a note, %(subject)s"),
    "conversations.state_changed": _("moved %(subject)s from %(before)s to %(after)s"),
    "conversations.assigned": _("gave %(subject)s to %(to)s"),
    "conversations.field_filled": _("filled a field of %(subject)s"),
    "conversations.tagged": _("changed the tags of %(subject)s"),
    "desk.reply_queued": _("answered %(subject)s"),
    "desk.reply_taken_back": _("took an answer back, %(subject)s"),
    "desk.message_delivered": _("An answer was handed over, %(subject)s"),
    "desk.delivery_put_off": _("An answer could not leave yet, %(subject)s"),
    "desk.message_bounced": _("A mail came back, %(subject)s"),
    "desk.message_delayed": _("A mail is not through yet, %(subject)s"),
    "desk.complaint_received": _("A complaint about our mail came in, %(subject)s"),
    "desk.automatic_mail_held": _("An acknowledgement was not sent, %(subject)s"),
    "desk.aside_begun": _("asked somebody outside about %(subject)s"),
    "desk.aside_answered": _("Somebody asked aside answered, %(subject)s"),
    "desk.conversations_joined": _("joined another conversation with %(subject)s"),
    "desk.conversations_kept_apart": _("decided that another does not belong to %(subject)s"),
    "desk.join_undone": _("took the joining of %(subject)s with another back"),
    "desk.messages_split_off": _("split messages off, %(subject)s"),
    "desk.conversation_moved": _("moved %(subject)s to another inbox"),
    "desk.subject_changed": _("changed the subject of %(subject)s"),
    "desk.person_changed": _("changed whom %(subject)s is with"),
    "desk.conversations_related": _("said whether another belongs to %(subject)s"),
    "desk.conversation_purged": _("%(subject)s was thrown away for good"),
    "desk.trash_emptied": _("emptied the trash"),
    "desk.sender_ruled": _("decided what becomes of mail from %(subject)s"),
    "desk.no_answer_decided": _("decided that %(subject)s needs no answer"),
    "desk.no_answer_taken_back": _("decided that %(subject)s needs an answer after all"),
    "desk.message_let_go": _("let a held answer leave, %(subject)s"),
    "desk.message_left_unsent": _("decided what became of a mail, %(subject)s"),
    "desk.leaves_at": _("chose another time for an answer to leave, %(subject)s"),
    "desk.answer_held": _("An answer that was to leave later was held back, %(subject)s"),
    "desk.arrival_failed": _("%(subject)s could not be read"),
    "desk.trouble_decided": _("decided what became of a mail, %(subject)s"),
    "tasks.checklist_changed": _("changed the checklist of %(subject)s"),
    "tasks.time_noted": _("noted the time spent on %(subject)s, or took it back"),
    "canned.made": _("wrote a canned reply, %(subject)s"),
    "canned.changed": _("changed a canned reply, %(subject)s"),
    "canned.archived": _("put a canned reply away, %(subject)s"),
    "canned.restored": _("took a canned reply back out, %(subject)s"),
    "canned.undone": _("undid what a canned reply had done, %(subject)s"),
    "desk.view_kept": _("kept a search as a view, %(subject)s"),
    "desk.view_changed": _("changed a view, %(subject)s"),
    "desk.view_removed": _("deleted a view, %(subject)s"),
    "desk.view_brought_back": _("brought a view back, %(subject)s"),
    "promises.made": _("A promise was made: %(subject)s"),
    "promises.kept": _("A promise was kept: %(subject)s"),
    "promises.released": _("A promise was released: %(subject)s"),
    "promises.reopened": _("A promise is owed again: %(subject)s"),
    "desk.draft_shared": _("showed or approved a draft, %(subject)s"),
    "desk.following_changed": _("changed whether they follow %(subject)s"),
    "desk.urgency_changed": _("changed whether %(subject)s is urgent"),
    "promises.moved": _("A promise has another time: %(subject)s"),
    "promises.broken": _("A promise was broken: %(subject)s"),
    "promises.shown": _("put %(subject)s on the page of whom it concerns"),
    "promises.hidden": _("took %(subject)s off the page of whom it concerns"),
    "promises.taken_back": _("A promise was taken back before it left: %(subject)s"),
    "promises.reminded": _("Somebody was told of a promise: %(subject)s"),
    "notices.changed": _("What %(subject)s is told about changed"),
    "promises.handed_over": _("A promise was handed to %(owner)s: %(subject)s"),
}

# What a row is called that is gone since.
_KINDS: dict[str, Words] = {
    "teammate": _("teammate"),
    "team": _("team"),
    "inbox": _("inbox"),
    "invitation": _("invitation"),
    "conversation": _("conversation"),
    "message": _("message"),
    "promise": _("promise"),
    "cannedreply": _("canned reply"),
    "savedview": _("view"),
    "calendar": _("opening hours"),
    "target": _("answer time"),
    "kind": _("kind of customers"),
    "person": _("person"),
    "organisation": _("organisation"),
    "address": _("address"),
    "field": _("field"),
    "senderrule": _("rule for senders"),
}

# What was changed of an inbox: an event may name several.
CHANGED_WORDS: dict[str, Words] = {
    "name": _("name"),
    "addresses": _("addresses"),
    "team": _("team that owes the answers"),
    "teams": _("teams that see it"),
    "language": _("language"),
    "acknowledges": _("acknowledging"),
    "joins_organisation": _("letting colleagues of the same organisation join"),
    "signs_reply_addresses": _("signed reply addresses"),
    "answers_where_written": _("which address answers come from"),
    "trusted_servers": _("servers whose checks count"),
    "signature": _("signature"),
    "acknowledgement": _("acknowledgement"),
    "assigns": _("who gets what is new"),
}

_STATES = dict(Conversation.State.choices)
_ROLES = dict(Role.choices)


@dataclass(frozen=True, slots=True)
class Entry:
    key: int
    at: datetime
    who: str
    what: str
    kind: str


def _conversation(row: Any) -> str:
    return gettext("conversation %(reference)s") % {"reference": row.reference}


def _promise(row: Any) -> str:
    return _conversation(row.conversation) if row.conversation else str(row.what)


def _canned_reply(row: Any) -> str:
    """What is somebody's own has no name here."""
    own = row.shared_with == CannedReply.For.ME
    return gettext("for themselves") if own else str(row.name)


def _view(row: Any) -> str:
    """What is somebody's own has no name here."""
    return gettext("for themselves") if row.shown_to == SavedView.For.ME else str(row.name)


# How a row named `kind:id` in an event is called.
_NAMES: dict[str, tuple[type[Model], tuple[str, ...], Callable[[Any], str]]] = {
    "teammate": (Teammate, (), lambda row: str(row.name)),
    "team": (Team, (), lambda row: str(row.name)),
    "inbox": (Inbox, (), lambda row: str(row.name)),
    "business": (Business, (), lambda row: str(row.name)),
    "invitation": (Invitation, (), lambda row: str(row.email)),
    "conversation": (Conversation, (), _conversation),
    "promise": (OwedPromise, ("conversation",), _promise),
    "cannedreply": (CannedReply, (), _canned_reply),
    "savedview": (SavedView, (), _view),
    "calendar": (Calendar, (), lambda row: str(row.name)),
    "target": (Target, (), lambda row: gettext("answer time")),
    "kind": (Kind, (), lambda row: str(row.name)),
    "person": (Person, (), lambda row: str(row)),
    "organisation": (Organisation, (), lambda row: str(row.name)),
    "address": (Address, (), lambda row: str(row.written)),
    "field": (Field, (), lambda row: str(row.name)),
    "senderrule": (SenderRule, (), lambda row: str(row.value)),
}


def entries(events: Iterable[Event]) -> list[Entry]:
    """Events in words. One query for each kind of row they name, however many events."""
    events = list(events)
    names = _names_in(events)
    return [
        Entry(
            key=event.pk,
            at=event.at,
            who=_name(event.actor, names),
            what=_sentence(event, names),
            kind=event.kind,
        )
        for event in events
    ]


def _names_in(events: list[Event]) -> dict[str, str]:
    wanted: defaultdict[str, set[int]] = defaultdict(set)
    for event in events:
        for text in (event.actor, event.subject, event.data.get("to"), event.data.get("owner")):
            kind, _colon, key = str(text or "").partition(":")
            if kind in _NAMES and key.isdecimal():
                wanted[kind].add(int(key))
    found: dict[str, str] = {}
    for kind, keys in wanted.items():
        model, related, name = _NAMES[kind]
        for row in model._base_manager.filter(pk__in=keys).select_related(*related):
            found[f"{kind}:{row.pk}"] = name(row)
    return found


def _sentence(event: Event, names: dict[str, str]) -> str:
    pattern = SENTENCES.get(event.kind)
    if pattern is None:
        return f"{event.kind}, {_name(event.subject, names)}"
    values = {key: _value(key, value, names) for key, value in event.data.items()}
    if event.data.get("changed"):
        pattern = _("changed the inbox %(subject)s: %(changed)s")
    return str(pattern) % (values | {"subject": _name(event.subject, names)})


def _value(key: str, value: Any, names: dict[str, str]) -> str:
    if key in {"to", "owner"}:
        return _name(str(value), names) if value else gettext("the inbox's team")
    if key == "changed":
        return ", ".join(str(CHANGED_WORDS.get(each, each)) for each in value)
    if key == "trouble":
        return words_for(str(value))
    if key in {"role", "before", "after"}:
        return str(_ROLES.get(value) or _STATES.get(value) or value)
    return str(value)


def _name(text: str, names: dict[str, str]) -> str:
    kind, _colon, key = text.partition(":")
    if kind == "system":
        return str(pgettext_lazy("who did it", "Goodword"))
    if text in names:
        return names[text]
    if kind == "arrival":
        return gettext("arrival %(number)s") % {"number": key}
    return gettext("%(kind)s %(number)s, gone since") % {
        "kind": _KINDS.get(kind, kind),
        "number": key,
    }
