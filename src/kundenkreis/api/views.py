"""The addresses of the API, version 1; see `openapi` for their description."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.urls import reverse

from kundenkreis.api import batch, reading, writing
from kundenkreis.api.openapi import description
from kundenkreis.api.problems import NoMethod
from kundenkreis.api.reading import etag, shape_of
from kundenkreis.api.requests import Asked, answered, endpoint
from kundenkreis.api.resources import Resource, resource
from kundenkreis.kernel import store
from kundenkreis.kernel.errors import NotFound
from kundenkreis.kernel.idempotency import once

if TYPE_CHECKING:
    Effect = Callable[[], dict[str, Any]]


def _list(asked: Asked, slug: str) -> HttpResponse:
    return answered(reading.page(resource(asked.viewer, slug), asked.query))


def _create(asked: Asked, slug: str) -> HttpResponse:
    found = _may(asked, slug, "create")
    body = asked.body()
    done = _once(asked, found, body, lambda: {"id": writing.create(found, body).pk})
    return _of_record(found, done["id"], 201)


def _batch(asked: Asked, slug: str) -> HttpResponse:
    found, body = resource(asked.viewer, slug), asked.body()
    return answered(_once(asked, found, body, lambda: {"results": batch.run(found, body)}))


def _read(asked: Asked, slug: str, pk: int) -> HttpResponse:
    found = resource(asked.viewer, slug)
    record = found.one(pk)
    fields = reading.fields_of(asked.query)
    version = etag(record) if found.versioned else ""
    return answered(shape_of(found, fields)(record), ETag=version)


def _change(asked: Asked, slug: str, pk: int) -> HttpResponse:
    found = _may(asked, slug, "change")
    body = asked.body()

    def effect() -> dict[str, Any]:
        writing.change(found, pk, body, asked.match)
        return {"id": pk}

    _once(asked, found, body, effect)
    return _of_record(found, pk, 200)


def _remove(asked: Asked, slug: str, pk: int) -> HttpResponse:
    found = _may(asked, slug, "remove")

    def effect() -> dict[str, Any]:
        writing.remove(found, pk, asked.match)
        return {"id": pk}

    _once(asked, found, {}, effect)
    return HttpResponse(status=204)


def _history(asked: Asked, slug: str, pk: int) -> HttpResponse:
    return answered(reading.history(resource(asked.viewer, slug), pk, asked.query))


def _timeline(asked: Asked, slug: str, pk: int) -> HttpResponse:
    return answered(reading.timeline(resource(asked.viewer, slug), pk, asked.query))


def _description(asked: Asked) -> HttpResponse:
    return answered(description(asked.viewer))


def _nowhere(asked: Asked, rest: str = "") -> HttpResponse:
    raise NotFound


def _may(asked: Asked, slug: str, action: str) -> Resource:
    """The type, which has the action, and the caller the right to it."""
    found = resource(asked.viewer, slug)
    if action not in found.kind.actions:
        raise NoMethod(("GET",))
    asked.viewer.require(found.kind.right(action))
    return found


def _once(asked: Asked, found: Resource, body: Any, effect: Effect) -> dict[str, Any]:
    """The effect of a request; with a key only once, and the same answer again.

    What is kept names the record only: what the caller may know of it is asked again.
    """
    with store.group(found.kind.side, "api.write"):
        if not asked.key:
            return effect()
        request = [asked.http.method, asked.http.path, body]
        done: dict[str, Any] = once(f"api:{asked.token.pk}", asked.key, request, effect)
        return done


def _of_record(found: Resource, pk: int, status: int) -> HttpResponse:
    """A record as it is now; only its number where it is out of the caller's sight by this."""
    record = found.rows.filter(pk=pk).first()
    where = reverse("api-record", kwargs={"slug": found.kind.slug, "pk": pk})
    place = where if status == 201 else ""
    if record is None:
        return answered({"id": pk}, status, Location=place)
    version = etag(record) if found.versioned else ""
    return answered(shape_of(found)(record), status, Location=place, ETag=version)


collection = endpoint(GET=_list, POST=_create)
many = endpoint(POST=_batch)
one = endpoint(GET=_read, PATCH=_change, DELETE=_remove)
past = endpoint(GET=_history)
happened = endpoint(GET=_timeline)
openapi = endpoint(GET=_description)
nowhere = endpoint(GET=_nowhere, POST=_nowhere, PATCH=_nowhere, DELETE=_nowhere, PUT=_nowhere)
