"""What the record engine itself keeps; the tables are on both sides."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class Transfer(models.Model):
    """A file that goes out or comes in: whose it is, what was asked for, and how far it is.

    `asked` is what somebody chose, `found` what reading the files told, `counts` what was done so
    far; `position` is the next row of `total`. All that an import did is one `batch` of the audit.
    The files lie in the `folder` of that name (`exchange.storing`).
    """

    class Direction(models.TextChoices):
        IN = "in"
        OUT = "out"

    class State(models.TextChoices):
        READING = "reading"
        ASKING = "asking"
        CHECKING = "checking"
        CHECKED = "checked"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=40)
    direction = models.CharField(max_length=3, choices=Direction.choices)
    state = models.CharField(max_length=10, choices=State.choices)
    user_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    folder = models.CharField(max_length=64)
    asked = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    found = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    counts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    position = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    batch = models.CharField(max_length=40, blank=True)
    problem = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["user_id", "kind", "-id"], name="transfer_of_user")]

    def __str__(self) -> str:
        return f"{self.kind} {self.direction} #{self.pk}"

    @property
    def moving(self) -> bool:
        """Whether the worker has something to do with it."""
        return self.state in (self.State.READING, self.State.CHECKING, self.State.RUNNING)


class Mark(models.Model):
    """What a record is to one member of staff: starred, followed, or looked at lately.

    `kind` and `row` name the record. Of what was looked at only the latest stays.
    """

    class What(models.TextChoices):
        STAR = "star"
        FOLLOW = "follow"
        SEEN = "seen"

    id = models.BigAutoField(primary_key=True)
    user_id = models.BigIntegerField()
    what = models.CharField(max_length=6, choices=What.choices)
    kind = models.CharField(max_length=40)
    row = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user_id", "what", "kind", "row"], name="mark_once")
        ]
        indexes = [
            models.Index(fields=["user_id", "what", "-at", "-id"], name="mark_latest"),
            models.Index(fields=["kind", "row"], name="mark_of_record"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.kind}:{self.row}"
