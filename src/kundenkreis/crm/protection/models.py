"""What people ask of the company by their rights, and what became of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people.models import Person
from kundenkreis.kernel.record import Record, due_index


class DataRequest(Record):
    """A request of a person by GDPR Art. 15–21, with the clock of Art. 12(3).

    It outlives the person: that they were answered is proven when nothing else is left of them.
    """

    class Kind(models.TextChoices):
        ACCESS = "access", _("Access (Art. 15)")
        RECTIFICATION = "rectification", _("Rectification (Art. 16)")
        ERASURE = "erasure", _("Erasure (Art. 17)")
        RESTRICTION = "restriction", _("Restriction (Art. 18)")
        PORTABILITY = "portability", _("Portability (Art. 20)")
        OBJECTION = "objection", _("Objection (Art. 21)")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Answered")
        REFUSED = "refused", _("Refused")

    class Way(models.TextChoices):
        """How it reached the company."""

        EMAIL = "email", _("E-mail")
        LETTER = "letter", _("Letter")
        PHONE = "phone", _("Phone")
        SPOKEN = "spoken", _("In conversation")
        OTHER = "other", _("Otherwise")

    person = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        related_name="data_requests",
        verbose_name=_("Person"),
    )
    kind = models.CharField(_("Right"), max_length=13, choices=Kind.choices)
    state = models.CharField(
        _("State"), max_length=8, choices=State.choices, default=State.OPEN, editable=False
    )
    received_on = models.DateField(_("Received on"))
    received_by = models.CharField(_("How it came"), max_length=8, choices=Way.choices, blank=True)
    due_on = models.DateField(_("To be answered by"), editable=False)
    extended_on = models.DateField(_("Extended on"), null=True, editable=False)
    extended_why = models.CharField(
        _("Reason for the extension"), max_length=300, blank=True, editable=False
    )
    wish = models.TextField(_("What the person asks for"), max_length=5_000, blank=True)
    identity = models.CharField(
        _("How we know it is them"),
        max_length=200,
        blank=True,
        help_text=_("e.g. answered from the known address, called back, showed a document"),
    )
    answered_on = models.DateField(_("Answered on"), null=True, editable=False)
    answer = models.TextField(_("What was answered"), max_length=5_000, blank=True, editable=False)

    class Meta:
        verbose_name = _("request of a person")
        verbose_name_plural = _("requests of persons")
        indexes = [
            models.Index(fields=["state", "due_on", "id"], name="data_request_due"),
            models.Index(fields=["changed_at", "id"], name="data_request_changed"),
            due_index("data_request_step"),
        ]

    def __str__(self) -> str:
        about = self.person if self.person is not None else f"#{self.pk}"
        return f"{self.get_kind_display()}: {about}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class Erasure(Record):
    """That somebody was erased on both sides: when, by whom, how much, and what had to stay.

    Nothing of it names the person: `person_number` is that of a row that is gone, or restricted.
    `counts` are rows per table, `held` what stays and by which law, `mentions` how many texts about
    others said their name.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed for good")

    person_number = models.BigIntegerField(_("Number of the person"), editable=False)
    request = models.ForeignKey(
        DataRequest,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="erasures",
        verbose_name=_("request of a person"),
    )
    state = models.CharField(
        _("State"), max_length=7, choices=State.choices, default=State.RUNNING, editable=False
    )
    done_at = models.DateTimeField(_("Done at"), null=True, editable=False)
    scrubbed_at = models.DateTimeField(_("Files cleaned at"), null=True, editable=False)
    counts = models.JSONField(default=dict, editable=False)
    held = models.JSONField(default=list, editable=False)
    mentions = models.PositiveIntegerField(_("Mentions blacked out"), default=0, editable=False)
    problem = models.CharField(_("Reason"), max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        indexes = [due_index("erasure_due")]

    def __str__(self) -> str:
        return f"{_('Erasure')} #{self.pk}"


class RectifiedValue(models.Model):
    """That a wrong value of a person was taken out of everything that keeps earlier ones: of which
    field, when, for which request, and out of how many places. Not what it was."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(
        Person, models.CASCADE, related_name="rectified_values", verbose_name=_("Person")
    )
    request = models.ForeignKey(
        DataRequest,
        models.SET_NULL,
        null=True,
        related_name="rectified_values",
        verbose_name=_("request of a person"),
    )
    field = models.CharField(_("Field"), max_length=80)
    at = models.DateTimeField(_("When"))
    places = models.PositiveIntegerField(_("Places"), default=0)

    class Meta:
        verbose_name = _("rectified value")
        verbose_name_plural = _("rectified values")

    def __str__(self) -> str:
        return f"{self.field} #{self.pk}"


class Disclosure(Record):
    """The complete export of both sides for one person: collected, looked through, made, taken.

    Its files lie in the `folder` of that name until `expires_at`. `others` are third parties that
    are named in it, `shown` those that may be. The password is kept nowhere.
    """

    internal_fields = frozenset({"folder", "others", "shown"})

    class State(models.TextChoices):
        COLLECTING = "collecting", _("Being collected")
        REVIEW = "review", _("To be looked through")
        MAKING = "making", _("Being made")
        MADE = "made", _("Made, not encrypted yet")
        READY = "ready", _("Ready to be taken")
        EXPIRED = "expired", _("Expired")
        FAILED = "failed", _("Failed for good")

    person = models.ForeignKey(
        Person, models.CASCADE, related_name="disclosures", verbose_name=_("Person")
    )
    request = models.ForeignKey(
        DataRequest,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="disclosures",
        verbose_name=_("request of a person"),
    )
    state = models.CharField(
        _("State"), max_length=10, choices=State.choices, default=State.COLLECTING, editable=False
    )
    language = models.CharField(max_length=5, default="de", editable=False)
    folder = models.CharField(max_length=40, editable=False)
    others = models.JSONField(default=list, editable=False)
    shown = models.JSONField(default=list, editable=False)
    rows = models.PositiveIntegerField(_("Rows"), default=0, editable=False)
    size = models.PositiveBigIntegerField(_("Bytes"), default=0, editable=False)
    downloads = models.PositiveIntegerField(_("Downloads"), default=0, editable=False)
    expires_at = models.DateTimeField(_("Expires"), null=True, editable=False)
    problem = models.CharField(_("Reason"), max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = _("disclosure")
        verbose_name_plural = _("disclosures")
        indexes = [
            models.Index(fields=["changed_at", "id"], name="disclosure_changed"),
            due_index("disclosure_due"),
        ]

    def __str__(self) -> str:
        return f"{_('Disclosure')} #{self.pk}: {self.person}"
