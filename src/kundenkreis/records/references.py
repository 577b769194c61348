"""Records named by text, as in a form field or a file: "Bergmann Optik GmbH", or "Kern #17"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kundenkreis.kernel.conditions import caseless
from kundenkreis.records.search.finding import searched

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType

UNKNOWN = "unknown"  # the code of the error where there is no such record
_NUMBERED = re.compile(r"#(\d{1,18})\s*$")


def found(kind: RecordType, viewer: Viewer, text: str) -> Any:
    """The visible record a text names. Raises `ValidationError` when none or several are meant."""
    numbered = _NUMBERED.search(text)
    if numbered:
        record = kind.rows(viewer).filter(pk=int(numbered.group(1))).first()
        if record is not None:
            return record
    wanted = caseless(" ".join(text.split()))
    same = [
        record
        for record in searched(kind, viewer, kind.rows(viewer), text).order_by("pk")[:200]
        if caseless(str(record)) == wanted
    ]
    if len(same) == 1:
        return same[0]
    if same:
        raise ValidationError(
            _("Several records are called so. Add the number, e.g. “%(example)s”.")
            % {"example": f"{same[0]} #{same[0].pk}"}
        )
    raise ValidationError(
        _("“%(text)s” was not found. Choose one of the suggestions.") % {"text": text[:80]},
        code=UNKNOWN,
    )


def unique_text(kind: RecordType, viewer: Viewer, record: Any) -> str:
    """The text that names exactly this record."""
    title = str(record)
    try:
        again = found(kind, viewer, title)
    except ValidationError:
        again = None
    return title if again == record else f"{title} #{record.pk}"
