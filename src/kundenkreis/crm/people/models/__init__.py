"""Qualified people and organisations, how to reach them, and what happened with them."""

from __future__ import annotations

from kundenkreis.crm.people.models.affiliations import Affiliation
from kundenkreis.crm.people.models.contact_details import ContactDetail, Reachable
from kundenkreis.crm.people.models.customers import ContactPermission, CustomerId, SharedFacts
from kundenkreis.crm.people.models.organisations import Organisation
from kundenkreis.crm.people.models.persons import Employer, Person, language_choices
from kundenkreis.crm.people.models.timeline import TimelineEntry

__all__ = [
    "Affiliation",
    "ContactDetail",
    "ContactPermission",
    "CustomerId",
    "Employer",
    "Organisation",
    "Person",
    "Reachable",
    "SharedFacts",
    "TimelineEntry",
    "language_choices",
]
