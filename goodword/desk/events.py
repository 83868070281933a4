from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class _AboutMessage:
    conversation_id: int
    inbox_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class ReplyQueued(_AboutMessage):
    KIND: ClassVar[str] = "desk.reply_queued"
    automatic: bool


@dataclass(frozen=True, slots=True)
class ReplyTakenBack(_AboutMessage):
    KIND: ClassVar[str] = "desk.reply_taken_back"


@dataclass(frozen=True, slots=True)
class MessageDelivered(_AboutMessage):
    """The other side answered for at least one recipient; states are on the recipients."""

    KIND: ClassVar[str] = "desk.message_delivered"
    accepted: int
    refused: int
    unknown: int


@dataclass(frozen=True, slots=True)
class DeliveryPutOff(_AboutMessage):
    KIND: ClassVar[str] = "desk.delivery_put_off"


@dataclass(frozen=True, slots=True)
class MessageBounced(_AboutMessage):
    KIND: ClassVar[str] = "desk.message_bounced"
    hard: bool


@dataclass(frozen=True, slots=True)
class MessageDelayed(_AboutMessage):
    """A mail server says that it has not got it through yet, and keeps trying."""

    KIND: ClassVar[str] = "desk.message_delayed"


@dataclass(frozen=True, slots=True)
class ComplaintReceived(_AboutMessage):
    """Who got the message called it abuse."""

    KIND: ClassVar[str] = "desk.complaint_received"


@dataclass(frozen=True, slots=True)
class AutomaticMailHeld(_AboutMessage):
    """An acknowledgement of the message was not sent; `limit` says which limit was reached."""

    KIND: ClassVar[str] = "desk.automatic_mail_held"
    limit: str  # address, house


@dataclass(frozen=True, slots=True)
class AsideBegun(_AboutMessage):
    """Somebody outside is asked about the conversation, in one of its own: `aside_id`."""

    KIND: ClassVar[str] = "desk.aside_begun"
    aside_id: int
    forwards: bool


@dataclass(frozen=True, slots=True)
class AsideAnswered(_AboutMessage):
    """Whom we asked aside wrote there. `awaited`: theirs was the next word."""

    KIND: ClassVar[str] = "desk.aside_answered"
    aside_id: int
    awaited: bool


@dataclass(frozen=True, slots=True)
class ConversationsJoined:
    """Two became one: `joined_id` leads to `conversation_id` from now on."""

    KIND: ClassVar[str] = "desk.conversations_joined"
    conversation_id: int
    inbox_id: int
    joined_id: int


@dataclass(frozen=True, slots=True)
class JoinUndone:
    """They are two again; said of each of them, with the other as `joined_id`."""

    KIND: ClassVar[str] = "desk.join_undone"
    conversation_id: int
    inbox_id: int
    joined_id: int
    came_back: bool  # said of the one that stands by itself again


@dataclass(frozen=True, slots=True)
class MessagesSplitOff:
    """Said of both: of the one that was left, and of the one that was opened for them."""

    KIND: ClassVar[str] = "desk.messages_split_off"
    conversation_id: int
    inbox_id: int
    other_id: int
    messages: int
    opened: bool


@dataclass(frozen=True, slots=True)
class ConversationMoved:
    """It stands in `inbox_id` now; the pages of `from_inbox_id` hear of it too."""

    KIND: ClassVar[str] = "desk.conversation_moved"
    conversation_id: int
    inbox_id: int
    from_inbox_id: int
    why: str  # moved, moved_back
    had: str  # who had it before, as `kind:id`
    was_also: bool  # it was seen from there before
    handed: list[tuple[int, str]]  # promises that their owner can't keep there, and who that was


@dataclass(frozen=True, slots=True)
class SubjectChanged:
    KIND: ClassVar[str] = "desk.subject_changed"
    conversation_id: int
    inbox_id: int


@dataclass(frozen=True, slots=True)
class PersonChanged:
    KIND: ClassVar[str] = "desk.person_changed"
    conversation_id: int
    inbox_id: int
    before_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class ConversationsRelated:
    """A person says that they have to do with each other, or not after all; said of both."""

    KIND: ClassVar[str] = "desk.conversations_related"
    conversation_id: int
    inbox_id: int
    other_id: int
    on: bool


