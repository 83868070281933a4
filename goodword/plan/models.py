"""The service plan as it is stored. `queries.current()` reads all of it into one `ServicePlan`."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from goodword.accounts.models import Teammate
from goodword.core import ids
from goodword.inboxes.models import Inbox
from goodword.people.models import Kind

DAY = 24 * 60  # minutes; what goes past midnight counts on, up to two days

_begins_before_it_ends = Q(from_minute__lt=DAY, until_minute__lte=2 * DAY) & Q(
    from_minute__lt=F("until_minute")
)


class PlanVersion(models.Model):
    """One row, id 1. Every change of the plan raises it, so that a process keeps what it read."""

    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="plan_version_only_one")]

    def __str__(self) -> str:
        return str(self.number)


class Calendar(models.Model):
    """When we are there: a zone, weekly periods, public holidays, closures."""

    public_id = models.CharField(max_length=24, unique=True, default=ids.public_id)
    name = models.CharField(max_length=80)
    zone = models.CharField(max_length=64)  # IANA name
    country = models.CharField(max_length=2, blank=True, default="")  # none: no public holidays
    region = models.CharField(max_length=40, blank=True, default="")  # as the holidays library has
    standard = models.BooleanField(default=False)  # of the house, and of inboxes without their own
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="calendar_name_once"),
            models.UniqueConstraint(
                fields=["standard"], condition=Q(standard=True), name="calendar_one_standard"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Period(models.Model):
    """A weekly period of a calendar, in minutes after midnight: 22:00-02:00 is 1320 to 1560."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="periods")
    weekday = models.PositiveSmallIntegerField()  # 0 is Monday; the day it begins
    from_minute = models.PositiveSmallIntegerField()
    until_minute = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__lte=6) & _begins_before_it_ends, name="period_possible"
            ),
            models.UniqueConstraint(
                fields=["calendar", "weekday", "from_minute"], name="period_begins_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday}: {self.from_minute}-{self.until_minute}"


class Closure(models.Model):
    """Days on which we are not there, both included, and what customers read about it."""

    public_id = models.CharField(max_length=24, unique=True, default=ids.public_id)
    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="closures")
    first_day = models.DateField()
    last_day = models.DateField()
    text = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day")), name="closure_begins_before_it_ends"
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_day} to {self.last_day}"


class InboxPlan(models.Model):
    """What holds for one inbox: its hours, and what happens when an answer will be late."""

    class Holding(models.TextChoices):
        """The reply that says when the answer will come, when it can't come in time."""

        DRAFT = "draft", _("Offer it to whoever owes the answer")
        SEND = "send", _("Send it by itself, once, naming the new time")

    inbox = models.OneToOneField(Inbox, on_delete=models.CASCADE, related_name="plan")
    calendar = models.ForeignKey(
        Calendar, null=True, on_delete=models.PROTECT, related_name="inbox_plans"
    )
    holding = models.CharField(max_length=5, choices=Holding.choices, default=Holding.DRAFT)

    def __str__(self) -> str:
        return f"plan of {self.inbox_id}"


class Duty(models.Model):
    """Who answers, weekly: in the zone of the inbox's calendar. No inbox: every inbox of theirs."""

    public_id = models.CharField(max_length=24, unique=True, default=ids.public_id)
    inbox = models.ForeignKey(Inbox, null=True, on_delete=models.CASCADE, related_name="duties")
    road = models.CharField(max_length=20, blank=True, default="")  # empty: every road
    teammate = models.ForeignKey(Teammate, on_delete=models.PROTECT, related_name="duties")
    backup = models.ForeignKey(Teammate, null=True, on_delete=models.PROTECT, related_name="+")
    weekday = models.PositiveSmallIntegerField()
    from_minute = models.PositiveSmallIntegerField()
    until_minute = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__lte=6) & _begins_before_it_ends, name="duty_possible"
            ),
            models.CheckConstraint(
                condition=Q(backup__isnull=True) | ~Q(backup=F("teammate")),
                name="duty_backup_is_another",
            ),
        ]
        verbose_name_plural = "duties"

    def __str__(self) -> str:
        return f"{self.teammate_id} on {self.weekday}"


class Absence(models.Model):
    """A teammate isn't there. `until` null: until they switch it off."""

    public_id = models.CharField(max_length=24, unique=True, default=ids.public_id)
    teammate = models.ForeignKey(Teammate, on_delete=models.CASCADE, related_name="absences")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    stand_in = models.ForeignKey(Teammate, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=200, blank=True, default="")  # for colleagues
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Teammate, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__lt=F("until")),
                name="absence_begins_before_it_ends",
            ),
            models.CheckConstraint(
                condition=Q(stand_in__isnull=True) | ~Q(stand_in=F("teammate")),
                name="absence_stand_in_is_another",
            ),
        ]
        indexes = [models.Index(fields=["teammate", "since"], name="absence_of_teammate")]

    def __str__(self) -> str:
        return f"{self.teammate_id} away"


class Target(models.Model):
    """How fast we promise an answer. Of several that fit, the one that says most about it counts.

    An inbox says more than a kind of customer, a kind more than urgency. Where none fits:
    24 hours by the clock.
    """

    class Counts(models.TextChoices):
        OPEN = "open", pgettext_lazy("how time is counted", "In opening hours")
        CLOCK = "clock", pgettext_lazy("how time is counted", "By the clock")

    public_id = models.CharField(max_length=24, unique=True, default=ids.public_id)
    inbox = models.ForeignKey(Inbox, null=True, on_delete=models.CASCADE, related_name="targets")
    kind = models.ForeignKey(Kind, null=True, on_delete=models.CASCADE, related_name="targets")
    urgent = models.BooleanField(default=False)  # for what was marked urgent only
    first_minutes = models.PositiveIntegerField()
    next_minutes = models.PositiveIntegerField()
    counts = models.CharField(max_length=5, choices=Counts.choices, default=Counts.OPEN)
    # Steps of a reply promise that nobody keeps, by the clock, around the time it is due.
    remind_minutes_before = models.PositiveIntegerField(default=60)
    backup_minutes_after = models.PositiveIntegerField(default=0)
    lead_minutes_after = models.PositiveIntegerField(default=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["inbox", "kind", "urgent"], name="target_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(first_minutes__gt=0, next_minutes__gt=0), name="target_takes_time"
            ),
            models.CheckConstraint(
                condition=Q(lead_minutes_after__gte=F("backup_minutes_after")),
                name="target_lead_after_backup",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_minutes} and {self.next_minutes} minutes"
