"""What each kind of message does on the other side: the table of everything that crosses.

A route takes messages of one kind, in order, and has commands of the receiving side do them, all
or nothing. It returns the positions of those that came before what they speak of; they are set
aside and tried again. A new kind of message is one more line in `ROUTES`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from kundenkreis.crm.people.events import (
    FactsChanged,
    ObjectionRecorded,
    PersonRestricted,
    PersonsMerged,
    PersonsParted,
)
from kundenkreis.engage.consent.events import ConsentChanged
from kundenkreis.engage.profiles.events import Touchpoint
from kundenkreis.engage.segments.events import MembershipsChanged, SegmentRenamed
from kundenkreis.engage.tracking.events import OrderCancelled, OrderReceived
from kundenkreis.kernel.events import name_of
from kundenkreis.link import to_crm, to_engage

Route = Callable[[Sequence[Any]], Collection[int]]

ROUTES: dict[str, Route] = {
    name_of(OrderReceived): to_crm.place_orders,
    name_of(OrderCancelled): to_crm.cancel_orders,
    name_of(Touchpoint): to_crm.add_touchpoints,
    name_of(ConsentChanged): to_crm.project_consent,
    name_of(MembershipsChanged): to_crm.project_memberships,
    name_of(SegmentRenamed): to_crm.rename_segments,
    name_of(FactsChanged): to_engage.set_facts,
    name_of(ObjectionRecorded): to_engage.withdraw,
    name_of(PersonRestricted): to_engage.restrict,
    name_of(PersonsMerged): to_engage.join_people,
    name_of(PersonsParted): to_engage.part_people,
}
