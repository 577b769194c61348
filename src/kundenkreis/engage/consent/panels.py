"""What the pages of purposes and statements of consent show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from kundenkreis.engage.consent import queries
from kundenkreis.engage.consent.labels import channel_label, purpose_labels
from kundenkreis.engage.consent.models import ConsentEntry, Purpose
from kundenkreis.engage.profiles.models import Identifier, Profile
from kundenkreis.engage.profiles.panels import group
from kundenkreis.kernel.access import Viewer
from kundenkreis.kernel.fields import translated
from kundenkreis.kernel.record import together
from kundenkreis.kernel.text import readable
from kundenkreis.records import Tag
from kundenkreis.ui import parts

SHOWN = 50
Decision = ConsentEntry.Decision
TONES = {Decision.GRANTED: "green", Decision.WITHDRAWN: "red"}
KINDS = {
    **dict(Identifier.Kind.choices),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "person": _("Person in the CRM"),
}


def purpose_text(record: Any) -> str:
    """The company's own words for a record's purpose; read at once for all of a list."""
    if "purpose_label" not in record.__dict__:
        labels = purpose_labels()
        for one in together(record, "purpose_label"):
            one.__dict__["purpose_label"] = labels.get(one.purpose, one.purpose)
    return str(record.__dict__["purpose_label"])


def shown_text(purpose: Purpose) -> str:
    return translated(purpose.text)


def kind_text(entry: ConsentEntry) -> str:
    return str(KINDS.get(entry.subject_kind) or readable(entry.subject_kind))


def channel_text(entry: ConsentEntry) -> str:
    return str(channel_label(entry.channel))


def decision_tag(entry: ConsentEntry) -> SafeString:
    return parts.tag(decision_text(entry), TONES[Decision(entry.decision)])


def decision_text(entry: ConsentEntry) -> str:
    return str(Decision(entry.decision).label)


def decision_tags(entry: ConsentEntry) -> Iterable[Tag]:
    yield Tag(decision_text(entry), TONES[Decision(entry.decision)])


def ledger_panel(viewer: Viewer, profile: Profile) -> Mapping[str, Any] | None:
    """What a person stated, under every name they go by; None without the right to see it."""
    if not viewer.may("engage.consententry.read"):
        return None
    names = queries.names_of(group(viewer, profile))
    return {"statements": queries.ledger(viewer, names, SHOWN)}


def proof_panel(viewer: Viewer, entry: ConsentEntry) -> Mapping[str, Any] | None:
    """What proves the statement: the text shown, the form, whatever came with it."""
    if not entry.proof:
        return None
    return {"lines": [(readable(name), value) for name, value in entry.proof.items()]}
