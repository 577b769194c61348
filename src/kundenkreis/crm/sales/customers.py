"""Conditions on whose an order is: a firm's own ones and those of its people, as its page shows them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.crm.people.records import ORGANISATION
from kundenkreis.kernel import conditions
from kundenkreis.kernel.access import visible
from kundenkreis.kernel.conditions import All, Vocabulary, node_q
from kundenkreis.records import named
from kundenkreis.records.lists.related import Related, Relation, of_one
from kundenkreis.records.lists.vocabulary import fields_of, vocabulary

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.kernel.conditions import Moment

NAMED = 1_000  # people; "or" with a query in it would let PostgreSQL read all orders


class OfFirm(Relation):
    """A firm that ordered, itself or through somebody who works there and may be known."""

    def q(self, node: Related, moment: Moment) -> Q:
        found = node_q(node.where, self.vocabulary, moment)
        firms = self.other.rows(self.viewer).filter(found).order_by().values("pk")
        people = visible(self.viewer, Person.objects.all(), "crm.person.read")
        people = people.filter(affiliations__organisation__in=firms).order_by()
        some = list(people.values_list("pk", flat=True).distinct()[: NAMED + 1])
        theirs = some if len(some) <= NAMED else people.values("pk")
        return Q(organisation__in=firms) | Q(person__in=theirs)

    def _records_of(self, record: Any) -> QuerySet[Any]:
        own = Q(pk=record.organisation_id)
        if visible(self.viewer, Person.objects.filter(pk=record.person_id), "crm.person.read"):
            own |= Q(affiliations__person=record.person_id)
        return self.other.rows(self.viewer).filter(own).distinct()


def firms(viewer: Viewer) -> Vocabulary | None:
    """What lists of orders may be narrowed by besides their own fields."""
    order = named("order")
    known = all(order.sees(viewer, name) for name in ("person", "organisation"))
    if not known or not viewer.may(ORGANISATION.right("read")):
        return None
    return Vocabulary(order.name, (), (), (_relation(viewer),))


def all_orders(viewer: Viewer, firm: Organisation) -> str:
    """The address of the list of a firm's orders and those of its people; "" for who may not ask."""
    if firms(viewer) is None:
        return ""
    order = named("order")
    tree = All((of_one(_relation(viewer), firm.pk),))
    where = json.dumps(conditions.dump(tree, vocabulary(order, viewer)))
    return f"{order.url()}?{urlencode({'where': where})}"


def _relation(viewer: Viewer) -> OfFirm:
    label = _("Firm or its people")
    return OfFirm(
        "related.firm", label, "organisation", named("order"), ORGANISATION, viewer, fields_of
    )
