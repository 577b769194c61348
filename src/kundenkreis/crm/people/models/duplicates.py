"""Who may be there twice."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


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


class DuplicatePair(models.Model):
    """Two records of one type that may be the same, and what somebody said of it.

    The comparison of the whole base finds it; `left` is the smaller number. `reasons` are how facts
    agree, without the facts: `[["phone", "same", 7.2], …]`. What was decided stays as it is.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DIFFERENT = "different", _("Not a duplicate")
        MERGED = "merged", _("Merged")

    class Decision(models.TextChoices):
        """What the score says."""

        SAME = "same", _("the same")
        REVIEW = "review", _("please look")

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=12)
    left = models.BigIntegerField()
    right = models.BigIntegerField()
    score = models.FloatField(default=0.0, db_default=0.0)
    decision = models.CharField(max_length=6, choices=Decision.choices, db_default=Decision.REVIEW)
    reasons = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    run = models.BigIntegerField(default=0, db_default=0)
    found_at = models.DateTimeField()
    state = models.CharField(
        max_length=9, choices=State.choices, default=State.OPEN, db_default=State.OPEN
    )
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "left", "right"], name="duplicate_pair_once")
        ]
        indexes = [
            models.Index(fields=["kind", "right"], name="duplicate_pair_right"),
            models.Index(fields=["kind", "state", "-score", "id"], name="duplicate_pair_best"),
        ]


class DuplicateRun(models.Model):
    """One comparison of the whole base: asked for, under way, done, or why not."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    id = models.BigAutoField(primary_key=True)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField()
    asked_by = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    rows = models.BigIntegerField(default=0)
    compared = models.BigIntegerField(default=0)
    found = models.BigIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True, default="")

    @property
    def moving(self) -> bool:
        return self.state in (self.State.WAITING, self.State.RUNNING)
