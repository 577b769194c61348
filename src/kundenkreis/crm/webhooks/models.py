"""Whom outside is told that records changed, and what became of each message."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Webhook(models.Model):
    """A receiver: its address, of which types and which happenings it is told.

    It is told what its owner may read (`owner_id`), and nothing else. `kinds` and `events` that are
    empty mean all. `secret` is sealed; a former one signs too until `former_until`. After failures
    it is left alone until `rests_until`.
    """

    class Event(models.TextChoices):
        CREATED = "created", _("created")
        CHANGED = "changed", _("changed")
        DELETED = "deleted", _("deleted")

    class Stopped(models.TextChoices):
        """Why it is not told anything."""

        NO = "", _("active")
        BY_STAFF = "staff", _("stopped")
        GONE = "gone", _("the receiver does not want any more (410)")
        NOBODY = "owner", _("its owner may not log in any more")

    secret_fields = frozenset({"secret", "former_secret"})

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(_("Name"), max_length=80)
    address = models.URLField(_("Address"), max_length=500)
    kinds = models.JSONField(default=list)
    events = models.JSONField(default=list)
    secret = models.TextField()
    former_secret = models.TextField(blank=True)
    former_until = models.DateTimeField(null=True)
    stopped = models.CharField(max_length=5, choices=Stopped.choices, blank=True, default="")
    owner_id = models.BigIntegerField()
    since = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0)
    rests_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return self.name


class Message(models.Model):
    """One thing that happened, for one receiver: waiting, delivered, or given up.

    `uuid` names what happened: the same for every receiver and every attempt. Messages about one
    `target` (`crm.person:17`) go out in order. `until` is when it is given up.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DELIVERED = "delivered", _("delivered")
        KEPT_BACK = "kept", _("kept back")
        DEAD = "dead", _("given up")

    id = models.BigAutoField(primary_key=True)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="messages")
    uuid = models.UUIDField()
    event = models.CharField(max_length=10)
    target = models.CharField(max_length=80, blank=True)
    fields = models.JSONField(default=list)
    at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField()
    until = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    problem = models.CharField(max_length=80, blank=True)
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["webhook", "uuid"], name="webhook_message_once")
        ]
        indexes = [
            models.Index(
                fields=["webhook", "due_at", "id"],
                name="webhook_message_waiting",
                condition=Q(state="waiting"),
            ),
            models.Index(
                fields=["webhook", "target", "id"],
                name="webhook_message_order",
                condition=Q(state="waiting"),
            ),
            models.Index(fields=["webhook", "-id"], name="webhook_message_latest"),
            models.Index(fields=["noted_at"], name="webhook_message_noted"),
            models.Index(fields=["target"], name="webhook_message_target"),
        ]
