"""The page of a person or organisation as a document: asked for here, made by the worker."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import unescape
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kundenkreis.crm.letters import jobs, run_commands
from kundenkreis.crm.people import contacting
from kundenkreis.crm.people.entries import timeline
from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.crm.people.queries import contacts_of
from kundenkreis.crm.sales.queries import opportunities_of
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import subject_of
from kundenkreis.kernel.printing import Document
from kundenkreis.records import named, registry
from kundenkreis.records.page.facts import sections
from kundenkreis.records.views import away
from kundenkreis.ui import formats
from kundenkreis.web.crm.people.timeline import line

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.requests import StaffRequest

ENTRIES = 200  # the newest of a timeline


@require_POST
def page_pdf(request: StaffRequest, slug: str, pk: int) -> HttpResponse:
    """Let the worker make a PDF of what the viewer may see of a record."""
    if slug not in ("persons", "organisations"):
        raise Http404
    kind = named(slug)
    record = kind.one(request.viewer, pk)
    run = run_commands.begin_page(actor=request.viewer, kind=kind, record=record)
    jobs.go_on(run)
    return away(request, reverse("print-run", args=[run.pk]))


def document_of(kind: RecordType, viewer: Viewer, record: Any) -> Document:
    """What the page says, for whoever may see that much of it."""
    today = clock.today(settings.COMPANY_ZONE)
    made = Document(
        str(record),
        language=get_language() or "de",
        subtitle=kind.subtitle(record) if kind.subtitle else "",
        foot=_("%(name)s, as of %(day)s, printed by %(who)s")
        % {"name": record, "day": formats.day(today), "who": viewer.name},
    )
    figures = registry.figures(kind, viewer, record)
    made.section("").facts(
        [(one.label, " ".join(filter(None, (one.value, str(one.note))))) for one in figures]
    )
    for section in sections(kind, viewer, record):
        facts = [(one.label, _plain(one.value)) for one in section["facts"]]
        made.section(section["title"]).facts((label, value) for label, value in facts if value)
    _reach(made, record)
    for heading, head, rows in _tables(viewer, record):
        if rows:
            made.section(heading).table(head, rows)
    found = [
        (formats.instant(entry.at), words.title, words.text)
        for entry in _entries(viewer, record)
        for words in [line(entry)]
    ]
    if found:
        columns = (_("When"), _("What"), "")
        made.section(_("Timeline")).table(columns, found, widths=(2, 4, 5))
        if len(found) == ENTRIES:
            made.parts[-1].text(
                _("Only the newest %(n)s entries are printed.") % {"n": ENTRIES}, quiet=True
            )
    return made


def _reach(made: Document, record: Any) -> None:
    details = [
        (one.get_kind_display(), " · ".join(filter(None, (one.value, one.label, one.source))))
        for one in record.details
    ]
    if details:
        made.section(_("Contact details")).facts(details)


def _tables(
    viewer: Viewer, record: Any
) -> Iterator[tuple[str, list[str], Sequence[Sequence[str]]]]:
    """Roles, permissions and open opportunities."""
    if isinstance(record, Person):
        roles = [(str(one.organisation), one.function) for one in record.employments]
        yield _("Works at"), [_("Organisation"), _("Function")], roles
        sees = {
            channel: viewer.sees(subject_of(Person), detail)
            for channel, detail in contacting.NEEDS.items()
        }
        lights = [
            (str(contacting.WORDS[one.channel]), _("yes") if one.allowed else _("no"), str(one.why))
            for one in contacting.lights_of([record])[record.pk]
            if sees[one.channel]
        ]
        yield _("May I?"), [_("Channel"), "", _("Reason")], lights
    if isinstance(record, Organisation):
        people = [(str(one.person), one.function) for one in contacts_of(viewer, record)]
        yield _("People"), [_("Name"), _("Function")], people
    if viewer.may("crm.opportunity.read"):
        deals = [
            (
                str(one),
                formats.money(one.value_minor, one.currency) if one.value_minor else "",
                str(one.stage),
            )
            for one in opportunities_of(viewer, record)[:50]
        ]
        yield _("Open opportunities"), [_("Title"), _("Value"), _("Stage")], deals


def _entries(viewer: Viewer, record: Any) -> Iterator[Any]:
    after, count = "", 0
    while count < ENTRIES:
        page = timeline(viewer, record, after)
        for entry in page.rows[: ENTRIES - count]:
            count += 1
            yield entry
        after = page.after
        if not after:
            return


def _plain(value: object) -> str:
    return " ".join(unescape(strip_tags(str(value))).split())
