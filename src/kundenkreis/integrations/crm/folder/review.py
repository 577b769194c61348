"""What the page and the command say of a take-over: files, counts, groups, conflicts, what is left."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kundenkreis.integrations.crm.folder import sources, targets
from kundenkreis.integrations.crm.folder.known import BASE_PART
from kundenkreis.integrations.crm.folder.problems import report, told
from kundenkreis.records import named
from kundenkreis.records.exchange.table import logged
from kundenkreis.records.models import Transfer
from kundenkreis.ui import formats

KINDS = ("organisation", "person", "product", "opportunity", "activity")
PAGE = 25


def files(transfer: Transfer) -> list[dict[str, Any]]:
    """Each table: what it is taken for, and how it was read; then what could not be read."""
    drafted = transfer.found.get("drafted", [])
    return [
        {
            "number": number,
            "name": part["name"],
            "what": part["what"],
            "label": str(targets.WHATS.get(part["what"], _("unknown"))),
            "system": "" if part["system"] in ("", "list") else part["system"],
            "format": part["format"],
            "encoding": part.get("encoding", "").removesuffix("-sig"),
            "separator": part.get("separator", ""),
            "rows": part["rows"],
            "columns": sum(target not in ("", targets.IGNORE) for target in part["columns"]),
            "all_columns": len([title for title in part["header"] if title]),
            "drafts": drafted[number] if number < len(drafted) else None,
        }
        for number, part in enumerate(sources.parts(transfer))
    ]


def totals(transfer: Transfer) -> list[dict[str, Any]]:
    """How many of each kind are new, there already, and were several."""
    counts = transfer.counts
    return [
        {
            "kind": kind,
            "label": capfirst(str(named(kind).label_plural)),
            "new": counts.get(f"{kind}_new", 0),
            "known": counts.get(f"{kind}_known", 0),
            "merged": counts.get(f"{kind}_merged", 0),
        }
        for kind in KINDS
        if counts.get(f"{kind}_new") or counts.get(f"{kind}_known")
    ]


def field_label(kind: str, name: str) -> str:
    """What a field that files disagree on is called."""
    own = {"name": _("Name"), "customer_number": _("Customer number"), "postal": _("Address"),
           "organisation": _("Organisation"), "function": _("Function")}  # fmt: skip
    return own.get(name) or targets.label_of(name) or name


def conflicts(transfer: Transfer, start: int = 0, most: int = PAGE) -> list[dict[str, Any]]:
    """Where sources disagree: the values with where each stands, the one that wins marked."""
    found = []
    for one in islice(_of(transfer, sources.CONFLICTS), start, start + most):
        values = [
            {"at": at, "text": _shown(one["field"], text), "file": sources.name_of(transfer, part), "line": line,
             "wins": at == one["chosen"]}
            for at, (text, part, line) in enumerate(one["values"])
        ]  # fmt: skip
        label = field_label(one["kind"], one["field"])
        found.append({**one, "label": label, "values": values, "name": _name(one)})
    return found


def offered(transfer: Transfer, names: Collection[str]) -> dict[str, int]:
    """How many values each of these conflicts offers, by its name, wherever in the list it stands."""
    found: dict[str, int] = {}
    for one in _of(transfer, sources.CONFLICTS):
        if len(found) == len(names):
            break
        if (name := _name(one)) in names:
            found[name] = len(one["values"])
    return found


def _name(conflict: Mapping[str, Any]) -> str:
    """What a choice names it by."""
    return f"{conflict['key']}:{conflict['field']}"


def _shown(name: str, text: str) -> str:
    """A value as people read it."""
    return formats.day(date.fromisoformat(text)) if name == "birth_date" else text


def merged(transfer: Transfer, start: int = 0, most: int = PAGE) -> list[dict[str, Any]]:
    """What becomes one record: its rows, and why."""
    return [
        {**one, "members": [_member(transfer, member) for member in one["members"]]}
        for one in islice(_of(transfer, sources.MERGED), start, start + most)
    ]


def open_pairs(transfer: Transfer, start: int = 0, most: int = PAGE) -> list[dict[str, Any]]:
    """Those that may be one, for somebody to look at."""
    return [
        {**one, "sides": [_member(transfer, side) for side in one["sides"]]}
        for one in islice(_of(transfer, sources.REVIEW), start, start + most)
    ]


def problems(transfer: Transfer, start: int = 0, most: int = PAGE) -> list[dict[str, Any]]:
    """What is not carried, with its file."""
    return [
        {
            **one,
            "file": sources.name_of(transfer, one["part"])
            if one["part"] >= 0
            else one.get("name", ""),
        }
        for one in islice(all_problems(transfer), start, start + most)
    ]


def all_problems(transfer: Transfer) -> Iterator[dict[str, Any]]:
    """All that stays behind: files, columns, cells; and after the start what could not be written."""
    for one in transfer.found.get("left", ()):
        yield {
            "part": BASE_PART,
            "line": 0,
            "what": _("File"),
            "value": one["name"],
            "why": one["why"],
            "name": one["name"],
        }
    yield from told(sources.place(transfer, sources.PROBLEMS))
    for line in logged(sources.place(transfer, sources.RESULTS)):
        for part, at, what, value, why in line["left"]:
            yield {"part": part, "line": at, "what": what, "value": value, "why": why}


def report_lines(transfer: Transfer) -> Iterator[str]:
    """The report as CSV."""
    return report(sources.names(transfer), all_problems(transfer))


def counted(transfer: Transfer, name: str) -> int:
    """How many lines one of the lists has."""
    return sum(1 for _line in _of(transfer, name))


def _of(transfer: Transfer, name: str) -> Iterator[dict[str, Any]]:
    return sources.lines(sources.place(transfer, name))


def _member(transfer: Transfer, member: list[Any]) -> dict[str, Any]:
    part, line, title = member
    return {"file": sources.name_of(transfer, part), "line": line, "title": title}
