"""Who may do what on every URL of the daily screens. A new URL without an entry here fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from goodword.accounts.models import Teammate
from goodword.conversations import actions as conversations
from goodword.conversations.models import Conversation, Draft, Following, Link, Message, Reading
from goodword.desk import handling
from goodword.desk.answering import delivering, sharing
from goodword.desk.answering.recipients import Recipients
from goodword.desk.intake import joining, screening
from goodword.desk.models import SavedView, SenderRule
from goodword.desk.roads import Answer, InboundFile
from goodword.desk.search import saved
from goodword.desk.shaping import moving, splitting
from goodword.desk.together import aside
from goodword.fields import actions as fields
from goodword.fields.models import Field
from goodword.files import actions as files
from goodword.people import actions as people
from goodword.people.models import Address, Person
from goodword.promises.models import Promise
from goodword.tasks.models import ChecklistItem, TimeSpent
from goodword.web.inbox.urls import urlpatterns
from tests.factories import DAY, HOUR, MINUTE, MemoryRoad, deliver, make_house, receive, reply

pytestmark = pytest.mark.django_db

INSIDE = ("ana", "lea", "ben", "lou")  # who sees the front team's inbox
ANSWERING = ("ana", "lea", "ben")
EVERYBODY = ("ana", "lea", "ben", "lou", "carl")
# Whoever asks, the database is asked alike: with PostgreSQL by an agent alone.
AS_WHOM = ["ben", *(pytest.param(who, marks=pytest.mark.once) for who in EVERYBODY if who != "ben")]


@dataclass(frozen=True)
class Case:
    """One URL. `answers`: what those in `seen_by` get; everyone else inside gets 404."""

    args: tuple[str, ...] = ()
    post: dict[str, str] | None = None
    answers: int = 200
    seen_by: tuple[str, ...] = INSIDE
    query: str = ""
    changes_for: tuple[str, ...] = field(default=ANSWERING)  # who changes something by it


FUTURE = f"{timezone.now() + 5 * DAY:%Y-%m-%d}"
ONE, MESSAGE = ("conversation",), ("message",)
LEADING, VIEW = ("ana", "lea"), ("view",)
AS_VIEW = {"name": "All", "asked": "in:all", "shown_to": "me", "order": "due"}
CASES: dict[str, Case] = {
    "start": Case(answers=302, seen_by=EVERYBODY),
    "folder": Case(("mine",), seen_by=EVERYBODY),
    "team": Case(("team",)),
    "search": Case(query="?q=gift", seen_by=EVERYBODY),
    "suggestions": Case(query="?q=with:g", seen_by=EVERYBODY),
    "more_filters": Case(query="?q=gift", seen_by=EVERYBODY),
    "view": Case(VIEW),
    "view_keep": Case((), AS_VIEW, 302, seen_by=EVERYBODY, changes_for=EVERYBODY),
    "view_counts": Case(seen_by=EVERYBODY),
    "view_change": Case(VIEW, AS_VIEW, 302, seen_by=LEADING, changes_for=LEADING),
    "view_remove": Case(VIEW, {}, 302, seen_by=LEADING, changes_for=LEADING),
    "view_bring_back": Case(("view_gone",), {}, 302, seen_by=LEADING, changes_for=LEADING),
    "conversation": Case(ONE),
    "colleagues": Case(ONE),
    "callable": Case(ONE),
    "here": Case(ONE, {"page": "page2345", "doing": "reply", "read_to": "1"}, changes_for=INSIDE),
    "unread": Case(ONE, {}, 302, changes_for=INSIDE),
    "draft": Case(ONE, {"mode": "reply", "text": "half"}, 302),
    "reply": Case(ONE, {"mode": "reply", "text": "Yes", "to": "grace@whitlow.example"}, 302),
    "share": Case(("shared",), {"asked": ""}, 302, changes_for=("ana", "ben")),
    "unshare": Case(("to_approve",), {}, 302, changes_for=("ben",)),
    "go_on": Case(("to_finish",), {}, 302, changes_for=("lea",)),
    "approve": Case(("to_approve",), {"seen": "stamp"}, 302, changes_for=("lea",)),
    "send_back": Case(("to_approve",), {}, 302, changes_for=("lea",)),
    "draft_file": Case(("to_approve", "draft_file")),
    "note": Case(ONE, {"mode": "note", "text": "Hm"}, 302, changes_for=INSIDE),
    "follow": Case(ONE, {"follows": "yes"}, 302, changes_for=INSIDE),
    "checklist": Case(ONE, {"words": "Ring them"}, 302, changes_for=INSIDE),
    "time": Case(ONE, {"spent": "25 archive"}, 302, changes_for=INSIDE),
    "assign": Case(ONE, {"to": "me"}, 302),
    "known_tags": Case(ONE),
    "tag": Case(ONE, {"name": "new"}, 302),
    "untag": Case(ONE, {"name": "repair"}, 302),
    "more": Case(ONE),
    "snooze": Case(ONE, {"until": "tomorrow"}, 302),
    "close": Case(ONE, {}, 422, changes_for=()),
    "reopen": Case(("closed",), {}, 302),
    "spam": Case(ONE, {}, 302),
    "trash": Case(ONE, {"sure": "yes"}, 302),
    "no_answer_needed": Case(ONE, {}, 302),
    "answer_needed": Case(("waived",), {}, 302),
    "undo": Case(ONE, {"token": "of nobody's making"}, 302, changes_for=()),
    "fields": Case(ONE, {"own-order": "A-17"}, 302, seen_by=ANSWERING),
    "advice": Case(ONE, {"text": "I'll call you tomorrow."}, changes_for=()),
    "track": Case(ONE, {"what": "call", "direction": "ours", "kind": "do", "day": FUTURE}, 302),
    "come_back": Case(ONE, {"day": FUTURE}, 302),
    "hold": Case(ONE, {"day": FUTURE, "text": "Not forgotten."}, 302),
    "urgent": Case(ONE, {"urgent": "yes"}, 302),
    "join": Case(("suspected",), {"other": "conversation"}, 302),
    "shape": Case(ONE),
    "unjoin": Case(("joined",), {}, 302),
    "split": Case(("second",), {"which": "one"}, 302),
    "unsplit": Case(("split",), {}, 302),
    "move": Case(ONE, {"inbox": "repairs", "sure": "yes"}, 302),
    # Who moved it may take that back, also where they see it no more.
    "move_back": Case(("moved",), {}, 302, seen_by=("ana", "ben", "carl"), changes_for=("ben",)),
    "subject": Case(ONE, {"subject": "Other"}, 302),
    "with_whom": Case(ONE, {"person": "new:hana@mill.example"}, 302),
    "relate": Case(ONE, {"other": "closed"}, 302),
    "unrelate": Case(("split",), {"other": "split_from"}, 302),
    "purge": Case(("trashed",), {}, 302, seen_by=LEADING, changes_for=LEADING),
    "empty_trash": Case((), {}, 302, seen_by=LEADING, changes_for=LEADING),
    "spam_sweep": Case(
        (), {"good": "spam"}, 302, seen_by=("ana", "lea", "ben", "carl"), changes_for=ANSWERING
    ),
    "block": Case(("spam",), {"value": "spam@x.example"}, 302),
    "unblock": Case(("spam",), {"value": "rule@x.example"}, 302),
    "aside": Case(ONE, {"to": "a@print.example", "subject": "Order", "text": "When?"}, 302),
    "aside_opened": Case(("side",), answers=302),
    "forward": Case(MESSAGE, {"to": "a@print.example", "subject": "Fwd: Card"}, 302),
    "keep_apart": Case(("suspected",), {"other": "conversation"}, 302),
    "works_again": Case(ONE, {"address": "grace@whitlow.example"}, 302),
    "frame": Case(MESSAGE),
    "source": Case(MESSAGE),
    "message_menu": Case(MESSAGE),
    "eml": Case(MESSAGE),
    "take_back": Case(("queued",), {}, 302),
    "let_go": Case(("held",), {}, 302),
    "sending": Case(ONE),
    "preview": Case(ONE, {"text": "**Yes**"}, changes_for=()),
    "draft_picture": Case(("picture",), seen_by=("ben",)),
    "another_time": Case(("held",), {"moment": f"{FUTURE}T09:00"}, 302),
    "send_now": Case(("held",), {}, 302),
    "decide": Case(("doubtful",), {"address": "old@gone.example", "choice": "received"}, 302),
    "attachment": Case(("attachment", "receipt.pdf")),
}


NOW = timezone.now()


@pytest.fixture
def house(scene: SimpleNamespace) -> Iterator[SimpleNamespace]:
    """At the moment of the scene: what may still be taken back, may be in the last test too."""
    with time_machine.travel(NOW):
        yield deepcopy(scene)


@pytest.fixture(scope="module")
def scene(rows_of_module: None) -> SimpleNamespace:
    """The cast, and a conversation of the front team in every condition an act needs."""
    now = NOW
    house = make_house(now - 9 * DAY)
    pdf = InboundFile("receipt.pdf", "application/pdf", b"%PDF-1.4")
    message = receive(house, html="<p>Where?</p>", files=[pdf], at=now - HOUR)
    message.raw = files.keep(b"Subject: x\r\n\r\nWhere?", at=now)
    message.save(update_fields=["raw"])
    conversations.tag(message.conversation, "repair", by=house.ben, at=now)

    conversations.link(
        receive(house, sender="stranger@x.example", at=now).conversation,
        message.conversation,
        why=Link.Why.SUSPECTED,
        at=now,
    )
    people.note_bounce(message.address, hard=True, words="550 no such user", at=now)

    def another(sender: str) -> Conversation:
        return receive(house, sender=sender, at=now - DAY).conversation

    closed = another("closed@x.example")
    handling.no_answer_needed(closed, by=house.ben, at=now)
    handling.close(closed, by=house.ben, at=now)
    waived = another("waived@x.example")
    handling.no_answer_needed(waived, by=house.ben, at=now)
    road = MemoryRoad(answers={"old@gone.example": Answer("unknown", "line broke")})
    doubtful = reply(
        another("old@gone.example"), house.ana, at=now - 2 * HOUR, to=["old@gone.example"]
    )
    deliver(at=now - HOUR, road=road)
    held = reply(another("held@x.example"), house.ana, at=now - MINUTE, to=["held@x.example"])
    delivering.hold_everything(why="restored", at=now)
    queued = reply(another("queued@x.example"), house.ana, at=now, to=["queued@x.example"])
    side = aside.begin(
        message.conversation,
        to=Recipients(to=("press@print.example",)),
        subject="Order 12",
        text="When does it leave?",
        by=house.ben,
        at=now,
    )
    views = [
        saved.keep(saved.Wanted("Gifts", "gift", "team", house.front), by=house.lea, at=now)
        for _each in range(2)
    ]
    saved.remove(views[1], by=house.lea, at=now)
    picture = conversations.attach_to_draft(
        conversations.save_draft(waived, by=house.ben, kind="reply", text="", at=now),
        name="p.png",
        content_type="image/png",
        data=b"PNG",
        inline=True,
        at=now,
    )
    shared = another("shared@x.example")
    to_finish, to_approve = _draft(shared, house.ana, now), _draft(shared, house.ben, now)
    for draft, asked_for in ((to_finish, "finish"), (to_approve, "approve")):
        by = draft.teammate
        sharing.share(draft, asked=house.lea, asked_for=asked_for, by=by, at=now)
    _shape(house, another, now)
    fields.define("Order", about="conversation", kind="text", by=house.ana, at=now)
    Field.objects.update(public_id="order")  # the name of its input holds it
    house.named = house.shaped | {
        "picture": picture.public_id,
        "view": views[0].public_id,
        "view_gone": views[1].public_id,
        "shared": shared.public_id,
        "to_finish": to_finish.public_id,
        "to_approve": to_approve.public_id,
        "stamp": sharing.stamp(to_approve),
        "draft_file": to_approve.files.get().public_id,
        "side": side.public_id,
        "conversation": message.conversation.public_id,
        "message": message.public_id,
        "attachment": message.attachments.get().public_id,
        "team": house.front.public_id,
        "suspected": Link.objects.get(why="suspected").conversation.public_id,
        "closed": closed.public_id,
        "waived": waived.public_id,
        "doubtful": doubtful.public_id,
        "held": held.public_id,
        "queued": queued.public_id,
    }
    return house


def _draft(conversation: Conversation, by: Teammate, at: datetime) -> Draft:
    draft = conversations.save_draft(conversation, by=by, kind="reply", text="Soon.", at=at)
    conversations.attach_to_draft(draft, name="a.txt", content_type="text/plain", data=b"a", at=at)
    return draft


def _shape(house: SimpleNamespace, another: Callable[[str], Conversation], now: datetime) -> None:
    joined, split = another("joined@x.example"), another("split@x.example")
    moved = receive(house, "Hm", sender="mo@x.example", name="Mo", at=now - DAY).conversation
    handling.no_answer_needed(moved, by=house.ben, at=now)
    handling.close(moved, by=house.ben, at=now)
    joining.join(another("also@x.example"), joined, by=house.ben, at=now)
    second, third = (
        receive(house, sender="split@x.example", answers=split.messages.first(), at=now - each)
        for each in (2 * HOUR, HOUR)
    )
    new = splitting.split(third, and_after=False, by=house.ben, at=now)
    moving.move(moved, house.repairs, by=house.ben, at=now)
    spam, trashed = another("spam@x.example"), another("trash@x.example")
    handling.mark_spam(spam, by=house.ben, at=now)
    handling.trash(trashed, by=house.ben, at=now)
    screening.block("rule@x.example", by=house.ben, at=now)
    house.shaped = {
        "joined": joined.public_id,
        "second": second.public_id,
        "split": new.public_id,
        "split_from": split.public_id,
        "moved": moved.public_id,
        "repairs": house.repairs.public_id,
        "spam": spam.public_id,
        "trashed": trashed.public_id,
    }


def test_every_url_has_a_case() -> None:
    assert {pattern.name for pattern in urlpatterns} == set(CASES)


def _ask(house: SimpleNamespace, name: str, client: Client) -> int:
    case = CASES[name]
    args = [house.named.get(arg, arg) for arg in case.args]
    url = reverse(f"inbox:{name}", args=args) + case.query
    sent = {key: house.named.get(value, value) for key, value in (case.post or {}).items()}
    answer = client.get(url) if case.post is None else client.post(url, sent)
    if answer.streaming:
        assert b"".join(answer.streaming_content)  # read to its end, so that the file is closed
    return answer.status_code


@pytest.mark.once
@pytest.mark.parametrize("name", CASES)
def test_given_a_stranger_every_page_asks_them_to_sign_in(house, client, name) -> None:
    before = _fingerprint()

    assert _ask(house, name, client) == 302
    assert _fingerprint() == before


@pytest.mark.parametrize("who", AS_WHOM)
@pytest.mark.parametrize("name", CASES)
def test_given_a_teammate_each_page_answers_as_their_part_says(house, client, name, who) -> None:
    client.force_login(getattr(house, who))
    case, before = CASES[name], _fingerprint()

    status = _ask(house, name, client)

    assert status == _expected(case, name, who)
    if case.post is not None:
        assert (_fingerprint() != before) == (who in case.changes_for)


def _expected(case: Case, name: str, who: str) -> int:
    if who not in case.seen_by:
        return 404
    if who == "lou" and name in {"reply", "aside", "forward"}:
        return 422  # the form comes back and says why
    if who == "lou" and name == "close":
        return 302  # led back with a sentence
    return case.answers


def _fingerprint() -> list[object]:
    """All that an act could change."""
    asked = [
        Conversation.objects.values_list("pk", "state", "assignee", "team", "tags", "urgent"),
        Conversation.objects.values_list("pk", "redirect_to", "inbox", "subject", "person"),
        Message.objects.values_list("pk", "conversation"),
        Conversation.objects.values_list("pk", "values__text"),
        ChecklistItem.objects.values_list("pk", "words"),
        TimeSpent.objects.values_list("pk", "minutes"),
        SenderRule.objects.values_list("value"),
        Link.objects.values_list("pk", "why"),
        Address.objects.values_list("pk", "bouncing_since"),
        Person.objects.values_list("pk", "name", "zone", "language"),
        Conversation.objects.values_list("drafts__pk", "drafts__text"),
        Message.objects.values_list("pk", "counted", "dispatch__due_at", "dispatch__held"),
        Message.objects.values_list("recipients__pk", "recipients__state"),
        Promise.objects.values_list("pk", "state", "owner", "due_at"),
        Reading.objects.values_list("pk", "teammate", "read_to"),
        SavedView.objects.values_list("pk", "name", "shown_to", "removed_at"),
        Following.objects.values_list("conversation", "teammate"),
        Draft.objects.values_list("pk", "teammate", "shared_at", "asked", "approved_at"),
    ]
    return [sorted(rows, key=repr) for rows in asked]


def test_given_an_htmx_request_of_a_stranger_it_is_told_401_so_that_the_page_reloads(
    house, client
) -> None:
    url = reverse("inbox:conversation", args=[house.named["conversation"]])

    assert client.get(url, headers={"HX-Request": "true"}).status_code == 401


def test_given_another_team_nothing_of_a_conversation_shows_in_lists_counts_or_search(
    house, client
) -> None:
    client.force_login(house.carl)

    lists = ("/inbox/all/", "/inbox/unassigned/", "/inbox/later/", "/inbox/spam/")
    one = f"/conversations/{house.named['conversation']}/?fragment=timeline"
    for url in (*lists, "/search/?q=where", one):
        page = client.get(url, headers={"HX-Request": "true"}).content.decode()
        assert "Grace" not in page
        assert not re.search(r"nav-count[^>]*>\s*\d", page)
        assert ('id="gone"' in page) == (url == one)


def test_given_a_light_teammate_the_page_offers_notes_and_no_acts(house, client) -> None:
    client.force_login(house.lou)

    one = f"/conversations/{house.named['conversation']}/"
    page = client.get(one).content.decode()

    assert "Keep note" in page
    for act in ("reply", "close", "trash", "spam", "assign", "snooze", "tag", "no-answer-needed"):
        assert f"{one}{act}/" not in page


@pytest.mark.parametrize("folder", ["mine2", "team-nobody", "..%2f"])
def test_given_a_list_that_is_not_there_the_page_is_not_found(house, client, folder) -> None:
    client.force_login(house.ben)

    assert client.get(f"/inbox/{folder}/").status_code == 404
    url = f"/conversations/{house.named['conversation']}/?folder={folder}"
    assert client.get(url).status_code == 404
