"""Letters for many and labels: choosing, writing, looking how far it is, the files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kundenkreis.crm.letters import jobs, printing, queries, run_commands
from kundenkreis.crm.letters.content import allowed
from kundenkreis.crm.letters.models import PrintRun
from kundenkreis.kernel import files
from kundenkreis.kernel.errors import Conflict, DomainError
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.text import without_umlauts
from kundenkreis.records import named
from kundenkreis.records.lists.selection import Selection
from kundenkreis.ui import formats
from kundenkreis.web.crm.letters.forms import LabelsForm, LettersForm
from kundenkreis.web.crm.letters.writing import APPLY, OFFERED, with_template

if TYPE_CHECKING:
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.requests import StaffRequest

SHOWN = 200
RIGHT = run_commands.RIGHT
FORMS: dict[str, Any] = {"letters": LettersForm, "labels": LabelsForm}


@require_GET
def choose(request: StaffRequest, slug: str, what: str) -> HttpResponse:
    """From the chosen records of a list to the page on which the letter is written."""
    kind = _kind(request, slug, what)
    Selection.of(request.GET)  # whether anything is chosen
    address = reverse("print-new", args=[kind.slug, what])
    return HttpResponse(headers={"HX-Redirect": f"{address}?{request.GET.urlencode()}"})


@require_http_methods(["GET", "POST"])
def new_run(request: StaffRequest, slug: str, what: str) -> HttpResponse:
    """What the letter says, or which labels; nothing typed is lost."""
    viewer, kind = request.viewer, _kind(request, slug, what)
    selection = Selection.of(request.GET)
    people = kind.name == "person"
    sent = request.POST if request.method == "POST" else None
    if sent is not None and APPLY in sent:
        form = FORMS[what](viewer, with_template(viewer, sent), people=people)
        form.is_valid()
        form.errors.clear()  # nobody has said that it is complete
        return _form(request, kind, what, form, selection)
    form = FORMS[what](viewer, sent, people=people)
    if sent is not None and form.is_valid():
        try:
            run = run_commands.begin_run(
                actor=viewer, kind=kind, what=what, selection=selection, asked=form.asked
            )
        except DomainError as error:
            if error.status != 422:
                raise
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            jobs.go_on(run)
            return redirect("print-run", run.pk)
    return _form(request, kind, what, form, selection, status=422 if sent is not None else 200)


@require_GET
def run_list(request: StaffRequest) -> HttpResponse:
    """What the viewer has had printed."""
    request.viewer.require(RIGHT)
    found = [(run, told(run)) for run in queries.runs(request.viewer)[:SHOWN]]
    context = {"title": _("Mail merges and labels"), "runs": found}
    return render(request, "letters/runs.html", context)


@require_GET
def run_page(request: StaffRequest, pk: int) -> HttpResponse:
    """How far a run is, who gets a letter and who does not, and the files."""
    part = "#state" if request.headers.get("HX-Target") == "state" else ""
    return render(request, f"letters/run.html{part}", _run(request, pk))


@require_POST
def write_run(request: StaffRequest, pk: int) -> HttpResponse:
    """After the check: write the letters and print them."""
    run = run_commands.write_run(actor=request.viewer, run_id=pk)
    jobs.go_on(run)
    return redirect("print-run", pk)


@require_POST
def stop_run(request: StaffRequest, pk: int) -> HttpResponse:
    """Stop a run, or leave it after the check."""
    run_commands.stop_run(actor=request.viewer, run_id=pk)
    return redirect("print-run", pk)


@require_GET
def run_file(request: StaffRequest, pk: int, form: str) -> FileResponse:
    """A finished file, to whom has asked for it, while they may know all that it tells."""
    run = queries.run(request.viewer, pk)
    if form not in printing.MEDIA_TYPES or not files.there(Side.CRM, getattr(run, form)):
        raise Http404
    if run.found.get("rights") != request.viewer.rights(Side.CRM):
        raise Conflict(
            _("What you may see has changed since this file was made."),
            _("It might tell what you may not know any more."),
            _("Have it printed once more."),
        )
    path = files.path_of(Side.CRM, getattr(run, form))
    answer = FileResponse(path.open("rb"), content_type=printing.MEDIA_TYPES[form])
    name = slugify(without_umlauts(run.title))[:80] or "print"
    answer["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def told(run: PrintRun) -> str:
    """How it went, in a sentence."""
    if run.what == PrintRun.What.PAGE:
        return ""
    fit, skipped = (formats.number(run.counts.get(name, 0)) for name in ("fit", "skipped"))
    if run.what == PrintRun.What.LABELS:
        return _("%(n)s labels, %(m)s left out") % {"n": fit, "m": skipped}
    return _("%(n)s letters, %(m)s left out") % {"n": fit, "m": skipped}


def _kind(request: StaffRequest, slug: str, what: str) -> RecordType:
    request.viewer.require(RIGHT)
    if slug not in ("persons", "organisations") or what not in FORMS:
        raise Http404
    kind = named(slug)
    request.viewer.require(kind.right("read"))
    return kind


def _run(request: StaffRequest, pk: int) -> dict[str, Any]:
    run = queries.run(request.viewer, pk)
    kind = named(run.kind)
    checked = run.state == PrintRun.State.CHECKED
    skipped = run.skipped.order_by("pk")
    seen = set(
        kind.rows(request.viewer)
        .filter(pk__in=list(skipped.values_list("row", flat=True)[:SHOWN]))
        .values_list("pk", flat=True)
    )
    shown = [(one, kind.url(one.row)) for one in skipped[:SHOWN] if one.row in seen]
    left = run.counts.get("skipped", 0)
    return {
        "title": run.title,
        "trail": [{"label": _("Mail merges and labels"), "url": reverse("print-list")}],
        "run": run,
        "told": told(run),
        "fit": run.counts.get("fit", 0),
        "left": left,
        "left_tone": "bad" if left else "",
        "skipped": shown,
        "more": max(left - len(shown), 0),
        "letter": queries.first_letter(request.viewer, run) if checked else None,
        "files": [
            (form.upper(), reverse("print-file", args=[run.pk, form]))
            for form in printing.MEDIA_TYPES
            if files.there(Side.CRM, getattr(run, form))
        ],
        "is_letters": run.what == PrintRun.What.LETTERS,
        "list_url": kind.url(run.asked["pk"]) if "pk" in run.asked else kind.url(),
    }


def _form(
    request: StaffRequest,
    kind: RecordType,
    what: str,
    form: Any,
    selection: Selection,
    *,
    status: int = 200,
) -> HttpResponse:
    viewer = request.viewer
    back = selection.query if selection.query is not None else ""
    context = {
        "title": _("Mail merge") if what == "letters" else _("Labels"),
        "trail": [{"label": kind.title, "url": f"{kind.url()}?{back}" if back else kind.url()}],
        "form": form,
        "number": formats.number(selection.count(kind, viewer)),
        "what": what,
        "cancel_url": kind.url(),
        "templates": queries.templates(viewer).order_by("name")[:OFFERED]
        if what == "letters"
        else (),
        "names": sorted(allowed(viewer)),
    }
    return render(request, "letters/new_run.html", context, status=status)
