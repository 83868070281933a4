"""Furnish an empty database: the shop, its months, its today."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from goodword.example.months import Months
from goodword.example.ready import stand_ready
from goodword.example.shop import Shop, open_shop
from goodword.example.story import Story
from goodword.example.today import Today
from goodword.notices import actions as notices
from goodword.notices.models import Notice


@transaction.atomic
def furnish(*, now: datetime, weeks: int = 13, a_week: int = 12) -> Shop:
    """Let it all happen, up to `now`. The database must be empty but migrated."""
    shop = open_shop(now=now, at=now - timedelta(weeks=max(weeks, 6) + 1))
    stand_ready(shop, at=now - timedelta(days=2))
    story = Story(shop, now=now)
    Months(story, weeks=weeks, a_week=a_week).begin()
    Today(story).begin()
    story.play()
    notices.see(Notice.objects.filter(told_at__lt=now - timedelta(hours=3)), at=now)
    return shop
