"""Who allowed what: an append-only ledger, keyed by subject, purpose and channel.

Cookie and customer ids mean somebody only within their shop, so these subjects carry its namespace;
addresses and people mean the same everywhere and have none.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel.fields import Translated, translated
from kundenkreis.kernel.record import Record, due_index

# The subject comes first: readers have many of them and ask for all in one statement.
_KEY = ("subject", "subject_kind", "namespace", "purpose", "channel")


class Purpose(Record):
    """Why data is used, in the words shown to people, with its legal basis."""

    class Basis(models.TextChoices):
        CONSENT = "consent", _("Consent (GDPR Art. 6(1)(a))")
        CONTRACT = "contract", _("Contract (GDPR Art. 6(1)(b))")
        INTEREST = "interest", _("Legitimate interest (GDPR Art. 6(1)(f))")

    slug = models.SlugField(unique=True)
    label = Translated(_("Label"))
    text = Translated(_("Text shown to people"))
    basis = models.CharField(_("Legal basis"), max_length=10, choices=Basis.choices)

    class Meta:
        verbose_name = _("purpose")
        verbose_name_plural = _("purposes")
        indexes = [due_index("purpose_due")]

    def __str__(self) -> str:
        return translated(self.label)


class ConsentEntry(models.Model):
    """One statement of a person: granted or withdrawn, when, where, on which text."""

    class Decision(models.TextChoices):
        GRANTED = "granted", _("Granted")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Origin(models.TextChoices):
        """Where a statement came from; only some of them are the person's own words."""

        WEB = "web", _("Website")
        DOUBLE_OPT_IN = "double_opt_in", _("Double opt-in")
        PROFILE_CENTRE = "profile_centre", _("Profile centre")
        STAFF = "staff", _("Staff")
        IMPORT = "import", _("Import")
        LINK = "link", _("Customer system")

    id = models.BigAutoField(primary_key=True)
    namespace = models.CharField(_("Shop"), max_length=40, default="")
    subject_kind = models.CharField(_("Kind of name"), max_length=12)
    subject = models.CharField(_("Who"), max_length=320)
    purpose = models.CharField(_("Purpose"), max_length=50)
    channel = models.CharField(_("Channel"), max_length=20)
    decision = models.CharField(_("Statement"), max_length=10, choices=Decision.choices)
    at = models.DateTimeField(_("Stated"))
    recorded_at = models.DateTimeField(_("Recorded"))
    origin = models.CharField(_("Through"), max_length=20, choices=Origin.choices)
    # What makes a repeat of the same statement recognisable: the person's own time stamp.
    reference = models.CharField(max_length=60, default="")
    proof = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("statement of consent")
        verbose_name_plural = _("statements of consent")
        constraints = [
            models.UniqueConstraint(
                fields=[*_KEY, "decision", "reference"],
                name="consent_entry_once",
            )
        ]
        indexes = [
            models.Index(
                fields=[*_KEY, "-at", "-id"],
                name="consent_subject",
            )
        ]

    def __str__(self) -> str:
        return self.subject


class ConsentState(models.Model):
    """What holds now per subject, purpose and channel; derived from the ledger."""

    id = models.BigAutoField(primary_key=True)
    namespace = models.CharField(max_length=40, default="")
    subject_kind = models.CharField(max_length=12)
    subject = models.CharField(max_length=320)
    purpose = models.CharField(max_length=50)
    channel = models.CharField(max_length=20)
    granted = models.BooleanField()
    since = models.DateTimeField()
    # Where the statement that decides came from, and when the person themselves confirmed it.
    origin = models.CharField(max_length=20, default="", db_default="")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=[*_KEY], name="consent_state_once")]
