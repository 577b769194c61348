""" "Darf ich?" as a condition: lists, saved views, exports and mail merges of those one may reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kundenkreis.crm.people.contacting import NEEDS, WORDS, may_contact
from kundenkreis.crm.people.contacting_rows import allowed
from kundenkreis.crm.people.models import Person
from kundenkreis.kernel.access import Viewer, subject_of
from kundenkreis.kernel.conditions import Node, Vocabulary
from kundenkreis.kernel.conditions.periods import DAY
from kundenkreis.kernel.conditions.sql import NEVER

if TYPE_CHECKING:
    from kundenkreis.kernel.conditions import Moment, Reader


@dataclass(frozen=True, slots=True)
class MayContact(Node):
    """True of persons whose light for a channel is green, or of those whose light is not."""

    channel: str
    allowed: bool


@dataclass(frozen=True)
class MayContactType:
    """`NodeType` of `MayContact`, for a viewer who knows these channels."""

    channels: tuple[str, ...]

    kind, node, label = "may_contact", MayContact, gettext_lazy("May I?")

    def load(self, reader: Reader) -> MayContact:
        channel = reader.one_of("channel", self.channels)
        return MayContact(channel, reader.one_of("answer", ("yes", "no"), "yes") == "yes")

    def dump(self, node: MayContact) -> dict[str, Any]:
        return {"channel": node.channel, "answer": "yes" if node.allowed else "no"}

    def holds(self, node: MayContact, facts: Any, moment: Moment) -> bool:
        return may_contact(facts, node.channel).allowed is node.allowed

    def next_change(self, node: MayContact, facts: Any, moment: Moment) -> datetime | None:
        return moment.midnight(moment.today + DAY)

    def q(self, node: MayContact, moment: Moment) -> Q:
        found = allowed(node.channel, moment.today)
        return found if node.allowed else ~found

    def pending(self, node: MayContact, moment: Moment) -> Q:
        return ~NEVER

    def say(self, node: MayContact) -> str:
        answer = _("yes") if node.allowed else _("no")
        return _("May I? %(channel)s: %(answer)s") % {
            "channel": WORDS[node.channel], "answer": answer,
        }  # fmt: skip

    def actual(self, node: MayContact, facts: Any, moment: Moment) -> str:
        light = may_contact(facts, node.channel)
        return f"{_('yes') if light.allowed else _('no')}. {light.why}"

    def inputs(self) -> list[dict[str, Any]]:
        channels = [{"value": one, "label": str(WORDS[one])} for one in self.channels]
        answers = [{"value": "yes", "label": _("yes")}, {"value": "no", "label": _("no")}]
        return [
            {"name": "channel", "kind": "choice", "label": "", "choices": channels},
            {"name": "answer", "kind": "choice", "label": "", "choices": answers, "default": "yes"},
        ]


def vocabulary(viewer: Viewer) -> Vocabulary | None:
    """The channels whose contact details the viewer may know, for `extend`."""
    subject = subject_of(Person)
    channels = tuple(one for one, detail in NEEDS.items() if viewer.sees(subject, detail))
    return Vocabulary("contacting", node_types=(MayContactType(channels),)) if channels else None
