"""Values that a person had corrected by their right to it: no file and no other system brings them
back. Kept as keyed hashes, as those who were erased are (`tombstones`); by hand anything goes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from kundenkreis.kernel import audit, tombstones
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.record import holders, reference
from kundenkreis.kernel.transactions import current
from kundenkreis.kernel.withheld import stands_for

# Through what rows come that nobody has looked at one by one.
BY_THEMSELVES = frozenset({"import", "link", "api"})
_WATCHED: set[type[Model]] = set()
_PARTS: dict[type[Model], str] = {}


def watch(*models: type[Model]) -> None:
    """Say of which models values are corrected so."""
    _WATCHED.update(models)


def watch_parts(model: type[Model], holder: str) -> None:
    """Say of which rows values are corrected as those of the record that a column names; they are
    called `affiliation.function`."""
    _PARTS[model] = holder


def is_asked(actor: Actor, model: type[Model]) -> bool:
    """Whether somebody must look whether new rows of a model bring a wrong value back."""
    return actor.via in BY_THEMSELVES and model in _PARTS


def plain(value: Any) -> str:
    """A value as it is compared: whatever its case and spaces."""
    text = value if type(value) is str else str(audit.plain(value))
    return " ".join(text.split()).casefold()


def name(record: str, field: str, value: Any) -> str:
    """What stands for a wrong value of a record (`crm.person:7`)."""
    return f"wrong|{record}|{field}|{plain(value)}"


def require(actor: Actor, changes: Iterable[tuple[Any, Mapping[str, Sequence[Any]]]]) -> None:
    """Raise `DomainError` where a change, old and new values by field, brings a wrong value back."""
    if actor.via not in BY_THEMSELVES:
        return
    names = {
        one: field
        for row, found in changes
        if type(row) in _WATCHED or type(row) in _PARTS
        for one, field in _names(row, found)
    }
    gone = tombstones.buried(current().side, names) if names else {}
    for one in names:
        if one in gone:
            raise refusal(names[one])


def refusal(field: str) -> DomainError:
    return DomainError(
        _("This value was corrected because the person asked for it."),
        _("Nothing brings a value back by itself that they had corrected."),
        _("If it has become right since, enter it by hand."),
        field=field,
    )


def _names(row: Model, found: Mapping[str, Sequence[Any]]) -> Iterator[tuple[str, str]]:
    """What a change would bring, each with the field that says so; a part says it of its holder."""
    if holder := _PARTS.get(type(row)):
        yield from _names_of_part(row, holder, found)
        return
    part = stands_for(type(row))
    if not part:
        for field, (_old, new) in found.items():
            if new not in (None, ""):
                yield name(reference(row), field, new), field
        return
    field = str(getattr(row, part))
    for model, pk in holders(row) if "folded" in found else ():
        record = f"{current().side}.{model._meta.model_name}:{pk}"
        yield name(record, field, found["folded"][1]), field


def _names_of_part(
    row: Model, holder: str, found: Mapping[str, Sequence[Any]]
) -> Iterator[tuple[str, str]]:
    column: Any = row._meta.get_field(holder)
    record = (
        f"{current().side}.{column.related_model._meta.model_name}:{getattr(row, column.attname)}"
    )
    for field, (_old, new) in found.items():
        if new not in (None, ""):
            yield name(record, f"{row._meta.model_name}.{field}", new), field
