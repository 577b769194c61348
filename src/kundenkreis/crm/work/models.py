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
    """Somebody is told of something: a mention, what was given to them, what is due, work that has
    ended, a change of what they follow.

    It is about an `activity`, else about `target` (`crm.person:17`; of many `crm.person:`). While it
    is unread, more of the same adds to its `count` and `fields`. What it says is put into words when
    it is shown, and only for whom may still read what it is about.
    """

    personal = True

    class Kind(models.TextChoices):
        MENTIONED = "mentioned", _("Somebody mentions you")
        ASSIGNED = "assigned", _("Somebody gives you a record or a task")
        DUE = "due", _("Next steps and tasks are due")
        FINISHED = "finished", _("Long work of yours has ended")
        FOLLOWED = "followed", _("A record that you follow changes")

    id = models.BigAutoField(primary_key=True)
    user_id = models.BigIntegerField()
    kind = models.CharField(max_length=9, choices=Kind.choices)
    activity = models.ForeignKey(Activity, models.CASCADE, null=True, related_name="notices")
    target = models.CharField(max_length=80, blank=True, db_default="")
    by = models.CharField(max_length=120, blank=True)
    fields = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    count = models.PositiveIntegerField(default=1, db_default=1)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["user_id", "-at", "-id"], name="notice_of_user"),
            models.Index(
                fields=["user_id", "kind", "target"],
                name="notice_unread",
                condition=models.Q(read_at__isnull=True),
            ),
            models.Index(fields=["target"], name="notice_target", condition=~models.Q(target="")),
        ]


class NoticeSettings(models.Model):
    """How a member of staff wants to be told: by kind the ways (`app`, `mail`), those that are not
    named as usual; and at which hour of theirs the mail of the day comes."""

    user_id = models.BigIntegerField(primary_key=True)
    ways = models.JSONField(default=dict)
    hour = models.PositiveSmallIntegerField(default=7)
    mailed_at = models.DateTimeField(null=True)


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


class PushBrowser(models.Model):
    """A browser to which a member of staff has news pushed: its address at its push service, and the
    keys by which only it reads them. `told_at` is until when it knows."""

    personal = True

    id = models.BigAutoField(primary_key=True)
    user_id = models.BigIntegerField(db_index=True)
    endpoint = models.CharField(max_length=500, unique=True)
    key = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    told_at = models.DateTimeField()
