"""A customer asks, the printer is asked aside and answers, the customer is answered: and reads not
one word of the printer's. Through the doors people use.
"""

from __future__ import annotations

import re
import time
from email.message import EmailMessage

import pytest
from playwright.sync_api import expect

from tests.doors.house import (
    INBOX,
    OWNER,
    PASSWORD,
    check,
    connect,
    hand_in,
    let_time_pass,
    mail,
    wait_for_messages,
)

pytestmark = [pytest.mark.browser]

PRINTER = "orders@print.example"
FIRST_SENDING = 20_000  # the first draft that a process reads waits for its languages


def answer_to(sent: EmailMessage, text: str) -> EmailMessage:
    """As a mail program answers: the ids, and what it answers below."""
    reply = EmailMessage()
    reply["From"], reply["To"] = f"Printhouse <{PRINTER}>", INBOX
    reply["Subject"] = f"Re: {sent['Subject']}"
    reply["Message-ID"] = f"<{time.time_ns()}@print.example>"
    reply["In-Reply-To"] = reply["References"] = str(sent["Message-ID"])
    quoted = "\n".join(f"> {line}" for line in plain(sent).splitlines())
    reply.set_content(f"{text}\n\nOn Sat, 21 Nov 2026, Ana Ruiz wrote:\n\n{quoted}\n")
    return reply


def plain(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_the_printer_is_asked_aside_and_the_customer_reads_nothing_of_it(
    page, start_shop, smtp_sink
):
    goodword = start_shop()
    connect(goodword, sink=smtp_sink)
    page.goto(f"{goodword.url}/account/login/?next=/inbox/unassigned/")
    page.locator("[name=login]").fill(OWNER)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("#nav").wait_for(state="attached")
    hand_in(goodword, mail("Where are my cards?", subject="The wedding cards"))
    page.get_by_role("link", name="Grace Whitlow").first.click()
    page.get_by_role("heading", name="The wedding cards").first.wait_for()

    # By its key: the customer's mail is forwarded to the printer with a question.
    page.keyboard.press("f")
    asked = page.get_by_role("dialog")
    asked.get_by_label("To", exact=True).fill(f"Printhouse <{PRINTER}>")
    asked.get_by_label("What you write to them").fill("When do they leave your house?")
    asked.get_by_role("button", name="Forward the message").click()
    card = page.locator("details.aside")
    expect(card).to_contain_text("Aside with Printhouse", timeout=FIRST_SENDING)
    let_time_pass(goodword)
    [forwarded] = smtp_sink.wait_for(1, timeout=60)
    assert list(forwarded.recipients) == [PRINTER]
    assert "Where are my cards?" in plain(forwarded.message)
    assert not forwarded.message["References"] and not forwarded.message["In-Reply-To"]

    # The printer answers: the card of the open page says so, and opens in place.
    hand_in(goodword, answer_to(forwarded.message, "On Wednesday, with parcel PH-77."))
    expect(card).to_contain_text("On Wednesday, with parcel PH-77.")
    card.locator("summary").click()
    expect(card.locator(".message-text", has_text="When do they leave").first).to_be_visible()

    # The customer is answered, and what leaves knows nothing of the printer.
    page.locator("#composer-text").fill("They leave on Wednesday.\n\nAna")
    page.get_by_role("button", name="Send").first.click()
    page.get_by_role("button", name=re.compile("Undo")).first.wait_for(timeout=FIRST_SENDING)
    wait_for_messages(goodword, 4)  # that button may be the forwarded one's
    let_time_pass(goodword)
    answer = smtp_sink.wait_for(2, timeout=60)[1]
    assert list(answer.recipients) == ["grace@whitlow.example"]
    for trace in ("PH-77", "print.example", "Printhouse"):
        assert trace not in answer.message.as_string()

    # The customer answers the whole thing; the printer's next word still stands apart.
    hand_in(goodword, answer_to(forwarded.message, "They have left."))
    wait_for_messages(goodword, 5)
    now = check(goodword)
    assert (now["conversations"], now["open_promises"], now["violations"]) == (2, 0, [])
