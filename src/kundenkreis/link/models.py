"""What arrived from the other side. The table stands on the receiving side."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class InboxMessage(models.Model):
    """A message of the other side's outbox, received once and applied once.

    Messages of one `key` (a person's link id) are applied in order of `id`; one that fails waits,
    and those behind it with the same key wait too. After the last attempt it is dead and visible.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        APPLIED = "applied"
        DEAD = "dead"

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    name = models.CharField(max_length=120)
    key = models.CharField(max_length=80, blank=True)
    payload = models.JSONField(encoder=DjangoJSONEncoder)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at", "id"], name="inbox_waiting", condition=models.Q(state="waiting")
            ),
            models.Index(
                fields=["key", "id"],
                name="inbox_unapplied",
                condition=models.Q(state__in=["waiting", "dead"]),
            ),
        ]
