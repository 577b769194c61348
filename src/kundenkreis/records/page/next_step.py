"""What is to be done next with a record: planned, put off, done. One thing for every type."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kundenkreis.kernel import store
from kundenkreis.kernel.events import publish
from kundenkreis.kernel.record import Record, reference
from kundenkreis.records import registry, write
from kundenkreis.records.declaration import Panel
from kundenkreis.records.directory import Directory
from kundenkreis.records.events import NextStepDone
from kundenkreis.records.page import merging
from kundenkreis.ui import formats

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.forms import Form

    from kundenkreis.kernel.access import Actor, Viewer
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.page.merging import Seen

PLANNING = ("next_step", "next_step_on")
NAMED = 5  # of those who are responsible for many records
NO_DAY = gettext_lazy("Say when: the next step comes back on its day.")


@dataclass(frozen=True, slots=True)
class Planned:
    """What a context has planned about a record, e.g. a task: said where no next step is set."""

    text: str
    day: date | None


Plans = Callable[["Viewer", Any], Planned | None]
PLANS: dict[str, Plans] = {}


def planned_by(name: str, plans: Plans) -> None:
    """Say what comes next with the records of a type as long as no next step is set."""
    PLANS[name] = plans


@dataclass(frozen=True, slots=True)
class Proposal:
    """What might be done next, and what that follows from: said where nothing is planned, the most
    pressing one only."""

    text: str
    why: str
    pressing: int


Proposals = Callable[["Viewer", Any], Iterable[Proposal]]
PROPOSALS: dict[str, list[Proposals]] = {}


def proposed_by(name: str, proposals: Proposals) -> None:
    """Propose next steps of the records of a type, from what the viewer may know of them."""
    PROPOSALS.setdefault(name, []).append(proposals)


def proposal(viewer: Viewer, kind: RecordType, record: Any) -> Proposal | None:
    """The most pressing of what contexts propose."""
    found = [one for ask in PROPOSALS.get(kind.name, ()) for one in ask(viewer, record)]
    return max(found, key=lambda one: one.pressing, default=None)


def knows(kind: RecordType, viewer: Viewer) -> bool:
    """Whether the type has next steps that the viewer may read."""
    return issubclass(kind.model, Record) and all(kind.sees(viewer, name) for name in PLANNING)


def may_plan(kind: RecordType, viewer: Viewer, record: Any = None) -> bool:
    """Whether the viewer may plan the next step of a record, or of any of the type."""
    if not knows(kind, viewer) or not kind.may(viewer, "change"):
        return False
    allowed = all(kind.sets(viewer, name) for name in PLANNING)
    return allowed and (record is None or kind.reaches(viewer, "change", record))


def data(viewer: Viewer, record: Any) -> Mapping[str, Any] | None:
    """What the panel needs; none where there is no step and none may be planned."""
    kind = registry.of_model(type(record))
    if kind is None or not knows(kind, viewer):
        return None
    may_write = may_plan(kind, viewer, record)
    is_set = record.next_step or record.next_step_on
    plans = None if is_set else PLANS.get(kind.name)
    planned = plans(viewer, record) if plans else None
    if not (may_write or is_set or planned):
        return None
    proposed = None if is_set or planned else proposal(viewer, kind, record)
    return {
        "may_write": may_write,
        "planned": planned,
        "proposed": proposed,
        "ask": f"?{urlencode({'what': proposed.text})}" if proposed else "",
        **answers(kind, record),
    }


def answers(kind: RecordType, record: Any) -> dict[str, Any]:
    """Where a page sends what is decided about a step, with the step that was seen."""
    seen = json.dumps(merging.seen(record, PLANNING))
    later = ((1, _("until tomorrow")), (3, _("for three days")), (7, _("for a week")))
    return {
        "url": kind.url(record.pk, "next-step"),
        "vals": json.dumps({"seen": seen}),
        "later": [
            (json.dumps({"seen": seen, "days": days}), label)
            for days, label in (*later, (14, _("for two weeks")))
        ],
    }


def suggested_days() -> list[str]:
    """Days in words that a dialog offers; `records.days` understands them."""
    return [_("tomorrow"), _("in 3 days"), _("in 2 weeks"), _("next Monday"), _("end of month")]


def whose(rows: QuerySet[Any]) -> str:
    """Who is responsible for records, and for how many each, the most first."""
    found = rows.order_by().values_list("owner_id").annotate(n=Count("pk")).order_by("-n")
    owners = [(pk, n) for pk, n in found[: NAMED + 1]]
    directory = Directory([SimpleNamespace(owner_id=pk) for pk, _n in owners])
    said = [
        _("%(name)s (%(n)s)")
        % {"name": directory.name("owner_id", pk) or _("nobody"), "n": formats.number(n)}
        for pk, n in owners[:NAMED]
    ]
    return ", ".join([*said, *(["…"] if len(owners) > NAMED else [])])


def focus(form: Form) -> None:
    """Say where one begins to type: what is to be done, or the day that is missing or was not
    understood."""
    told = "next_step_on" in form.errors or form.initial.get("next_step")
    name = "next_step_on" if told else "next_step"
    form.fields[name].widget.attrs["autofocus"] = True


PANEL = Panel("next_step", "records/next_step_panel.html", data, position=10)


def finish(kind: RecordType, actor: Actor, pk: int, before: Seen) -> Any:
    """Mark the step that the actor saw as done; it goes from the record into its history.

    Raises `NotAllowed`, `NotFound`, and `Conflict` where it is another one meanwhile.
    """
    record = kind.one(actor, pk)
    if not may_plan(kind, actor, record):
        raise actor.refusal(kind.right("change"))
    text, due = record.next_step, record.next_step_on
    if merging.seen(record, PLANNING) != dict(before):
        raise store.changed_meanwhile()
    if not text and not due:
        return record
    with store.group(kind.side, "records.finish_next_step"):
        values = {"next_step": "", "next_step_on": None}
        record = write.change(kind, actor, pk, record.version, values)
        publish(NextStepDone(reference(record), text, due, actor.user_id, actor.name))
    return record
