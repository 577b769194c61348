"""What is done with a request of a person: it is written down, extended, answered."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _

from kundenkreis.crm.protection import deadlines
from kundenkreis.crm.protection.models import DataRequest
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError

if TYPE_CHECKING:
    from kundenkreis.crm.people.models import Person
    from kundenkreis.kernel.access import Actor

Kind, State = DataRequest.Kind, DataRequest.State
# So long before the end, whoever sees to it is reminded on the home page.
REMINDER = timedelta(days=10)


@command
def note_request(
    *,
    actor: Actor,
    person: Person,
    kind: str,
    received_on: date | None = None,
    **values: Any,
) -> DataRequest:
    """Write down what a person asks for; the clock runs from the day it came.

    Raises `DomainError` for a day to come.
    """
    actor.require("crm.datarequest.create")
    received_on = _came(received_on)
    due_on = deadlines.due(received_on)
    step = {
        "next_step": values.pop("next_step", "") or _next_step(kind),
        "next_step_on": max(due_on - REMINDER, received_on),
    }
    owner = {"owner_id": values.pop("owner_id", None) or actor.user_id}
    made = store.create(
        actor,
        DataRequest,
        derived={"due_on": due_on, **step, **owner},
        person=person,
        kind=kind,
        received_on=received_on,
        **values,
    )
    actor.require_for("crm.datarequest.create", made)
    return made


@command
def change_request(
    *, actor: Actor, datarequest_id: int, version: int | None = None, **values: Any
) -> DataRequest:
    """Correct what was written down; with the day it came the end of its time moves.

    Raises `NotFound`, `Conflict`, `DomainError` for a day to come, or once it is answered.
    """
    request = store.lock(DataRequest, datarequest_id, version=version)
    actor.require_for("crm.datarequest.change", request)
    derived: dict[str, Any] = {}
    if {"person", "kind", "received_on", "identity", "wish"} & set(values):
        _require_open(request)
    if "received_on" in values:
        values["received_on"] = _came(values["received_on"])
        extended = request.extended_on is not None
        derived["due_on"] = deadlines.due(values["received_on"], extended=extended)
    store.change(actor, request, derived=derived, **values)
    return request


@command
def extend_request(*, actor: Actor, datarequest_id: int, reason: str) -> DataRequest:
    """Take two months more, once and within the first one; the person is told why.

    Raises `DomainError` without a reason, a second time, or when the first month is over.
    """
    request = store.lock(DataRequest, datarequest_id)
    actor.require_for("crm.datarequest.change", request)
    _require_open(request)
    if not reason.strip():
        raise DomainError(_("Say why it takes longer: the person has to be told."), field="reason")
    if request.extended_on is not None:
        raise DomainError(
            _("This request has been extended already."),
            _("The law allows two more months once."),
            _("Answer by the day that is shown."),
        )
    today = clock.today(settings.COMPANY_ZONE)
    if today > request.due_on:
        raise DomainError(
            _("It is too late to extend this request."),
            _("The person must be told of it within the first month."),
            _("Answer as soon as you can."),
        )
    due_on = deadlines.due(request.received_on, extended=True)
    store.change(
        actor, request, extended_on=today, extended_why=reason.strip()[:300],
        derived={"due_on": due_on, "next_step_on": due_on - REMINDER},
    )  # fmt: skip
    return request


@command
def answer_request(
    *, actor: Actor, datarequest_id: int, answer: str, refused: bool = False
) -> DataRequest:
    """Note what the person was answered, or why it was refused; then it is settled.

    Raises `DomainError` without an answer, without knowing that it is them, or a second time.
    """
    request = store.lock(DataRequest, datarequest_id)
    actor.require_for("crm.datarequest.change", request)
    _require_open(request)
    if not answer.strip():
        raise DomainError(
            _("Write down what the person was answered.")
            if not refused
            else _("Write down why: the person must be told, and that they may complain."),
            field="answer",
        )
    if not refused and not request.identity.strip():
        raise DomainError(
            _("Note first how we know that it is them."),
            _("Whoever answers somebody else discloses or destroys a stranger's data."),
            _("Fill in “How we know it is them”."),
            field="identity",
        )
    store.change(
        actor, request, answer=answer.strip(), state=State.REFUSED if refused else State.DONE,
        derived={
            "answered_on": clock.today(settings.COMPANY_ZONE),
            "next_step": "", "next_step_on": None,
        },
    )  # fmt: skip
    return request


def _came(day: date | None) -> date:
    today = clock.today(settings.COMPANY_ZONE)
    if day is not None and day > today:
        raise DomainError(_("That day is still to come."), field="received_on")
    return day or today


def _require_open(request: DataRequest) -> None:
    if not request.is_open:
        raise DomainError(
            _("This request is settled."),
            _("What was answered is proof and stays as it is."),
            _("If the person asks again, write down a new request."),
        )


def _next_step(kind: str) -> str:
    return {
        Kind.ACCESS: _("Make sure it is them, make the export, send it"),
        Kind.PORTABILITY: _("Make sure it is them, make the export, send it"),
        Kind.ERASURE: _("Make sure it is them, look at what would be erased, erase"),
        Kind.RESTRICTION: _("Restrict the record, tell the person"),
        Kind.OBJECTION: _("Note the objection, tell the person"),
    }.get(Kind(kind), _("Correct the record, tell the person"))
