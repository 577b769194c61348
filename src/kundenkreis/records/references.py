"""Records named by text, as in a form field or a file: "Bergmann Optik GmbH", or "Kern #17"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from kundenkreis.kernel import search
from kundenkreis.kernel.conditions import caseless
from kundenkreis.records.fields import names
from kundenkreis.records.search.finding import searched

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType

UNKNOWN = "unknown"  # the code of the error where there is no such record
LOOKED_AT = 200
_NUMBERED = re.compile(r"#(\d{1,18})\s*$")


def found(kind: RecordType, viewer: Viewer, text: str) -> Any:
    """The visible record a text names. Raises `ValidationError` when none or several are meant."""
    known = found_all(kind, viewer, [text])[text]
    if isinstance(known, ValidationError):
        raise known
    return known


def found_all(
    kind: RecordType, viewer: Viewer, texts: Collection[str]
) -> dict[str, Any | ValidationError]:
    """The same for many texts at once; for each the record, or why there is none."""
    numbers = {text: int(at[1]) for text in texts if (at := _NUMBERED.search(text))}
    rows = kind.rows(viewer).filter(pk__among=set(numbers.values())) if numbers else ()
    numbered = {record.pk: record for record in rows}
    known = {text: numbered[pk] for text, pk in numbers.items() if pk in numbered}
    called = _called(kind, viewer, {_form(text) for text in texts if text not in known})
    return {
        text: known[text] if text in known else _only(called.get(_form(text), []), text)
        for text in texts
    }


def _form(text: str) -> str:
    """How names are compared; no name has a NUL character, and PostgreSQL refuses it."""
    return caseless(" ".join(text.replace("\0", "").split()))


def _only(same: list[Any], text: str) -> Any | ValidationError:
    exact = same if len(same) == 1 else [one for one in same if str(one) == text]
    if len(exact) == 1:
        return exact[0]
    if same:
        return ValidationError(
            _("Several records are called so. Add the number, e.g. “%(example)s”.")
            % {"example": f"{same[0]} #{same[0].pk}"}
        )
    return ValidationError(
        _("“%(text)s” was not found. Choose one of the suggestions.") % {"text": text[:80]},
        code=UNKNOWN,
    )


def _called(kind: RecordType, viewer: Viewer, wanted: set[str]) -> Mapping[str, list[Any]]:
    """The visible records that are called so."""
    pks = search.called(kind.side, kind.name, wanted) if wanted and kind.search else ()
    rows = kind.rows(viewer).filter(pk__among=pks).order_by("pk") if pks else ()
    found = _by_name(rows, wanted)
    for text in _uncertain(kind, viewer, wanted, found):
        rows = searched(kind, viewer, kind.rows(viewer), text).order_by("pk")[:LOOKED_AT]
        found[text] += [one for one in _by_name(rows, {text})[text] if one not in found[text]]
    return found


def _by_name(rows: Iterable[Any], wanted: set[str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for record in rows:
        if (text := caseless(str(record))) in wanted:
            found[text].append(record)
    return found


def _uncertain(
    kind: RecordType, viewer: Viewer, wanted: set[str], found: Collection[str]
) -> list[str]:
    """The names for which a search may find more: its documents have names as they are written in
    one language, with all that is hidden from the viewer."""
    if viewer.hidden_of(kind.subject):
        return sorted(wanted)
    return [] if naming_field(kind) else sorted(wanted.difference(found))


def unique_text(kind: RecordType, viewer: Viewer, record: Any) -> str:
    """The text that names exactly this record."""
    title = str(record)
    try:
        again = found(kind, viewer, title)
    except ValidationError:
        again = None
    return title if again == record else f"{title} #{record.pk}"


def naming_field(kind: RecordType) -> str:
    """The field that alone is a record's text, such as an organisation's name; "" for none."""
    return _naming_field(kind.model, kind.search[0]) if kind.search else ""


@lru_cache(maxsize=500)
def _naming_field(model: type[Model], first: str) -> str:
    if first not in names(model):
        return ""
    probe = model(**{first: "x"})
    return first if caseless(str(probe)) == "x" else ""
