"""What stands on a letter, from whom and to whom: plain values that printing needs nothing beside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kundenkreis.crm.letters import body
from kundenkreis.crm.letters.models import Letter, Letterhead
from kundenkreis.crm.letters.recipients import Recipient
from kundenkreis.crm.letters.values import LegalForm, grouped_iban
from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import Viewer, subject_of
from kundenkreis.kernel.countries import HOME, country_name
from kundenkreis.kernel.errors import DomainError

# The placeholders of letters, with the field of a person that each tells, if it tells one.
PLACEHOLDERS: dict[str, str] = {
    "salutation": "last_name",
    "first_name": "first_name",
    "last_name": "last_name",
    "name": "last_name",
    "title": "title",
    "organisation": "affiliations",
    "customer_number": "customer_number",
    "date": "",
    "sender": "",
    "company": "",
}
# What a letter tells whatever it says.
_TOLD: dict[type[Any], tuple[str, ...]] = {
    Person: ("last_name", "postal", "customer_number"),
    Organisation: ("name", "postal", "customer_number"),
}
GREETING = {"de": "Mit freundlichen Grüßen", "en": "Kind regards"}


def allowed(viewer: Viewer) -> set[str]:
    """The placeholders that somebody may use: they tell nothing that is kept from them."""
    subject = subject_of(Person)
    return {
        name for name, field in PLACEHOLDERS.items() if not field or viewer.sees(subject, field)
    }


def may_open(viewer: Viewer) -> bool:
    """Whether the viewer may see what letters look like: name, address and number are on them."""
    return all(
        viewer.sees(subject_of(model), name) for model, names in _TOLD.items() for name in names
    )


def require_open(viewer: Viewer) -> None:
    """Raise `DomainError` for whom must not see what letters and labels look like."""
    if not may_open(viewer):
        raise DomainError(
            _("You may not have letters for many or labels printed."),
            _("Name, address and customer number stand on them, and some of it is kept from you."),
            _("Ask somebody who may see all of it, or your administrator."),
        )


def content_of(
    letter: Letter, to: Recipient, *, sender: str, email: str = "", day: date | None = None
) -> dict[str, Any]:
    """All that a letter shows, in the language of whoever gets it."""
    day = day or clock.today(settings.COMPANY_ZONE)
    language = to.language if to.language in GREETING else "en"
    with translation.override(language):
        values = placeholder_values(letter, to, sender=sender, day=day)
        return {
            "language": language,
            "address": list(to.address),
            "return_line": _return_line(letter.letterhead),
            "information": list(_information(letter, values, email=email)),
            "subject": body.filled(letter.subject, values),
            "blocks": body.blocks(letter.body, values),
            "greeting": GREETING[language],
            "sender": sender,
            "company": letter.letterhead.name,
            "head": head_of(letter.letterhead),
        }


def placeholder_values(letter: Letter, to: Recipient, *, sender: str, day: date) -> dict[str, str]:
    """What each placeholder stands for."""
    person, firm = to.person, to.organisation
    return {
        "salutation": to.salutation,
        "first_name": person.first_name if person else "",
        "last_name": person.last_name if person else "",
        "name": str(person or firm or ""),
        "title": person.title if person else "",
        "organisation": firm.name if firm else "",
        "customer_number": (person.customer_number if person else None)
        or (firm.customer_number if firm else None)
        or "",
        "date": date_format(day, "DATE_FORMAT"),
        "sender": sender,
        "company": letter.letterhead.name,
    }


def head_of(head: Letterhead) -> dict[str, Any]:
    """The paper: what stands at the top, and the columns at the foot."""
    return {
        "name": head.name,
        "addition": head.addition,
        "logo": head.logo,
        "logo_kind": head.logo_kind,
        "columns": [list(column) for column in _columns(head) if column],
    }


def _return_line(head: Letterhead) -> str:
    parts = (head.name, head.street, f"{head.postal_code} {head.town}")
    return " · ".join(part for part in parts if part)


def _information(letter: Letter, values: Mapping[str, str], *, email: str) -> Iterator[list[str]]:
    if values["customer_number"]:
        yield [_("Customer number"), values["customer_number"]]
    yield [_("Contact"), values["sender"]]
    if letter.letterhead.phone:
        yield [_("Phone"), letter.letterhead.phone]
    if email or letter.letterhead.email:
        yield [_("E-mail"), email or letter.letterhead.email]
    yield [_("Date"), values["date"]]


def _columns(head: Letterhead) -> Iterator[list[str]]:
    abroad = country_name(head.country) if head.country not in ("", HOME) else ""
    yield _said(head.name, head.street, f"{head.postal_code} {head.town}", abroad)
    yield _said(_named(_("Phone"), head.phone), head.email, head.website)
    yield _said(
        _named(_("Seat"), head.seat),
        _named(_("Register"), " ".join(filter(None, (head.register_court, head.register_number)))),
        _named(_managers(head.legal_form), head.managers),
        _named(_("Chair of the supervisory board"), head.chair),
    )
    yield _said(
        head.bank,
        _named(_("IBAN"), grouped_iban(head.iban)),
        _named(_("BIC"), head.bic),
        _named(_("VAT ID"), head.vat_id),
        _named(_("Tax number"), head.tax_number),
    )


def _managers(legal_form: str) -> str:
    boards = (LegalForm.AG, LegalForm.COOPERATIVE, LegalForm.CLUB)
    return _("Board of directors") if legal_form in boards else _("Managing directors")


def _named(label: str, value: str) -> str:
    return f"{label}: {value}" if value else ""


def _said(*parts: str) -> list[str]:
    return [part for part in parts if part.strip()]


def plain_of(content: Mapping[str, Any]) -> str:
    """The words of a letter without its paper, for whoever reads it on a page."""
    lines = []
    for block in content.get("blocks", ()):
        for runs in [block["runs"]] if block["kind"] == "text" else block["items"]:
            lines.append("".join(run["text"] for run in runs))
    return "\n\n".join(lines)
