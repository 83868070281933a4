"""Deadlines: a table for each language, the hours and zone of the business, and odd moments."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from goodword.language import deadlines, words
from goodword.language.moments import Now, OfficeHours
from goodword.language.notation import plain

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = "2026-11-24T10:20"


def due(text: str, language: str = "en", at: str = TUESDAY, hours: OfficeHours | None = None):
    """The deadline as "2026-11-27 17:00", "vague", or `None` when there is none."""
    moment = datetime.fromisoformat(at)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=BERLIN)
    now = Now(moment.astimezone(BERLIN), hours or OfficeHours())
    found = deadlines.read(plain(text), language, now)
    if found is None:
        return None
    return found.due.strftime("%Y-%m-%d %H:%M") if found.due else "vague"


ENGLISH = {
    "by Friday": "2026-11-27 17:00",
    "by Friday at the latest": "2026-11-27 17:00",
    "on Tuesday": "2026-12-01 17:00",
    "next Friday": "2026-12-04 17:00",
    "Friday next week": "2026-12-04 17:00",
    "today": "2026-11-24 17:00",
    "tonight": "2026-11-24 23:59",
    "this afternoon": "2026-11-24 17:00",
    "tomorrow": "2026-11-25 17:00",
    "tomorrow morning": "2026-11-25 12:00",
    "in the morning": "2026-11-25 12:00",
    "first thing tomorrow": "2026-11-25 10:00",
    "first thing Monday": "2026-11-30 10:00",
    "the day after tomorrow": "2026-11-26 17:00",
    "a week from Tuesday": "2026-12-08 17:00",
    "within 48 hours": "2026-11-26 10:20",
    "in half an hour": "2026-11-24 10:50",
    "in the next hour": "2026-11-24 11:20",
    "within 5-7 business days": "2026-12-03 17:00",
    "within three working days": "2026-11-27 17:00",
    "in a couple of days": "2026-11-26 17:00",
    "in a fortnight": "2026-12-08 17:00",
    "in two weeks' time": "2026-12-08 17:00",
    "in three months": "2027-02-24 17:00",
    "by close of business Friday": "2026-11-27 17:00",
    "by EOD": "2026-11-24 17:00",
    "this week": "2026-11-27 17:00",
    "by the weekend": "2026-11-27 17:00",
    "over the weekend": "2026-11-29 23:59",
    "early next week": "2026-12-01 17:00",
    "next week": "2026-12-04 17:00",
    "end of next week": "2026-12-04 17:00",
    "before the 15th": "2026-12-14 17:00",
    "by the 20th of next month": "2026-12-20 17:00",
    "on 3 March 2027": "2027-03-03 17:00",
    "by Wednesday, December 9th": "2026-12-09 17:00",
    "on 2026-12-05": "2026-12-05 17:00",
    "in mid-January": "2027-01-15 17:00",
    "in March": "2027-03-31 17:00",
    "by the end of the month": "2026-11-30 17:00",
    "by the end of Q1": "2027-03-31 17:00",
    "before Christmas": "2026-12-24 17:00",
    "by 5": "2026-11-24 17:00",
    "at 9": "2026-11-25 09:00",
    "at 9:30 tomorrow": "2026-11-25 09:30",
    "by 6 this evening": "2026-11-24 18:00",
    "at half past three": "2026-11-24 15:30",
    "at noon on Friday": "2026-11-27 12:00",
    "before noon": "2026-11-24 12:00",
    "tomorrow after 4pm": "2026-11-25 17:00",
    "on Thursday between 2 and 4pm": "2026-11-26 16:00",
    "today or Monday": "2026-11-30 17:00",
    "Monday to Wednesday": "2026-12-02 17:00",
    "the invoice of 3 March tomorrow": "2026-11-25 17:00",
    "asap": "vague",
    "shortly": "vague",
    "after Christmas": "vague",
    "within 14 days of receiving the return": "vague",
    "for three months": None,
    "your order of 3 March": None,
    "the Monday meeting": None,
    "Friday's figures": None,
    "since Monday": None,
    "every Friday": None,
    "last Friday": None,
    "on 31 June": None,
    "at 25:00": None,
    "version 2.3": None,
    "room 12": None,
    "costs 15.30": None,
    "this morning at 8": None,  # that was
}
GERMAN = {
    "bis Freitag": "2026-11-27 17:00",
    "bis Freitag spätestens": "2026-11-27 17:00",
    "am Freitagvormittag": "2026-11-27 12:00",
    "Montagmorgen": "2026-11-30 12:00",
    "nächsten Freitag": "2026-12-04 17:00",
    "Freitag nächster Woche": "2026-12-04 17:00",
    "heute noch": "2026-11-24 17:00",
    "heute Abend": "2026-11-24 23:59",
    "im Laufe des Vormittags": "2026-11-24 12:00",
    "morgen früh": "2026-11-25 12:00",
    "gleich morgen früh": "2026-11-25 10:00",
    "übermorgen Vormittag": "2026-11-26 12:00",
    "uebermorgen": "2026-11-26 17:00",
    "binnen 48 Stunden": "2026-11-26 10:20",
    "in einer halben Stunde": "2026-11-24 10:50",
    "innerhalb von 3 bis 5 Werktagen": "2026-12-01 17:00",
    "in 14 Tagen": "2026-12-08 17:00",
    "in den naechsten zwei Wochen": "2026-12-08 17:00",
    "in drei Monaten": "2027-02-24 17:00",
    "bis Feierabend": "2026-11-24 17:00",
    "noch diese Woche": "2026-11-27 17:00",
    "am Wochenende": "2026-11-29 23:59",
    "Anfang nächster Woche": "2026-12-01 17:00",
    "in der kommenden Woche": "2026-12-04 17:00",
    "Ende nächster Woche": "2026-12-04 17:00",
    "KW 48": "2026-11-27 17:00",
    "in der 50. Kalenderwoche": "2026-12-11 17:00",
    "am 15.3.": "2027-03-15 17:00",
    "am 15.3. um 14 Uhr": "2027-03-15 14:00",
    "bis spätestens 20. Dezember": "2026-12-20 17:00",
    "am Montag, den 7.12.": "2026-12-07 17:00",
    "vor dem 15.": "2026-12-14 17:00",
    "vor Weihnachten": "2026-12-24 17:00",
    "Mitte Januar": "2027-01-15 17:00",
    "bis Monatsende": "2026-11-30 17:00",
    "im ersten Quartal": "2027-03-31 17:00",
    "bis zum Jahresende": "2026-12-31 17:00",
    "bis 17 Uhr": "2026-11-24 17:00",
    "um halb vier": "2026-11-24 15:30",
    "morgen zwischen 8 und 10 Uhr": "2026-11-25 10:00",
    "morgen ab 14 Uhr": "2026-11-25 17:00",
    "Montag oder Dienstag": "2026-12-01 17:00",
    "so schnell wie möglich": "vague",
    "in den nächsten Tagen": "vague",
    "ab Montag": "vague",
    "innerhalb von 14 Tagen nach Eingang": "vague",
    "vom 3. März": None,
    "seit der letzten Woche": None,
    "für drei Monate": None,
    "jeden Freitag": None,
    "Version 2.3": None,
}


@pytest.mark.parametrize(("text", "wanted"), ENGLISH.items())
def test_an_english_deadline_is_the_last_moment_at_which_the_promise_is_kept(text, wanted):
    assert due(text, "en") == wanted


@pytest.mark.parametrize(("text", "wanted"), GERMAN.items())
def test_a_german_deadline_is_the_last_moment_at_which_the_promise_is_kept(text, wanted):
    assert due(text, "de") == wanted


def test_a_span_of_hours_within_a_day_says_from_when_too():
    now = Now(datetime(2026, 11, 24, 10, 20, tzinfo=BERLIN), OfficeHours())

    found = deadlines.read("on thursday between 2 and 4pm", "en", now)

    assert found is not None and found.not_before == datetime(2026, 11, 26, 14, tzinfo=BERLIN)


def test_today_is_till_midnight_once_the_office_is_closed():
    assert due("today", at="2026-11-24T18:30") == "2026-11-24 23:59"


def test_close_of_business_after_hours_or_on_a_saturday_is_the_next_working_days():
    assert due("by EOD", at="2026-11-24T18:30") == "2026-11-25 17:00"
    assert due("by EOD", at="2026-11-28T11:00") == "2026-11-30 17:00"


def test_the_business_own_hours_decide_when_a_day_ends():
    shop = OfficeHours((*[(time(10), time(19))] * 5, (time(10), time(14)), None))

    assert due("by Friday", hours=shop) == "2026-11-27 19:00"
    assert due("on Saturday", hours=shop) == "2026-11-28 14:00"
    assert due("on Sunday", hours=shop) == "2026-11-29 19:00"
    assert due("by EOD", at="2026-11-28T12:00", hours=shop) == "2026-11-28 14:00"


def test_a_business_without_any_hours_still_has_days():
    never = OfficeHours((None,) * 7)

    assert due("by Friday", hours=never) == "2026-11-27 17:00"
    assert due("by EOD", hours=never) == "2026-11-25 17:00"
    assert due("next week", hours=never) == "2026-12-04 17:00"


def test_hours_pass_on_the_clock_and_days_on_the_calendar_when_summer_time_begins():
    assert due("within 24 hours", at="2026-03-28T12:00") == "2026-03-29 13:00"
    assert due("within 2 days", at="2026-03-28T12:00") == "2026-03-30 17:00"


def test_the_zone_is_the_business_and_not_the_senders():
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)  # already Wednesday in Berlin
    now = Now(late.astimezone(BERLIN), OfficeHours())

    found = deadlines.read("tomorrow", "en", now)

    assert found is not None and found.due == datetime(2026, 11, 26, 17, tzinfo=BERLIN)


def test_years_ends_and_short_months_are_counted_right():
    assert due("in one month", at="2027-01-31T10:00") == "2027-02-28 17:00"
    assert due("on the 31st", at="2026-11-24T10:00") == "2026-12-31 17:00"
    assert due("on 29 February", at="2026-11-24T10:00") == "2028-02-29 17:00"
    assert due("on 1 January", at="2026-12-31T10:00") == "2027-01-01 17:00"
    assert due("KW 53", "de", at="2027-11-24T10:00") is None  # 2027 has 52 weeks


def test_figures_with_a_slash_are_read_as_where_the_business_is():
    assert due("on 3/4") == "2027-04-03 17:00"
    assert due("on 12/24") == "2026-12-24 17:00"
    new_york = Now(
        datetime(2026, 11, 24, 10, 20, tzinfo=ZoneInfo("America/New_York")), OfficeHours()
    )
    found = deadlines.read("on 3/4", "en", new_york)
    assert found is not None and found.due is not None
    assert (found.due.month, found.due.day) == (3, 4)


@pytest.mark.parametrize("language", words.tongues())
def test_whatever_is_put_together_a_deadline_never_lies_in_the_past(language):
    table = ENGLISH if language == "en" else GERMAN
    moments = ["2026-11-24T00:00", "2026-12-31T23:58", "2028-02-29T17:00", "2026-10-25T02:30"]
    for one, other in itertools.product(list(table)[::4], repeat=2):
        for at in moments:
            moment = datetime.fromisoformat(at).replace(tzinfo=BERLIN)
            found = deadlines.read(plain(f"{one} {other}"), language, Now(moment, OfficeHours()))
            if found and found.due:
                assert found.due > moment
                assert found.not_before is None or found.not_before < found.due
