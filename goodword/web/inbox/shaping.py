"""Giving a conversation another shape: join, split, move to another inbox; and back again."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goodword.accounts.models import Teammate
from goodword.conversations import queries as said
from goodword.conversations.models import Conversation, Message
from goodword.desk.intake import joining
from goodword.desk.models import Joined
from goodword.desk.search import finding
from goodword.desk.shaping import moving, splitting, unjoining
from goodword.inboxes.models import Inbox
from goodword.people import queries as people
from goodword.web import undoing
from goodword.web.inbox import belonging, showing
from goodword.web.inbox import conversation as pages
from goodword.web.inbox.errors import REFUSALS, sentence
from goodword.web.inbox.questions import SEARCHED, Choice, Question, Way, ask, on_to
from goodword.web.inside import inside, moment_of, teammate_of, typed

_MOST = 8  # conversations to choose from


@inside
@require_GET
def shape(request: HttpRequest, public_id: str) -> HttpResponse:
    """What can be done with it that is seldom done."""
    found = pages.visible(request, public_id)

    def way(name: str, icon: str, words: str) -> Way:
        return Way(act_url(request, name, found), icon, words)

    ways = [
        way("join", "merge", _("Join it with another conversation")),
        way("move", "inbox", _("Move it to another inbox")),
        way("subject", "pencil", _("Change the subject")),
        way("with_whom", "user-round", _("Change whom it is with")),
        way("relate", "link", _("Link it with another that belongs to it")),
    ]
    joined = unjoining.last_into(found)
    if joined is not None:
        words = _("Take the joining with %(reference)s back")
        reference = joined.conversation.reference
        ways.insert(1, way("unjoin", "split", words % {"reference": reference}))
    if found.side_of_id:  # it goes where its conversation goes
        ways = [way("subject", "pencil", _("Change the subject"))]
    lead = [_("To split a message off, open the menu of that message.")]
    return ask(request, found, Question(_("Join, move, rename…"), lead=lead, ways=ways))


def act_url(request: HttpRequest, name: str, found: Conversation) -> str:
    """Where an act is done, with the list that stands beside."""
    query = pages.place_beside(request, found).query
    return f"{reverse(f'inbox:{name}', args=[found.public_id])}?{query}"


# Two become one, and two again


@inside
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, public_id: str) -> HttpResponse:
    """The younger into the older, and on to where everything stands now."""
    found = pages.visible(request, public_id)
    if request.method == "GET":
        return ask(request, found, _which(request, found))
    by = teammate_of(request)
    other = _other(request, found)
    if other is None:
        if found.public_id == public_id:  # else a second click: it is joined
            messages.error(request, sentence(joining.CannotJoin()))
        return on_to(request, pages.address_of(request, found))
    into = belonging.older(found, other)
    younger = other if into == found else found
    asked = said.linked_to(found, visible=said.visible_to(by)).filter(pk=other.pk)
    if request.POST.get("sure") != "yes" and not asked.exists():
        return ask(request, found, _sure_to_join(younger, into))
    try:
        joining.join(younger, into, by=by, at=moment_of(request))
    except REFUSALS as error:
        messages.error(request, sentence(error))
        return on_to(request, pages.address_of(request, found))
    into.refresh_from_db()
    undoing.offer(
        request,
        _("Joined. What was said in both stands here now."),
        act_url(request, "unjoin", into),
        {"other": younger.public_id},
    )
    return on_to(request, pages.address_of(request, into))


def _which(request: HttpRequest, found: Conversation) -> Question:
    return Question(
        _("Join with which conversation?"),
        name="other",
        choices=choices_for(request, found),
        search=_("Words, a name, an address or a reference"),
        verb=_("Go on"),
    )


def _sure_to_join(younger: Conversation, into: Conversation) -> Question:
    names = {"goes": _named(younger), "stays": _named(into)}
    return Question(
        _("Join these two?"),
        lead=[
            _("%(stays)s stays. All that was said and promised in %(goes)s stands there then.")
            % names,
            _("The address and the mails of %(goes)s lead there for ever.") % names,
            _("You can take it back: each gets back what was its own."),
        ],
        hidden={
            "other": younger.public_id, "into": into.public_id, "sure": "yes",
        },
        verb=_("Join them"),
    )  # fmt: skip


def _named(conversation: Conversation) -> str:
    subject = conversation.subject or _("(no subject)")
    return _("“%(subject)s” (%(reference)s)") % {
        "subject": subject,
        "reference": conversation.reference,
    }


def _other(request: HttpRequest, found: Conversation) -> Conversation | None:
    """The one that was chosen; a question asked again names both, of which one is `found`."""
    names = {typed(request.POST, "other"), typed(request.POST, "into")} - {found.public_id, ""}
    rows = said.visible_to(teammate_of(request)).filter(public_id__in=names)
    return rows.select_related("person").first() if len(names) == 1 else None


def choices_for(request: HttpRequest, found: Conversation) -> list[Choice]:
    """What matches the search; else others with the same person, the newest first."""
    by, q = teammate_of(request), typed(request.GET, SEARCHED)
    put_aside = [Conversation.State.SPAM, Conversation.State.TRASH]
    rows = said.visible_to(by).exclude(state__in=put_aside).filter(side_of__isnull=True)
    rows = rows.exclude(pk=found.pk)
    if not q:
        same = said.with_same(people.keys_of(found.person), visible=rows)
        keys = list(same.values_list("pk", flat=True)[:_MOST])
    else:
        hits = finding.find(finding.read(q, at=moment_of(request)), by=by, most=_MOST + 1).hits
        named = rows.filter(reference__iexact=q).values_list("pk", flat=True)
        keys = list(dict.fromkeys([*named, *(hit.conversation for hit in hits)]))
    shown = rows.filter(pk__in=keys).select_related("person").prefetch_related(
        "person__holdings__address"
    )  # fmt: skip
    found_rows = sorted(shown, key=lambda row: keys.index(row.pk))[:_MOST]
    return [
        Choice(row.public_id, row.subject or _("(no subject)"), _meta(row)) for row in found_rows
    ]


def _meta(row: Conversation) -> str:
    who = showing.name_of(row.person)
    return f"{who} · {row.reference} · {row.get_state_display()}"


@inside
@require_http_methods(["GET", "POST"])
def unjoin(request: HttpRequest, public_id: str) -> HttpResponse:
    """Of the newest join, or of that with the one a toast names."""
    found = pages.visible(request, public_id)
    joined = unjoining.last_into(found)
    other = typed(request.POST, "other")
    if other:
        rows = Joined.objects.filter(into=found, conversation__public_id=other, undone_at=None)
        joined = rows.select_related("conversation").order_by("-pk").first()
    if joined is None:
        messages.error(request, sentence(unjoining.CannotUndo()))
        return on_to(request, pages.address_of(request, found))
    if request.method == "GET":
        return ask(request, found, _sure_to_part(joined))
    try:
        unjoining.undo(joined, by=teammate_of(request), at=moment_of(request))
    except REFUSALS as error:
        messages.error(request, sentence(error))
    else:
        words = _("Taken back: %(reference)s stands by itself again.")
        messages.success(request, words % {"reference": joined.conversation.reference})
    return on_to(request, pages.address_of(request, found))


def _sure_to_part(joined: Joined) -> Question:
    names = {"goes": _named(joined.conversation)}
    return Question(
        _("Take the joining back?"),
        lead=[
            _("%(goes)s stands by itself again, with what was its own and is still here.") % names,
            _("What was said since stays in this conversation."),
        ],
        hidden={"other": joined.conversation.public_id},
        verb=_("Take it back"),
    )


# One message, or all after it, apart


@inside
@require_http_methods(["GET", "POST"])
def split(request: HttpRequest, public_id: str) -> HttpResponse:
    message = pages.visible_message(request, public_id)
    found = pages.visible(request, message.conversation.public_id)
    if request.method == "GET":
        return ask(request, found, _how_much(message))
    and_after = request.POST.get("which") == "after"
    try:
        new = splitting.split(
            message, and_after=and_after, by=teammate_of(request), at=moment_of(request)
        )
    except REFUSALS as error:
        messages.error(request, sentence(error))
        return on_to(request, pages.address_of(request, found))
    url = act_url(request, "unsplit", new)
    undoing.offer(request, _("It stands in a conversation of its own now."), url)
    return on_to(request, pages.address_of(request, new))


def _how_much(message: Message) -> Question:
    after = message.conversation.messages.filter(pk__gt=message.pk).count()
    words = ngettext(
        "This and the %(n)d message after it", "This and the %(n)d messages after it", after
    )
    choices = [
        Choice("one", _("This message alone"), chosen=True),
        Choice("after", words % {"n": after}),
    ]
    return Question(
        _("Split it off?"),
        lead=[
            _("It gets a conversation of its own, with its files and what was promised in it."),
            _("What is owed is owed in both; whoever has this one has both."),
        ],
        name="which",
        choices=choices if after else (),
        verb=_("Split it off"),
    )


@inside
@require_POST
def unsplit(request: HttpRequest, public_id: str) -> HttpResponse:
    found = pages.visible(request, public_id)
    came_from = splitting.origin_of(found)
    seen = said.visible_to(teammate_of(request))
    try:
        if came_from is None or not seen.filter(pk=came_from.pk).exists():
            raise unjoining.CannotUndo
        splitting.undo(found, by=teammate_of(request), at=moment_of(request))
    except REFUSALS as error:
        messages.error(request, sentence(error))
        return redirect(pages.address_of(request, found))
    messages.success(request, _("Undone."))
    return redirect(pages.address_of(request, pages.visible(request, came_from.public_id)))


# To another inbox


@inside
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, public_id: str) -> HttpResponse:
    found, by = pages.visible(request, public_id), teammate_of(request)
    inboxes = {each.public_id: each for each in Inbox.objects.select_related("team")}
    to = inboxes.get(typed(request.POST, "inbox"))
    if to is None:
        return ask(request, found, _where_to(found, list(inboxes.values())))
    loses = moving.would_lose_sight(found, to, by=by)
    if loses and request.POST.get("sure") != "yes":
        return ask(request, found, _sure_to_move(to))
    here = pages.place_beside(request, found)
    try:
        moving.move(found, to, by=by, at=moment_of(request))
    except REFUSALS as error:
        messages.error(request, sentence(error))
        return on_to(request, pages.address_of(request, found))
    words = _("Moved to %(inbox)s. The word given stands.") % {"inbox": to.name}
    undoing.offer(request, words, act_url(request, "move_back", found))
    if loses:
        return on_to(request, here.url)
    return on_to(request, pages.address_of(request, pages.visible(request, public_id)))


def _where_to(found: Conversation, inboxes: list[Inbox]) -> Question:
    others = sorted((each for each in inboxes if each.pk != found.inbox_id), key=lambda e: e.name)
    lead = [
        _("Due times stay as they are. Whoever can't answer there hands over to its team."),
        _("Answers leave from its address, also those that are queued."),
    ]
    return Question(
        _("Move it to which inbox?"),
        lead=lead if others else [_("There is no other inbox.")],
        name="inbox",
        choices=[Choice(each.public_id, each.name, each.team.name) for each in others],
        verb=_("Move it") if others else "",
    )


def _sure_to_move(to: Inbox) -> Question:
    lead = _("You don't see %(inbox)s. Once it is there, you don't see this conversation any more.")
    return Question(
        _("Move it out of your sight?"),
        lead=[lead % {"inbox": to.name}],
        hidden={"inbox": to.public_id, "sure": "yes"},
        verb=_("Move it"),
    )


@inside
@require_POST
def move_back(request: HttpRequest, public_id: str) -> HttpResponse:
    """Also by who does not see it any more, as long as it was they who moved it."""
    by, at = teammate_of(request), moment_of(request)
    found = Conversation.objects.filter(public_id=public_id, redirect_to=None).first()
    if found is None or not (_sees(by, found) or moving.last_move(found, by=by, at=at)):
        raise Http404
    try:
        moving.move_back(found, by=by, at=at)
    except REFUSALS as error:
        messages.error(request, sentence(error))
    else:
        messages.success(request, _("Undone."))
    if not _sees(by, found):
        return redirect("inbox:start")
    return redirect(pages.address_of(request, pages.visible(request, public_id)))


def _sees(by: Teammate, found: Conversation) -> bool:
    return said.visible_to(by).filter(pk=found.pk).exists()
