"""JSON Schema of fields and records, for the description of the API: see `values` for the forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from kundenkreis.kernel.conditions import Kind
from kundenkreis.kernel.fields import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kundenkreis.api.resources import Property, Resource
    from kundenkreis.records.fields import Info

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
DECIMAL: Schema = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}
NUMBER: Schema = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
ANYTHING: Schema = {}

SHARED: dict[str, Schema] = {
    "Money": {
        "type": "object",
        "properties": {"minor": {"type": "integer"}, "currency": {"type": "string"}},
        "required": ["minor", "currency"],
        "additionalProperties": False,
    },
    "Problem": {
        "type": "object",
        "properties": {
            "type": TEXT,
            "title": TEXT,
            "status": {"type": "integer"},
            "detail": TEXT,
            "errors": {
                "type": "array",
                "items": {"type": "object", "properties": {"field": TEXT, "detail": TEXT}},
            },
            "conflicts": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"field": TEXT, "yours": ANYTHING, "stored": ANYTHING},
                },
            },
            "merged_into": {"type": "integer"},
        },
        "required": ["type", "title", "status", "detail"],
    },
    "Results": {
        "type": "object",
        "properties": {
            "results": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "status": {"type": "integer"},
                        "id": NUMBER,
                        "etag": TEXT,
                        "problem": {"$ref": "#/components/schemas/Problem"},
                    },
                    "required": ["status"],
                },
            }
        },
        "required": ["results"],
    },
    "History": {
        "type": "object",
        "properties": {
            "data": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "at": {"type": "string", "format": "date-time"},
                        **dict.fromkeys(("who", "through", "what"), TEXT),
                        "changes": {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "properties": dict.fromkeys(("field", "old", "new"), TEXT),
                            },
                        },
                    },
                },
            },
            "before": {"type": ["string", "null"]},
        },
        "required": ["data", "before"],
    },
}

SHARED["Timeline"] = {
    "type": "object",
    "properties": {
        "data": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "at": {"type": "string", "format": "date-time"},
                    "kind": TEXT,
                    "about": TEXT,
                    "person": {"type": ["integer", "null"]},
                    "facts": {"type": "object"},
                },
            },
        },
        "after": {"type": ["string", "null"]},
    },
    "required": ["data", "after"],
}


def read_schema(resource: Resource) -> Schema:
    """A record as it is read; with `fields` only some of it."""
    return {
        "type": "object",
        "properties": {name: _read(resource.properties[name]) for name in resource.readable},
        "additionalProperties": False,
    }


def written_schema(resource: Resource, names: Iterable[str], needed: Iterable[str] = ()) -> Schema:
    """What is sent to make or change a record."""
    made: Schema = {
        "type": "object",
        "properties": {name: _written(resource.property(name)) for name in names},
        "additionalProperties": False,
    }
    required = list(needed)
    return made | ({"required": required} if required else {})


def _read(one: Property) -> Schema:
    base = TEXT if one.info is None else _of(one.info)
    # A record behind it may be out of sight; of a field of the company's own there may be none.
    found = one.info
    may_be_none = found is not None and (
        found.nullable or found.definition is not None or found.related is not None
    )
    return _titled(_or_none(base) if may_be_none else base, one)


def _written(one: Property) -> Schema:
    found = one.info
    if found is None:
        return _titled(_or_none(NUMBER if one.reference else TEXT), one)
    base = _of(found)
    if found.kind is Kind.NUMBER and base is DECIMAL:
        base = {"anyOf": [{"type": "integer"}, DECIMAL]}
    if found.kind is Kind.CHOICE:
        base = {"enum": [str(value) for value, _label in found.column.flatchoices]}
    elif base is TEXT and found.column.max_length:
        base = {"type": "string", "maxLength": found.column.max_length}
    return _titled(_or_none(base) if found.column.blank or found.nullable else base, one)


def _of(found: Info) -> Schema:
    if found.translated:
        return {"type": "object", "properties": dict.fromkeys(LANGUAGES, TEXT)}
    column = found.column
    if found.kind is Kind.NUMBER:
        if isinstance(column, models.FloatField):
            return {"type": "number"}
        return {"type": "integer"} if isinstance(column, models.IntegerField) else DECIMAL
    if found.kind is Kind.TEXT and isinstance(column, models.JSONField):
        return ANYTHING
    if found.kind is Kind.CHOICE and isinstance(column, models.IntegerField):
        return {"type": "integer"}
    return _KINDS[found.kind]


_KINDS: dict[Kind, Schema] = {
    Kind.TEXT: TEXT,
    Kind.CHOICE: TEXT,
    Kind.MONEY: {"$ref": "#/components/schemas/Money"},
    Kind.DATE: {"type": "string", "format": "date"},
    Kind.DATETIME: {"type": "string", "format": "date-time"},
    Kind.TIME: {"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$"},
    Kind.BOOLEAN: {"type": "boolean"},
    Kind.REFERENCE: NUMBER,
    Kind.WORDS: {"type": "array", "items": TEXT},
}


def _or_none(base: Schema) -> Schema:
    if not base:
        return base
    return {"anyOf": [base, {"type": "null"}]}


def _titled(base: Schema, one: Property) -> Schema:
    help_text = str(one.info.column.help_text) if one.info is not None else ""
    return {"title": one.label, **({"description": help_text} if help_text else {}), **base}
