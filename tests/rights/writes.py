"""What is sent to each address that changes something, so that only a right is missing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile

from kundenkreis.kernel.models import AuditEntry, Share
from kundenkreis.kernel.sides import Side, side_of_label
from kundenkreis.kernel.testing import SYSTEM
from kundenkreis.records.page.editing import Edit
from tests.rights.addresses import Address, everything
from tests.rights.company import OTTO, TEXTS, Company, pk_of
from tests.rights.inventory import Declared, declared

PLACE = 2  # the record that is written to: Fred's and his team's
SESSION = {"session", "contenttype"}


def mutating() -> Iterator[tuple[Address, Declared]]:
    """Every address that takes what somebody sends, and exports, which are written down."""
    for one in everything():
        said = declared(one)
        if said and said.action and ("P" in said.methods or one.view == "export"):
            yield one, said
            if one.view == "bulk":
                yield one, said._replace(action=one.kind.right("remove"))


def sent(company: Company, one: Address, said: Declared) -> Iterator[tuple[str, dict[str, Any]]]:
    """Addresses of a pattern, each with a form that would do something."""
    subject = one.kind.subject if one.kind else _subject(one)
    pk = pk_of(subject, PLACE % len(company.world.rows[subject])) if subject in TEXTS else 1
    name = next((text for text in TEXTS.get(subject, ()) if not settled(one, text)), "tags")
    batch = company.batches.get(subject, "0" * 32)
    values: dict[str, Any] = {
        "pk": pk, "name": name, "batch": batch, "share": _share(subject, pk), "slug": "person",
        "state": "archive", "step": "run", "form": "csv", "side": "crm", "job_id": 1,
        "message_id": 1, "number": 0, "what": "remove", "profile_id": 1, "token": "x", "campaign_id": 1,
    }  # fmt: skip
    if one.view == "bulk":
        removes = said.action.endswith(".remove")
        for what in ("remove",) if removes else ("edit", "assign", "tag"):
            yield f"{one.filled(**values | {'what': what})}?row={pk}", _bulk(what, name)
        return
    seen = ""
    if one.view in ("fact", "cell") and name in TEXTS.get(subject, ()):
        seen = Edit(one.kind, SYSTEM, pk, [name]).seen
    elif one.view == "cells" and subject in TEXTS:
        seen = str(getattr(one.kind.one(SYSTEM, pk), name, ""))
    yield one.filled(**values), form(one.view, pk, name, seen)


def settled(one: Address, name: str) -> bool:
    """Whether nobody changes a field by hand."""
    return one.kind is not None and one.kind.settled(name)


def _subject(one: Address) -> str:
    for part in ("activities", "segments", "campaigns", "profiles"):
        if f"{part}/<int:pk>" in one.route:
            side = "crm" if part == "activities" else "engage"
            return f"{side}.{'activity' if part == 'activities' else part[:-1]}"
    return "crm.person" if one.of_record and not one.route.startswith("crm/users") else ""


def _share(subject: str, pk: int) -> int:
    found = Share.objects.using("default").filter(subject=subject, row=pk).first()
    return found.pk if found else 1


def _bulk(what: str, name: str) -> dict[str, Any]:
    return {
        "edit": {name: "Z"}, "assign": {"owner_id": OTTO}, "tag": {"add": "Z"}, "remove": {},
    }[what]  # fmt: skip


def form(view: str, pk: int, name: str, seen: str) -> dict[str, Any]:
    """What the form of a page sends; other pages have forms of one or two words."""
    match view:
        case "new":
            return {"last_name": "Z", "name": "Z", "title": "Z", "text": "Z", "kind": "note",
                    "sku": "Z", "currency": "EUR", "source": "Z", "legal_basis": "contract",
                    "language": "de"}  # fmt: skip
        case "fact" | "cell" | "edit":
            return {name: "Z", "seen": seen, "currency": "EUR"}
        case "cells":
            cells = {name: {"text": "Z", "seen": seen, "chosen": True}}
            return {"rows": json.dumps([{"pk": pk, "cells": cells}])}
        case "shares":
            return {"whom": f"user:{OTTO}", "level": "change"}
        case "import":
            return {"file": SimpleUploadedFile("a.csv", b"name\nZ\n")}
        case "add-detail" | "change-detail" | "edit-detail":
            return {"kind": "email", "value": "z@example.org"}
        case "next-step":
            return {"next_step": "Z", "next_step_on": "2027-01-01"}
        case "add-objection":
            return {"channel": "email"}
    return {"text": "Z", "value": "Z", "name": "Z", "column": "1", "what": "Z", "definition": "{}"}


def digest() -> dict[str, str]:
    """What each table of both sides holds, but who is logged in."""
    found = {}
    for model in apps.get_models():
        if model._meta.model_name in SESSION or not model._meta.managed or model._meta.proxy:
            continue
        side = side_of_label(model._meta.app_label)
        for alias in [side.alias] if side else [one.alias for one in Side]:
            rows = model._base_manager.using(alias).order_by("pk").values_list()
            found[f"{alias} {model._meta.label}"] = sha256(repr(list(rows)).encode()).hexdigest()
    return found


def entries() -> int:
    return sum(AuditEntry.objects.using(side.alias).count() for side in Side)
