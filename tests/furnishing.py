"""A house full of mail, for looking at: every state that a conversation and an answer can be in."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from PIL import Image, ImageDraw

from goodword.accounts import actions as accounts
from goodword.accounts.models import Role, Teammate
from goodword.channels.email.models import MailAccount
from goodword.conversations import actions as conversations
from goodword.conversations.models import Conversation, Message
from goodword.desk import handling
from goodword.desk.answering import delivering, replying
from goodword.desk.answering.recipients import Recipients
from goodword.desk.intake import arriving, joining
from goodword.desk.roads import (
    Answer,
    Authentication,
    Forwarded,
    InboundFile,
    Invitation,
    Party,
)
from goodword.desk.together import aside
from goodword.files import actions as files
from tests import furnishing_people, furnishing_promises
from tests.factories import (
    DAY,
    HOUR,
    MINUTE,
    MemoryRoad,
    deliver,
    make_house,
    receive,
    reply,
)

GRACE_ASKS = """Good morning. This is the second time I have to ask: your spring offer promised a \
£25 gift card with the ring, and Ben said on Tuesday he would send it.

Is the link still coming? Can I use it online as well as in the shop? And until when is it good?"""
DRAWING = """<p>Guten Tag,</p><p>anbei die <b>Zeichnung</b> der Kette:</p>
<table border=1><tr><th>Länge</th><th>Verschluss</th></tr><tr><td>42 cm</td><td>Karabiner</td></tr>
</table><p><img src="https://pictures.example/pixel.png" alt="">Mit freundlichen Grüßen</p>"""


class Desk:
    """A house and what happened in it, told in few words."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.house = make_house(at=now - 30 * DAY)
        self.ana = self.house.ana
        # A long undo window: a slow machine shall not let an answer go before it is taken back.
        accounts.name_business(
            name="Marlow & Finch", zone="Europe/Berlin", country="DE", language="en",
            undo_send_seconds=60, by=self.ana, at=now,
        )  # fmt: skip

    def mail(
        self,
        who: str,
        subject: str,
        text: str,
        ago: timedelta,
        *,
        to: Teammate | None = None,
        **more: Any,
    ) -> Message:
        """A mail from `who`; `to` has the conversation from then on."""
        first, last = who.lower().split()
        more = {"sender": f"{first}@{last}.example", "name": who, "at": self.now - ago, **more}
        message: Message = receive(self.house, text, subject=subject, **more)
        if to is not None:
            at = message.said_at + MINUTE
            handling.assign(message.conversation, to=to, by=self.ana, at=at)
        return message

    def answer(
        self, message: Message, text: str, ago: timedelta, answer: Answer | None = None
    ) -> Message:
        """Ana answers; the other side says `answer`, or accepts."""
        assert message.address is not None
        address = message.address.value
        at = self.now - ago
        sent = reply(message.conversation, self.ana, text, at=at, to=[address])
        deliver(at=at + MINUTE, road=MemoryRoad(answers={address: answer} if answer else {}))
        return sent


def _picture() -> bytes:
    """Something to look at: a ring on velvet."""
    picture = Image.new("RGB", (640, 480), "#31465c")
    ImageDraw.Draw(picture).ellipse((220, 140, 420, 340), outline="#e2c14d", width=18)
    stored = BytesIO()
    picture.save(stored, "PNG")
    return stored.getvalue()


