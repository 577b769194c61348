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
