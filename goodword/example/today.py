"""The matters that are open just now: one late, some due soon, several later, a few in trouble."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from goodword.accounts.models import Team, Teammate
from goodword.conversations import actions as conversations
from goodword.conversations.models import Message
from goodword.desk import handling
from goodword.desk.answering import replying
from goodword.desk.keeping import promising
from goodword.desk.keeping.promising import Said
from goodword.desk.roads import Party
from goodword.example.shop import ZONE
from goodword.example.story import DAY, HOUR, MINUTE, Story
from goodword.people import actions as people
from goodword.plan import queries as plan
from goodword.plan.service_plan import Due
from goodword.promises import kinds
from goodword.promises.models import Promise

GRACE = Party("grace@whitlow.example", "Grace Whitlow")
JOE = Party("joe@petty.example", "Joe Petty")
HENRIK = Party("henrik@lund.example", "Henrik Lund")
AMARA = Party("amara@obi.example", "Amara Obi")
BEA = Party("bea@lindqvist.example", "Bea Lindqvist")
DAVID = Party("david@okonkwo.example", "David Okonkwo")
PRIYA = Party("priya@northside-print.example", "Priya Nair")
OSKAR = Party("oskar@brandt.example", "Oskar Brandt")
DELIA = Party("delia@marsh.example", "Delia Marsh")
LARS = Party("lars@vik.example", "Lars Vik")
ANA = Party("ana.maria@torres.example", "Ana Maria Torres")
NINA = Party("nina.roth@gone.example", "Nina Roth")
INES = Party("ines@falk.example", "Ines Falk")
KATRIN = Party("katrin@seidel.example", "Katrin Seidel")
CLAIRE = Party("claire@fontenay.example", "Claire Fontenay")
KEN = Party("ken@ishikawa.example", "石川 健")
HALE = Party("j.hale@hale.example", "Josephine Hale")

GIFT_CARD = "The spring gift card"


class Today:
    def __init__(self, story: Story) -> None:
        self._story, self._shop, self._now = story, story.shop, story.now

    def begin(self) -> None:
        self._grace()
        self._joe()
        self._answers_owed()
        self._amara_and_david()
        self._words_given()
        self._quiet_ones()
        self._in_trouble()

    # In few words

    def _at(self, moment: datetime, act: Callable[[datetime], object]) -> None:
        self._story.at(moment, lambda at: (act(at), None)[1])

    def _moment(self, at: datetime) -> Due:
        return plan.current().moment_due(at, zone=ZONE)

    def _asks(
        self,
        who: Party,
        subject: str,
        text: str,
        at: datetime,
        then: Callable[[Message], object] = lambda message: None,
        *,
        to: Teammate | None = None,
        language: str = "en",
    ) -> None:
        """Somebody writes at `at`; `to` takes it; `then` says what comes of it."""

        def arrive(moment: datetime) -> None:
            message = self._story.mail(who, subject, text, at=moment, language=language)
            if to is not None:
                self._story.take(message.conversation, to, at=moment + 2 * MINUTE)
            then(message)

        self._story.at(at, arrive)

    def _gives(
        self,
        who: Party,
        what: str,
        due: datetime,
        *,
        owner: Teammate | Team | None = None,
        kind: str = kinds.DO,
        made: datetime,
        direction: str = Promise.Direction.OURS,
        then: Callable[[Promise], object] = lambda promise: None,
    ) -> None:
        """A word given at the counter or on the phone."""

        def give(at: datetime) -> None:
            person = people.meet(who.address, name=who.name, at=at)[0]
            then(
                promising.give(
                    what=what, due=self._moment(due), inbox=self._shop.hello, person=person,
                    kind=kind, direction=direction, owner=owner, by=self._shop.nora, at=at,
                )
            )  # fmt: skip

        self._story.at(made, give)

    def _due_at(self, moment: datetime, *, minutes: int = 240) -> datetime:
        """When a mail has to come for its answer to be due at `moment`."""
        return self._story.open_before(moment, minutes)

    # Who waits

    def _grace(self) -> None:
        """Asked four weeks ago, promised by Ida, forgotten, and asked for a second time."""
        story, shop = self._story, self._shop
        link = "Send the gift-card link"

        def answered(begun: Message, at: datetime) -> None:
            yesterday = story.open_before(self._now, 540)
            said = Said(
                what=link, due=self._moment(yesterday), words="I’ll send you the link tomorrow."
            )
            story.answer(
                begun,
                "Dear Grace,\n\nthe card was to be in the box with the ring, and it wasn’t. I’m "
                "sorry. I’ll send you the link tomorrow.",
                by=shop.ida, promised=[said], at=at,
            )  # fmt: skip
            self._at(yesterday + 2 * HOUR, lambda at: broken(begun, at))

        def broken(begun: Message, at: datetime) -> None:
            promise = Promise.objects.get(conversation=begun.conversation, what=link)
            promising.break_(promise, by=shop.nora, at=at, why="Nobody had made the card")

        def asked(begun: Message) -> None:
            conversations.tag(begun.conversation, "voucher", by=shop.nora, at=begun.said_at)
            when = story.open_after(begun.said_at, 90)
            self._at(when, lambda at: answered(begun, at))
            self._at(self._due_at(story.ahead(48)), lambda at: again(begun, at))

        def again(begun: Message, at: datetime) -> None:
            last = begun.conversation.messages.filter(direction="out").latest("pk")
            story.mail(
                GRACE, GIFT_CARD,
                "Good morning. This is the second time I have to ask: your spring offer promised "
                "a £25 gift card with the ring, and Ida said she would send it.\n\nIs the link "
                "still coming? Can I use it online as well as in the shop? And until when is it "
                "good?",
                answers=last, at=at,
            )  # fmt: skip
            story.take(begun.conversation, shop.nora, at=at + 3 * MINUTE)
            replying.write_note(
                begun.conversation, by=shop.ida, at=at + 8 * MINUTE,
                text="My fault: I promised it and had no card to send. The order is R-1182, £640.",
            )  # fmt: skip

        self._asks(
            GRACE, GIFT_CARD,
            "Hello, where do I find the gift card that came with the sapphire ring?",
            story.open_before(self._now, 1300), asked, to=shop.ida,
        )  # fmt: skip
        self._gives(
            GRACE, "Polish the ring, free, within a year", story.ahead(340 * 24 * 60),
            owner=shop.tom, made=self._now - 25 * DAY,
        )  # fmt: skip
        self._gives(
            GRACE, "Have the ring ready for your daughter’s day", self._now - 26 * DAY,
            owner=shop.tom, made=self._now - 31 * DAY,
            then=lambda promise: self._at(
                self._now - 26 * DAY - 5 * HOUR,
                lambda at: promising.keep(promise, by=shop.tom, at=at),
            ),
        )  # fmt: skip
        self._gives(
            GRACE, "Bring the receipt", self._story.ahead(48 * 60),
            direction=Promise.Direction.THEIRS, made=self._now - 2 * DAY,
        )  # fmt: skip

    def _joe(self) -> None:
        """Cut off, and not called back: the one that is late."""
        story, nora = self._story, self._shop.nora
        said_at = story.open_before(story.ago(22), 120)

        def call(begun: Message, at: datetime) -> None:
            due = plan.current().hours_due(self._shop.hello.pk, at, 120)
            what = "Call back about the clasp repair; we were cut off"
            words = "I will call you back within two hours."
            story.answer(
                begun,
                f"Dear Joe,\n\nthat is not how it should be. {words}",
                by=nora, promised=[Said(what=what, due=due, kind=kinds.CALL, words=words)], at=at,
            )  # fmt: skip
            replying.write_note(
                begun.conversation, by=nora, at=at + 4 * MINUTE,
                text="Called at once; cut off after six minutes. He had said it all by then: he "
                "wants the old clasp back on, and no charge.",
            )  # fmt: skip

        self._asks(
            JOE, "Clasp repair",
            "The clasp you mended in September came off again, on the bus of all places. Could "
            "somebody call me about it? 01632 960 871.",
            story.open_before(said_at, 35),
            lambda begun: self._at(said_at, lambda at: call(begun, at)), to=nora,
        )  # fmt: skip

    def _answers_owed(self) -> None:
        story, shop = self._story, self._shop
        self._asks(
            HENRIK, "Quote Q-0231",
            "You told me £480 for the two bands. Now the tag in the window says £560. Is £480 "
            "still the price?",
            self._due_at(story.ahead(18)),
            lambda begun: replying.write_note(
                begun.conversation, by=shop.ida, at=begun.said_at + 20 * MINUTE,
                text="I read it from the wrong tag. The quote stands, I’d say?",
            ),
            to=shop.nora,
        )  # fmt: skip
        self._asks(
            BEA, "Insurance valuation",
            "What do you charge for an insurance valuation? It is one ring and a string of pearls.",
            self._due_at(story.ahead(200)), to=shop.nora,
        )  # fmt: skip
        self._asks(
            KATRIN, "Lieferung nach Freiburg",
            "Guten Tag, ist das Päckchen mit der Nummer 4417 schon unterwegs? Es ist für Samstag "
            "gedacht.",
            self._due_at(story.ahead(150)), to=shop.ida, language="de",
        )  # fmt: skip
        self._asks(
            CLAIRE, "Une bague de fiançailles",
            "Bonjour, pourriez-vous refaire cette bague en or rose, et à quel prix ? Je peux "
            "passer la semaine prochaine.",
            self._due_at(story.ahead(225)), language="fr",
        )  # fmt: skip
        self._asks(
            KEN, "真珠のネックレス",
            "はじめまして。母の真珠のネックレスの糸替えをお願いできますか。日本から送ることはできますか。",
            self._due_at(story.ahead(235)), to=shop.sam, language="ja",
        )  # fmt: skip

    def _amara_and_david(self) -> None:
        story, shop = self._story, self._shop
        fitting, news = story.ahead(93), story.ahead(348)

        def fit(begun: Message, at: datetime) -> None:
            said = Said(what="Ring fitting, in the shop", due=self._moment(fitting))
            sent = story.answer(
                begun, "Dear Amara,\n\nthe sapphire in L½ is here. Do come by tomorrow.",
                by=shop.nora, promised=[said], at=at,
            )  # fmt: skip
            self._at(story.open_after(at, 60), lambda at: confirmed(sent, at))

        def confirmed(sent: Message, at: datetime) -> None:
            story.mail(AMARA, "Ring fitting", "See you then!", answers=sent, at=at)
            handling.no_answer_needed(sent.conversation, by=shop.nora, at=at + 5 * MINUTE)

        self._asks(
            AMARA, "Ring fitting", "Is the sapphire ring in my size there yet? When may I try it?",
            story.open_before(self._now, 560),
            lambda begun: self._at(story.open_after(begun.said_at, 50), lambda at: fit(begun, at)),
            to=shop.nora,
        )  # fmt: skip

        def tell(begun: Message, at: datetime) -> None:
            words = "I will call you late in the afternoon."
            said = Said(
                what="Call with news of the pearl restringing", due=self._moment(news),
                kind=kinds.CALL, words=words,
            )  # fmt: skip
            story.answer(
                begun, f"Dear David,\n\nTom has them on the bench. {words}", by=shop.nora,
                promised=[said], at=at,
            )  # fmt: skip

        self._asks(
            DAVID, "Pearls", "Are my pearls ready? My wife wears them on Saturday.",
            story.open_before(self._now, 420),
            lambda begun: self._at(story.open_after(begun.said_at, 80), lambda at: tell(begun, at)),
            to=shop.nora,
        )  # fmt: skip
        self._gives(
            DAVID, "Have the pearls restrung", self._now + 30 * HOUR, owner=shop.tom,
            made=self._now - 4 * DAY,
            then=lambda promise: self._at(
                self._now - 2 * DAY,
                lambda at: promising.move(
                    promise, due=self._moment(story.ahead(60 * 54)), by=shop.tom, at=at,
                    why="The silk comes a day later; he agreed",
                ),
            ),
        )  # fmt: skip

    def _words_given(self) -> None:
        """Without a mail: said in the shop or on the phone."""
        story, shop, now = self._story, self._shop, self._now
        made = story.open_before(now, 700)
        self._gives(DELIA, "Birthday card, to arrive tomorrow", story.ahead(378), made=made)
        self._gives(
            PRIYA, "Send the corrected artwork for the ring boxes", story.ahead(1520),
            kind=kinds.SEND, made=made,
        )  # fmt: skip
        self._gives(
            LARS, "Ask how the new display lights are holding up", story.ahead(2840),
            kind=kinds.CALL, made=now - 30 * DAY,
        )  # fmt: skip
        self._gives(
            ANA, "Quote for two wedding bands", self._story.ago(72), owner=shop.tom,
            kind=kinds.SEND, made=made,
        )  # fmt: skip
        self._gives(
            HALE, "Say where parcel 4417 is", story.ahead(28), owner=shop.ida,
            kind=kinds.SEND, made=made,
        )  # fmt: skip
        self._gives(
            HALE, "Look for a second-hand clasp", story.ahead(6 * 24 * 60), owner=shop.ida,
            made=now - 12 * DAY,
            then=lambda promise: self._at(
                now - 5 * DAY,
                lambda at: promising.hand_over(
                    promise, to=shop.sam, why="Sam is at the market on Sunday", by=shop.nora, at=at
                ),
            ),
        )  # fmt: skip
        thanked = story.open_before(now, 170)
        self._gives(
            OSKAR, "Thank him, in public, for what he wrote", story.ahead(30), made=made,
            then=lambda promise: self._at(
                thanked, lambda at: promising.keep(promise, by=shop.nora, at=at)
            ),
        )  # fmt: skip

    def _quiet_ones(self) -> None:
        story, shop, now = self._story, self._shop, self._now
        self._asks(
            OSKAR, "Thank you", "The best repair I have had in years. Thank you.",
            story.open_before(now, 1100),
            lambda begun: self._at(
                begun.said_at + HOUR, lambda at: self._thanks_back(begun, at)
            ),
            to=shop.nora,
        )  # fmt: skip

        def later(begun: Message) -> None:
            at = begun.said_at + 40 * MINUTE
            story.answer(begun, "Gladly. I will come back to you then.", by=shop.nora, at=at)
            due = self._moment(story.ahead(46 * 24 * 60))
            why = "She wants to choose a ring for her mother"
            promising.come_back(
                begun.conversation, due=due, why=why, by=shop.nora, at=at + 2 * MINUTE
            )

        self._asks(
            INES, "In the new year",
            "It is too early for my mother’s ring. Could you remind me in some weeks?",
            story.open_before(now, 2100), later, to=shop.nora,
        )  # fmt: skip
        self._asks(
            Party("prizes@lucky.example", "Best Prizes"), "You have won!!!", "Click here.",
            now - 30 * HOUR,
            lambda begun: handling.mark_spam(
                begun.conversation, by=shop.sam, at=begun.said_at + HOUR
            ),
        )  # fmt: skip

    def _thanks_back(self, begun: Message, at: datetime) -> None:
        self._story.answer(
            begun, "Dear Oskar,\n\nit was a pleasure. Tom reads your words to everyone who comes "
            "in.", by=self._shop.nora, at=at,
        )  # fmt: skip
        handling.close(begun.conversation, by=self._shop.nora, at=at + 10 * MINUTE)

    def _in_trouble(self) -> None:
        """An answer that came to nothing: it is owed again, and says why."""
        story, shop = self._story, self._shop
        self._asks(
            NINA, "The bracelet", "When will my bracelet be ready?",
            story.open_before(self._now, 140),
            lambda begun: self._at(
                story.open_after(begun.said_at, 60),
                lambda at: story.answer(
                    begun, "Dear Nina,\n\non Monday, without fail.", by=shop.sam, at=at
                ),
            ),
            to=shop.sam,
        )  # fmt: skip
