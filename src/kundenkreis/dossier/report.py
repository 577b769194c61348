"""The export as pages that the person can read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from kundenkreis.kernel.printing import Document
from kundenkreis.kernel.sides import Side
from kundenkreis.ui import formats

MANY = 25  # rows; more of them stand in a table, one line each
MOST = 2_000  # rows of one table; 30,000 took a gigabyte and longer than anybody waits
LONGEST = 400  # letters of one value; the data file has the whole


def document(found: dict[str, Any], language: str) -> Document:
    """Sections for whatever has a name; the rest is in the data file, and the page says so."""
    name = found["person"]["name"]
    made = Document(
        _("What we keep about you"), language=language, subtitle=name,
        foot=_("Disclosure under Art. 15 and 20 GDPR"),
    )  # fmt: skip
    intro = made.section(_("About this document"))
    intro.text(
        _(
            "It shows what is kept about you in our customer and marketing systems. The file beside it has the same and all technical details in a form that other programs can read (JSON). Names and addresses of other people are masked: ▒▒▒▒▒."
        )
    )
    intro.text(
        _(
            "You may have it corrected, erased or restricted, object to its use, withdraw a consent, and complain to a supervisory authority."
        )
    )
    titles = {Side.CRM: _("Customers"), Side.ENGAGE: _("Marketing")}
    quiet = 0
    for side in Side:
        made.section(titles[side])
        for table in found[str(side)]:
            if table["called"]:
                _table(made, table)
            else:
                quiet += len(table["rows"])
    if found["mentions"]:
        part = made.section(_("Mentioned elsewhere"))
        part.facts((one["in"], _short(one["text"])) for one in found["mentions"])
    history = len(found["crm_history"]) + len(found["engage_history"])
    made.section(_("Further rows")).text(
        _("The data file also has %(history)s changes in the history of your data and %(rows)s technical rows.")
        % {"history": formats.number(history), "rows": formats.number(quiet)}
    )  # fmt: skip
    return made


def _table(made: Document, table: dict[str, Any]) -> None:
    part = made.section(table["called"], level=2)
    latest = table["rows"][-MOST:]
    rows = [list(_said(table["columns"], row)) for row in latest]
    if len(rows) <= MANY:
        for row in rows:
            part.facts(row)
        return
    if len(latest) < len(table["rows"]):
        text = _("Here are the latest %(shown)s of %(all)s; the data file has all of them.")
        counts = {"shown": len(latest), "all": len(table["rows"])}
        part.text(text % {name: formats.number(count) for name, count in counts.items()})
    part.table(
        ["#", table["called"]],
        [[n, " · ".join(f"{label}: {text}" for label, text in row)] for n, row in enumerate(rows, 1)],
        widths=[1, 14],
    )  # fmt: skip


def _said(columns: dict[str, str], row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, label in columns.items():
        value = row.get(name)
        if value in (None, "", [], {}, False) or name in ("id", "folded", "link_id"):
            continue
        yield label, _short(value)


def _short(value: Any) -> str:
    if value is True:
        return _("yes")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"
