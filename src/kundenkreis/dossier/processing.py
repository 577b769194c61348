"""The record of processing activities (GDPR Art. 30), read from the privacy maps of both sides.

What a column is kept for, on which basis and how long stands in its context's `privacy` and nowhere
else; this only puts together what belongs together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, override

from kundenkreis.dossier import places, words
from kundenkreis.dossier.purposes import BUT, PURPOSES
from kundenkreis.kernel.privacy import RECORD_ONLY, Period, Use
from kundenkreis.kernel.sides import Side
from kundenkreis.records.fields import LABELS

RECIPIENTS = {
    Side.CRM: _("Staff by their roles; marketing gets facts by purpose over the link; nobody outside"),
    Side.ENGAGE: _("Marketing staff; the crm gets orders, touchpoints and consents over the link; nobody outside"),
}  # fmt: skip
_UNITS = {
    "d": lambda n: ngettext("%(n)s day", "%(n)s days", n),
    "m": lambda n: ngettext("%(n)s month", "%(n)s months", n),
    "y": lambda n: ngettext("%(n)s year", "%(n)s years", n),
}


@dataclass(slots=True)
class Activity:
    """One purpose on one legal basis: whose data, of which kinds, for how long."""

    purpose: str
    basis: str
    staff: bool
    tables: dict[str, list[str]] = field(default_factory=dict)
    keeps: list[str] = field(default_factory=list)
    laws: list[str] = field(default_factory=list)


def activities(side: Side) -> list[Activity]:
    """What one side processes, in words; what names nobody is left out."""
    found: dict[tuple[str, str, bool], Activity] = {}
    for model, uses in places.maps(side).items():
        for name, use in uses.items():
            if use.basis == "none":
                continue
            staff = use.person in places.STAFF or model._meta.app_label == places.STAFF_CONTEXT
            key = (use.purpose, use.basis, staff)
            one = found.setdefault(key, Activity(said(use.purpose), use.basis, staff))
            one.tables.setdefault(words.table(model), []).append(_label(model, name))
            _add(one.keeps, _kept(use))
            if use.archive:
                _add(one.laws, use.archive)
    return sorted(found.values(), key=lambda one: (one.staff, one.purpose))


def period(keep: str) -> str:
    """A time of a map in words: “25 months”."""
    found = Period.of(keep)
    return _UNITS[found.unit](found.count) % {"n": found.count}


def said(text: str) -> str:
    """A purpose of a map in the reader's language."""
    return str(PURPOSES.get(text, text))


def markdown() -> str:
    """The record as the file that is checked in, in English."""
    with override("en"):
        return "\n".join(_markdown()) + "\n"


def _markdown() -> Iterator[str]:
    yield "# Record of processing activities"
    yield ""
    yield "Generated from the `privacy.py` of every context (`kundenkreis processing`); the product shows it in the reader's language under “Data protection”."
    for side in Side:
        yield ""
        yield f"## {side}"
        yield ""
        yield f"Recipients: {RECIPIENTS[side]}."
        yield ""
        yield "| purpose | legal basis (GDPR Art.) | of | data | kept | law |"
        yield "|---|---|---|---|---|---|"
        for one in activities(side):
            data = "; ".join(f"{table}: {', '.join(names)}" for table, names in one.tables.items())
            whom = "staff" if one.staff else "customers, prospects"
            yield (
                f"| {one.purpose} | {one.basis} | {whom} | {data} | {'; '.join(one.keeps)} | "
                f"{'; '.join(one.laws)} |"
            )


def _add(known: list[str], text: str) -> None:
    if text and text not in known:
        known.append(text)


def _label(model: type[Model], name: str) -> str:
    column: Any = model._meta.get_field(name)
    return str(LABELS.get(name) or getattr(column, "verbose_name", name))


def _kept(use: Use) -> str:
    text = str(_("as long as the record")) if use.keep == RECORD_ONLY else period(use.keep)
    if use.but:
        stays = BUT.get(use.but, use.but)
        text += f" ({_('except')}: {stays})"
    return text
