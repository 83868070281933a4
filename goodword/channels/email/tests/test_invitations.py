import pytest

from goodword.channels.email.tests.mails import mail, parts, read
from goodword.desk.roads import Invitation

BERLIN = """BEGIN:VTIMEZONE
TZID:Our Berlin
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
"""


def calendar(event, *, method="METHOD:REQUEST\n", zone=""):
    text = (
        f"BEGIN:VCALENDAR\nVERSION:2.0\n{method}{zone}BEGIN:VEVENT\nUID:1\nSUMMARY:Look at the\n"
        f"  kitchen\\, together\n{event}END:VEVENT\nEND:VCALENDAR\n"
    )
    return text.replace("\n", "\r\n")


def invitation(text, kind="text/calendar; charset=utf-8; method=REQUEST"):
    return read(mail(text, Content_Type=kind)).invitation


def test_an_invitation_becomes_a_card():
    text = calendar(
        "DTSTART:20260504T080000Z\nDTEND:20260504T090000Z\nLOCATION:Marktstraße 3\n"
        'ORGANIZER;CN="Dora Customer":MAILTO:dora@customer.example\n'
    )
    inbound = read(
        parts(
            "Content-Type: text/plain\r\n\r\nDora invites you",
            f"Content-Type: text/calendar; charset=utf-8; method=REQUEST\r\n\r\n{text}",
            kind="alternative",
        )
    )

    assert inbound.invitation == Invitation(
        method="request",
        title="Look at the kitchen, together",
        starts="2026-05-04T08:00:00+00:00",
        ends="2026-05-04T09:00:00+00:00",
        place="Marktstraße 3",
        organiser="Dora Customer <dora@customer.example>",
    )
    assert inbound.text == "Dora invites you"
    assert [file.content_type for file in inbound.files] == ["text/calendar"]


@pytest.mark.parametrize(
    ("event", "zone", "starts", "ends", "all_day"),
    [
        ("DTSTART:20260504T100000\nDTEND:20260504T110000\n", "", "2026-05-04T10:00:00",
         "2026-05-04T11:00:00", False),
        ("DTSTART;TZID=Our Berlin:20260504T100000\nDURATION:PT90M\n", BERLIN,
         "2026-05-04T10:00:00+02:00", "2026-05-04T11:30:00+02:00", False),
        ("DTSTART;TZID=Europe/Berlin:20261204T100000\n", "", "2026-12-04T10:00:00+01:00", "",
         False),
        ("DTSTART;TZID=W. Europe Standard Time:20261204T100000\n", "",
         "2026-12-04T10:00:00+01:00", "", False),
        ("DTSTART;VALUE=DATE:20260504\n", "", "2026-05-04", "", True),
        ("DTSTART;VALUE=DATE:20260504\nDTEND;VALUE=DATE:20260505\n", "", "2026-05-04", "", True),
        ("DTSTART;VALUE=DATE:20260504\nDTEND;VALUE=DATE:20260507\n", "", "2026-05-04",
         "2026-05-06", True),
    ],
)  # fmt: skip
def test_moments_are_told_as_the_sender_meant_them(event, zone, starts, ends, all_day):
    card = invitation(calendar(event, zone=zone))

    assert card is not None
    assert (card.starts, card.ends, card.all_day) == (starts, ends, all_day)


@pytest.mark.parametrize(
    ("method", "kind", "told"),
    [
        ("METHOD:CANCEL\n", "text/calendar", "cancel"),
        ("", "text/calendar; method=REPLY", "reply"),
        ("", "text/calendar", "publish"),
        ("METHOD:COUNTER\n", 'application/ics; name="invite.ics"', "counter"),
        ("METHOD:REQUEST\n", 'application/octet-stream; name="invite.ics"', "request"),
    ],
)
def test_what_is_asked_comes_from_the_file_or_else_its_type(method, kind, told):
    card = invitation(calendar("DTSTART:20260504T080000Z\n", method=method), kind)

    assert card is not None
    assert card.method == told


def test_a_series_says_so():
    card = invitation(calendar("DTSTART:20260504T080000Z\nRRULE:FREQ=WEEKLY\n"))

    assert card is not None
    assert card.repeats


@pytest.mark.parametrize(
    "text",
    [
        "",
        "BEGIN:VCALENDAR",
        "BEGIN:VEVENT\r\nEND:VEVENT",
        calendar("DTSTART:yesterday\n"),
        calendar("DTSTART:99999999T999999Z\n"),
        calendar("DTSTART;VALUE=DATE:20260504\nDTEND:20260504T100000Z\n"),
        calendar("BEGIN:VALARM\nDTSTART:20260504T100000\n"),
        "BEGIN:VEVENT\r\n" * 20_000,
        calendar("DTSTART:20260504T080000Z\n" + "ATTENDEE:mailto:a@b.example\n" * 5000),
        "x" * 600_000 + calendar("DTSTART:20260504T080000Z\n"),
    ],
)
def test_a_broken_or_monstrous_calendar_is_no_invitation_and_no_error(text):
    inbound = read(mail(text or "x", Content_Type="text/calendar"))

    assert inbound.invitation is None
    assert len(inbound.files) == 1