@dataclass(frozen=True, slots=True)
class ConversationPurged:
    """It and all that was said in it are gone for good."""

    KIND: ClassVar[str] = "desk.conversation_purged"
    conversation_id: int
    inbox_id: int
    messages: int


@dataclass(frozen=True, slots=True)
class TrashEmptied:
    """Somebody says that all of it may go now."""

    KIND: ClassVar[str] = "desk.trash_emptied"
    conversations: int


@dataclass(frozen=True, slots=True)
class SenderRuled:
    """What becomes of mail from somewhere was decided; `verdict` empty: the rule is gone."""

    KIND: ClassVar[str] = "desk.sender_ruled"
    verdict: str


@dataclass(frozen=True, slots=True)
class ConversationsKeptApart:
    KIND: ClassVar[str] = "desk.conversations_kept_apart"
    conversation_id: int
    inbox_id: int
    other_id: int


@dataclass(frozen=True, slots=True)
class NoAnswerDecided(_AboutMessage):
    KIND: ClassVar[str] = "desk.no_answer_decided"


@dataclass(frozen=True, slots=True)
class NoAnswerTakenBack(_AboutMessage):
    KIND: ClassVar[str] = "desk.no_answer_taken_back"


@dataclass(frozen=True, slots=True)
class MessageLetGo(_AboutMessage):
    """A person let a message leave that was held back."""

    KIND: ClassVar[str] = "desk.message_let_go"


@dataclass(frozen=True, slots=True)
class MessageLeftUnsent(_AboutMessage):
    """A person left a message that was held back unsent, for whom it hadn't reached."""

    KIND: ClassVar[str] = "desk.message_left_unsent"


@dataclass(frozen=True, slots=True)
class LeavesAt(_AboutMessage):
    """Somebody gave an answer that waits another moment to leave."""

    KIND: ClassVar[str] = "desk.leaves_at"
    leaves_at: str  # ISO, UTC


@dataclass(frozen=True, slots=True)
class AnswerHeld(_AboutMessage):
    """What was to leave later waits for a person."""

    KIND: ClassVar[str] = "desk.answer_held"
    why: str  # they_wrote, put_aside


@dataclass(frozen=True, slots=True)
class FollowingChanged:
    """Somebody wants to hear what happens in a conversation, or no longer."""

    KIND: ClassVar[str] = "desk.following_changed"
    conversation_id: int
    inbox_id: int
    follows: bool


@dataclass(frozen=True, slots=True)
class DraftShared:
    """What became of showing a draft: shared, asked_to_finish, asked_to_approve, taken_back,
    gone_on, approved, sent_back or asked_nobody; `to`: who was asked.
    """

    KIND: ClassVar[str] = "desk.draft_shared"
    conversation_id: int
    inbox_id: int
    what: str
    to: str


@dataclass(frozen=True, slots=True)
class ArrivalFailed:
    KIND: ClassVar[str] = "desk.arrival_failed"
    tries: int


@dataclass(frozen=True, slots=True)
class TroubleDecided(_AboutMessage):
    KIND: ClassVar[str] = "desk.trouble_decided"
    recipient_id: int
    state: str


@dataclass(frozen=True, slots=True)
class UrgencyChanged:
    KIND: ClassVar[str] = "desk.urgency_changed"
    conversation_id: int
    inbox_id: int
    urgent: bool


@dataclass(frozen=True, slots=True)
class ViewKept:
    """Somebody keeps a search as a folder."""

    KIND: ClassVar[str] = "desk.view_kept"


@dataclass(frozen=True, slots=True)
class ViewChanged:
    KIND: ClassVar[str] = "desk.view_changed"


@dataclass(frozen=True, slots=True)
class ViewRemoved:
    KIND: ClassVar[str] = "desk.view_removed"


@dataclass(frozen=True, slots=True)
class ViewBroughtBack:
    KIND: ClassVar[str] = "desk.view_brought_back"
