"""What the record engine itself keeps; the tables are on both sides."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Value
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel.fields import PREFIX, Translated, translated
from kundenkreis.records.custom.types import FieldType, type_of


class FieldDefinition(models.Model):
    """A field that the company has added to a record type of this side.

    `kind` names the type. `key` is made once and never changes: values lie under it in `custom` of
    every record, and files, formulas and addresses name it. `options` are those of the type
    (`custom.types`); `default` is a value as it is stored. `section` is the key of the group
    of facts it stands in unless a layout says otherwise.
    """

    class Purpose(models.TextChoices):
        """Why a value is kept, with the legal basis that follows (GDPR Art. 6(1))."""

        BUSINESS = "business", _("Business with the customer (contract)")
        CARE = "care", _("Care for the contact (legitimate interest)")
        DUTY = "duty", _("A duty laid down by law")
        CONSENT = "consent", _("Only with the person's consent")
        NOBODY = "nobody", _("Says nothing about a person")

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=40)
    type = models.CharField(max_length=12)
    label = Translated()
    help = Translated(blank=True)
    options = models.JSONField(default=dict, blank=True)
    required = models.BooleanField(default=False)
    unique = models.BooleanField(default=False)
    filterable = models.BooleanField(default=False)
    default = models.JSONField(null=True, blank=True)
    section = models.CharField(max_length=40, blank=True)
    position = models.PositiveIntegerField(default=0)
    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.BUSINESS)
    archived = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("field")
        verbose_name_plural = _("fields")
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="field_definition_once")
        ]

    def __str__(self) -> str:
        return translated(self.label)

    @property
    def name(self) -> str:
        """The field's name among all fields of the type."""
        return f"{PREFIX}{self.key}"

    @cached_property
    def fieldtype(self) -> FieldType:
        return type_of(self)

    @cached_property
    def choices(self) -> list[dict[str, Any]]:
        """What may be chosen: `{"value": "red", "label": {…}}`; an `archived` one no longer is."""
        found: list[dict[str, Any]] = self.options.get("choices", [])
        return found


