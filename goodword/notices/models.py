from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language

from goodword.accounts.models import Teammate
from goodword.core.due import DueRow, due_index


class Notice(DueRow):
    """One thing told to one teammate. There is one per matter, however often it comes up.

    In the app at once; `due_at` is when it goes by mail, if it is still open and unseen then.
    """

    teammate = models.ForeignKey(Teammate, on_delete=models.CASCADE, related_name="notices")
    matter = models.CharField(max_length=60)  # `kind:id` of what it is about
    kind = models.CharField(max_length=40)  # why they are told: due_soon, late, handed_over, ...
    title = models.CharField(max_length=300)  # in the language of the house, with its names
    # The same by language; none where one is for all, or whoever told it knew of no languages yet.
    titles = models.JSONField(default=dict, db_default={})
    url = models.CharField(max_length=300)
    told_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # the matter is settled
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["teammate", "matter"],
                condition=Q(ended_at__isnull=True),
                name="notice_one_a_matter",
            )
        ]
        indexes = [
            due_index("notice_mail_due"),
            models.Index(fields=["teammate", "-told_at"], name="notice_of_teammate"),
            models.Index(
                fields=["matter"], name="notice_open_matter", condition=Q(ended_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.teammate_id}"

    @property
    def words(self) -> str:
        """The title in the language of whoever reads it, as far as it was told in that."""
        told: str = self.titles.get(get_language(), self.title)
        return told


class Preference(models.Model):
    """How a teammate wants to be told. Minutes after midnight in the zone of the house.

    What they don't want is kept, as groups of `notices.kinds`: what is new is told to everyone.
    """

    teammate = models.OneToOneField(
        Teammate, on_delete=models.CASCADE, related_name="notice_preference"
    )
    by_mail = models.BooleanField(default=True)
    by_browser = models.BooleanField(default=False)
    quiet_from = models.PositiveSmallIntegerField(default=18 * 60)
    quiet_until = models.PositiveSmallIntegerField(default=8 * 60)
    quiet_weekends = models.BooleanField(default=True)
    not_by_mail = models.JSONField(default=list)
    not_by_browser = models.JSONField(default=list)
    hears_of_new = models.BooleanField(default=False)  # what comes in and nobody has, even here
    # One mail a day, at this minute; None: as it comes.
    digest_at = models.PositiveSmallIntegerField(null=True)
    sounds = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from__lt=24 * 60, quiet_until__lt=24 * 60),
                name="quiet_within_a_day",
            ),
            models.CheckConstraint(
                condition=Q(digest_at__isnull=True) | Q(digest_at__lt=24 * 60),
                name="digest_within_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"notices of {self.teammate_id}"
