"""Qualified people and organisations, how to reach them, and what happened with them."""

from __future__ import annotations

from kundenkreis.crm.people.models.affiliations import Affiliation
from kundenkreis.crm.people.models.characteristics import Characteristic
from kundenkreis.crm.people.models.contact_details import ContactDetail, Reachable
from kundenkreis.crm.people.models.customers import (
    ContactPermission,
    CustomerId,
    FormerLink,
    SharedFacts,
)
from kundenkreis.crm.people.models.duplicates import BlockingKey, DuplicatePair, DuplicateRun
from kundenkreis.crm.people.models.informing import Informed
from kundenkreis.crm.people.models.number_ranges import NumberRange
from kundenkreis.crm.people.models.organisations import Organisation
from kundenkreis.crm.people.models.persons import Employer, Person, language_choices
from kundenkreis.crm.people.models.places import Location, Place, Territory
from kundenkreis.crm.people.models.portfolios import Portfolio
from kundenkreis.crm.people.models.quality import QualityNight, QualitySnapshot
from kundenkreis.crm.people.models.relations import Relation, RelationKind
from kundenkreis.crm.people.models.restrictions import Restriction
from kundenkreis.crm.people.models.segments import MarketingMembership, MarketingSegment
from kundenkreis.crm.people.models.timeline import TimelineEntry
from kundenkreis.crm.people.models.vat_checks import VatCheck

__all__ = [
    "Affiliation",
    "BlockingKey",
    "Characteristic",
    "ContactDetail",
    "ContactPermission",
    "CustomerId",
    "DuplicatePair",
    "DuplicateRun",
    "Employer",
    "FormerLink",
    "Informed",
    "Location",
    "MarketingMembership",
    "MarketingSegment",
    "NumberRange",
    "Organisation",
    "Person",
    "Place",
    "Portfolio",
    "QualityNight",
    "QualitySnapshot",
    "Reachable",
    "Relation",
    "RelationKind",
    "Restriction",
    "SharedFacts",
    "Territory",
    "TimelineEntry",
    "VatCheck",
    "language_choices",
]
