"""The links to our promises: they leave with a mail, one person's with what they alone get, and
stay nowhere.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from goodword.conversations.models import Conversation, Message
from goodword.desk.answering import holding
from goodword.desk.intake import acknowledging, joining
from goodword.desk.keeping import public_links
from goodword.inboxes import actions as inboxes
from goodword.people import actions as people
from goodword.people.models import Holding, Person
from goodword.plan import queries as plan
from tests.factories import DAY, HOUR, MINUTE, MONDAY_NOON, deliver, receive, reply

pytestmark = pytest.mark.django_db
PLACE = "https://desk.shop.example/yours/"


@pytest.fixture(autouse=True)
def reachable(settings):
    settings.URL = "https://desk.shop.example"


@pytest.fixture
def grace(house):
    house.hello.acknowledges = True
    house.hello.save()
    return receive(house).person


def opened(link: str, *, at=MONDAY_NOON + DAY) -> Person:
    assert link.startswith(PLACE)
    return public_links.person_of(link.removeprefix(PLACE).strip("/"), at=at)[0]


def link_in(text: str) -> str:
    return next(word for word in text.split() if word.startswith("https://"))


def test_an_acknowledgement_leaves_with_their_own_link_and_is_stored_without_it(house, grace):
    sent = acknowledging.acknowledge(Message.objects.get(), at=MONDAY_NOON)
    assert f"You can see here what we promised you: {PLACE}\n" in sent.text
    assert sent.text.endswith("\n\nMarlow & Finch")

    left = deliver(at=MONDAY_NOON + MINUTE).sent[0].text
    assert opened(link_in(left)) == grace
    assert link_in(left) != PLACE
    sent.refresh_from_db()
    assert link_in(sent.text) == PLACE


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000", "http://localhost", "http://192.168.1.7", "http://desk.local"]
)
def test_where_no_customer_could_follow_it_no_link_is_offered(house, grace, settings, url):
    settings.URL = url
    texts = {"en": "Hello {name}\n\nSee {link}\n\n{business}"}
    assert "http" not in acknowledging.acknowledge(Message.objects.get(), at=MONDAY_NOON).text
    inboxes.word(house.hello, "acknowledgement", texts, by=house.ana, at=MONDAY_NOON)
    again = receive(house, sender="ida@home.example", name="Ida {link}")
    own = acknowledging.acknowledge(again, at=MONDAY_NOON).text
    assert own == "Hello Ida {link}\n\nMarlow & Finch"


def test_the_business_words_may_place_it(house, grace):
    texts = {"en": "Your page: {link} ({due})"}
    inboxes.word(house.hello, "acknowledgement", texts, by=house.ana, at=MONDAY_NOON)
    text = acknowledging.acknowledge(Message.objects.get(), at=MONDAY_NOON).text
    assert text == f"Your page: {PLACE} (Tuesday 17 November, 13:00)"


def test_a_holding_reply_names_the_page_as_well(house, grace):
    message = Message.objects.get()
    due = plan.current().moment_due(MONDAY_NOON + 2 * DAY, zone="Europe/Berlin")
    assert PLACE in holding.words_of(message.conversation, message, due=due)


def sent_to(house, *to: str, text: str = f"See {PLACE}.", **more: object) -> str:
    conversation = Message.objects.order_by("pk")[0].conversation
    reply(conversation, house.ben, text, at=MONDAY_NOON + HOUR, to=to, **more)
    return deliver(at=MONDAY_NOON + 2 * HOUR).sent[-1].text


def about(link: str, *, at=MONDAY_NOON + DAY) -> Conversation:
    key = link.removeprefix(f"{PLACE}about/").strip("/")
    return public_links.conversation_of(key, at=at)[0]


@pytest.mark.parametrize("role", ["to", "cc", "bcc"])
def test_a_mail_to_several_carries_nobodys_own_link_but_the_conversations(house, grace, role):
    people.meet("bob@whitlow.example", at=MONDAY_NOON)
    several = {"to": ("grace@whitlow.example",)}
    several[role] = (*several.get(role, ()), "bob@whitlow.example")
    link = link_in(sent_to(house, *several.pop("to"), **several))[:-1]
    assert about(link) == Message.objects.earliest("pk").conversation
    with pytest.raises(public_links.NoSuchLink):
        opened(link)
    assert all(link not in each.text for each in Message.objects.all())


def test_an_address_that_two_people_hold_carries_nobodys_link(house, grace):
    address = grace.holdings.get().address
    bob = people.meet("bob@whitlow.example", at=MONDAY_NOON)[0]
    held = Holding.objects.create(person=bob, address=address, since=MONDAY_NOON)
    assert link_in(sent_to(house, "grace@whitlow.example")) == f"{PLACE}."
    held.until = MONDAY_NOON
    held.save()
    assert opened(link_in(sent_to(house, "grace@whitlow.example"))[:-1]) == grace


def test_what_is_quoted_to_others_opens_nothing(house, grace):
    own = public_links.url_of(grace, at=MONDAY_NOON)
    quoting = receive(
        house, f"Thanks!\n\n> here: {own}\n", html=f'<p>Thanks</p><a href="{own}">x</a>',
        subject="Another", at=MONDAY_NOON + HOUR,
    )  # fmt: skip
    reply(quoting.conversation, house.ben, at=MONDAY_NOON + 2 * HOUR, cc=("carol@else.example",))
    history = deliver(at=MONDAY_NOON + 3 * HOUR).sent[0].history
    assert history is not None
    key = own.removeprefix(PLACE).strip("/")
    assert PLACE in history.text and PLACE in history.html
    assert key not in history.text and key not in history.html


def test_the_link_of_a_conversation_is_cut_from_what_is_quoted_too(house, grace):
    link = public_links.url_about(Message.objects.get().conversation, at=MONDAY_NOON)
    for text in (f"> {link}\n", f'<a href="{link}">', link, link[:-1]):
        cut = public_links.without_keys(text)
        assert PLACE in cut and link.split("/")[-2] not in cut


def test_the_link_of_a_conversation_works_for_ninety_days_and_leads_on_once_joined(house, grace):
    conversation = Message.objects.get().conversation
    link = public_links.url_about(conversation, at=MONDAY_NOON)
    assert about(link, at=MONDAY_NOON + timedelta(days=89)) == conversation
    into = receive(house, sender="ida@home.example", name="Ida", subject="Mine").conversation
    last = receive(house, sender="joe@home.example", name="Joe", subject="His").conversation
    for one, other in ((conversation, into), (into, last)):
        joining.join(one, into=other, by=house.ana, at=MONDAY_NOON)
    assert about(link) == last
    with pytest.raises(public_links.LinkEnded):
        about(link, at=MONDAY_NOON + timedelta(days=90))


@pytest.mark.parametrize("whose", ["grace@whitlow.example", "ida@home.example"])
def test_withdrawing_a_persons_links_withdraws_those_of_their_conversations(house, grace, whose):
    conversation = Message.objects.get().conversation
    link = public_links.url_about(conversation, at=MONDAY_NOON)
    into = receive(house, sender="ida@home.example", name="Ida", subject="Mine").conversation
    joining.join(conversation, into=into, by=house.ana, at=MONDAY_NOON)
    person = people.meet(whose, at=MONDAY_NOON)[0]
    people.withdraw_links(person, by=house.ana, at=MONDAY_NOON + HOUR)
    with pytest.raises(public_links.NoSuchLink):
        about(link)
    assert about(public_links.url_about(conversation, at=MONDAY_NOON + 2 * HOUR)) == into


def test_no_key_of_a_person_opens_a_conversation_and_none_can_be_made(grace):
    conversation = Message.objects.get().conversation
    key = public_links.key_about(conversation, at=MONDAY_NOON)
    name, second, seal = key.split(".")
    gone = public_links.key_about(Conversation(public_id="a" * 16), at=MONDAY_NOON)
    forged = ["", "x", name, f"{name}.{second}", key[:-1], f"{key}A", f"{name}.ffffffff.{seal}",
              gone, public_links.key_of(grace, at=MONDAY_NOON)]  # fmt: skip
    for each in forged:
        with pytest.raises(public_links.NoSuchLink):
            public_links.conversation_of(each, at=MONDAY_NOON)
    with pytest.raises(public_links.NoSuchLink):
        public_links.person_of(key, at=MONDAY_NOON)


def test_a_key_opens_one_page_for_ninety_days(grace):
    key = public_links.key_of(grace, at=MONDAY_NOON)
    assert public_links.person_of(key, at=MONDAY_NOON + timedelta(days=89))[0] == grace
    with pytest.raises(public_links.LinkEnded):
        public_links.person_of(key, at=MONDAY_NOON + timedelta(days=90))


def test_no_key_can_be_made_changed_or_stretched(grace):
    key = public_links.key_of(grace, at=MONDAY_NOON)
    name, second, seal = key.split(".")
    later = f"{int(second, 16) + 300 * 24 * 3600:x}"
    forged = ["", ".", "..", name, f"{name}.{second}", key[:-1], f"{key}A", key.upper(),
              f"{name}.{later}.{seal}", f"{'a' * 16}.{second}.{seal}", f"{name}.{second}.é",
              key.replace(".", ":"), "x" * 4000]  # fmt: skip
    for each in forged:
        with pytest.raises(public_links.NoSuchLink):
            public_links.person_of(each, at=MONDAY_NOON)


def test_a_key_made_for_something_else_with_the_same_secret_opens_nothing(grace):
    from django.core import signing

    other = signing.Signer(salt="another", sep=".").sign(f"{grace.public_id}.1c5f1a0")
    with pytest.raises(public_links.NoSuchLink):
        public_links.person_of(other, at=MONDAY_NOON)


def test_withdrawn_links_open_nothing_and_later_ones_do(house, grace):
    before = public_links.key_of(grace, at=MONDAY_NOON)
    people.withdraw_links(grace, by=house.ana, at=MONDAY_NOON + HOUR)
    with pytest.raises(public_links.NoSuchLink):
        public_links.person_of(before, at=MONDAY_NOON + DAY)
    after = public_links.key_of(grace, at=MONDAY_NOON + 2 * HOUR)
    assert public_links.person_of(after, at=MONDAY_NOON + DAY)[0] == grace


def test_who_was_merged_into_another_is_led_on_and_a_circle_ends(grace):
    key = public_links.key_of(grace, at=MONDAY_NOON)
    bob = people.meet("bob@whitlow.example", at=MONDAY_NOON)[0]
    Person.objects.filter(pk=grace.pk).update(redirect_to=bob)
    assert public_links.person_of(key, at=MONDAY_NOON)[0] == bob
    Person.objects.filter(pk=bob.pk).update(redirect_to=grace)
    assert public_links.person_of(key, at=MONDAY_NOON)[0] in (grace, bob)


def test_the_same_message_leaves_twice_with_the_same_link(house, grace):
    first = public_links.url_of(grace, at=MONDAY_NOON)
    assert first == public_links.url_of(grace, at=MONDAY_NOON)
