"""What arrived from the other side. The table stands on the receiving side."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _


class InboxMessage(models.Model):
    """A message of the other side's outbox, received once and applied once.

    Messages of one `key` (a person's link id) are applied in order of `id`; one that fails waits,
    and those behind it with the same key wait too. After the last attempt it is dead and visible.
    A message `aside` came before what it speaks of: it waits without holding up the others.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        APPLIED = "applied", _("Applied")
        DEAD = "dead", _("Failed for good")
        DISCARDED = "discarded", _("Discarded")

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    name = models.CharField(max_length=120)
    key = models.CharField(max_length=80, blank=True)
    payload = models.JSONField(encoder=DjangoJSONEncoder)
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    aside = models.BooleanField(default=False)
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("Message")
        verbose_name_plural = _("Messages")
        indexes = [
            models.Index(fields=["id"], name="inbox_waiting", condition=models.Q(state="waiting")),
            models.Index(
                fields=["key", "id"],
                name="inbox_unapplied",
                condition=models.Q(applied_at__isnull=True),
            ),
            models.Index(
                fields=["applied_at"],
                name="inbox_applied",
                condition=models.Q(applied_at__isnull=False),
            ),
        ]
