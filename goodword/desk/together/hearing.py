"""What colleagues hear of each other's doings: listeners, each told once and never of themselves.

Whoever follows a conversation, whoever is given one, and who wants to know of what is new.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q, QuerySet

from goodword.accounts.models import Teammate
from goodword.conversations import queries as said
from goodword.conversations.models import Conversation, Following, Mention, Message
from goodword.core import prepared
from goodword.desk import telling, whom
from goodword.desk.answering import later, sharing
from goodword.desk.keeping import owing
from goodword.desk.models import Dispatch
from goodword.desk.together import following
from goodword.events import queries as trail
from goodword.events.actions import name_of
from goodword.events.models import Event
from goodword.notices import actions as notices
from goodword.notices import queries as preferences
from goodword.notices.models import Notice
from goodword.promises import queries as owed

State = Conversation.State
# The matters named by a conversation's key, or by a message's; `promise:…` is looked after by
# `reminding`.
_OF_CONVERSATIONS = "^(conversation|mention|given|new|draft|message|held):"


def on_received(event: Event) -> None:
    """Listener of `conversations.message_received`."""
    if event.data["inbound_kind"] != "human" or not _is_news_to_somebody(event):
        return
    tell = _tell_who_hears_of_new if event.data["opened"] else _tell_who_follows
    with transaction.atomic():
        tell(event)


def _is_news_to_somebody(event: Event) -> bool:
    """The first look, at every mail there is: on SQLite a transaction would hold up intake."""
    if event.data["opened"]:
        return bool(preferences.who_hears_of_new())
    return bool(prepared.rows("is followed", _followed, event.data["conversation_id"]))


def _followed(key: int) -> QuerySet[Following, tuple[int]]:
    joined_with = Conversation.objects.filter(pk=key).values("redirect_to")
    here = Following.objects.filter(Q(conversation=key) | Q(conversation__in=joined_with))
    return here.values_list("teammate")[:1]


def _tell_who_follows(event: Event) -> None:
    followed = _conversation_of(event)
    if followed is not None:
        following.tell_followers(followed, says="they_wrote", at=event.at)


def _tell_who_hears_of_new(event: Event) -> None:
    conversation = _conversation_of(event)
    if conversation is None:
        return
    if conversation.assignee_id is None and conversation.state == State.OPEN:
        keys = preferences.who_hears_of_new()
        telling.tell_about(
            conversation,
            whom.who_may_see(conversation).filter(pk__in=keys),
            says="new",
            matter=f"new:{conversation.pk}",
            at=event.at,
        )


@transaction.atomic
def on_noted(event: Event) -> None:
    """Listener of `conversations.note_written`; whom it calls has been told already."""
    conversation, note = _conversation_of(event), _message_of(event)
    if conversation is not None and note is not None:
        called = Mention.objects.filter(message=note).values_list("teammate", flat=True)
        following.tell_followers(
            conversation,
            says="noted",
            who=note.teammate,
            word=note.text,
            but=[*called, *_actor(event)],
            at=event.at,
        )


@transaction.atomic
def on_delivered(event: Event) -> None:
    """Listener of `desk.message_delivered`: a colleague answered, once the other side has it."""
    conversation, message = _conversation_of(event), _message_of(event)
    if conversation is None or message is None or message.teammate is None:
        return
    if event.data["accepted"]:
        following.tell_followers(
            conversation, says="answered", who=message.teammate, word=message.text, at=event.at
        )


@transaction.atomic
def on_assigned(event: Event) -> None:
    """Listener of `conversations.assigned`: who has it now is told, unless they took it; what was
    told before of its being somebody else's, or nobody's, is settled.
    """
    conversation = _conversation_of(event)
    if conversation is None:
        return
    for matter in (f"new:{conversation.pk}", f"given:{conversation.pk}"):
        notices.settle_matter(matter, at=event.at)
    actor = _actor_of(event)
    told = _tell_whose_it_is(conversation, event, actor)
    if actor is not None:
        says = "taken" if event.data["to"] == event.actor else "handed_on"
        says = says if event.data["to"] else "put_back"
        following.tell_followers(conversation, says=says, who=actor, but=told, at=event.at)


def _tell_whose_it_is(conversation: Conversation, event: Event, actor: Teammate | None) -> set[int]:
    owner = conversation.assignee or conversation.team
    if owner is None or name_of(owner) != event.data["to"] or event.actor == event.data["to"]:
        return set()
    here, owing = whom.house(at=event.at), whom.owed_by(owner, inbox_id=conversation.inbox_id)
    keys = here.owners(owing)
    if conversation.assignee_id is None:
        keys &= here.on_duty(owing)
    keys.discard(actor.pk if actor else 0)
    answer = owed.owed_reply(conversation)
    note = Message.objects.filter(pk=event.data.get("note_id")).first()
    says = "given" if conversation.assignee_id else "given_to_team"
    telling.tell_about(
        conversation,
        [here.answering[key] for key in keys],
        says=says if actor else "by_itself",
        kind="given",
        # What becomes of the answer ends this too; then the same notice says when it is due.
        matter=name_of(answer) if answer else f"given:{conversation.pk}",
        who=actor.name if actor else "",
        word=note.text if note else "",
        at=event.at,
    )
    return keys


@transaction.atomic
def on_state_changed(event: Event) -> None:
    """Listener of `conversations.state_changed`."""
    conversation, actor = _conversation_of(event), _actor_of(event)
    if conversation is None:
        return
    before, after = event.data["before"], event.data["after"]
    if after not in {State.OPEN, State.SNOOZED}:
        notices.settle_matter(f"new:{conversation.pk}", at=event.at)
    if actor is not None and after == State.CLOSED:
        following.tell_followers(conversation, says="closed", who=actor, at=event.at)
    elif actor is not None and before == State.CLOSED and after == State.OPEN:
        following.tell_followers(conversation, says="reopened", who=actor, at=event.at)


@transaction.atomic
def on_queued(event: Event) -> None:
    """Listener of `desk.reply_queued`: what was told of its draft is settled."""
    for writer in _actor(event):
        matter = sharing.matter(event.data["conversation_id"], writer)
        notices.settle_matter(matter, at=event.at)


@transaction.atomic
def on_answer_held(event: Event) -> None:
    """Listener of `desk.answer_held`: whoever wrote what was to leave later looks at it; who has
    the conversation, where they are no longer there to do so.
    """
    conversation, message = _conversation_of(event), _message_of(event)
    if conversation is None or message is None or not _still_held(message):
        return
    writers = whom.who_may_see(conversation).filter(pk=message.teammate_id or 0)
    owner = owing.owner_of(conversation, at=event.at)
    here, keys = whom.house(at=event.at), set(writers.values_list("pk", flat=True))
    keys = keys & here.answering.keys() or here.owners(
        whom.owed_by(owner, inbox_id=conversation.inbox_id)
    )
    telling.tell_about(
        conversation,
        [here.answering[key] for key in keys],
        says="answer_held",
        matter=_held(conversation.pk),
        again=True,
        at=event.at,
    )


@transaction.atomic
def on_held_decided(event: Event) -> None:
    """Listener of what becomes of an answer that was held: it leaves, is left unsent, or was taken
    back. As long as another waits there for a look, it stays told.
    """
    told = [later.THEY_WROTE, later.PUT_ASIDE]
    here = Dispatch.objects.filter(message__conversation=event.data["conversation_id"])
    if here.filter(held__in=told).exists():
        return
    notices.settle_matter(_held(event.data["conversation_id"]), at=event.at)


def _still_held(message: Message) -> bool:
    return Dispatch.objects.filter(message=message).exclude(held="").exists()


def _held(conversation: int) -> str:
    return f"held:{conversation}"


def _conversation_of(event: Event) -> Conversation | None:
    """Where it stands now."""
    rows = prepared.objects("conversation heard of", _with_whom, event.data["conversation_id"])
    return next((said.standing(each) for each in rows), None)


def _with_whom(key: int) -> QuerySet[Conversation]:
    beside = ("person", "assignee", "team", "redirect_to__person")
    return Conversation.objects.filter(pk=key).select_related(*beside)


def _message_of(event: Event) -> Message | None:
    rows = Message.objects.filter(pk=event.data["message_id"]).defer("html", "search_text")
    return rows.select_related("teammate").first()


def _actor(event: Event) -> list[int]:
    key = trail.key_of(event.actor, "teammate")
    return [] if key is None else [key]


def _actor_of(event: Event) -> Teammate | None:
    return Teammate.objects.filter(pk__in=_actor(event)).first()


@transaction.atomic
def on_house_changed(event: Event) -> None:
    """Listener of changed teams, roles and inboxes: nobody follows, or keeps notices of, what they
    see no more. Looks through all there are, which is little beside how seldom this happens.
    """
    told = Notice.objects.filter(matter__regex=_OF_CONVERSATIONS)
    following_too = Following.objects.values("teammate")
    for teammate in Teammate.objects.filter(
        Q(pk__in=told.values("teammate")) | Q(pk__in=following_too)
    ):
        seen = said.visible_to(teammate)
        Following.objects.filter(teammate=teammate).exclude(said.holding(seen)).delete()
        mine = preferences.of(teammate).filter(matter__regex=_OF_CONVERSATIONS)
        matters = _by_conversation(mine.values_list("matter", flat=True))
        # What was told before a join names the one that leads on.
        named = Conversation.objects.filter(pk__in=matters)
        standing = named.filter(said.holding(seen, "pk") | said.holding(seen, "redirect_to"))
        lost = matters.keys() - set(standing.values_list("pk", flat=True))
        gone = [matter for key in lost for matter in matters[key]]
        notices.withdraw(mine.filter(matter__in=gone), at=event.at)


@transaction.atomic
def on_moved(event: Event) -> None:
    """Listener of `desk.conversation_moved` and `desk.join_undone`: as `on_house_changed`, of one
    conversation.
    """
    conversation = _conversation_of(event)
    if conversation is None:
        return
    seeing = whom.who_may_see(conversation).order_by().values("pk")
    Following.objects.filter(conversation=conversation).exclude(teammate__in=seeing).delete()
    told = Notice.objects.filter(matter__regex=f"{_OF_CONVERSATIONS}{conversation.pk}(:|$)")
    notices.withdraw(told.exclude(teammate__in=seeing), at=event.at)


def _by_conversation(matters: Iterable[str]) -> dict[int, set[str]]:
    """What these are about, by the conversation's key."""
    by_key: defaultdict[int, set[str]] = defaultdict(set)
    by_message: defaultdict[int, set[str]] = defaultdict(set)
    for matter in matters:
        kind, key = matter.split(":")[:2]
        (by_message if kind == "message" else by_key)[int(key)].add(matter)
    rows = Message.objects.filter(pk__in=by_message).values_list("pk", "conversation")
    for message, conversation in rows:
        by_key[conversation] |= by_message[message]
    return by_key