def furnish() -> dict[str, str]:
    """Fill the database. Returns the addresses of the pages worth seeing, by name."""
    desk = Desk(timezone.now())
    house, ana, now = desk.house, desk.ana, desk.now
    one = {**_troubled(desk), "long": _long(desk), **_quiet(desk), **_beyond(desk)}
    desk.mail("Joe Petty", "Clasp repair", "The clasp came off again. Call me?", 26 * HOUR, to=ana)
    desk.mail(
        "Henrik Lund",
        "Quote Q-0231",
        "You told me £480. Is it still the price?",
        22.6 * HOUR,
        to=ana,
    )
    desk.mail(
        "Amara Obi", "Ring fitting", "See you at quarter past twelve, then!", 20 * HOUR, to=ana
    )
    desk.mail(
        "Bea Lindqvist", "Valuation", "What do you charge for an insurance valuation?", 12 * HOUR
    )
    desk.mail("David Okonkwo", "Pearls", "Are my pearls ready?", 8 * HOUR, to=house.ben)
    desk.mail(
        "Priya Nair", "Ring boxes", "Waiting for the new artwork, thank you.", 5 * HOUR, to=ana
    )
    for number in range(55):
        ago = (25 + number / 2) * HOUR
        desk.mail(
            f"Customer N{number}", f"Order {1000 + number}", "Where is it?", ago, to=house.ben
        )
    arriving.take_in(b"", road="email", source="smtp:1", at=now - HOUR)
    arriving.receive_due(at=now)
    mailbox = MailAccount.objects.create(
        inbox=house.repairs, imap_host="imap.shop.example", imap_user="repairs@shop.example",
        begin_at=now - 30 * DAY, last_ok_at=now - 3 * HOUR, failing_since=now - 2 * HOUR,
        trouble="login", trouble_words="Authentication failed.",
    )  # fmt: skip
    invited = accounts.invite(
        email="nora@shop.example", role=Role.AGENT, teams=[house.front], by=ana, at=now
    )
    return {
        **{name: f"/conversations/{found.public_id}/" for name, found in one.items()},
        **furnishing_promises.furnish(house, now),
        **furnishing_people.furnish(house, now),
        "hello": house.hello.public_id,
        "repairs": mailbox.inbox.public_id,
        "front": house.front.public_id,
        "workshop": house.workshop.public_id,
        "ben": house.ben.public_id,
        "invitation": f"/join/{invited[1]}/",
    }


def _long(desk: Desk) -> Conversation:
    """Grace's gift card: four weeks, a note, tags, a file."""
    ana, ben = desk.ana, desk.house.ben
    begun = desk.mail(
        "Grace Whitlow", "The spring gift card", "Where do I find the gift card?", 20 * DAY, to=ana
    )
    said = begun
    for day in range(19, 4, -1):
        sent = desk.answer(
            said, f"Dear Grace,\n\nwe are looking into it, day {20 - day}.", day * DAY
        )
        said = desk.mail(
            "Grace Whitlow", "Re: The spring gift card", "Still nothing here, I'm afraid.",
            day * DAY - 2 * HOUR, answers=sent,
        )  # fmt: skip
    sent = desk.answer(
        said, "Dear Grace,\n\nBen will send you the link tomorrow.\n\nKind regards\nAna", 3 * DAY
    )
    desk.mail(
        "Grace Whitlow", "Re: The spring gift card",
        f"{GRACE_ASKS}\n\nOn Wed, Ana wrote:\n> Ben will send you the link tomorrow.",
        23 * HOUR, answers=sent, reply_text=GRACE_ASKS,
        files=[
            InboundFile("receipt R-1182.pdf", "application/pdf", b"%PDF-1.4 " * 4000),
            InboundFile("the ring.png", "image/png", _picture()),
            InboundFile("what I ordered.csv", "text/csv", b"what;price\nring;640\n"),
            InboundFile("voice message.ogg", "audio/ogg", b"OggS"),
        ],
    )  # fmt: skip
    replying.write_note(
        begun.conversation,
        by=ben,
        text="I found the order: R-1182, £640. The card was never made.",
        at=desk.now - 22 * HOUR,
    )  # fmt: skip
    conversations.tag(begun.conversation, "gift card", by=ana, at=desk.now)
    return begun.conversation


def _troubled(desk: Desk) -> dict[str, Conversation]:
    """Answers that did not simply arrive."""
    held = desk.mail(
        "Mia Brandt", "The engraving", "Can it still be changed?", 9 * HOUR, to=desk.ana
    )
    reply(
        held.conversation,
        desk.ana,
        "It can, until Friday.",
        at=desk.now - HOUR,
        to=["mia@brandt.example"],
    )
    delivering.hold_everything(why="restore", at=desk.now - HOUR)
    unknown = desk.mail("Lars Vik", "The date", "Can you confirm the date?", 10 * HOUR, to=desk.ana)
    desk.answer(
        unknown,
        "Friday suits us.",
        2 * HOUR,
        Answer("unknown", "The line broke before the server answered."),
    )
    refused = desk.mail(
        "Nina Roth", "The bracelet", "When will it be ready?", 11 * HOUR, to=desk.ana
    )
    desk.answer(
        refused,
        "On Monday.",
        3 * HOUR,
        Answer(
            "refused", "550 5.1.1 <nina@roth.example>: Recipient address rejected: User unknown"
        ),
    )
    html = desk.mail(
        "Jürgen Groß",
        "Größe der Kette",
        "Guten Tag,\n\nanbei die Zeichnung.",
        3 * HOUR,
        sender="juergen@gross.example",
        html=DRAWING,
        to=None,
    )
    return {
        "held": held.conversation,
        "unknown": unknown.conversation,
        "refused": refused.conversation,
        "html": html.conversation,
    }


