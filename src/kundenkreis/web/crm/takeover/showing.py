"""What the pages of a take-over show."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from kundenkreis.crm.people.models import Person
from kundenkreis.integrations.crm.folder import review, sources, targets
from kundenkreis.integrations.crm.folder.known import BASE_PART
from kundenkreis.integrations.crm.folder.review import report_lines
from kundenkreis.kernel import clock
from kundenkreis.records import named
from kundenkreis.records.exchange import reading
from kundenkreis.records.exchange.notation import text_of
from kundenkreis.records.exchange.words import ENCODINGS, separators
from kundenkreis.records.models import Transfer
from kundenkreis.records.numbers import whole
from kundenkreis.ui import formats

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["file", "head", "listed", "report_lines", "state"]

State = Transfer.State
SAMPLES, LOOKED_AT = 3, 50


def head(found: Transfer | None = None) -> dict[str, Any]:
    """The title, and the way back."""
    trail = [{"label": _("Take over data"), "url": reverse("takeover-start")}]
    if found is not None:
        trail.append({"label": _("Files"), "url": reverse("takeover", args=[found.pk])})
    return {
        "title": _("Take over data"),
        "title_icon": "folder-input",
        "trail": trail if found is not None else [],
        "start_url": reverse("takeover-start"),
    }


def listed(transfers: Iterable[Transfer]) -> list[dict[str, Any]]:
    """Take-overs of before, each in a line."""
    return [
        {
            "url": reverse("takeover", args=[one.pk]),
            "at": one.created_at,
            "files": ", ".join(file["name"] for file in one.found.get("uploads", ())[:5]),
            "state": _state_word(one),
        }
        for one in transfers
    ]


def _state_word(one: Transfer) -> str:
    if one.found.get("undone"):
        return _("taken back")
    return {
        State.ASKING: _("waits for you"),
        State.CHECKED: _("waits for you"),
        State.DONE: _("taken over"),
        State.FAILED: _("stopped"),
    }.get(State(one.state), _("in progress"))


def state(found: Transfer, parameters: Mapping[str, str]) -> dict[str, Any]:
    """What its page shows, by how far it is."""
    here = reverse("takeover", args=[found.pk])
    common = {"transfer": found, "here": here, "report_url": f"{here}report/"}
    match found.state:
        case State.ASKING:
            return {**common, **_asking(found)}
        case State.CHECKED:
            return {**common, **_checked(found, parameters)}
        case State.DONE:
            return {**common, **_done(found)}
    return common


def _asking(found: Transfer) -> dict[str, Any]:
    asked = found.asked
    order = sources.order(found)
    files = review.files(found)
    for one in files:
        one["rank"] = order.index(one["number"]) + 1
    usual = _("Files of %(day)s") % {"day": formats.day(clock.now().date())}
    return {
        "files": files,
        "left": found.found.get("left", []),
        "base_rank": order.index(BASE_PART) + 1,
        "base_part": BASE_PART,
        "source": asked.get("source", usual),
        "legal_basis": asked.get("legal_basis", ""),
        "bases": Person.LegalBasis.choices,
        "rule": asked.get("rule", ""),
    }


def _checked(found: Transfer, parameters: Mapping[str, str]) -> dict[str, Any]:
    lists = {
        "conflicts": (_("Conflicts"), sources.CONFLICTS, review.conflicts),
        "merged": (_("Several are one"), sources.MERGED, review.merged),
        "review": (_("Perhaps the same"), sources.REVIEW, review.open_pairs),
    }
    views: list[dict[str, Any]] = [
        {"name": name, "label": label, "count": review.counted(found, path)}
        for name, (label, path, _read) in lists.items()
    ]
    left = sum(1 for _one in review.all_problems(found))
    views.append({"name": "left", "label": _("Not carried"), "count": left})
    views = [one for one in views if one["count"]]
    names = [one["name"] for one in views]
    shown = parameters.get("show", "")
    shown = shown if shown in names else next(iter(names), "")
    start = whole(parameters.get("from", "")) or 0
    read = lists[shown][2] if shown in lists else review.problems
    for one in views:
        one["url"] = f"?{urlencode({'show': one['name']})}"
        one["current"] = one["name"] == shown
    total = next((one["count"] for one in views if one["current"]), 0)
    return {
        "files": review.files(found),
        "totals": review.totals(found),
        "views": views,
        "shown": shown,
        "rows": read(found, start) if shown else [],
        "start": start,
        "previous_url": _page(shown, start - review.PAGE) if start else "",
        "next_url": _page(shown, start + review.PAGE) if start + review.PAGE < total else "",
    }


def _page(shown: str, start: int) -> str:
    return f"?{urlencode({'show': shown, 'from': max(0, start)})}"


def _done(found: Transfer) -> dict[str, Any]:
    words = {
        "created": _("created"), "changed": _("changed"), "unchanged": _("unchanged"), "failed": _("failed"),
    }  # fmt: skip
    counts = found.counts
    return {
        "tally": [
            (counts[f"done_{n}"], word) for n, word in words.items() if counts.get(f"done_{n}")
        ],
        "totals": review.totals(found),
        "undone": found.found.get("undone", False),
        "left_count": sum(1 for _one in review.all_problems(found)),
        "lists": [(kind.title, kind.url()) for kind in map(named, ("person", "organisation"))],
        "batch_does": any(counts.get(f"done_{name}") for name in ("created", "changed")),
    }


def file(found: Transfer, number: int) -> dict[str, Any]:
    """One table: its columns with samples, and what each may be."""
    part = sources.parts(found)[number]
    path = sources.place(found, part["rows_in"])
    rows = list(islice(reading.rows(path, part["places"], part["head"]), LOOKED_AT))
    columns = []
    for at, (title, target) in enumerate(zip(part["header"], part["columns"], strict=False)):
        texts = (text_of(row.cells[at]) for row in rows if at < len(row.cells))
        samples = list(islice(dict.fromkeys(text[:60] for text in texts if text), SAMPLES))
        columns.append({"title": title or f"#{at + 1}", "samples": samples, "target": target})
    return {
        "part": part,
        "columns": columns,
        "targets": list(targets.choices()),
        "whats": [(name, str(label)) for name, label in targets.WHATS.items()],
        "encodings": ENCODINGS.items(),
        "separators": separators().items(),
        "encoding": part.get("encoding", "").removesuffix("-sig"),
        "back_url": reverse("takeover", args=[found.pk]),
    }
