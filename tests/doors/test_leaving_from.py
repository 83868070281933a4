"""Mail to the second address, answered on the page: what the other side's server sees."""

import pytest

from goodword.bench.servers import wait_until
from tests.doors.house import connect, hand_in, mail, rows, wait_for_messages
from tests.doors.test_mailbox_by_consent import Browser

GRACE = "grace@whitlow.example"
HELLO, SALES = "hello@shop.example", "sales@shop.example"
SECOND_ADDRESS = f"""
from goodword.accounts.models import Business
from goodword.inboxes.models import InboxAddress
Business.objects.update(undo_send_seconds=0)
InboxAddress.objects.create(inbox=Inbox.objects.get(), value={SALES!r})
"""


@pytest.fixture
def goodword(start_shop, smtp_sink):
    process = start_shop()
    connect(process, sink=smtp_sink, and_then=SECOND_ADDRESS)
    return process


def test_grace_writes_to_sales_and_sales_answers_until_ana_chooses_otherwise(goodword, smtp_sink):
    hand_in(goodword, mail(to=f"Sales <{SALES}>"))
    wait_for_messages(goodword, 1)
    ((key,),) = rows(goodword, "SELECT public_id FROM conversations_conversation")
    ana = Browser(goodword)
    answer = {"mode": "reply", "to": GRACE, "text": "Tomorrow."}

    ana.ask("POST", f"/conversations/{key}/reply/", answer)
    first = smtp_sink.wait_for(1, timeout=20)[0]
    assert (first.sender, first.recipients) == (SALES, (GRACE,))
    assert first.message["From"].addresses[0].addr_spec == SALES
    assert first.message["Reply-To"].addresses[0].addr_spec == SALES

    ana.ask("POST", f"/conversations/{key}/reply/", {**answer, "text": "Or so.", "sender": HELLO})
    second = smtp_sink.wait_for(2, timeout=20)[1]
    assert second.sender == second.message["From"].addresses[0].addr_spec == HELLO

    # What Grace's program answers finds the conversation, and is answered from where it went.
    again = {"In_Reply_To": first.message["Message-ID"]}
    hand_in(goodword, mail("Thanks!", to=SALES, **again))
    wait_for_messages(goodword, 4)
    assert len(rows(goodword, "SELECT id FROM conversations_conversation")) == 1
    ana.ask("POST", f"/conversations/{key}/reply/", {**answer, "text": "Gladly."})
    assert smtp_sink.wait_for(3, timeout=20)[2].sender == SALES
    wait_until(
        lambda: (
            rows(goodword, "SELECT sender FROM desk_dispatch ORDER BY id")
            == [(SALES,), (HELLO,), (SALES,)]
        ),
        seconds=10,
        what="what each left from is kept",
    )