class PageLayout(models.Model):
    """Which facts the pages of a type show, in which groups and order.

    `role` is the role it is for, empty for everybody. `sections` are `{"key": "facts", "title":
    {…}, "facts": ["industry", "custom__color"]}`, without a title where the declared one stands;
    `hidden` are facts that the page leaves out, and related lists as `list:orders`; `lists` is the
    order of those that it shows.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=40)
    role = models.CharField(max_length=60, blank=True)
    sections = models.JSONField(default=list)
    hidden = models.JSONField(default=list)
    lists = models.JSONField(default=list, db_default=Value([], models.JSONField()))

    class Meta:
        verbose_name = _("layout")
        constraints = [models.UniqueConstraint(fields=["kind", "role"], name="page_layout_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.role}".strip()


class LongWork(models.Model):
    """Work that goes on in the worker: whose it is, what was asked for, and how far it is.

    `asked` is what somebody chose, `found` what was told on the way, `counts` what was done so far;
    `position` is how far it is, of `total`. All that it did is one `batch` of the audit.
    """

    FAILED = "failed"  # the state of what cannot go on
    MOVING: ClassVar[frozenset[str]] = frozenset({"running"})  # those in which the worker works

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=10)
    user_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    asked = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    found = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    counts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    position = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    batch = models.CharField(max_length=40, blank=True)
    problem = models.TextField(blank=True)

    class Meta:
        abstract = True

    @property
    def sort(self) -> str:
        """Which work it is (`working.begins`)."""
        raise NotImplementedError

    @property
    def via(self) -> str:
        """Through what it changes records, in the words of the audit."""
        return "ui"

    @property
    def moving(self) -> bool:
        """Whether the worker has something to do with it."""
        return self.state in self.MOVING


class Transfer(LongWork):
    """A file that goes out or comes in, row by row.

    The files lie in the `folder` of that name (`exchange.storing`).
    """

    class Direction(models.TextChoices):
        IN = "in"
        OUT = "out"
        FOLDER = "dir"  # mixed files that become one clean base (`integrations.crm.folder`)

    class State(models.TextChoices):
        READING = "reading"
        ASKING = "asking"
        CHECKING = "checking"
        CHECKED = "checked"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    MOVING = frozenset({State.READING, State.CHECKING, State.RUNNING})

    direction = models.CharField(max_length=3, choices=Direction.choices)
    state = models.CharField(max_length=10, choices=State.choices)
    folder = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["user_id", "kind", "-id"], name="transfer_of_user")]

    def __str__(self) -> str:
        return f"{self.kind} {self.direction} #{self.pk}"

    @property
    def sort(self) -> str:
        return self.direction

    @property
    def via(self) -> str:
        return "export" if self.direction == self.Direction.OUT else "import"


class SavedView(models.Model):
    """A way to look at the records of a type: what a list shows, in which order, as what.

    `state` are the parameters of the list's address (`lists.state`), as its owner may see them.
    Whoever else opens the view gets of it what they may see themselves.
    """

    class Sharing(models.TextChoices):
        PRIVATE = "private", _("Only for me")
        TEAM = "team", _("For my team")
        PUBLIC = "public", _("For everybody")

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=40)
    name = models.CharField(_("Name"), max_length=60)
    owner_id = models.BigIntegerField(null=True)
    sharing = models.CharField(
        _("Who sees it"), max_length=7, choices=Sharing.choices, default=Sharing.PRIVATE
    )
    team_id = models.BigIntegerField(null=True, blank=True)
    board = models.BooleanField(default=False)
    state = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("view")
        verbose_name_plural = _("views")
        indexes = [models.Index(fields=["kind", "name", "id"], name="view_of_kind")]

    def __str__(self) -> str:
        return self.name


class Mark(models.Model):
    """What a record is to one member of staff: starred, followed, or looked at lately; and which
    views they have pinned, and which one a list of theirs starts with.

    `kind` and `row` name the record or view. Of what was looked at only the latest stays.
    """

    personal = True

    class What(models.TextChoices):
        STAR = "star"
        FOLLOW = "follow"
        SEEN = "seen"
        PIN = "pin"
        START = "start"

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


class FileShape(models.Model):
    """Which column is which field, as somebody chose for files with these columns."""

    id = models.BigAutoField(primary_key=True)
    user_id = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    shape = models.CharField(max_length=64)
    mapping = models.JSONField(default=list)
    changed_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user_id", "kind", "shape"], name="file_shape_once")
        ]


class BulkRun(LongWork):
    """One thing done with many records: what, with which, and how it went with each of them.

    `asked` holds the change and the selection (`bulk`); `position` is the key of the last record
    that was looked at; `counts` says how many were changed, unchanged and failed.
    """

    class State(models.TextChoices):
        RUNNING = "running"
        DONE = "done"
        STOPPED = "stopped"
        FAILED = "failed"

    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)

    class Meta:
        indexes = [models.Index(fields=["user_id", "kind", "-id"], name="bulk_run_of_user")]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"

    @property
    def sort(self) -> str:
        return "undo" if self.asked["do"] == "undo" else "bulk"


class FieldWork(LongWork):
    """What has to be done with all records of a type because of a field of the company's own.

    `asked` says what: work out formulas anew (`compute`), or take the values of a deleted field
    from the records for good (`purge`, its `key`). A purge waits until nobody can bring the field
    back any more. `position` is the key of the last record that was looked at.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)

    class Meta:
        indexes = [models.Index(fields=["kind", "state"], name="field_work_of_kind")]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"

    @property
    def sort(self) -> str:
        return str(self.asked["do"])


class BulkFailure(models.Model):
    """A record that a run could not change, and why not."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(BulkRun, models.CASCADE, related_name="failures")
    row = models.BigIntegerField(null=True)
    name = models.CharField(max_length=200)
    reason = models.CharField(max_length=500)


class Merge(models.Model):
    """A record (`gone`) that became part of another one of its type; until that is taken back.

    The audit's batch tells what changed. `moved` are the rows that named the record and are not
    audited, as `records.merging` keeps them; `given` are its values that only one record may have.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=40)
    kept = models.BigIntegerField()
    gone = models.BigIntegerField()
    title = models.CharField(max_length=200)
    batch = models.CharField(max_length=32, unique=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    moved = models.JSONField(default=list)
    given = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "kept", "-id"], name="merge_kept"),
            models.Index(fields=["kind", "gone", "-id"], name="merge_gone"),
        ]
