"""What staff do with customers and plan to do: notes, tasks, calls, meetings."""

from __future__ import annotations

from django.db import models
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.kernel.record import Record, due_index


class Activity(Record):
    """A note, a task, a call or a meeting; its owner is whom it is assigned to.

    It may be about any record of the crm (`about_kind`, `about_row`); person and organisation are
    those whose timeline it belongs to. Only a task can be open; what has happened stands in the
    timeline (`crm.work.timeline`).
    """

    class Kind(models.TextChoices):
        NOTE = "note", _("Note")
        TASK = "task", _("Task")
        CALL = "call", pgettext_lazy("activity", "Call")
        MEETING = "meeting", _("Meeting")

    internal_fields = frozenset({"about_kind", "about_row", "author_id"})

    kind = models.CharField(_("Kind"), max_length=7, choices=Kind.choices, default=Kind.TASK)
    text = models.TextField(_("Text"), max_length=5_000)
    about_kind = models.CharField(max_length=40, blank=True, editable=False)
    about_row = models.BigIntegerField(null=True, blank=True, editable=False)
    person = models.ForeignKey(
        Person,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name=_("Person"),
    )
    organisation = models.ForeignKey(
        Organisation,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name=_("Organisation"),
    )
    due_on = models.DateField(_("Due on"), null=True, blank=True)
    at = models.DateTimeField(_("Time"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("Minutes"), null=True, blank=True)
    is_done = models.BooleanField(_("Done"), default=False, editable=False)
    done_at = models.DateTimeField(_("Done at"), null=True, editable=False)
    author_id = models.BigIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        indexes = [
            # The open tasks of one owner, by the day they are due.
            models.Index(
                fields=["owner_id", "is_done", "kind", "due_on", "id"], name="activity_open"
            ),
            models.Index(fields=["about_kind", "about_row", "is_done"], name="activity_about"),
            models.Index(fields=["changed_at", "id"], name="activity_changed"),
            due_index("activity_due"),
        ]

    def __str__(self) -> str:
        lines = self.text.strip().splitlines()
        return Truncator(lines[0] if lines else "").chars(80) or f"#{self.pk}"

    @property
    def about(self) -> str:
        """The reference of what it is about: `crm.opportunity:4711`; empty without one."""
        return f"crm.{self.about_kind}:{self.about_row}" if self.about_kind else ""


class Notice(models.Model):
    """Somebody is told of an activity, because they are mentioned in it or it was given to them."""

    personal = True

    class Reason(models.TextChoices):
        MENTIONED = "mentioned"
        ASSIGNED = "assigned"

    id = models.BigAutoField(primary_key=True)
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="notices")
    user_id = models.BigIntegerField()
    reason = models.CharField(max_length=9, choices=Reason.choices)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user_id", "-at", "-id"], name="notice_of_user")]


class Draft(models.Model):
    """What somebody has begun to write about a record; kept here, never in the browser."""

    personal = True

    id = models.BigAutoField(primary_key=True)
    user_id = models.BigIntegerField()
    about_kind = models.CharField(max_length=40)
    about_row = models.BigIntegerField()
    typed = models.JSONField(default=dict)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user_id", "about_kind", "about_row"], name="draft_once"
            )
        ]
        indexes = [
            models.Index(fields=["about_kind", "about_row"], name="draft_about"),
            models.Index(fields=["changed_at"], name="draft_changed"),
        ]


class Inbox(models.Model):
    """How far a member of staff has read what they were told."""

    user_id = models.BigIntegerField(primary_key=True)
    read_at = models.DateTimeField()
