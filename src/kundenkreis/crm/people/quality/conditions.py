"""Issues as conditions: each number of the page of data quality leads to the list of its records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.crm.people.quality.issues import GROUPS, Issue, issues_of
from kundenkreis.kernel.access import Viewer, reads_all, subject_of
from kundenkreis.kernel.conditions import ConditionError, Node, Vocabulary
from kundenkreis.kernel.conditions.periods import DAY
from kundenkreis.kernel.conditions.sql import NEVER

if TYPE_CHECKING:
    from kundenkreis.kernel.conditions import Moment, Reader

_BOTH = (Person, Organisation)


@dataclass(frozen=True, slots=True)
class Has(Node):
    """True of records with an issue."""

    issue: str


@dataclass(frozen=True)
class IssueType:
    """`NodeType` of `Has`, of records of a model, for a viewer."""

    model: type[Any]
    viewer: Viewer

    kind, node, label = "quality", Has, gettext_lazy("Data quality")

    def load(self, reader: Reader) -> Has:
        name = reader.text("issue")
        if name not in known_to(self.viewer, self.model):
            raise ConditionError(reader.at("issue"), _("Choose one of the list."))
        return Has(name)

    def dump(self, node: Has) -> dict[str, Any]:
        return {"issue": node.issue}

    def holds(self, node: Has, facts: Any, moment: Moment) -> bool:
        return bool(self.model._default_manager.filter(self.q(node, moment), pk=facts.pk).exists())

    def next_change(self, node: Has, facts: Any, moment: Moment) -> datetime | None:
        return moment.midnight(moment.today + DAY)

    def q(self, node: Has, moment: Moment) -> Q:
        wanted = self._issue(node).rows(moment.today)
        # As a subquery: true or false of every row, whatever is missing in it.
        return Q(pk__in=self.model._default_manager.filter(wanted).order_by().values("pk"))

    def pending(self, node: Has, moment: Moment) -> Q:
        return ~NEVER

    def say(self, node: Has) -> str:
        return str(self._issue(node).label)

    def actual(self, node: Has, facts: Any, moment: Moment) -> str:
        return str(facts)

    def inputs(self) -> list[dict[str, Any]]:
        choices = [
            {"value": one.name, "label": f"{GROUPS[one.group]}: {one.label}"}
            for one in known_to(self.viewer, self.model).values()
        ]
        return [{"name": "issue", "kind": "choice", "label": "", "choices": choices}]

    def _issue(self, node: Has) -> Issue:
        return issues_of(self.model)[node.issue]


def known_to(viewer: Viewer, model: type[Any]) -> dict[str, Issue]:
    """The issues that tell nothing of a field that the viewer must not know, or of other records."""
    subject = subject_of(model)
    found = issues_of(model).items()
    return {
        name: one
        for name, one in found
        if all(viewer.sees(subject, field) for field in one.needs)
        and ("affiliations" not in one.needs or all(reads_all(viewer, one) for one in _BOTH))
        and (one.group != "twice" or reads_all(viewer, model))
    }


def vocabulary_of(model: type[Any]) -> Any:
    """What lists of a type may be narrowed by, for `extend`."""

    def words(viewer: Viewer) -> Vocabulary:
        return Vocabulary("quality", node_types=(IssueType(model, viewer),))

    return words
