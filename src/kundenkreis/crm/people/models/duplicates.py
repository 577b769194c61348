"""Who may be there twice."""

from __future__ import annotations

from django.db import models


class BlockingKey(models.Model):
    """One key of a person or organisation: whoever shares one may be the same.

    Rewritten with every change of the record, in the same transaction (`crm.people.keeping`).
    """

    class Of(models.TextChoices):
        PERSON = "p", "person"
        ORGANISATION = "o", "organisation"

    id = models.BigAutoField(primary_key=True)
    key = models.BigIntegerField()
    fine = models.CharField(max_length=3)
    of = models.CharField(max_length=1, choices=Of.choices)
    row = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["row", "of", "key", "fine"], name="blocking_key_once")
        ]
        indexes = [models.Index(fields=["key", "fine", "row"], name="blocking_key_rows")]