def _beyond(desk: Desk) -> dict[str, Conversation]:
    """What mail says beyond its text."""
    desk.house.hello.trusted_servers = "mx.shop.example"
    desk.house.hello.save(update_fields=["trusted_servers"])
    return {
        "doubtful": _doubtful(desk),
        "invited": _invited(desk),
        "returned": _returned(desk),
        "passed_on": _passed_on(desk),
        **_aside(desk),
    }


def _aside(desk: Desk) -> dict[str, Conversation]:
    """The printer is asked about what a customer wants, and has answered."""
    begun = desk.mail("Lena Falk", "Two hundred cards", "Would linen paper do?", 9 * HOUR)
    side = aside.begin(
        begun.conversation,
        to=Recipients(to=("Printhouse <orders@print.example>",)),
        subject="Linen, 200 pieces",
        text="Does the linen take foil?",
        forwarded=begun,
        by=desk.ana,
        at=desk.now - 8 * HOUR,
    )
    deliver(at=desk.now - 7 * HOUR)
    receive(
        desk.house,
        "It does, up to 300 g.",
        sender="orders@print.example",
        subject="Re: Linen, 200 pieces",
        answers=side.messages.get(),
        at=desk.now - 6 * HOUR,
    )
    return {"aside_of": begun.conversation, "aside": side}


def _doubtful(desk: Desk) -> Conversation:
    """Somebody goes on with another's conversation, and nobody vouches for them."""
    begun = desk.mail("Ida Moor", "The necklace", "Is it insured on its way to me?", 15 * HOUR)
    sent = desk.answer(begun, "It is, to its full value.", 14 * HOUR)
    failed = Authentication(
        "mx.shop.example",
        "fail",
        "dmarc=fail (p=NONE dis=NONE) header.from=parcels.example",
    )
    return desk.mail(
        "Ida Moor", "Re: The necklace", "Please send it to this new address instead.", 4 * HOUR,
        sender="ida.moor@parcels.example", answers=sent, authentications=[failed],
    ).conversation  # fmt: skip


def _invited(desk: Desk) -> Conversation:
    """A date in another zone, signed; its end; and a mail that can't be read here."""
    ics = InboundFile("invite.ics", "text/calendar", b"BEGIN:VCALENDAR")
    starts = (desk.now + 12 * DAY).replace(minute=0, second=0, microsecond=0)
    eastern = ZoneInfo("America/New_York")
    fair = Invitation(
        "request", "Walk through the stand, and the lights above it",
        starts.astimezone(eastern).isoformat(), (starts + HOUR).astimezone(eastern).isoformat(),
        place="Hall 7, stand B 21", organiser="Noel Hart <noel@hart.example>", repeats=True,
    )  # fmt: skip
    begun = desk.mail(
        "Noel Hart", "The fair in December", "Shall we look at the stand together?", 7 * HOUR,
        to=desk.ana, invitation=fair, files=[ics], protection="pgp_signed",
    )  # fmt: skip
    sent = desk.answer(begun, "Gladly.", 6.5 * HOUR)
    off = Invitation("cancel", "Setting up", f"{starts:%Y-%m-%d}", all_day=True)
    second = desk.mail(
        "Noel Hart", "Cancelled: Setting up", "", 6 * HOUR, answers=sent, invitation=off
    )
    sealed = desk.mail(
        "Noel Hart", "Prices", "This message is encrypted, so Goodword can't show it.", 5.5 * HOUR,
        answers=sent, protection="smime_encrypted",
    )  # fmt: skip
    sealed.raw = files.keep(b"Subject: Prices\r\n\r\nMIIB", at=desk.now)
    sealed.save(update_fields=["raw"])
    return second.conversation


