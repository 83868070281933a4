"""A draft shown to colleagues: finished by one, or approved and sent, or sent back."""

from __future__ import annotations

import pytest

from goodword.accounts import actions as accounts
from goodword.accounts.models import Role
from goodword.accounts.rights import MayNot
from goodword.conversations import actions as conversations
from goodword.conversations.models import Draft, Message
from goodword.desk import checking, handling, staffing
from goodword.desk.answering import replying, sharing
from goodword.desk.answering.recipients import Recipients
from goodword.desk.shaping import moving
from goodword.events import actions as events
from goodword.notices.models import Notice
from tests.factories import HOUR, MINUTE, MONDAY_NOON, receive

pytestmark = pytest.mark.django_db
LATER = MONDAY_NOON + HOUR
TO = "Grace <grace@whitlow.example>"


@pytest.fixture
def conversation(house):
    return receive(house).conversation


@pytest.fixture
def draft(house, conversation):
    """Ben's answer, with a file."""
    found = save(conversation, house.ben, "It left on Friday.")
    conversations.attach_to_draft(
        found, name="slip.txt", content_type="text/plain", data=b"slip", at=MONDAY_NOON
    )
    return found


def save(conversation, by, text, **changes):
    fields = {"to": TO} | changes
    return conversations.save_draft(
        conversation, by=by, kind="reply", text=text, at=MONDAY_NOON, **fields
    )


def ask(draft, house, asked_for, *, of=None):
    return sharing.share(
        draft, asked=of or house.lea, asked_for=asked_for, by=house.ben, at=MONDAY_NOON
    )


def told():
    """Who has what open, by first name."""
    rows = Notice.objects.filter(ended_at__isnull=True)
    return {row.teammate.name.split()[0]: row.kind for row in rows}


def test_shown_to_colleagues_without_asking_tells_nobody(house, draft):
    shared = sharing.share(draft, asked=None, by=house.ben, at=MONDAY_NOON)

    assert shared.shared_at == MONDAY_NOON and told() == {}


def test_asked_to_finish_it_she_goes_on_with_it_and_nothing_is_lost(house, conversation, draft):
    hers = save(conversation, house.lea, "And the colour?", to="", cc="x@x.example")
    conversations.attach_to_draft(
        hers, name="colours.txt", content_type="text/plain", data=b"c", at=MONDAY_NOON
    )
    ask(draft, house, "finish")
    assert told() == {"Lea": "finish_draft"}
    now_hers = sharing.go_on(draft, by=house.lea, at=LATER)

    assert now_hers.text == "It left on Friday.\n\nAnd the colour?"
    assert now_hers.to == TO and now_hers.teammate == house.lea
    assert set(now_hers.files.values_list("name", flat=True)) == {"slip.txt", "colours.txt"}
    assert Draft.objects.count() == 1 and now_hers.shared_at is None
    assert told() == {"Ben": "draft_taken"}


def test_approved_the_writer_hears_of_it_and_sending_ends_it_all(house, conversation, draft):
    ask(draft, house, "approve")
    sharing.approve(draft, seen=sharing.stamp(draft), by=house.lea, at=LATER)
    draft.refresh_from_db()
    assert (draft.approved_by, draft.approved_at) == (house.lea, LATER)
    assert told() == {"Ben": "draft_approved"}

    sent = replying.reply(
        conversation, by=house.ben, text=draft.text, draft=draft,
        recipients=Recipients(to=(TO,)), at=LATER + MINUTE,
    )  # fmt: skip
    while events.hand_on(at=LATER + MINUTE):
        pass
    assert sent.attachments.get().name == "slip.txt"
    assert not Draft.objects.exists() and "Ben" not in told()
    assert checking.violations() == []


@pytest.mark.parametrize(
    "change",
    [
        {"text": "It left on Monday."},
        {"text": "It left on Friday.", "to": "other@x.example"},
        {"text": "It left on Friday.", "bcc": "other@x.example"},
    ],
)
def test_changing_what_was_approved_takes_the_approval_away(house, conversation, draft, change):
    ask(draft, house, "approve")
    sharing.approve(draft, seen=sharing.stamp(draft), by=house.lea, at=LATER)
    save(conversation, house.ben, "It left on Friday.")  # as it is: saved again by the page
    draft.refresh_from_db()
    assert draft.approved_at is not None

    save(conversation, house.ben, **change)
    draft.refresh_from_db()
    assert draft.approved_at is None and draft.approved_by is None
    assert draft.asked == house.lea  # who can approve it anew


def test_another_file_takes_the_approval_away(house, draft):
    for change in ("put in", "taken out"):
        ask(draft, house, "approve")
        sharing.approve(draft, seen=sharing.stamp(draft), by=house.lea, at=LATER)
        if change == "put in":
            conversations.attach_to_draft(
                draft, name="b.txt", content_type="text/plain", data=b"b", at=LATER
            )
        else:
            conversations.detach_from_draft(draft.files.first())
        draft.refresh_from_db()
        assert draft.approved_at is None


def test_what_reads_otherwise_than_what_she_saw_is_not_approved(house, conversation, draft):
    ask(draft, house, "approve")
    seen = sharing.stamp(draft)
    save(conversation, house.ben, "We owe you nothing.")
    with pytest.raises(sharing.TextChanged):
        sharing.approve(draft, seen=seen, by=house.lea, at=LATER)

    draft.refresh_from_db()
    assert draft.approved_at is None


