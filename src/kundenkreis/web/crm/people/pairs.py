"""Two records side by side, as the page of duplicates shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from kundenkreis.crm.people.doubles.queries import SUREST, Pair
from kundenkreis.crm.people.duplicates.fields import Kind
from kundenkreis.crm.people.duplicates.words import agreement_text, decision_text, reason_label
from kundenkreis.crm.people.models import ContactDetail, Person
from kundenkreis.kernel.text import unaccented
from kundenkreis.records import named
from kundenkreis.records.directory import Directory
from kundenkreis.ui import formats

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer

MOST_REASONS = 8


def all_shown(viewer: Viewer, pairs: list[Pair]) -> list[dict[str, Any]]:
    """Each pair as `shown`; what may be done with all of them is asked at once."""
    both = [one for pair in pairs for one in (pair.left, pair.right)]
    may = named(pairs[0].kind).reached(viewer, "change", both) if pairs else []
    return [
        shown(viewer, pair, may=may[2 * at] and may[2 * at + 1]) for at, pair in enumerate(pairs)
    ]


def shown(viewer: Viewer, pair: Pair, *, may: bool) -> dict[str, Any]:
    """A pair with its values, reasons, and what may be done with it."""
    kind = named(pair.kind)
    decider = Directory(()).name("owner_id", pair.row.decided_by)
    return {
        "pk": pair.row.pk,
        "kind": kind,
        "left": pair.left,
        "right": pair.right,
        "score": sureness(pair),
        "likely": pair.row.decision == "same",
        "verdict": decision_text(pair.row.decision),
        "facts": list(_facts(viewer, pair)),
        "reasons": list(_reasons(pair)),
        "may_decide": may,
        "merge_url": f"{kind.url(pair.left.pk, 'merge')}?with={pair.right.pk}",
        "decided_by": decider,
        "decided_at": pair.row.decided_at,
    }


def sureness(pair: Pair) -> float | None:
    """The score as people are told it."""
    return None if pair.score is None else min(pair.score, SUREST)


def _reasons(pair: Pair) -> Iterator[tuple[str, str]]:
    """What speaks for and against it in words, what says most first."""
    kind = Kind(pair.kind)
    for one in pair.reasons[:MOST_REASONS]:
        tone = "green" if one.weight > 0 else "red"
        yield f"{reason_label(kind, one.comparison)}: {agreement_text(one.way)}", tone


def _facts(viewer: Viewer, pair: Pair) -> Iterator[dict[str, Any]]:
    """Each fact that one of them has, with both values and whether they are the same."""
    describe = _of_person if isinstance(pair.left, Person) else _of_organisation
    for (label, left), (_label, right) in zip(
        describe(viewer, pair.left), describe(viewer, pair.right), strict=True
    ):
        if left or right:
            same = bool(left) and unaccented(left) == unaccented(right) and label != _("Created")
            yield {"label": label, "left": left, "right": right, "same": same}


def _of_person(viewer: Viewer, person: Person) -> Iterator[tuple[str, str]]:
    yield _("Name"), person.full_name
    yield _("Date of birth"), formats.day(person.birth_date) if person.birth_date else ""
    yield from _ways(person)
    yield _("Organisation"), person.employer.name if person.employer else ""
    yield from _common(viewer, person)


def _of_organisation(viewer: Viewer, firm: Any) -> Iterator[tuple[str, str]]:
    yield _("Name"), firm.name
    yield from _ways(firm)
    yield _("Website"), firm.website
    yield _("VAT ID"), firm.vat_id
    yield _("Register number"), firm.register_number
    yield from _common(viewer, firm)


def _ways(record: Any) -> Iterator[tuple[str, str]]:
    kinds = ContactDetail.Kind
    for kind in (kinds.EMAIL, kinds.PHONE, kinds.POSTAL):
        yield str(kind.label), _joined(one.value for one in record.details if one.kind == kind)


def _common(viewer: Viewer, record: Any) -> Iterator[tuple[str, str]]:
    yield _("Customer number"), record.customer_number or ""
    yield _("Created"), formats.day(record.created_at)


def _joined(texts: Iterable[str]) -> str:
    return ", ".join(texts)
