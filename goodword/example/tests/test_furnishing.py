"""The example is a house like any other: everything in it holds, at whatever hour it is made."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from goodword.canned.models import CannedReply
from goodword.conversations.models import Message, Recipient
from goodword.desk import checking, roads, variables
from goodword.example import months, shop
from goodword.example.furnishing import furnish
from goodword.plan import queries as plan
from goodword.promises.models import Promise

THURSDAY = datetime(2026, 5, 14, 9, 42, tzinfo=UTC)  # 10:42 in London
SUNDAY_NIGHT = datetime(2026, 11, 22, 3, 7, tzinfo=UTC)
State = Promise.State


@pytest.mark.django_db
@pytest.mark.parametrize("now", [THURSDAY, SUNDAY_NIGHT])
def test_a_furnished_shop_breaks_no_rule_and_has_one_late_and_others_to_come(now: datetime):
    road = roads.road("email")

    furnish(now=now, weeks=1, a_week=3)

    assert checking.violations() == []
    mine = Promise.objects.filter(state=State.OPEN, owner__email=shop.OWNER)
    assert mine.filter(due_at__lt=now).count() == 1
    assert mine.filter(due_at__gt=now).count() >= 6
    assert Promise.objects.filter(state=State.BROKEN, person__name="Grace Whitlow").count() == 1
    assert Promise.objects.filter(state=State.KEPT).count() > 5
    assert not Message.objects.filter(said_at__gt=now).exists()
    assert Recipient.objects.get(state=Recipient.State.REFUSED).address.value.endswith(
        "@gone.example"
    )
    for reply in CannedReply.objects.exclude(name="Price of a repair"):  # which one fills in
        for text in reply.texts.values_list("text", flat=True):
            assert variables.doubts(text) == [] and "{" not in variables.as_example(text)
    assert roads.road("email") is road, "the pretending road outlived the furnishing"


@pytest.mark.django_db
def test_the_shop_has_a_gap_on_friday_afternoon_and_its_holidays():
    house = shop.open_shop(now=THURSDAY, at=datetime(2026, 3, 1, tzinfo=UTC))
    current = plan.current()

    monday = datetime(2026, 5, 10, 23, 0, tzinfo=UTC)
    gaps = current.gaps(house.hello.pk, monday, datetime(2026, 5, 17, tzinfo=UTC))
    [gap] = gaps

    with timezone.override(shop.ZONE):
        assert f"{timezone.localtime(gap.start):%A %H:%M}" == "Friday 13:00"
    assert current.gaps(house.repairs.pk, monday, datetime(2026, 5, 17, tzinfo=UTC)) == []
    assert current.absence_of(house.tom.pk, datetime(2026, 5, 25, tzinfo=UTC)) is not None


@pytest.mark.parametrize("exchange", months.exchanges(), ids=lambda each: each.subject)
def test_every_exchange_has_someone_to_write_it_and_leaves_no_place_unfilled(
    exchange: months.Exchange,
):
    assert months.customers()[exchange.language]
    filled = {"name": "Tess", "full": "Tess Gallagher", "me": "Ida", "ref": 1, "price": 2}
    texts = [exchange.subject, exchange.ask, exchange.answer, exchange.thanks, exchange.note]
    if exchange.promise:
        texts += [exchange.promise.what, exchange.promise.done]
        assert exchange.promise.words in exchange.answer, "what was promised stands in the answer"
    for text in texts:
        said = text.format(**filled, piece="ring")
        assert "{" not in said and "}" not in said


def test_everybody_outside_has_an_address_that_can_reach_nobody():
    for people in months.customers().values():
        assert all(each.address.endswith(".example") for each in people)


def test_the_months_speak_several_languages():
    languages = {each.language for each in months.exchanges()}

    assert {"en", "de", "fr", "es", "ja", "ar"} <= languages
