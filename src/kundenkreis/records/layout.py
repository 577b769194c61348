"""Which facts a record page shows, in which groups and order: as declared, or as the company says.

Every record has tags, in the first group; fields of the company's own stand in the group their
definition names, after the declared ones.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel.record import Record
from kundenkreis.records import definitions
from kundenkreis.records.declaration import Section

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType


def sections(kind: RecordType, viewer: Viewer) -> tuple[Section, ...]:
    """The groups of facts as this viewer's pages show them."""
    groups = list(kind.sections) or [Section(_("Facts"), ())]
    if issubclass(kind.model, Record):
        groups[0] = replace(groups[0], facts=(*groups[0].facts, "tags"))
    for one in definitions.in_use(kind.model):
        at = next((n for n, group in enumerate(groups) if group.key == one.section), 0)
        groups[at] = replace(groups[at], facts=(*groups[at].facts, one.name))
    return tuple(groups)
