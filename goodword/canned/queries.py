from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import F, Q, QuerySet

from goodword.accounts import queries as accounts
from goodword.accounts import rights
from goodword.accounts.models import Membership, Role, Team, Teammate
from goodword.canned.models import AfterSending, Applied, CannedReply
from goodword.conversations.models import Conversation, Draft
from goodword.core import prepared
from goodword.core.text import fold
from goodword.inboxes import queries as inboxes
from goodword.inboxes.models import Inbox

For = CannedReply.For


def visible_to(teammate: Teammate) -> QuerySet[CannedReply]:
    """The one door to canned replies: one's own, one's teams' and everybody's; archived ones too.

    What is somebody's own is nobody else's, not even an owner's. Who sends nothing has none.
    """
    if not rights.may_answer(teammate):
        return CannedReply.objects.none()
    theirs = Q(shared_with=For.TEAM)
    if not teammate.is_owner:
        theirs &= Q(team__in=Membership.objects.filter(teammate=teammate).values("team"))
    own = Q(shared_with=For.ME, owner=teammate)
    return CannedReply.objects.filter(own | theirs | Q(shared_with=For.ALL))


def may_change(reply: CannedReply, by: Teammate) -> bool:
    """One's own; who leads or owns also what is shared, as far as they see it."""
    if not rights.may_answer(by):
        return False
    if reply.shared_with == For.ME:
        return reply.owner_id == by.pk
    return may_share(by)


def inboxes_unseen(reply: CannedReply, teammate: Teammate) -> QuerySet[Inbox]:
    """Where it is offered beyond what they look into: they neither see that nor change it."""
    return reply.inboxes.exclude(pk__in=inboxes.open_to(teammate).order_by().values("pk"))


def may_share(teammate: Teammate) -> bool:
    """Whether they may write for a team or for everybody."""
    return teammate.is_active and teammate.role in {Role.OWNER, Role.LEAD}


def teams_for(teammate: Teammate) -> QuerySet[Team]:
    """The teams whose canned replies they may write."""
    if not may_share(teammate):
        return Team.objects.none()
    return accounts.teams() if teammate.is_owner else accounts.teams().filter(members=teammate)


def in_folders(replies: QuerySet[CannedReply]) -> QuerySet[CannedReply]:
    """As they are listed: what is in no folder first."""
    return replies.order_by("folder", "position", "name", "pk")


def usable_in(conversation: Conversation, teammate: Teammate) -> QuerySet[CannedReply]:
    """What is offered while one answers here: what is used most, and was used last, first."""
    seen = visible_to(teammate).filter(archived_at__isnull=True)
    inbox = conversation.inbox_id
    anywhere = CannedReply.inboxes.through.objects.values("cannedreply_id")
    here = anywhere.filter(inbox_id=inbox)
    offered = seen.filter(~Q(pk__in=anywhere) | Q(pk__in=here))
    last = F("last_used_at").desc(nulls_last=True)
    return offered.order_by("-times_used", last, "folder", "position", "name", "pk")


def matching(replies: QuerySet[CannedReply], words: str) -> QuerySet[CannedReply]:
    """Those in whose name, folder, shortcut or texts a word begins with each of `words`."""
    for word in fold(words[:200]).split():
        replies = replies.filter(search_text__contains=f" {word}")
    return replies


def folders(teammate: Teammate) -> list[str]:
    """The names of the folders they see."""
    named = visible_to(teammate).exclude(folder="").order_by("folder")
    return list(named.values_list("folder", flat=True).distinct()[:200])


def languages_for(conversation: Conversation) -> list[str]:
    """In which language a text is wanted: the person's, else the inbox's or the business's."""
    business = accounts.business()
    language = conversation.person.language
    house = business.language if business else "en"
    return [language, language.split("-")[0], conversation.inbox.language, house]


def text_in(texts: Mapping[str, str], languages: Iterable[str]) -> str:
    """Of `texts` by language the first that is wanted, else any."""
    found = next((each for each in languages if each in texts), next(iter(texts), ""))
    return texts.get(found, "")


def after_sending(conversation_id: int, teammate_id: int) -> AfterSending | None:
    """What waits with the answer that this teammate is writing here."""
    found = prepared.objects("after sending", _after_sending, conversation_id, teammate_id)
    return found[0] if found else None


def _after_sending(conversation: int, teammate: int) -> QuerySet[AfterSending]:
    return AfterSending.objects.filter(
        draft__conversation=conversation, draft__teammate=teammate, draft__kind=Draft.Kind.REPLY
    )


def applied_by(teammate: Teammate) -> QuerySet[Applied]:
    """What they did and may undo."""
    return Applied.objects.filter(by=teammate)
