"""The description of the API in OpenAPI 3.1, made from the declarations for one caller.

It says only what the caller's rights let them know: types, fields, and what they may do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from kundenkreis import __version__
from kundenkreis.api import batch
from kundenkreis.api.reading import MOST, USUAL
from kundenkreis.api.resources import Resource, resources
from kundenkreis.api.schemas import NUMBER, SHARED, TEXT, Schema, read_schema, written_schema
from kundenkreis.api.writing import needed

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer


def description(viewer: Viewer) -> dict[str, Any]:
    """The whole description."""
    found = resources(viewer)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Kundenkreis", "version": __version__},
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}],
        "tags": [{"name": one.kind.slug, "description": one.kind.title} for one in found],
        "paths": {path: said for one in found for path, said in _paths(one).items()},
        "components": {
            "schemas": SHARED | {name: made for one in found for name, made in _schemas(one)},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {
                "Problem": _answer(_("What was refused, and why"), "Problem", problem=True)
            },
        },
    }


def _schemas(one: Resource) -> list[tuple[str, Schema]]:
    name = one.kind.name
    found = [(name, read_schema(one))]
    if _may(one, "create"):
        found.append((f"{name}-new", written_schema(one, one.creates, needed(one))))
    if _may(one, "change"):
        found.append((f"{name}-change", written_schema(one, one.changes)))
    return found


def _paths(one: Resource) -> dict[str, Schema]:
    slug = f"/{one.kind.slug}"
    record = {"parameters": [_parameter("id", "path", NUMBER)], **_of_record(one)}
    found = {slug: _of_list(one), f"{slug}/{{id}}": record}
    if any(_may(one, action) for action in ("create", "change", "remove")):
        found[f"{slug}/batch"] = {"post": _batch(one)}
    if one.versioned:
        before = _parameter("before", "query", {"type": "string", "pattern": "^[0-9]{1,15}$"})
        found[f"{slug}/{{id}}/history"] = _past(
            one, _("What was done with a record"), "history", [before]
        )
    if one.has_timeline:
        found[f"{slug}/{{id}}/timeline"] = _past(
            one, _("What happened with a record"), "timeline",
            [_parameter("after", "query", TEXT, _("A cursor"))],
        )  # fmt: skip
    return found


def _past(one: Resource, summary: str, what: str, parameters: list[Schema]) -> Schema:
    answer = {"200": _answer(_("Latest first"), what.title())}
    number = _parameter("id", "path", NUMBER)
    return {"parameters": [number], "get": _operation(one, summary, what, answer, parameters)}


def _of_list(one: Resource) -> Schema:
    page = {
        "type": "object",
        "properties": {
            "data": {"type": "array", "items": {"$ref": f"#/components/schemas/{one.kind.name}"}},
            "before": CURSOR,
            "after": CURSOR,
        },
        "required": ["data", "before", "after"],
    }
    answer = {
        "description": _("One page, and the cursors before and after it"),
        "content": {"application/json": {"schema": page}},
    }
    found = {"get": _operation(one, one.kind.title, "list", {"200": answer}, _of_page(one))}
    if _may(one, "create"):
        found["post"] = _operation(
            one, _("Make a record"), "create",
            {"201": _answer(_("The new record"), one.kind.name, etag=one.versioned)},
            [KEY], f"{one.kind.name}-new",
        )  # fmt: skip
    return found


def _of_page(one: Resource) -> list[Schema]:
    limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
    sorts = [name for name in one.sorts for name in (name, f"-{name}")]
    found = [
        _fields(one),
        _parameter("sort", "query", {"enum": sorts}),
        _parameter("filter", "query", TEXT, _("Conditions as JSON, as lists have them")),
        _parameter("limit", "query", limit),
        *(_parameter(name, "query", TEXT, _("A cursor")) for name in ("after", "before")),
    ]
    return [*found, *([_parameter("q", "query", TEXT)] if one.kind.searchable else [])]


def _fields(one: Resource) -> Schema:
    names = {"type": "array", "items": {"enum": list(one.readable)}, "minItems": 1}
    return _parameter("fields", "query", names) | {"style": "form", "explode": False}


def _of_record(one: Resource) -> Schema:
    answer = {"200": _answer(_("The record"), one.kind.name, etag=one.versioned)}
    found = {"get": _operation(one, _("Read a record"), "read", answer, [_fields(one)])}
    if _may(one, "change"):
        found["patch"] = _operation(
            one, _("Change fields of a record"), "change", answer, [MATCH, KEY],
            f"{one.kind.name}-change",
        )  # fmt: skip
    if _may(one, "remove"):
        gone = {"204": {"description": _("It is deleted")}}
        found["delete"] = _operation(one, _("Delete a record"), "remove", gone, [MATCH, KEY])
    return found


def _batch(one: Resource) -> Schema:
    operations: list[Schema] = []
    for op, names in batch.KEYS.items():
        if _may(one, op):
            values = "new" if op == "create" else "change"
            kinds: dict[str, Schema] = {
                "op": {"const": op}, "id": NUMBER, "version": NUMBER,
                "values": {"$ref": f"#/components/schemas/{one.kind.name}-{values}"},
            }  # fmt: skip
            operations.append({
                "type": "object", "properties": {name: kinds[name] for name in sorted(names)},
                "required": sorted(names), "additionalProperties": False,
            })  # fmt: skip
    items = {"type": "array", "items": {"anyOf": operations}, "minItems": 1, "maxItems": batch.MOST}
    said = _operation(
        one, _("Many writes, each with its own result"), "batch",
        {"200": _answer(_("A result for each"), "Results")}, [KEY],
    )  # fmt: skip
    body = {"type": "object", "properties": {"operations": items}, "required": ["operations"]}
    return said | {"requestBody": _sent(body | {"additionalProperties": False})}


def _operation(
    one: Resource,
    summary: str,
    what: str,
    answers: Schema,
    parameters: list[Schema],
    body: str = "",
) -> Schema:
    sent = {"requestBody": _sent({"$ref": f"#/components/schemas/{body}"})} if body else {}
    return {
        "tags": [one.kind.slug],
        "summary": summary,
        "operationId": f"{one.kind.name}-{what}",
        "parameters": parameters,
        **sent,
        "responses": answers | {"4XX": {"$ref": "#/components/responses/Problem"}},
    }


def _sent(schema: Schema) -> Schema:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _answer(about: str, name: str, *, etag: bool = False, problem: bool = False) -> Schema:
    media = "application/problem+json" if problem else "application/json"
    found: Schema = {
        "description": about,
        "content": {media: {"schema": {"$ref": f"#/components/schemas/{name}"}}},
    }
    return found | ({"headers": {"ETag": {"schema": TEXT}}} if etag else {})


def _parameter(name: str, place: str, schema: Schema, about: str = "") -> Schema:
    found = {"name": name, "in": place, "required": place == "path", "schema": schema}
    return found | ({"description": about} if about else {})


CURSOR: Schema = {"type": ["string", "null"]}
MATCH = _parameter("If-Match", "header", {"type": "string", "pattern": r'^(\*|"[0-9]{1,9}")$'})
KEY = _parameter("Idempotency-Key", "header", {"type": "string", "pattern": "^[a-zA-Z0-9-]{1,64}$"})


def _may(one: Resource, action: str) -> bool:
    return one.kind.may(one.viewer, action)
