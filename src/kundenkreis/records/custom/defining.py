"""What administrators do with the fields of a record type: define, change, order, archive, delete.

A key is made once, from the first label, and never given again as long as anybody may remember it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.utils.translation import gettext as _

from kundenkreis.kernel import clock, removal, store
from kundenkreis.kernel.access import Level
from kundenkreis.kernel.errors import DomainError, NotFound
from kundenkreis.kernel.models import RemovedRow
from kundenkreis.kernel.record import Record
from kundenkreis.kernel.shapes import SHAPES
from kundenkreis.kernel.transactions import new_batch
from kundenkreis.records.cells import written
from kundenkreis.records.custom import computing, definitions, formulas, work
from kundenkreis.records.custom.options import clean, free_name, plain_name, texts
from kundenkreis.records.custom.types import FIELD_TYPES, FORMULA
from kundenkreis.records.fields import info
from kundenkreis.records.jobs import go_on_with_field, keep_field_indexes, rebuild_search
from kundenkreis.records.models import FieldDefinition

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Actor, Viewer
    from kundenkreis.records.declaration import RecordType

MOST = 200  # fields of one type
MOST_FILTERABLE = 20  # each has an index that every write keeps up to date
LONGEST = 36
SETTINGS = frozenset(
    {
        "label", "help", "options", "required", "unique", "filterable", "default", "section",
        "purpose",
    }
)  # fmt: skip


def right(kind: RecordType) -> str:
    """What it takes to change the fields of a type, and how its pages are laid out."""
    return f"{kind.side}.field.change"


def may_define(viewer: Viewer, kind: RecordType) -> bool:
    """Whether somebody may change what everybody sees of a type."""
    return issubclass(kind.model, Record) and viewer.level(right(kind)) is Level.ALL


def require(actor: Actor, kind: RecordType) -> None:
    """Raise `NotAllowed` for whoever may not change what everybody sees."""
    if not may_define(actor, kind):
        raise actor.refusal(right(kind))


def create_field(*, actor: Actor, kind: RecordType, **values: Any) -> FieldDefinition:
    """Add a field to a type, after the others.

    Raises `NotAllowed`; `DomainError` for what does not make a field, with the input it belongs to.
    """
    require(actor, kind)
    with store.group(kind.side, "records.create_field"):
        others = list(_fields(kind).select_for_update())
        if len(others) >= MOST:
            raise DomainError(
                _("This type has too many fields."),
                _("It may have up to %(n)d of your own.") % {"n": MOST},
                _("Delete those nobody needs any more."),
            )
        if values.get("type") not in FIELD_TYPES:
            raise DomainError(_("Choose the type of the field."), field="type")
        checked = _checked(kind, values["type"], values, others)
        formula = values["type"] == FORMULA
        made = store.create(
            actor,
            FieldDefinition,
            kind=kind.name,
            key=_new_key(kind, checked["label"]),
            type=values["type"],
            position=max((one.position for one in others), default=0) + 1,
            **checked,
        )
        _tell(kind, computed=formula)
        return made


def change_field(*, actor: Actor, kind: RecordType, pk: int, **values: Any) -> FieldDefinition:
    """Change what is said of a field; its type and key stay what they are."""
    require(actor, kind)
    with store.group(kind.side, "records.change_field"):
        found = _field(kind, pk)
        others = [one for one in _fields(kind) if one.pk != pk]
        known = {name: getattr(found, name) for name in SETTINGS}
        checked = _checked(kind, found.type, known | values, others, found)
        if checked["unique"] and not found.unique:
            _require_unique(kind, found)
        before = found.options
        if store.change(actor, found, **checked):
            definitions.changed(kind.side)
            anew = found.options != before and _refit(kind, actor, found)
            _tell(kind, computed=anew)
        return found


def archive_field(*, actor: Actor, kind: RecordType, pk: int, archived: bool) -> FieldDefinition:
    """Archive a field, or bring it back: it is no longer shown or asked for, its values stay."""
    require(actor, kind)
    with store.group(kind.side, "records.archive_field"):
        found = _field(kind, pk)
        if store.change(actor, found, archived=archived):
            _tell(kind, searched=found.fieldtype.searched)
        return found


def order_fields(*, actor: Actor, kind: RecordType, pks: Iterable[int]) -> None:
    """Put the fields of a type in this order; those not named come after, as they were."""
    require(actor, kind)
    with store.group(kind.side, "records.order_fields"):
        known = {one.pk: one for one in _fields(kind).select_for_update()}
        first = [pk for pk in dict.fromkeys(pks) if pk in known]
        changed = [
            store.change(actor, known[pk], position=position)
            for position, pk in enumerate([*first, *(pk for pk in known if pk not in first)], 1)
        ]
        if any(changed):
            _tell(kind)


def remove_field(*, actor: Actor, kind: RecordType, pk: int) -> str:
    """Delete an archived field; returns the batch by which it comes back."""
    require(actor, kind)
    with store.group(kind.side, "records.remove_field", new_batch()) as unit:
        found = _field(kind, pk)
        if not found.archived:
            raise DomainError(
                _("The field is still in use."),
                _("Only archived fields can be deleted, so that nobody misses one at once."),
                _("Archive it first."),
            )
        formulas.require_unused(kind, found.name)
        store.remove(actor, found)
        work.plan_purge(kind, found.key)
        _tell(kind)
        return unit.batch


def restore_field(*, actor: Actor, kind: RecordType, batch: str) -> FieldDefinition:
    """Bring a deleted field back, with the values that records still have."""
    require(actor, kind)
    with store.group(kind.side, "records.restore_field"):
        removed = store.rows(RemovedRow).filter(batch=batch, table=_TABLE, restored_at=None)
        if not any(one.image.get("kind") == kind.name for one in removed):
            raise NotFound
        found = store.restore(actor, removal.waiting(batch, 1)[0]).roots[0]
        assert isinstance(found, FieldDefinition)  # noqa: S101 - the table says so
        work.keep_values(kind, found.key)
        _tell(kind, computed=found.type == FORMULA)
        return found


def _refit(kind: RecordType, actor: Actor, changed: FieldDefinition) -> bool:
    """Whether formulas have to be worked out anew; `DomainError` for one that no longer fits."""
    for name, options in formulas.require_fit(kind).items():
        one = store.lock(FieldDefinition, definitions.of(kind.model)[name].pk)
        store.change(actor, one, options={**one.options, "currency": options["currency"]})
    fields = definitions.of(kind.model).values()
    return changed.type == FORMULA or any(changed.name in computing.uses(one) for one in fields)


def _tell(kind: RecordType, *, searched: bool = False, computed: bool = False) -> None:
    """Let every process know, and the worker see to the indexes, to what the search finds, and to
    what formulas give."""
    definitions.changed(kind.side)
    if computed:
        work.compute(kind, go_on_with_field)
    soon = clock.now() + timedelta(seconds=1)  # what is not committed yet the worker cannot see
    if searched and kind.search:
        rebuild_search.enqueue_once(f"records.search|{kind.subject}", kind.name, after=soon)
    keep_field_indexes.enqueue_once(f"records.indexes|{kind.side}", str(kind.side), after=soon)


_TABLE = FieldDefinition._meta.label_lower


def _fields(kind: RecordType) -> Any:
    return store.rows(FieldDefinition).filter(kind=kind.name).order_by("position", "id")


def _field(kind: RecordType, pk: int) -> FieldDefinition:
    found = store.lock(FieldDefinition, pk)
    if found.kind != kind.name:
        raise NotFound
    return found


def _checked(
    kind: RecordType,
    sort: str,
    values: Mapping[str, Any],
    others: list[FieldDefinition],
    known: FieldDefinition | None = None,
) -> dict[str, Any]:
    """The settings of a field, complete and clean. Raises `DomainError`."""
    found = {name: value for name, value in values.items() if name in SETTINGS}
    found["label"] = texts(found.get("label"))
    found["help"] = texts(found.get("help"))
    found["options"] = clean(
        kind, sort, found.get("options") or {}, known.name if known is not None else ""
    )
    if sort == FORMULA:
        found |= {"required": False, "default": None}
        if known is not None and found["options"]["result"] != known.options["result"]:
            raise DomainError(
                _("The formula would give values of another type."),
                _("Lists, files and saved views count on the present one."),
                _("Make a new field for it."),
                field="formula",
            )
    if not found["label"]:
        raise DomainError(_("Give the field a name."), field="label")
    if any(set(one.label.values()) & set(found["label"].values()) for one in others):
        raise DomainError(
            _("Another field of this type is called so."),
            _("Nobody could tell the two from each other."),
            _("Choose another name."),
            field="label",
        )
    found.setdefault("unique", False)
    if found["unique"] and not FIELD_TYPES[sort].unique:
        raise DomainError(_("Values of this type cannot be unique."), field="unique")
    if found.get("filterable") and not FIELD_TYPES[sort].filterable:
        raise DomainError(
            _("Lists cannot be filtered by values of this type."),
            _("They may be very long."),
            _("The search finds words in them."),
            field="filterable",
        )
    if found.get("filterable") and sum(one.filterable for one in others) >= MOST_FILTERABLE:
        raise DomainError(
            _("Too many fields are for filtering and sorting."),
            _("Each makes saving a little slower; up to %(n)d are.") % {"n": MOST_FILTERABLE},
            _("Switch it off for another field first."),
            field="filterable",
        )
    start = found.get("default")
    if start is not None and SHAPES[FIELD_TYPES[sort].shape].read(start) is None:
        raise DomainError(_("This default does not fit the type."), field="default")
    return found


def _require_unique(kind: RecordType, found: FieldDefinition) -> None:
    rows = store.rows(kind.model).exclude(**{f"{found.name}__isnull": True}).order_by()
    twice = rows.values(found.name).annotate(number=Count("pk")).filter(number__gt=1)
    values = [written(info(kind.model, found.name), row[found.name]) for row in twice[:3]]
    if values:
        raise DomainError(
            _("Some records have the same value."),
            _("Found more than once: %(values)s.") % {"values": ", ".join(values)},
            _("Change these records first."),
            field="unique",
        )


def _new_key(kind: RecordType, label: Mapping[str, str]) -> str:
    """A key made from a label, which no field of the type has or had."""
    base = plain_name(label, LONGEST)
    base = base if base[:1].isalpha() else f"field_{base}".strip("_")
    base = base.removesuffix("_id") or "field"  # `…_id` means the number of a relation
    taken = set(_fields(kind).values_list("key", flat=True))
    removed = store.rows(RemovedRow).filter(table=_TABLE)
    taken |= {one.image["key"] for one in removed if one.image.get("kind") == kind.name}
    taken |= work.leaving_keys(kind)
    return free_name(base, taken)
