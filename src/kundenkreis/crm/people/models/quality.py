"""How good the data was, month by month."""

from __future__ import annotations

from django.db import models


class QualitySnapshot(models.Model):
    """The figures of one type of record at the beginning of a month; names nobody.

    `figures` are numbers by name: of issues, of filled fields, of reasons for decay.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=12)
    month = models.DateField()
    total = models.BigIntegerField()
    figures = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "month"], name="quality_snapshot_once")
        ]


class QualityNight(models.Model):
    """The same figures of last night, for bases that are too large to be counted whenever somebody
    looks; one row of each type."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=12, unique=True)
    at = models.DateTimeField()
    total = models.BigIntegerField()
    figures = models.JSONField(default=dict)
