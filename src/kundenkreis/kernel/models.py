"""Tables that both sides have: audit, outbox, cursors, jobs, idempotency."""

from __future__ import annotations

from zlib import crc32

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel.fields import TransactionField


class LogRow(models.Model):
    """A row of an append-only log that is read in order of `(tx, id)`; see `kernel.log`."""

    id = models.BigAutoField(primary_key=True)
    tx = TransactionField()

    class Meta:
        abstract = True


class AuditEntry(LogRow):
    """One change of one record: who, when, through what."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    via = models.CharField(max_length=20)
    command = models.CharField(max_length=120)
    action = models.CharField(max_length=10)
    target = models.CharField(max_length=80)
    batch = models.CharField(max_length=40, blank=True)
    digest = models.CharField(max_length=64)
    # For whom a deputy acted, who was absent: `user:17`.
    behalf = models.CharField(max_length=80, blank=True, db_default="")

    class Meta:
        indexes = [
            models.Index(fields=["target", "id"], name="audit_target"),
            models.Index(fields=["batch"], name="audit_batch"),
            models.Index(fields=["behalf", "id"], name="audit_behalf", condition=~Q(behalf="")),
        ]


class AuditChange(models.Model):
    """What changed, field by field, kept apart so that it can be erased without breaking the chain."""

    entry = models.OneToOneField(
        AuditEntry, models.CASCADE, primary_key=True, related_name="change"
    )
    salt = models.CharField(max_length=32)
    fields = models.JSONField(encoder=DjangoJSONEncoder)
    # The digest of what it said, where something was taken out of it since (`kernel.redacting`).
    inner = models.CharField(max_length=64, blank=True, db_default="")


class AuditSeal(models.Model):
    """The hash chain over audit entries, written by the worker within seconds.

    It knows its entry's place in the log by itself, because the entry may be deleted.
    """

    id = models.BigAutoField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    tx = models.BigIntegerField(default=0)
    chain = models.CharField(max_length=64)


class Share(models.Model):
    """One record of a type (`crm.person`) that a member of staff or a team may read, or change too,
    beyond what their roles reach; up to and including a day, or until it is taken back."""

    class Level(models.TextChoices):
        READ = "read", _("may read")
        CHANGE = "change", _("may read and change")

    id = models.BigAutoField(primary_key=True)
    subject = models.CharField(max_length=80)
    row = models.BigIntegerField()
    user_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True)
    level = models.CharField(max_length=6, choices=Level.choices, default=Level.READ)
    until = models.DateField(null=True)

    class Meta:
        verbose_name = _("share")
        verbose_name_plural = _("shares")
        constraints = [
            models.CheckConstraint(
                condition=Q(user_id__isnull=False) ^ Q(team_id__isnull=False),
                name="share_with_one",
            ),
            models.UniqueConstraint(fields=["user_id", "subject", "row"], name="share_user_once"),
            models.UniqueConstraint(fields=["team_id", "subject", "row"], name="share_team_once"),
        ]
        indexes = [models.Index(fields=["subject", "row"], name="share_row")]


class RemovedRow(models.Model):
    """A deleted row as it stood: what the bin holds.

    `image` has the row's columns by their attribute names. Rows that were deleted for another
    one's sake are no `root`. The newest row comes back first.
    """

    id = models.BigAutoField(primary_key=True)
    batch = models.CharField(max_length=40, db_index=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    table = models.CharField(max_length=80)
    row = models.BigIntegerField()
    owner_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True)
    title = models.CharField(max_length=200, blank=True)
    image = models.JSONField(encoder=DjangoJSONEncoder)
    root = models.BooleanField(default=False)
    restored_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["table", "id"],
                name="removed_bin",
                condition=Q(root=True, restored_at=None),
            )
        ]


KIND_BITS = 16  # of a document's number; above them stands that of its record


def document_number(kind: str, row: int = 0) -> int:
    """The number of a record's search document, by which the full-text index knows it: from what
    that finds follow kind and record, without looking each document up."""
    return row << KIND_BITS | crc32(kind.encode()) & (1 << KIND_BITS) - 1


class SearchDocument(models.Model):
    """What a record is found by: its own folded words, those of other records, and its name.

    A full-text index of the database's own lies over it (`kernel.search`). Rewritten with every
    change of the record, in the same transaction.
    """

    id = models.BigAutoField(primary_key=True)  # given: `document_number`
    kind = models.CharField(max_length=40)
    row = models.BigIntegerField()
    owner_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True)
    name = models.CharField(max_length=200)
    words = models.TextField()
    others = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "row"], name="search_once")]
        indexes = [models.Index(fields=["kind", "name"], name="search_called")]


class IndexedWord(models.Model):
    """One word of a list of words of one record: `field` is a column, or a part of one.

    `value` is the word as it is compared. Rewritten with every change of the list, in the same
    transaction (`kernel.wordindex`).
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=40)
    field = models.CharField(max_length=80)
    value = models.CharField(max_length=160)
    word = models.CharField(max_length=80)
    row = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "field", "value", "row"], name="indexed_word_once"
            )
        ]
        indexes = [models.Index(fields=["kind", "row"], name="indexed_word_row")]


class OutboxMessage(LogRow):
    """An event as it leaves its transaction, for handlers and for the link."""

    uuid = models.UUIDField(unique=True)
    at = models.DateTimeField()
    name = models.CharField(max_length=120)
    key = models.CharField(max_length=80, blank=True)
    crosses = models.BooleanField(default=False)
    payload = models.JSONField(encoder=DjangoJSONEncoder)


class Cursor(models.Model):
    """How far a named reader has read a log."""

    name = models.CharField(max_length=80, primary_key=True)
    tx = models.BigIntegerField(default=0)
    row = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(null=True)


class Job(models.Model):
    """A piece of work to be done once, at its due time, by whoever holds the lease."""

    class State(models.TextChoices):
        READY = "ready"
        RUNNING = "running"
        DONE = "done"
        DEAD = "dead"

    id = models.BigAutoField(primary_key=True)
    task = models.CharField(max_length=160)
    args = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    kwargs = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    unique = models.CharField(max_length=200, null=True)
    lane = models.CharField(max_length=200, blank=True)
    priority = models.SmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.READY)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    fence = models.IntegerField(default=0)
    attempts = models.SmallIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="job_unfinished",
                condition=Q(state__in=["ready", "running"]),
            ),
            models.Index(
                fields=["lane", "id"],
                name="job_lane",
                condition=Q(state__in=["ready", "running"]) & ~Q(lane=""),
            ),
            models.Index(
                fields=["finished_at"],
                name="job_finished",
                condition=Q(finished_at__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["unique"],
                name="job_unique",
                condition=Q(state__in=["ready", "running"]),
            )
        ]


class Tombstone(models.Model):
    """A keyed hash of a name of somebody who was erased (`kernel.tombstones`), and when that was."""

    id = models.BigAutoField(primary_key=True)
    digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()


class Hold(models.Model):
    """Nothing leaves: since a restore, or because the installation is on trial (`kernel.held`)."""

    class Why(models.TextChoices):
        RESTORED = "restored", _("restored")
        TRIAL = "trial", _("on trial")

    id = models.BigAutoField(primary_key=True)
    why = models.CharField(max_length=10, choices=Why, default=Why.RESTORED)
    at = models.DateTimeField()
    # Of when the backup is that was restored; none on trial.
    backup_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)


class IdempotencyKey(models.Model):
    """The stored answer to a request that may come again."""

    caller = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    body_hash = models.CharField(max_length=64)
    answer = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "key"], name="idempotency_once")]
