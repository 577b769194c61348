"""Whether a VAT ID is somebody's: the port to a service that knows, asking it, and keeping the proof.

An installation has no service unless one is configured; then `offer` has been called at start-up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people.models import Organisation, VatCheck
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError

# Whose numbers the service of the European Union knows; "XI" is Northern Ireland, "EL" Greece.
COUNTRIES = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "EL",
        "ES",
        "FI",
        "FR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
        "XI",
    ]
)
ATTEMPTS = 8  # with pauses of 5, 10, 20 … minutes: for half a day


@dataclass(frozen=True, slots=True)
class VatAnswer:
    """What the service says of a number."""

    valid: bool
    request_id: str = ""
    name: str = ""
    address: str = ""


class ServiceUnavailable(Exception):
    """The service cannot say it now; the text is its own word for the reason. Ask again later."""


class ServiceRefused(Exception):
    """The service will not answer this question; the text is its own word for the reason."""


Service = Callable[[str], VatAnswer]
_offered: list[Service] = []


def offer(service: Service) -> None:
    """Say who answers; of several the last one does."""
    _offered.append(service)


def withdraw(service: Service) -> None:
    _offered.remove(service)


def service() -> Service | None:
    """Who answers, if anybody."""
    return _offered[-1] if _offered else None


def can_be_checked(vat_id: str) -> bool:
    """Whether there is a service, and it knows numbers of that country."""
    return service() is not None and vat_id[:2] in COUNTRIES


@command
def ask_vat_check(*, actor: Actor, organisation_id: int) -> VatCheck:
    """Note that an organisation's VAT ID is to be checked; `jobs.begin_vat_check` has it done.

    Raises `NotFound`; `DomainError` without a number or a service for it, or while one is asked.
    """
    organisation = store.lock(Organisation, organisation_id)
    actor.require_for("crm.organisation.change", organisation)
    if not can_be_checked(organisation.vat_id):
        raise DomainError(
            _("This VAT ID cannot be checked."),
            _("There is none, no service is configured, or it knows no numbers of that country."),
            _("The service of the European Union answers for its member states only."),
        )
    waiting = store.rows(VatCheck).filter(organisation=organisation, state=VatCheck.State.WAITING)
    if waiting.exists():
        raise DomainError(_("This VAT ID is being checked."))
    question = VatCheck(organisation=organisation, vat_id=organisation.vat_id, asked_at=clock.now())
    (asked,) = store.append(VatCheck, [question])
    return asked


@command
def keep_vat_answer(*, actor: Actor, check_id: int, answer: VatAnswer) -> None:
    """Keep what the service answered."""
    actor.require("crm.organisation.change")
    state = VatCheck.State.VALID if answer.valid else VatCheck.State.INVALID
    _settle(
        check_id, state, request_id=answer.request_id[:60], name=answer.name[:300],
        address=answer.address[:500],
    )  # fmt: skip


@command
def keep_vat_problem(*, actor: Actor, check_id: int, problem: str, final: bool) -> datetime | None:
    """Keep why there is no answer; returns when to ask again, None where it is `final` or was asked
    for half a day."""
    actor.require("crm.organisation.change")
    check = store.rows(VatCheck).filter(pk=check_id).first()
    attempts = check.attempts + 1 if check is not None else ATTEMPTS
    if final or attempts >= ATTEMPTS:
        _settle(check_id, VatCheck.State.FAILED, problem=problem[:80], attempts=attempts)
        return None
    rows = store.rows(VatCheck).filter(pk=check_id)
    store.replace(rows, problem=problem[:80], attempts=attempts)
    return clock.now() + timedelta(minutes=5 * 2 ** (attempts - 1))


def _settle(check_id: int, state: str, **values: str | int) -> None:
    rows = store.rows(VatCheck).filter(pk=check_id, state=VatCheck.State.WAITING)
    known: dict[str, str | int] = {"problem": "", **values}
    store.replace(rows, state=state, answered_at=clock.now(), **known)