@pytest.mark.parametrize("asked_for", ["finish", "approve"])
def test_sent_back_with_a_word_it_is_the_writers_alone_again(house, draft, asked_for):
    ask(draft, house, asked_for)
    sharing.send_back(draft, word="Say when, please.", by=house.lea, at=LATER)
    draft.refresh_from_db()

    assert draft.shared_at is None and draft.asked is None and draft.teammate == house.ben
    assert Message.objects.get(kind="note").text == "Say when, please."
    assert told() == {"Ben": "draft_back"}
    assert Notice.objects.get(kind="draft_back").title.endswith("“Say when, please.”")


def test_taken_back_nobody_can_finish_or_approve_it(house, draft):
    ask(draft, house, "finish")
    sharing.take_back(draft, by=house.ben, at=LATER)

    assert told() == {}
    for act in (
        lambda: sharing.go_on(draft, by=house.lea, at=LATER),
        lambda: sharing.approve(draft, seen=sharing.stamp(draft), by=house.lea, at=LATER),
        lambda: sharing.send_back(draft, by=house.lea, at=LATER),
        lambda: sharing.take_back(draft, by=house.ben, at=LATER),
    ):
        with pytest.raises(sharing.NotShared):
            act()


def test_only_who_was_asked_does_what_was_asked_and_only_the_writer_shows_it(house, draft):
    with pytest.raises(sharing.NotShared):
        sharing.share(draft, asked=None, by=house.lea, at=LATER)
    ask(draft, house, "approve")
    for who in (house.ana, house.ben):
        with pytest.raises(sharing.NotShared):
            sharing.approve(draft, seen=sharing.stamp(draft), by=who, at=LATER)
    with pytest.raises(sharing.NotShared):  # she was asked for something else
        sharing.go_on(draft, by=house.lea, at=LATER)
    with pytest.raises(sharing.NotShared):
        sharing.take_back(draft, by=house.lea, at=LATER)


@pytest.mark.parametrize("who", ["lou", "carl", "ben"])
def test_nobody_is_asked_who_is_light_sees_it_not_or_wrote_it(house, draft, who):
    with pytest.raises(handling.CannotSee):
        ask(draft, house, "approve", of=getattr(house, who))

    draft.refresh_from_db()
    assert draft.shared_at is None and told() == {}


def test_who_may_answer_no_longer_approves_nothing(house, draft):
    ask(draft, house, "approve")
    accounts.change_role(house.lea, Role.LIGHT, by=house.ana, at=LATER)
    house.lea.refresh_from_db()
    with pytest.raises(MayNot):
        sharing.approve(draft, seen=sharing.stamp(draft), by=house.lea, at=LATER)


def test_a_note_is_never_shown_as_a_draft(house, conversation):
    note = conversations.save_draft(
        conversation, by=house.ben, kind="note", text="Hm", at=MONDAY_NOON
    )
    with pytest.raises(sharing.NotShared):
        sharing.share(note, asked=None, by=house.ben, at=LATER)


def test_asked_again_of_another_the_first_is_asked_no_longer(house, draft):
    ask(draft, house, "approve")
    sharing.share(draft, asked=house.ana, asked_for="finish", by=house.ben, at=LATER)

    assert told() == {"Ana": "finish_draft"}
    with pytest.raises(sharing.NotShared):
        sharing.approve(draft, seen=sharing.stamp(draft), by=house.lea, at=LATER)


def test_given_a_colleague_has_gone_on_with_it_meanwhile_neither_sending_nor_emptying_takes_it_away(
    house, conversation, draft
):
    seen = Draft.objects.get(pk=ask(draft, house, "finish").pk)  # Ben's page knows it as his
    sharing.go_on(draft, by=house.lea, at=LATER)
    sharing.discard(seen, by=house.ben, at=LATER)
    replying.reply(
        conversation, by=house.ben, text=seen.text, recipients=Recipients(to=(TO,)), draft=seen,
        at=LATER,
    )  # fmt: skip

    assert [(each.teammate, each.text) for each in Draft.objects.all()] == [(house.lea, seen.text)]


def test_what_its_writer_empties_while_it_is_shown_asks_nobody_any_more(house, draft):
    ask(draft, house, "approve")
    sharing.discard(draft, by=house.ben, at=LATER)

    assert not Draft.objects.exists() and told() == {}


def test_given_who_is_asked_leaves_nobody_is_asked_and_the_writer_knows(house, draft):
    ask(draft, house, "approve")
    staffing.take_leave(house.lea, by=house.ana, at=LATER)

    draft.refresh_from_db()
    assert (draft.asked, draft.asked_for, draft.shared_at) == (None, "", MONDAY_NOON)
    assert told() == {"Ben": "draft_unseen"}
    with pytest.raises(MayNot):
        sharing.approve(draft, seen=sharing.stamp(draft), by=house.lea, at=LATER)
    sharing.share(draft, asked=house.ana, asked_for="approve", by=house.ben, at=LATER + MINUTE)
    assert told() == {"Ana": "approve_draft"}


def test_given_it_is_moved_to_where_who_is_asked_may_not_answer_nobody_is_asked(
    house, draft, conversation
):
    accounts.change_team(
        house.workshop, name="Workshop", members=[house.carl, house.ben], by=house.ana, at=LATER
    )
    ask(draft, house, "finish")
    moving.move(conversation, house.repairs, by=house.ana, at=LATER)

    draft.refresh_from_db()
    assert draft.asked is None and draft.shared_at
    assert told()["Ben"] == "draft_unseen"
