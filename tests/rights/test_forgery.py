"""A number of somebody else's record is answered like one that does not exist."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from kundenkreis.kernel import clock
from kundenkreis.kernel.models import AuditEntry, Share
from kundenkreis.kernel.testing import BOTH
from kundenkreis.records.models import BulkRun, SavedView, Transfer
from tests.rights import canaries, company, writes
from tests.rights.addresses import everything, where
from tests.rights.company import ANNA, FRED, OTTO, STRANGE, TEXTS, TINA, Company, pk_of
from tests.rights.inventory import declared

pytestmark = pytest.mark.django_db(databases=BOTH)
NOW = "2026-11-27T12:00:00+00:00"
SUBJECTS = {
    OTTO: [one for one in company.TYPES if one.startswith("crm.")],
    TINA: ["crm.person", "crm.opportunity"],
}
Request = tuple[str, str, dict[str, Any]]


@pytest.fixture
def firm() -> Iterator[Company]:
    logging.disable(logging.ERROR)
    with clock.freeze(NOW):
        yield company.found()
    logging.disable(logging.NOTSET)


def of_records(firm: Company, subject: str, pk: int) -> Iterator[Request]:
    """Every page of a record, and everything that can be sent to it."""
    for one in everything():
        said = declared(one)
        if said is None or not one.of_record or one.kind is None or one.kind.subject != subject:
            continue
        name = next(iter(TEXTS[subject]), "tags")
        address = one.filled(pk=pk, name=name, share=1)
        if "G" in said.methods:
            yield "get", address, {}
        if "P" in said.methods:
            yield "post", address, writes.form(one.view, pk, name, "")


def naming(firm: Company, subject: str, pk: int) -> Iterator[Request]:
    """What names a record in a query or a form."""
    kind = subject.partition(".")[2]
    for slug in ("opportunities", "activities"):
        if kind in ("person", "organisation"):
            query = urlencode({"where": where(kind, "is", pk)})
            for place in ("", "export.csv", "count/", "bulk/all/", "filter/"):
                yield "get", f"/crm/{slug}/{place}?{query}", {}
            yield "get", f"/crm/{slug}/new/?{kind}={pk}", {}
            form = {"title": "Z", "text": "Z", "kind": "note", kind: f"#{pk}", "currency": "EUR"}
            yield "post", f"/crm/{slug}/new/", form
    slug = next(one.route for one in everything() if one.name == f"{kind}-list")
    yield "get", f"/{slug}suggestions/?name={pk}", {}
    yield "get", f"/{slug}?q=%23{pk}", {}
    yield "get", f"/search/?q={pk}", {}
    for what, form in (("edit", {TEXTS[subject][0]: "Z"}), ("remove", {})):
        yield "post", f"/{slug}bulk/{what}/?row={pk}", form
    cells = {TEXTS[subject][0]: {"text": "Z", "seen": "", "chosen": True}}
    yield "post", f"/{slug}cells/", {"rows": json.dumps([{"pk": pk, "cells": cells}])}
    for part in ("activities", "draft", "contact-details", "timeline"):
        method = "get" if part == "timeline" else "post"
        yield method, f"/crm/{kind}/{pk}/{part}/", {"text": "Z", "kind": "email", "value": "Z"}
    yield "post", f"/crm/next-steps/{kind}/{pk}/", {"next_step": "Z"}


def answered(client: Any, request: Request, pk: int) -> tuple[int, str]:
    method, address, form = request
    answer = getattr(client, method)(address, form, headers={"HX-Request": "true"})
    text = canaries.MASKED.sub("", canaries.body_of(answer))
    return answer.status_code, text.replace(str(pk), "PK").replace(f"{pk:,}", "PK")


@pytest.mark.parametrize("who", SUBJECTS)
def test_p06_a_hidden_record_and_a_missing_one_are_the_same(firm: Company, who: int) -> None:
    client, different, count = canaries.logged_in(who), [], 0
    for subject in SUBJECTS[who]:
        hidden, missing = pk_of(subject, STRANGE), pk_of(subject, 777)
        for make in (of_records, naming):
            both = zip(make(firm, subject, hidden), make(firm, subject, missing), strict=True)
            for one, other in both:
                old, new = answered(client, one, hidden), answered(client, other, missing)
                count += 1
                if old != new:
                    different.append(
                        f"{one[0]} {one[1]}: {canaries.difference((*old, 0), (*new, 0))}"
                    )
    assert not different, f"{len(different)} of {count}\n" + "\n".join(different[:20])
    assert count > 20 * len(SUBJECTS[who])


def test_p06_what_is_somebody_elses_and_no_record_is_the_same_too(firm: Company) -> None:
    """Shares, views, batches, imports, exports and runs of others."""
    now = {"created_at": clock.now(), "changed_at": clock.now(), "user_id": ANNA}
    rows = "default"
    away, into = (
        Transfer.objects.using(rows).create(
            kind="person", direction=way, state="done", folder=way, asked={"format": "csv"}, **now
        )
        for way in ("out", "in")
    )
    run = BulkRun.objects.using(rows).create(
        kind="person", state="done", asked={"do": "edit"}, **now
    )
    view = SavedView.objects.using(rows).get(owner_id=FRED)
    share = Share.objects.using(rows).filter(subject="crm.person", row=pk_of("crm.person", STRANGE))
    entry = f"crm.person:{pk_of('crm.person', STRANGE)}"
    batch = AuditEntry.objects.using(rows).filter(target=entry).latest("id").batch
    own = pk_of("crm.person", 0)
    pairs: list[tuple[str, str, object]] = [
        ("get", "exports/{}/", away.pk), ("get", "exports/{}/file/", away.pk),
        ("get", "imports/{}/", into.pk), ("post", "imports/{}/run/", into.pk),
        ("get", "imports/{}/report/failed/", into.pk), ("get", "bulk/{}/", run.pk),
        ("post", "bulk/{}/stop/", run.pk), ("get", "bulk/{}/failures.csv", run.pk),
        ("get", "views/{}/", view.pk), ("post", "views/{}/remove/", view.pk),
        ("post", "views/{}/keep/", view.pk), ("get", "?view={}", view.pk),
        ("post", f"{own}/shares/{{}}/end/", share.get().pk), ("post", "undo/{}/", batch),
    ]  # fmt: skip
    client, before = canaries.logged_in(OTTO), writes.digest()
    for method, path, value in pairs:
        missing = "0" * len(batch) if value == batch else 99_999_999
        one, other = ((method, f"/crm/persons/{path.format(a)}", {}) for a in (value, missing))
        here, there = answered(client, one, 0), answered(client, other, 0)
        assert here[0] == there[0], path
        texts = (here[1].replace(str(value), "X"), there[1].replace(str(missing), "X"))
        assert len(str(value)) < 3 or texts[0] == texts[1], path
    assert writes.digest() == before
