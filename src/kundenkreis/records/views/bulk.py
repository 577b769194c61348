"""Many records at once: what is to be done with them, how far it is, how it went."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kundenkreis.records import jobs, registry
from kundenkreis.records.bulk import commands, failing
from kundenkreis.records.bulk.changes import Remove, names_of
from kundenkreis.records.bulk.forms import StepForm, TagsForm, ValuesForm
from kundenkreis.records.exchange.writers import CsvLines
from kundenkreis.records.fields import info
from kundenkreis.records.lists.selection import Selection
from kundenkreis.records.lists.words import in_use
from kundenkreis.records.models import BulkRun
from kundenkreis.records.page import next_step
from kundenkreis.records.views import show
from kundenkreis.ui import formats
from kundenkreis.ui.furniture import Heading

if TYPE_CHECKING:
    from collections.abc import Container

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.requests import StaffRequest

SHOWN = 100  # failures on the page; all of them are in the file


@require_GET
def all_matching(request: StaffRequest, kind: RecordType) -> HttpResponse:
    """All that match the list's parameters, chosen: how many it are exactly."""
    request.viewer.require(kind.right("read"))
    parameters = request.GET.copy()
    parameters["all"] = "1"
    number = Selection.of(parameters).count(kind, request.viewer)
    return show(request, kind, "bulk", {"number": number}, part="all")


@require_GET
def field_row(request: StaffRequest, kind: RecordType) -> HttpResponse:
    """The input of one more field of the dialog, and the choice of another one."""
    request.viewer.require(kind.right("change"))
    chosen = request.GET.get("field", "")
    form = ValuesForm(kind, request.viewer, [chosen])
    others = _others(kind, request, {chosen, *request.GET})
    return show(request, kind, "bulk", {"form": form, "others": others}, part="more")


@require_http_methods(["GET", "POST"])
def bulk_dialog(request: StaffRequest, kind: RecordType, what: str) -> HttpResponse:
    """The dialog that asks what is to be done, and doing it."""
    viewer, sent = request.viewer, request.method == "POST"
    viewer.require(kind.right("read"))
    viewer.require(kind.right("remove" if what == "remove" else "change"))
    selection = Selection.of(request.GET)
    form = _form(request, kind, what)
    if sent and (form is None or form.is_valid()):
        change = Remove() if form is None else form.change
        run = commands.begin(kind, viewer, change, selection, jobs.go_on_with_bulk)
        return _answer(kind, run)
    if isinstance(form, StepForm):
        next_step.focus(form)
    context = {
        "what": what,
        "form": form,
        "number": selection.count(kind, viewer),
        "others": _others(kind, request, getattr(form, "fields", ())),
        "action": request.get_full_path(),
        "days": next_step.suggested_days() if what == "step" else (),
        "whose": next_step.whose(selection.rows(kind, viewer)) if what == "step" else "",
    }
    return show(request, kind, "bulk", context, part="dialog", status=422 if sent else 200)


@require_GET
def run_page(request: StaffRequest, kind: RecordType, pk: int) -> HttpResponse:
    """How far a run is, and how it went with each record."""
    run = commands.run(kind, request.viewer, pk)
    part = "state" if request.headers.get("HX-Target") == "state" else ""
    return show(request, kind, "bulk_run", _context(kind, request.viewer, run), part=part)


@require_GET
def runs_page(request: StaffRequest, kind: RecordType) -> HttpResponse:
    """What the viewer has done with many records of this type in the last 30 days."""
    found = [
        {
            "run": run,
            "title": title_of(kind, run),
            "text": told(run),
            "url": kind.url("bulk", run.pk),
        }
        for run in commands.runs(kind, request.viewer)[:SHOWN]
    ]
    context = {
        "title": _("Changes of many %(types)s") % {"types": kind.label_plural},
        "trail": [{"label": kind.title, "url": kind.url()}],
        "runs": found,
    }
    return show(request, kind, "bulk_runs", context)


@require_POST
def stop_run(request: StaffRequest, kind: RecordType, pk: int) -> HttpResponse:
    """Stop a run; the answer is how far it came."""
    commands.stop(kind, request.viewer, pk)
    run = commands.run(kind, request.viewer, pk)
    return show(request, kind, "bulk_run", _context(kind, request.viewer, run), part="state")


@require_GET
def failures_file(request: StaffRequest, kind: RecordType, pk: int) -> HttpResponse:
    """Every record that was not changed, and why, as a file."""
    run = commands.run(kind, request.viewer, pk)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{kind.slug}-{run.pk}-failed.csv"'
    lines = CsvLines()
    answer.write(lines.head([_("Number"), _("Name"), _("Reason")]))
    failures = run.failures.order_by("id").iterator(2_000)
    for one in failing.told(kind, request.viewer, run, failures):
        answer.write(lines.row([one.row, one.name, one.reason]))
    return answer


