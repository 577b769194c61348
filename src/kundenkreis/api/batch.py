"""Many writes in one request: each has its own result, a refused one leaves its neighbours alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from kundenkreis.api import writing
from kundenkreis.api.problems import BadRequest, body_of
from kundenkreis.api.reading import etag
from kundenkreis.kernel import store
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records import write

if TYPE_CHECKING:
    from kundenkreis.api.resources import Resource
    from kundenkreis.api.writing import Made

MOST = 500
KEYS: Mapping[str, frozenset[str]] = {
    "create": frozenset({"op", "values"}),
    "change": frozenset({"op", "id", "version", "values"}),
    "remove": frozenset({"op", "id", "version"}),
}
Operation = Mapping[str, Any]
Result = dict[str, Any]


def run(resource: Resource, body: Mapping[str, Any]) -> list[Result]:
    """Do them in their order, in one transaction. Raises `BadRequest` for what is no operation.

    Needs a unit of work in progress.
    """
    operations = _operations(body.get("operations") if body.keys() == {"operations"} else None)
    made: Made = {}
    results: list[Result] = []
    for op, some in groupby(operations, key=lambda one: one["op"]):
        results += _DO[op](resource, list(some), made)
    return results


def _create(resource: Resource, some: Sequence[Operation], made: Made) -> list[Result]:
    """New records, set-based where the type can."""
    kind, viewer = resource.kind, resource.viewer
    read = [_tried(partial(_new, resource, one, made)) for one in some]
    rows = [one for one in read if not isinstance(one, DomainError)]
    done = iter(write.create_many(kind, viewer, rows))
    found = [one if isinstance(one, DomainError) else next(done) for one in read]
    return [_result(201, one) for one in found]


def _new(resource: Resource, one: Operation, made: Made) -> dict[str, Any]:
    resource.viewer.require(resource.kind.right("create"))
    return writing.new_values(resource, one["values"], made)


def _change(resource: Resource, some: Sequence[Operation], made: Made) -> list[Result]:
    def done(one: Operation) -> Any:
        with store.group(resource.kind.side):
            writing.change(resource, one["id"], one["values"], f'"{one["version"]}"', made)
            return store.rows(resource.kind.model).get(pk=one["id"])

    return [_result(200, _tried(partial(done, one))) for one in some]


def _remove(resource: Resource, some: Sequence[Operation], made: Made) -> list[Result]:
    def done(one: Operation) -> None:
        with store.group(resource.kind.side):
            writing.remove(resource, one["id"], f'"{one["version"]}"')

    return [_result(204, _tried(partial(done, one))) for one in some]


_DO: Mapping[str, Callable[[Resource, Sequence[Operation], Made], list[Result]]] = {
    "create": _create,
    "change": _change,
    "remove": _remove,
}


def _tried(do: Callable[[], Any]) -> Any | DomainError:
    try:
        return do()
    except DomainError as error:
        return error


def _result(status: int, done: Any | DomainError) -> Result:
    if isinstance(done, DomainError):
        return {"status": done.status, "problem": body_of(done)}
    if done is None:
        return {"status": status}
    version = {"etag": etag(done)} if hasattr(done, "version") else {}
    return {"status": status, "id": done.pk, **version}


def _operations(given: Any) -> list[Operation]:
    """What was sent, when all of it is an operation. Raises `BadRequest`."""
    if not isinstance(given, list) or not 1 <= len(given) <= MOST:
        raise BadRequest(
            _("A batch is a list of 1 to %(most)s operations.") % {"most": MOST},
            field="operations",
        )
    for place, one in enumerate(given):
        if not _is_operation(one):
            raise BadRequest(
                _("This is no operation."),
                _("It needs: op, and of id, version and values what that takes."),
                field=f"operations.{place}",
            )
    return given


def _is_operation(one: Any) -> bool:
    if not isinstance(one, dict) or one.get("op") not in tuple(KEYS):
        return False
    if set(one) != KEYS[one["op"]]:
        return False
    numbers: Iterable[Any] = (one.get("id", 1), one.get("version", 1))
    whole = all(isinstance(n, int) and not isinstance(n, bool) and n > 0 for n in numbers)
    return whole and isinstance(one.get("values", {}), dict)
