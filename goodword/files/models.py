from __future__ import annotations

from django.db import models


class File(models.Model):
    """Bytes on disk, named by their SHA-256. What refers to it is a foreign key with PROTECT."""

    sha256 = models.CharField(max_length=64, unique=True)
    size_bytes = models.BigIntegerField()
    stored_at = models.DateTimeField()
    # When the sweep first found no row pointing here; it goes a day after that.
    unreferenced_since = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["unreferenced_since"],
                name="file_unreferenced",
                condition=models.Q(unreferenced_since__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.sha256
