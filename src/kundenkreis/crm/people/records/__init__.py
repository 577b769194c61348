"""Persons, organisations and what belongs to them, as records."""

from __future__ import annotations

from kundenkreis.crm.people.records import contacting, quality, segments  # noqa: F401 - add to filters
from kundenkreis.crm.people.records.characteristics import CHARACTERISTIC
from kundenkreis.crm.people.records.inputs import TIMELINE
from kundenkreis.crm.people.records.number_ranges import NUMBER_RANGE
from kundenkreis.crm.people.records.organisations import ORGANISATION
from kundenkreis.crm.people.records.persons import PERSON
from kundenkreis.crm.people.records.portfolios import PORTFOLIO
from kundenkreis.crm.people.records.relation_kinds import RELATION_KIND
from kundenkreis.crm.people.records.relations import RELATION
from kundenkreis.crm.people.records.territories import TERRITORY

__all__ = [
    "CHARACTERISTIC",
    "NUMBER_RANGE",
    "ORGANISATION",
    "PERSON",
    "PORTFOLIO",
    "RELATION",
    "RELATION_KIND",
    "TERRITORY",
    "TIMELINE",
]
