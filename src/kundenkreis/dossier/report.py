"""The export as pages that the person can read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kundenkreis.crm.people import timeline_words
from kundenkreis.dossier import processing, words
from kundenkreis.kernel.printing import Document
from kundenkreis.kernel.sides import Side
from kundenkreis.ui import formats

MANY = 25  # rows; more of them stand in a table, one line each
MOST = 2_000  # rows of one table; 30,000 took a gigabyte and longer than anybody waits
LONGEST = 400  # letters of one value; the data file has the whole
BASES = {
    "6(1)(a)": gettext_lazy("your consent"),
    "6(1)(b)": gettext_lazy("a contract with you, or its preparation"),
    "6(1)(c)": gettext_lazy("a duty by law"),
    "6(1)(f)": gettext_lazy("a legitimate interest"),
}
# Numbers of the product's own, which say nothing to anybody else; the data file has them.
_INNER = {
    "id", "folded", "link_id", "owner_id", "team_id", "user_id", "author_id", "about_kind",
    "about_row", "key", "reference", "actor",
}  # fmt: skip
_LAST = ("created_at", "changed_at")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


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
    _uses(made, found)
    titles = {Side.CRM: _("Customers"), Side.ENGAGE: _("Marketing")}
    quiet = 0
    for side in Side:
        made.section(titles[side])
        for table in found[str(side)]:
            if table["called"]:
                _table(made, table, f"{name} #{found['person']['number']}")
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


def _uses(made: Document, found: dict[str, Any]) -> None:
    """What Art. 15(1)(a) to (d) and (h) GDPR asks for: why, on which basis, for whom, how long."""
    made.section(_("What it is kept for"))
    for side in Side:
        kept = {words.table(apps.get_model(one["table"])) for one in found[str(side)]}
        rows = [
            [one.purpose, BASES.get(one.basis, one.basis), ", ".join(sorted(kept & {*one.tables})),
             "; ".join([*one.keeps, *one.laws])]
            for one in processing.activities(side)
            if not one.staff and kept & {*one.tables}
        ]  # fmt: skip
        if not rows:
            continue
        part = made.section(_("Customers") if side is Side.CRM else _("Marketing"), level=2)
        part.text(_("Who gets it: %(who)s.") % {"who": processing.RECIPIENTS[side]})
        part.table([_("Purpose"), _("On what it rests"), _("Data"), _("Kept for")], rows,
                   widths=[4, 3, 4, 4])  # fmt: skip
    made.section(_("Decisions"), level=2).text(
        _(
            "These systems take no decision about you by themselves that has legal effect or anything like it (Art. 22 GDPR). Offers of a campaign may be shown to people chosen by chance."
        )
    )


def _table(made: Document, table: dict[str, Any], own: str) -> None:
    part = made.section(table["called"], level=2)
    latest = table["rows"][-MOST:]
    rows = [list(_said(table["columns"], row, own)) for row in latest]
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


def _said(columns: dict[str, str], row: dict[str, Any], own: str) -> Iterator[tuple[str, str]]:
    if {"kind", "payload"} <= row.keys():  # as staff read it in the timeline
        line = timeline_words.line(row["kind"], row["payload"])
        yield _short(row["at"]), _short(" · ".join(filter(None, (line.title, line.text))))
        return
    for name in sorted(columns, key=lambda name: name in _LAST):
        value = row.get(name)
        if value in (None, "", [], {}, False, own) or name in _INNER:
            continue
        if name == "changed_at" and str(value)[:16] == str(row.get("created_at"))[:16]:
            continue
        yield columns[name], _short(value)


def _short(value: Any) -> str:
    if value is True:
        return _("yes")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    if _INSTANT.fullmatch(text):
        return formats.instant(datetime.fromisoformat(text))
    if _DAY.fullmatch(text):
        return formats.day(date.fromisoformat(text))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"
