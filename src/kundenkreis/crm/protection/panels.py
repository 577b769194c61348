"""What the pages of requests show, and what they add to a person's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kundenkreis.crm.people import informing
from kundenkreis.crm.people.models import ContactDetail, Person
from kundenkreis.crm.people.restricting import BY_ERASURE, SET, restriction_of
from kundenkreis.crm.protection.models import DataRequest, Disclosure, Erasure
from kundenkreis.crm.protection.queries import open_requests_of
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import Viewer
from kundenkreis.kernel.record import model_named
from kundenkreis.kernel.sides import Side
from kundenkreis.records import Button, Figure, Tag, named
from kundenkreis.records.fields import info
from kundenkreis.ui import formats, parts

State = DataRequest.State
TONES = {State.OPEN: "blue", State.DONE: "green", State.REFUSED: "amber"}
SOON = 7  # days
MOST = 50  # values that were taken out


def days_left(request: DataRequest) -> int:
    return (request.due_on - clock.today(settings.COMPANY_ZONE)).days


def state_tag(request: DataRequest) -> SafeString:
    return parts.tag(*_state(request))


def state_text(request: DataRequest) -> str:
    return str(_state(request)[0])


def _state(request: DataRequest) -> tuple[str, str]:
    if request.is_open and days_left(request) < 0:
        return str(_("overdue")), "red"
    return request.get_state_display(), TONES[State(request.state)]


def request_tags(request: DataRequest) -> Iterable[Tag]:
    yield Tag(*_state(request))


def request_figures(viewer: Viewer, request: DataRequest) -> Iterable[Figure]:
    if request.is_open:
        left = days_left(request)
        note = (
            ngettext("%(n)s day left", "%(n)s days left", left) % {"n": left}
            if left >= 0
            else ngettext("%(n)s day late", "%(n)s days late", -left) % {"n": -left}
        )
        tone = "bad" if left < 0 else "warn" if left <= SOON else ""
        yield Figure(_("To be answered by"), formats.full_day(request.due_on), note, tone)
    else:
        day = request.answered_on
        yield Figure(_("Answered on"), formats.full_day(day) if day else "–")
    yield Figure(_("Received on"), formats.full_day(request.received_on))
    if request.extended_on:
        yield Figure(_("Extended on"), formats.full_day(request.extended_on))


ERASE, DISCLOSE = "crm.erasure.create", "crm.disclosure.create"


def erasure_tags(erasure: Erasure) -> Iterable[Tag]:
    tones = {"running": "blue", "done": "green", "failed": "red"}
    yield Tag(erasure.get_state_display(), tones[erasure.state])


def disclosure_tags(disclosure: Disclosure) -> Iterable[Tag]:
    tones = {"ready": "green", "failed": "red", "expired": ""}
    yield Tag(disclosure.get_state_display(), tones.get(disclosure.state, "blue"))


def request_buttons(viewer: Viewer, request: DataRequest) -> Iterable[Button]:
    kind = named("datarequest")
    if not request.is_open or not kind.reaches(viewer, "change", request):
        return
    if request.person_id and request.kind == request.Kind.ERASURE and viewer.may(ERASE):
        url = named("person").url(request.person_id, "erase")
        yield Button(_("See what would be erased"), url, "eraser", primary=True)
    told = (request.Kind.ACCESS, request.Kind.PORTABILITY)
    if request.person_id and request.kind in told and viewer.may(DISCLOSE):
        url = named("person").url(request.person_id, "disclose")
        label = _("Collect everything")
        yield Button(label, f"{url}?request={request.pk}", "package-open", primary=True)
    if request.person_id and request.kind == request.Kind.RECTIFICATION:
        url = kind.url(request.pk, "rectify")
        yield Button(_("Take out wrong values"), url, "eraser", primary=True)
    yield Button(_("Answer"), kind.url(request.pk, "answer"), "check", primary=True)
    if request.extended_on is None and days_left(request) >= 0:
        yield Button(_("Extend"), kind.url(request.pk, "extend"), "calendar-plus", menu=True)


def rectified_panel(viewer: Viewer, request: DataRequest) -> Mapping[str, Any] | None:
    """What was taken out for a request: of which fields, out of how many places. Not what it was."""
    found = list(request.rectified_values.order_by("id")[:MOST])
    if not found:
        return None
    return {"taken": [{"label": _label(one.field), "one": one} for one in found]}


def _label(field: str) -> str:
    """The words of a person's field, or of a way to reach them."""
    if field in ContactDetail.Kind:
        return str(ContactDetail.Kind(field).label)
    part, _dot, name = field.rpartition(".")
    model = model_named(Side.CRM, part) if part else Person
    try:
        return str(capfirst(info(model or Person, name).label))
    except LookupError:
        return name  # of a field that is gone since


def person_buttons(viewer: Viewer, person: Person) -> Iterable[Button]:
    """Behind "more": write down what the person asks for."""
    kind = named("datarequest")
    if kind.may(viewer, "create"):
        url = f"{kind.url('new')}?person={person.pk}"
        yield Button(_("Request by the person's rights"), url, "scale", menu=True)
    restriction = restriction_of(person) if viewer.may(SET) else None
    if restriction is None and viewer.may(SET):
        yield Button(_("Restrict"), named("person").url(person.pk, "restrict"), "lock", menu=True)
    elif restriction is not None and restriction.reason not in BY_ERASURE:
        url = named("person").url(person.pk, "free")
        yield Button(_("Lift the restriction"), url, "lock-open", post=True, menu=True)
    if viewer.may(DISCLOSE) and viewer.covers(DISCLOSE, person):
        url = named("person").url(person.pk, "disclose")
        yield Button(_("Complete export"), url, "package-open", menu=True)
    if viewer.may(ERASE) and viewer.covers(ERASE, person):
        url = named("person").url(person.pk, "erase")
        yield Button(_("Erase for good"), url, "eraser", menu=True, danger=True)


def restriction_panel(viewer: Viewer, person: Person) -> Mapping[str, Any] | None:
    """Why a person is restricted; nothing is shown as long as they are not."""
    found = restriction_of(person)
    if found is None:
        return None
    return {
        "text": _("Restricted: nobody changes this person or advertises to them."),
        "reason": found.get_reason_display(),
        "since": found.since,
        "until": found.until,
        "note": found.note,
    }


def informed_panel(viewer: Viewer, person: Person) -> Mapping[str, Any]:
    """Whether, when and how they were told what is kept of them, or until when they have to be."""
    found, kind = informing.informed_of(person), named("person")
    return {
        "informed": found,
        "duty": None if found else informing.duty_of(person),
        "may_write": kind.reaches(viewer, "change", person),
        "url": f"{reverse('informing-note')}?row={person.pk}",
        "back_url": kind.url(person.pk, "not-informed"),
    }


def inform_many(viewer: Viewer) -> Iterable[Button]:
    """For chosen persons of a list: note that they were told."""
    if viewer.may(informing.RIGHT):
        yield Button(_("Note as informed"), reverse("informing-choose"), "megaphone")


def requests_panel(viewer: Viewer, person: Person) -> Mapping[str, Any] | None:
    """What the person asks for; nothing is shown as long as they do not."""
    found = open_requests_of(viewer, person)
    if not found:
        return None
    kind = named("datarequest")
    return {
        "requests": [
            {"request": one, "url": kind.url(one.pk), "late": days_left(one) < 0} for one in found
        ]
    }