def actions(kind: RecordType, viewer: Viewer) -> list[dict[str, Any]]:
    """What the viewer may do with chosen records of the type, for the bar below the list."""
    found: list[dict[str, Any]] = []
    if kind.may(viewer, "change"):
        found += [
            {"name": "edit", "label": _("Change"), "icon": "pencil", "key": "e"},
            {"name": "assign", "label": _("Assign"), "icon": "user-round", "key": "a"},
        ]
        if kind.sets(viewer, "tags"):
            found.append({"name": "tag", "label": _("Tags"), "icon": "tag"})
    if next_step.may_plan(kind, viewer):
        label = _("Next step")
        found.insert(2, {"name": "step", "label": label, "icon": "calendar-plus", "key": "w"})
    for one in registry.many(kind, viewer):
        found.append({"label": one.label, "icon": one.icon, "url": one.url})
    if kind.may(viewer, "remove"):
        found.append({"name": "remove", "label": _("Delete"), "icon": "trash-2", "danger": True})
    return found


def told(run: BulkRun) -> str:
    """How it went, in a sentence: every record counted once."""
    counts = run.counts
    n = counts.get("changed", 0)
    words = {
        "remove": ngettext("%(n)s record was deleted", "%(n)s records were deleted", n),
        "undo": ngettext(
            "%(n)s record is as it was before", "%(n)s records are as they were before", n
        ),
    }.get(run.asked["do"], ngettext("%(n)s record was changed", "%(n)s records were changed", n))
    parts = [words % {"n": formats.number(n)}]
    if n := counts.get("unchanged", 0):
        text = ngettext("%(n)s was so already", "%(n)s were so already", n)
        parts.append(text % {"n": formats.number(n)})
    if n := counts.get("failed", 0):
        text = ngettext("%(n)s could not be", "%(n)s could not be", n)
        parts.append(text % {"n": formats.number(n)})
    return f"{', '.join(parts)}."


def title_of(kind: RecordType, run: BulkRun) -> str:
    """What was done, e.g. "Owner, Team"."""
    if run.asked["do"] == "remove":
        return _("Deleted")
    if run.asked["do"] == "undo":
        return _("Taken back")
    names = dict.fromkeys([*run.asked["values"], *run.asked["add"], *run.asked["drop"]])
    return ", ".join(str(info(kind.model, name).label) for name in names)


def _form(request: StaffRequest, kind: RecordType, what: str) -> Any:
    data = request.POST if request.method == "POST" else None
    match what:
        case "edit":
            return ValuesForm(kind, request.viewer, data or (), data)
        case "assign":
            return ValuesForm(kind, request.viewer, ("owner_id", "team_id"), data)
        case "step" if next_step.may_plan(kind, request.viewer):
            return StepForm(kind, request.viewer, data)
        case "tag" if kind.sets(request.viewer, "tags"):
            return TagsForm(in_use(kind, request.viewer, ["tags"])["tags"], data)
        case "remove":
            return None
    raise Http404


def _others(
    kind: RecordType, request: StaffRequest, there: Container[str]
) -> list[tuple[str, str]]:
    """The fields that may be added to those in the dialog."""
    return [
        (name, str(info(kind.model, name).label))
        for name in names_of(kind, request.viewer)
        if name not in there
    ]


def _answer(kind: RecordType, run: BulkRun) -> HttpResponse:
    if run.moving or run.counts.get("failed") or run.problem:
        return HttpResponse(headers={"HX-Redirect": kind.url("bulk", run.pk)})
    undo_url = kind.url("undo", run.batch) if run.counts.get("changed") else ""
    toast = {"text": told(run), "tone": "success", "undo_url": undo_url}
    said = {"toast": toast, "dialog:close": "", "record-changed": ""}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(said)})


def _context(kind: RecordType, viewer: Viewer, run: BulkRun) -> dict[str, Any]:
    counts = {name: run.counts.get(name, 0) for name in ("changed", "unchanged", "failed")}
    undoing = run.asked["do"] == "undo"
    looked_at = run.counts.get("seen", 0) if undoing else sum(counts.values())
    left = 0 if run.moving or undoing else max(run.total - looked_at, 0)
    failures = failing.told(kind, viewer, run, run.failures.order_by("id")[:SHOWN])
    return {
        "title": title_of(kind, run),
        "trail": [
            {"label": kind.title, "url": kind.url()},
            {"label": _("Changes of many"), "url": kind.url("bulk")},
        ],
        "run": run,
        "told": told(run),
        "undoing": undoing,
        "looked_at": looked_at,
        **{name: formats.number(n) for name, n in counts.items()},
        "failed_tone": "bad" if counts["failed"] else "",
        "left": formats.number(left) if left else "",
        "left_note": _("no longer matched") if run.state == BulkRun.State.DONE else "",
        "failure_heads": [
            Heading(_("Name")), Heading(_("Number"), numeric=True), Heading(_("Reason")),
        ],
        "failures": list(failures),
        "more_failures": max(counts["failed"] - SHOWN, 0),
        "file_url": kind.url("bulk", run.pk, "failures.csv")[:-1],
        "undo_url": kind.url("undo", run.batch) if counts["changed"] and not run.moving else "",
        "stop_url": kind.url("bulk", run.pk, "stop"),
        "list_url": kind.url(),
    }  # fmt: skip
