"""Letters: whom they go to, what they say, and on whose paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.letters.values import LegalForm, iban, needed
from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.kernel.countries import HOME, country_choices
from kundenkreis.kernel.record import Record, due_index
from kundenkreis.records.models import LongWork

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def _text(label: StrOrPromise, most: int) -> models.CharField[str, str]:
    return models.CharField(label, max_length=most, blank=True)


class Letterhead(Record):
    """Whose paper it is: the sender with what a business letter must say, and the logo.

    GmbHG § 35a asks of a GmbH's letters: legal form and seat, register court and number, all
    managers with last name and one full first name, the chair of a supervisory board if there is
    one; AktG § 80 the same of an AG; HGB § 37a of a merchant, § 125a of a partnership.
    """

    internal_fields = frozenset({"logo", "logo_kind"})

    name = models.CharField(_("Company"), max_length=120, unique=True)
    addition = _text(_("Line below the name"), 120)
    street = models.CharField(_("Street"), max_length=120)
    postal_code = models.CharField(_("Postal code"), max_length=12)
    town = models.CharField(_("Town"), max_length=80)
    country = models.CharField(
        _("Country"), max_length=2, choices=country_choices, default=HOME, blank=True
    )
    phone = _text(_("Phone"), 40)
    email = models.EmailField(_("E-mail"), blank=True)
    website = _text(_("Website"), 120)
    legal_form = models.CharField(
        _("Legal form"), max_length=8, choices=LegalForm.choices, blank=True
    )
    seat = _text(_("Seat"), 80)
    register_court = _text(_("Register court"), 80)
    register_number = _text(_("Register number"), 40)
    managers = _text(_("Managers"), 240)
    chair = _text(_("Chair of the supervisory board"), 120)
    vat_id = _text(_("VAT ID"), 20)
    tax_number = _text(_("Tax number"), 30)
    bank = _text(_("Bank"), 80)
    iban = models.CharField(_("IBAN"), max_length=42, blank=True, validators=[iban])
    bic = _text(_("BIC"), 11)
    logo = models.CharField(max_length=64, blank=True, default="", editable=False)
    logo_kind = models.CharField(max_length=4, blank=True, default="", editable=False)

    class Meta:
        verbose_name = _("letterhead")
        verbose_name_plural = _("letterheads")
        indexes = [due_index("letterhead_due")]

    def __str__(self) -> str:
        return self.name

    @property
    def missing(self) -> list[str]:
        """The names of the fields that the law asks for in letters of that legal form."""
        return [name for name in needed(self.legal_form) if not getattr(self, name)]


class LetterTemplate(Record):
    """A text that letters begin with."""

    class Sharing(models.TextChoices):
        PRIVATE = "private", _("Only for me")
        TEAM = "team", _("For my team")
        PUBLIC = "public", _("For everybody")

    name = models.CharField(_("Name"), max_length=80)
    subject = _text(_("Subject"), 160)
    body = models.TextField(_("Text"), max_length=20_000)
    sharing = models.CharField(
        _("Who may use it"), max_length=7, choices=Sharing.choices, default=Sharing.PRIVATE
    )
    is_notice = models.BooleanField(
        _("Privacy notice"),
        default=False,
        db_default=False,
        help_text=_("Whoever gets a letter made from it has been informed (Art. 13, 14 GDPR)."),
    )

    class Meta:
        verbose_name = _("letter template")
        verbose_name_plural = _("letter templates")
        indexes = [due_index("letter_template_due")]

    def __str__(self) -> str:
        return self.name


class Letter(Record):
    """A letter to a person or an organisation; as a draft until it is finished.

    With both it goes to the person at the organisation's address. `content` is what a finished one
    says and to whom, as it was then; its files are made from that and can be made anew.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        FINISHED = "finished", _("Finished")

    class Purpose(models.TextChoices):
        """What it is about, which decides whether it may be sent."""

        BUSINESS = "orders", _("Business with them (contract, enquiry)")
        ADVERTISING = "marketing", _("Advertising")
        NOTICE = "notice", _("Privacy notice (Art. 13, 14 GDPR)")

    internal_fields = frozenset({"content", "pdf", "docx", "printed", "sender_id", "run"})

    person = models.ForeignKey(
        Person,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="letters",
        verbose_name=_("Person"),
    )
    organisation = models.ForeignKey(
        Organisation,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="letters",
        verbose_name=_("Organisation"),
    )
    letterhead = models.ForeignKey(
        Letterhead, models.PROTECT, related_name="letters", verbose_name=_("Letterhead")
    )
    purpose = models.CharField(
        _("What it is about"), max_length=9, choices=Purpose.choices, default=Purpose.BUSINESS
    )
    subject = models.CharField(_("Subject"), max_length=160)
    body = models.TextField(_("Text"), max_length=20_000)
    state = models.CharField(
        _("State"), max_length=8, choices=State.choices, default=State.DRAFT, editable=False
    )
    finished_at = models.DateTimeField(_("Finished at"), null=True, editable=False)
    sender_id = models.BigIntegerField(null=True, editable=False)
    content = models.JSONField(default=dict, editable=False)
    pdf = models.CharField(max_length=64, blank=True, default="", editable=False)
    docx = models.CharField(max_length=64, blank=True, default="", editable=False)
    run = models.ForeignKey(
        "crm_letters.PrintRun", models.SET_NULL, null=True, editable=False, related_name="letters"
    )
    # The version that the files show.
    printed = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=False) | models.Q(organisation__isnull=False),
                name="letter_has_a_recipient",
            )
        ]
        indexes = [
            models.Index(fields=["changed_at", "id"], name="letter_changed"),
            due_index("letter_due"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT


class PrintRun(LongWork):
    """Something long that is printed by the worker: a letter for many, labels, a page.

    `kind` is the type of record it is about. A letter for many is first checked, so that whoever
    wrote it sees how many get one and who does not, and why (`Skipped`).
    """

    personal = True

    class What(models.TextChoices):
        LETTERS = "letters", _("Mail merge")
        LABELS = "labels", _("Labels")
        PAGE = "page", _("Page")

    class State(models.TextChoices):
        CHECKING = "checking"
        CHECKED = "checked"
        RUNNING = "running"
        PRINTING = "printing"
        DONE = "done"
        STOPPED = "stopped"
        FAILED = "failed"

    MOVING = frozenset({State.CHECKING, State.RUNNING, State.PRINTING})

    what = models.CharField(max_length=7, choices=What.choices)
    title = models.CharField(max_length=200)
    pdf = models.CharField(max_length=64, blank=True, default="")
    docx = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["user_id", "-id"], name="print_run_of_user"),
            models.Index(fields=["changed_at", "id"], name="print_run_changed"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def sort(self) -> str:
        return self.what


class Skipped(models.Model):
    """Somebody who gets no letter or label, and why."""

    personal = True

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(PrintRun, models.CASCADE, related_name="skipped")
    row = models.BigIntegerField()
    name = models.CharField(max_length=200)
    reason = models.CharField(max_length=300)
