""" "Darf ich?" in the filters of persons."""

from __future__ import annotations

from kundenkreis.crm.people.contacting_conditions import vocabulary
from kundenkreis.records import extend

extend("person", vocabulary=vocabulary)
