"""Marketing's segments in the filters of persons."""

from __future__ import annotations

from kundenkreis.crm.people.segment_conditions import vocabulary
from kundenkreis.records import extend

extend("person", vocabulary=vocabulary)
