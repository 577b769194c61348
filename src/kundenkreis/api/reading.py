"""Reading over the API: a page of a list, one record, its history."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from kundenkreis.api.problems import BadRequest, UnknownField
from kundenkreis.api.values import instant
from kundenkreis.crm.people import entries
from kundenkreis.kernel import clock, conditions
from kundenkreis.kernel.errors import NotFound
from kundenkreis.records.lists import keyset
from kundenkreis.records.lists.vocabulary import vocabulary
from kundenkreis.records.numbers import whole
from kundenkreis.records.past.history import steps
from kundenkreis.records.search.finding import Search, clean

if TYPE_CHECKING:
    from django.http import QueryDict

    from kundenkreis.api.resources import Read, Resource

MOST, USUAL = 200, 50  # records of a page
PARAMETERS = ("fields", "sort", "q", "filter", "limit", "after", "before")
Shape = Callable[[Any], dict[str, Any]]


def page(resource: Resource, asked: QueryDict) -> dict[str, Any]:
    """One page of a list: `data`, and the cursors before and after it, null at an end.

    Raises `BadRequest` for whatever cannot be understood: nothing that was asked for is left out.
    """
    _require_known(asked, PARAMETERS)
    kind, viewer = resource.kind, resource.viewer
    order, descending = _order(resource, asked.get("sort", ""))
    shape = shape_of(resource, asked.get("fields", ""))
    whole_rows = resource.rows
    rows, search = whole_rows, Search(kind, viewer, clean(asked.get("q", "")).strip())
    if text := asked.get("filter"):
        rows = rows.filter(_where(resource, text))
    if search.text and not kind.searchable:
        raise BadRequest(_("These records cannot be searched."), field="q")
    cursors = {name: asked.get(name, "") for name in ("after", "before")}
    for name, cursor in cursors.items():
        if cursor and not keyset.is_cursor(kind.model, order, cursor):
            raise BadRequest(_("This is no cursor of this list."), field=name)
    found = keyset.page(
        search.among(rows), order, size=_limit(asked.get("limit", "")), whole=whole_rows,
        near=search.one_by_one(rows), descending=descending, **cursors,
    )  # fmt: skip
    return {
        "data": [shape(record) for record in found.rows],
        "before": found.before or None,
        "after": found.after or None,
    }


def shape_of(resource: Resource, asked: str = "") -> Shape:
    """What makes JSON of a record: all that the caller may read, or the fields they ask for."""
    fields = _chosen(resource, asked) if asked else resource.readable
    readers = tuple(fields.items())
    return lambda record: {name: read(record) for name, read in readers}


def fields_of(asked: QueryDict) -> str:
    """The fields that are asked for of one record. Raises `BadRequest`."""
    _require_known(asked, ("fields",))
    return asked.get("fields", "")


def etag(record: Any) -> str:
    """The version of a record as a header says it."""
    return f'"{record.version}"'


def history(resource: Resource, pk: int, asked: QueryDict) -> dict[str, Any]:
    """What was done with a record, latest first, in words, and where the next page begins."""
    _require_known(asked, ("before",))
    before = whole(asked.get("before", ""))
    if before is None and asked.get("before"):
        raise BadRequest(_("This is no cursor of this list."), field="before")
    record = resource.one(pk)
    made, more = steps(resource.kind, resource.viewer, record, before)
    lines = [
        {
            "at": instant(step.at),
            "who": step.who,
            "through": step.via,
            "what": step.title,
            "changes": [
                {"field": line.label, "old": line.before, "new": line.after} for line in step.lines
            ],
        }
        for step in made
    ]
    return {"data": lines, "before": str(more) if more else None}


def timeline(resource: Resource, pk: int, asked: QueryDict) -> dict[str, Any]:
    """What happened with a record on any channel, latest first. Raises `NotFound` where its side
    keeps no timeline."""
    _require_known(asked, ("after",))
    after = asked.get("after", "")
    if after and not _is_moment(after):
        raise BadRequest(_("This is no cursor of this list."), field="after")
    if not resource.has_timeline:
        raise NotFound
    found = entries.timeline(resource.viewer, resource.one(pk), after)
    lines = [
        {
            "at": instant(entry.at),
            "kind": entry.kind,
            "about": entry.reference,
            "person": entry.person_id,
            "facts": entry.payload,
        }
        for entry in found.rows
    ]
    return {"data": lines, "after": found.after.replace("+00:00", "Z") or None}


def _is_moment(text: str) -> bool:
    """Whether a cursor names an instant and an entry."""
    at, _sign, pk = text.partition("|")
    try:
        return datetime.fromisoformat(at).tzinfo is not None and 0 < int(pk) < 2**63
    except ValueError:
        return False


def _require_known(asked: QueryDict, known: Iterable[str]) -> None:
    for name, given in asked.lists():
        if name not in known:
            raise BadRequest(
                _("There is no parameter “%(name)s” here.") % {"name": name[:80]},
                _("These are known: %(names)s.") % {"names": ", ".join(known)},
                field=name[:80],
            )
        if len(given) > 1:
            raise BadRequest(_("This may be said only once."), field=name)


def _chosen(resource: Resource, asked: str) -> Mapping[str, Read]:
    names = asked.split(",")
    for name in names:
        if name not in resource.readable:
            raise UnknownField(name)
    return {name: resource.readable[name] for name in names}


def _order(resource: Resource, asked: str) -> tuple[list[str], bool]:
    """The field and direction a list is sorted by; by number where nothing is said."""
    name, descending = asked.removeprefix("-"), asked.startswith("-")
    if name in ("", "id"):
        return [], descending
    if name not in resource.sorts:
        raise UnknownField(name)
    return [name], descending


def _where(resource: Resource, text: str) -> Q:
    words = vocabulary(resource.kind, resource.viewer)
    try:
        data = json.loads(text)
    except ValueError:
        raise BadRequest(_("This is not JSON."), field="filter") from None
    try:
        tree = conditions.load(data, words)
    except conditions.ConditionError as error:
        path = ".".join(filter(None, ("filter", error.path)))
        raise BadRequest(error.what, error.why, error.hint, field=path) from None
    return conditions.to_q(tree, words, clock.now(), ZoneInfo(settings.COMPANY_ZONE))


def _limit(text: str) -> int:
    number = whole(text) if text else USUAL
    if number is None or not 1 <= number <= MOST:
        raise BadRequest(_("A page has 1 to %(most)s records.") % {"most": MOST}, field="limit")
    return number