def _returned(desk: Desk) -> Conversation:
    """One answer came back, one is on its way still, and somebody complains."""
    begun = desk.mail("Otto Klee", "The cufflinks", "Could they be silver?", 18 * HOUR, to=desk.ana)
    lost = desk.answer(begun, "They could.", 17 * HOUR)
    report = {"sender": "mailer-daemon@mx.example", "kind": "bounce"}
    about = {"bounced_recipient": "otto@klee.example", **report}
    desk.mail(
        "Mail Server", "Undelivered", "550 5.1.1 User unknown", 16.9 * HOUR, answers=lost,
        bounce_kind="failed", bounce_hard=True, **about,
        bounce_words="550 5.1.1 <otto@klee.example>: Recipient address rejected: User unknown",
    )  # fmt: skip
    late = desk.answer(begun, "They could be gold, too.", 16 * HOUR)
    desk.mail(
        "Mail Server", "Delayed", "Still trying.", 15 * HOUR, answers=late, bounce_kind="delayed",
        bounce_words="451 4.4.1 Connection timed out; it is tried for 5 days", **about,
    )  # fmt: skip
    desk.mail(
        "Mail Server", "Abuse", "An abuse report.", 3 * HOUR, answers=late,
        bounce_kind="complaint", **about,
    )  # fmt: skip
    return begun.conversation


def _passed_on(desk: Desk) -> Conversation:
    """Ben forwards what was written to him, and answers by mail; all of it is one conversation."""
    ben = {
        "sender": "ben@shop.example",
        "authentications": [Authentication("mx.shop.example", "pass", "dmarc=pass")],
    }
    forwarded = Forwarded(
        Party("hana@mill.example", "Hana Mill"), "Clasp", "Dear Ben,\n\ncan you mend my clasp?"
    )
    begun = desk.mail(
        "Ben Okri", "Fwd: Clasp", "See below.\n\n-- Forwarded --\nDear Ben, can you mend my clasp?",
        30 * HOUR, forwarded=forwarded, **ben,
    )  # fmt: skip
    conversations.show_in(begun.conversation, [desk.house.repairs])
    sent = desk.answer(begun, "Dear Hana, we can.", 29 * HOUR)
    desk.mail(
        "Ben Okri", "Re: Clasp", "Hana, bring it on Friday and I will do it while you wait.",
        20 * HOUR, answers=sent, cc=[Party("hana@mill.example")], **ben,
    )  # fmt: skip
    again = desk.mail(
        "Hana Mill", "Re: Clasp", "From my other address: is Saturday possible, too?", 10 * HOUR,
        sender="hana@home.example", answers=sent,
    )  # fmt: skip
    joining.join(again.conversation, begun.conversation, by=desk.ana, at=desk.now - 9 * HOUR)
    return begun.conversation


def _quiet(desk: Desk) -> dict[str, Conversation]:
    """What is closed, snoozed, spam or trash, and what waits on them."""
    ana, now = desk.ana, desk.now
    closed = desk.mail(
        "Oskar Brandt", "Thank you", "The best repair I have had in years.", 50 * HOUR, to=ana
    )
    desk.answer(closed, "Dear Oskar, it was a pleasure.", 30 * HOUR)
    handling.close(closed.conversation, by=ana, at=now - 29 * HOUR)
    waiting = desk.mail("Delia Marsh", "The size of the ring", "Is L½ right?", 40 * HOUR, to=ana)
    desk.answer(waiting, "It is. Shall we go on?", 39 * HOUR)
    scheduled = desk.mail("Tove Berg", "The clasp", "Gold or silver?", 26 * HOUR, to=ana)
    replying.reply(
        scheduled.conversation, by=ana, text="Gold it is, as you wished.", at=now - HOUR,
        recipients=Recipients(to=("tove@berg.example",)), leaves_at=now + 5 * DAY,
    )  # fmt: skip
    snoozed = desk.mail(
        "Ines Falk", "In the new year", "Could you remind me in January?", 60 * HOUR, to=ana
    )
    handling.snooze(snoozed.conversation, until=now + 5 * DAY, by=ana, at=now)
    spam = desk.mail("Best Prizes", "You have won!!!", "Click here", 70 * HOUR)
    handling.mark_spam(spam.conversation, by=ana, at=now)
    trash = desk.mail("Some Flyer", "Office chairs", "Forty per cent off", 80 * HOUR)
    handling.trash(trash.conversation, by=ana, at=now)
    return {
        name: m.conversation
        for name, m in {
            "closed": closed,
            "waiting": waiting,
            "snoozed": snoozed,
            "spam": spam,
            "trash": trash,
        }.items()
    }
