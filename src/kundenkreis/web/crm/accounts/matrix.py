"""A role as a table: what it gives for each type of record, and for which fields it gives less."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kundenkreis.crm.accounts.queries import levels_of
from kundenkreis.kernel import refusal
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.record import Record
from kundenkreis.records.fieldrights import field_rights
from kundenkreis.records.registry import TYPES

if TYPE_CHECKING:
    from django.http import QueryDict
    from django_stubs_ext import StrOrPromise

    from kundenkreis.crm.accounts.models import Role

ACTIONS: dict[str, StrOrPromise] = {
    "*": pgettext_lazy("right", "Everything"),
    "read": pgettext_lazy("right", "Read"),
    "create": pgettext_lazy("right", "Create"),
    "change": pgettext_lazy("right", "Change"),
    "remove": pgettext_lazy("right", "Delete"),
    "import": pgettext_lazy("right", "Import"),
    "export": pgettext_lazy("right", "Export"),
}
LEVELS: dict[str, StrOrPromise] = {
    "own": pgettext_lazy("level", "own"),
    "team": pgettext_lazy("level", "team"),
    "tree": pgettext_lazy("level", "team and below"),
    "all": pgettext_lazy("level", "all"),
}
RESTRICTIONS: dict[str, StrOrPromise] = {
    "": pgettext_lazy("field", "visible"),
    "locked": pgettext_lazy("field", "read only"),
    "hidden": pgettext_lazy("field", "hidden"),
}
WHOLE: dict[str, StrOrPromise] = {
    "*.*": _("Everything there is"),
    "crm.*": _("Everything about customers"),
    "engage.*": _("Everything in marketing"),
}
# What has rights of its own without being a type of record.
OTHERS: dict[str, tuple[str, ...]] = {
    "crm.role": ("read", "create", "change", "remove"),
    "crm.absence": ("change",),
    "crm.operation": ("read", "change"),
    "crm.processing": ("read",),
    "crm.restriction": ("change",),
    "crm.retention": ("read", "change"),
    "crm.undertaking": ("read", "create"),
    "link.message": ("read", "change"),
    "engage.profile": ("read", "change"),
    "engage.event": ("read",),
    "engage.source": ("read", "create", "change"),
    "engage.consent": ("read",),
    "engage.purpose": ("read", "create"),
    "insight.experiment": ("read",),
}
# Actions of pages that are not the record engine's.
FURTHER = {
    "crm.erasure": ("create",),
    "crm.disclosure": ("create",),
    "crm.user": ("change",),
    "crm.team": ("change",),
}
PLAIN = ("all",)  # what nobody owns is read by all or nobody


@dataclass(frozen=True, slots=True)
class Cell:
    """One right: its own level, and the one that a row or column for everything gives already."""

    name: str
    label: str
    value: str
    above: str
    options: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Row:
    """The rights to one type; None where it has no such action."""

    label: str
    cells: list[Cell | None]
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """What a role may do with one field."""

    name: str
    label: str
    value: str
    options: list[tuple[str, str]]


@dataclass(slots=True)
class Fields:
    """The fields of one type; `restricted` says how many are not simply visible."""

    label: str
    choices: list[Choice] = field(default_factory=list)

    @property
    def restricted(self) -> int:
        return sum(bool(choice.value) for choice in self.choices)


def rows(role: Role) -> list[Row]:
    """The table of rights."""
    found = [
        _row(role, name, str(label), tuple(ACTIONS), whole=True) for name, label in WHOLE.items()
    ]
    for kind in _types():
        known = {"*", "read", *kind.actions, *FURTHER.get(kind.subject, ())}
        actions = tuple(one for one in ACTIONS if one in known)
        plain = not issubclass(kind.model, Record)
        found.append(_row(role, kind.subject, kind.title, actions, plain=plain))
    known = {kind.subject for kind in _types()}
    for name, own in OTHERS.items():
        if name not in known:
            found.append(_row(role, name, capfirst(refusal.named(name)), ("*", *own), plain=True))
    return found


def fields(role: Role) -> list[Fields]:
    """The fields of every type of record."""
    found = []
    for kind in _types():
        group = Fields(kind.title)
        for one in field_rights(kind):
            value = role.fields.get(kind.subject, {}).get(one.name, "")
            options = [
                (how, str(text))
                for how, text in RESTRICTIONS.items()
                if not (one.always and how == "hidden") or how == value
            ]
            name = f"f:{kind.subject}:{one.name}"
            group.choices.append(Choice(name, capfirst(one.label), value, options))
        found.append(group)
    return found


def grants_from(role: Role, data: QueryDict) -> dict[str, str]:
    """The rights that were chosen; those that the table does not show stay as they are."""
    shown = {cell.name[2:] for row in rows(role) for cell in row.cells if cell}
    kept = {right: level for right, level in role.grants.items() if right not in shown}
    chosen = {right: data.get(f"g:{right}", "") for right in sorted(shown)}
    return kept | {right: level for right, level in chosen.items() if level}


def fields_from(data: QueryDict) -> dict[str, dict[str, str]]:
    """The restrictions that were chosen, by type."""
    found: dict[str, dict[str, str]] = {}
    for key in sorted(data):
        first, _colon, rest = key.partition(":")
        subject, _colon, name = rest.partition(":")
        if first == "f" and name and (how := data.get(key, "")):
            found.setdefault(subject, {})[name] = str(how)
    return found


def _types() -> Iterator:  # type: ignore[type-arg]
    return iter(sorted(TYPES.values(), key=lambda kind: (kind.side, kind.title)))


def _row(
    role: Role,
    subject: str,
    label: str,
    actions: tuple[str, ...],
    *,
    plain: bool = False,
    whole: bool = False,
) -> Row:
    grants = levels_of(role.grants)
    options = [(name, str(text)) for name, text in LEVELS.items() if not plain or name in PLAIN]
    cells = [
        _cell(role.grants, grants, subject, action, f"{label}: {text}", options)
        if action in actions
        else None
        for action, text in ACTIONS.items()
    ]
    return Row(label, cells, whole)


def _cell(
    own: Mapping[str, str],
    grants: Mapping[str, Level],
    subject: str,
    action: str,
    label: str,
    options: list[tuple[str, str]],
) -> Cell:
    right = f"{subject}.{action}"
    others = {name: level for name, level in grants.items() if name != right}
    above = Viewer(name="role", grants=others).level(right)
    shown = str(LEVELS[above.name.lower()]) if above > Level.NONE else ""
    return Cell(f"g:{right}", label, own.get(right, ""), shown, options)
