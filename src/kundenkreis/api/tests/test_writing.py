"""Writing: through the same forms and commands as pages, with versions, once, and many at a time."""

from __future__ import annotations

from typing import Any

import pytest

from kundenkreis.api.testing import Program, program
from kundenkreis.api.tests.conftest import Firm
from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.kernel.models import AuditEntry
from kundenkreis.kernel.testing import BOTH, SYSTEM
from kundenkreis.records import named
from kundenkreis.records.custom import defining

pytestmark = pytest.mark.django_db(databases=BOTH)


def test_a_record_is_made_changed_and_deleted(anna: Program, firm: Firm) -> None:
    body = {
        "name": "Müller Bau GmbH", "industry": "Bau", "revenue_minor": {"minor": 1999, "currency": "EUR"},
        "parent": firm.organisation.pk, "email": "info@mueller.example", "founded": 1987,
    }  # fmt: skip
    made = anna.send("POST", "organisations", body)
    assert made.status_code == 201, made.text
    found = made.json()
    assert made["Location"] == f"/api/v1/organisations/{found['id']}"
    assert {name: found[name] for name in body} == body
    path = f"organisations/{found['id']}"
    changed = anna.send(
        "PATCH", path, {"industry": "Holz", "email": "neu@mueller.example", "tags": ["VIP", "A"]},
        If_Match=made["ETag"],
    )  # fmt: skip
    assert changed.status_code == 200, changed.text
    assert changed["ETag"] != made["ETag"]
    now = changed.json()
    assert (now["industry"], now["email"], now["tags"]) == (
        "Holz",
        "neu@mueller.example",
        ["VIP", "A"],
    )
    assert anna.send("DELETE", path, If_Match=changed["ETag"]).status_code == 204
    assert anna.get(path).status_code == 404


def test_what_was_done_names_the_token(anna: Program) -> None:
    made = anna.send("POST", "organisations", {"name": "Neu"}).json()
    entry = AuditEntry.objects.using("default").get(target=f"crm.organisation:{made['id']}")
    assert (entry.actor, entry.via) == (f"user:{anna.person.pk}", f"api:{anna.token.pk}")


def test_a_change_says_which_version_it_is_about(anna: Program, firm: Firm) -> None:
    path, seen = f"organisations/{firm.organisation.pk}", anna.get("organisations").json()
    tag = anna.get(path)["ETag"]
    assert anna.send("PATCH", path, {"industry": "Bau"}).status_code == 428
    assert anna.send("DELETE", path).status_code == 428
    assert anna.send("PATCH", path, {"industry": "Bau"}, If_Match=tag).status_code == 200
    moved = anna.send(
        "PATCH", path, {"industry": "Holz", "name": "Bergmann Optik GmbH"}, If_Match=tag
    )
    assert moved.status_code == 412
    assert moved["ETag"] == anna.get(path)["ETag"]
    assert moved.json()["conflicts"] == [{"field": "industry", "yours": "Holz", "stored": "Bau"}]
    assert anna.send("DELETE", path, If_Match=tag).status_code == 412
    assert seen["data"][0]["industry"] == ""


def test_a_field_of_the_companys_own_is_one_like_any_other(anna: Program, firm: Firm) -> None:
    for kind, sort, value in (
        ("number", "budget", "12"), ("text", "hobby", "Chor"), ("date", "since", "2026-11-21"),
    ):  # fmt: skip
        one = defining.create_field(
            actor=SYSTEM, kind=named("organisation"), type=kind, label={"en": sort}, filterable=True
        )
        made = anna.send("POST", "organisations", {"name": f"Firma {sort}", one.name: value})
        assert made.status_code == 201, made.text
        assert made.json()[one.name] == value
        tree = {"type": "compare", "field": one.name, "op": "is", "value": value}
        some = anna.get("organisations", filter={"v": 1, "where": tree}, sort=one.name).json()
        assert [found["name"] for found in some["data"]] == [f"Firma {sort}"]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["name"]), ({"name": ""}, ["name"]), ({"name": None}, ["name"]), ({"name": 5}, ["name"]),
        ({"name": "x" * 999}, ["name"]), ({"name": "a\0b"}, ["name"]),
        ({"name": "Neu", "founded": "x", "website": "javascript:x"}, ["founded", "website"]),
        ({"name": "Neu", "founded": 1.5}, ["founded"]), ({"name": "Neu", "founded": True}, ["founded"]),
        ({"name": "Neu", "revenue_minor": 5}, ["revenue_minor"]),
        ({"name": "Neu", "revenue_minor": {"minor": 5, "currency": "USD"}}, ["revenue_minor"]),
        ({"name": "Neu", "parent": 999999}, ["parent"]), ({"name": "Neu", "parent": "Bergmann"}, ["parent"]),
        ({"name": "Neu", "owner_id": 999999}, ["owner_id"]), ({"name": "Neu", "email": "x"}, ["email"]),
    ],
)  # fmt: skip
def test_each_value_that_cannot_be_taken_is_named(
    anna: Program, firm: Firm, body: dict[str, Any], fields: list[str]
) -> None:
    answer = anna.send("POST", "organisations", body)
    assert answer.status_code == 422, answer.text
    assert sorted(one["field"] for one in answer.json()["errors"]) == sorted(fields)
    assert Organisation.objects.count() == 1


def test_s04_only_what_a_form_offers_can_be_set(anna: Program, firm: Firm) -> None:
    """Every column of the model, and what other products were tricked by."""
    columns = [column.attname for column in Person._meta.concrete_fields]
    more = [
        "owner",
        "tenant",
        "role",
        "roles",
        "is_staff",
        "is_superuser",
        "user_id",
        "consent_email",
    ]
    path, offered = f"persons/{firm.person.pk}", named("person").form
    before = Person.objects.filter(pk=firm.person.pk).values().get()
    taken = []
    for name in {*columns, *more} - {*offered, "tags", "next_step", "next_step_on", "team_id"}:
        for value in (1, "1", True, None, "2020-01-01T00:00:00Z"):
            answer = anna.send("PATCH", path, {name: value}, If_Match="*")
            if answer.status_code not in (400, 403, 422):
                taken.append((name, value, answer.status_code))
            created = anna.send("POST", "persons", {"last_name": "Z", name: value})
            if created.status_code not in (400, 403, 422):
                taken.append((name, value, created.status_code))
    # The day on which business ended is a fact that staff enter.
    assert {name for name, *_rest in taken} <= {"ended", "ended_on"}
    after = Person.objects.filter(pk=firm.person.pk).values().get()
    kept = set(before) - {"ended", "ended_on", "version", "changed_at"}
    assert {name: before[name] for name in kept} == {name: after[name] for name in kept}


def test_only_json_that_is_an_object_is_taken(anna: Program) -> None:
    for body in ([], "x", 5):
        assert anna.send("POST", "organisations", body).status_code == 400
    form = anna.send("POST", "organisations", {}, Content_Type="text/plain")
    assert form.status_code == 415


def test_f15_a_key_has_one_effect(anna: Program, firm: Firm) -> None:
    sent = [
        anna.send("POST", "organisations", {"name": "Neu"}, Idempotency_Key="k1") for _ in range(5)
    ]
    assert {one.status_code for one in sent} == {201}
    assert len({one.json()["id"] for one in sent}) == 1
    assert Organisation.objects.filter(name="Neu").count() == 1
    other = anna.send("POST", "organisations", {"name": "Anders"}, Idempotency_Key="k1")
    assert (other.status_code, other.json()["type"]) == (422, "urn:kundenkreis:problem:key-reused")
    theirs = program(firm.ben)
    assert (
        theirs.send("POST", "organisations", {"name": "X"}, Idempotency_Key="k1").status_code == 201
    )
    refused = anna.send("POST", "organisations", {"name": ""}, Idempotency_Key="k2")
    assert refused.status_code == 422
    assert (
        anna.send("POST", "organisations", {"name": "Y"}, Idempotency_Key="k2").status_code == 201
    )
    path, tag = f"organisations/{firm.organisation.pk}", f'"{firm.organisation.version}"'
    for _ in range(2):
        again = anna.send("PATCH", path, {"industry": "Bau"}, If_Match=tag, Idempotency_Key="k3")
        assert again.status_code == 200, again.text


def test_a_batch_has_a_result_for_each(anna: Program, firm: Firm) -> None:
    pk, version = firm.organisation.pk, firm.organisation.version
    operations: list[dict[str, Any]] = [
        {"op": "create", "values": {"name": "Eins"}},
        {"op": "create", "values": {"name": ""}},
        {"op": "create", "values": {"name": "Zwei", "nothing": 1}},
        {"op": "create", "values": {"name": "Drei", "email": "drei@example.org"}},
        {"op": "change", "id": pk, "version": version, "values": {"industry": "Bau"}},
        {"op": "change", "id": pk, "version": version, "values": {"industry": "Holz"}},
        {"op": "remove", "id": 999999, "version": 1},
        {"op": "create", "values": {"name": "Vier"}},
    ]
    answer = anna.send("POST", "organisations/batch", {"operations": operations})
    results = answer.json()["results"]
    assert [one["status"] for one in results] == [201, 422, 400, 201, 200, 412, 404, 201]
    names = set(Organisation.objects.values_list("name", flat=True))
    assert names == {"Bergmann Optik GmbH", "Eins", "Drei", "Vier"}
    assert results[5]["problem"]["conflicts"][0]["stored"] == "Bau"
    first = results[0]
    gone = [{"op": "remove", "id": first["id"], "version": int(first["etag"].strip('"'))}]
    again = anna.send("POST", "organisations/batch", {"operations": gone}, Idempotency_Key="b")
    assert again.json() == {"results": [{"status": 204}]}
    once_more = anna.send("POST", "organisations/batch", {"operations": gone}, Idempotency_Key="b")
    assert once_more.json() == again.json()


@pytest.mark.parametrize(
    "operations",
    [None, [], [{}], [{"op": "erase"}], [{"op": "create"}], [{"op": "change", "id": 1, "values": {}}],
     [{"op": "create", "values": {}}] * 501, [{"op": ["create"], "values": {}}], "x",
     [{"op": "remove", "id": "1", "version": 1}]],
)  # fmt: skip
def test_what_is_no_batch_is_refused(anna: Program, operations: Any) -> None:
    answer = anna.send("POST", "organisations/batch", {"operations": operations})
    assert answer.status_code == 400, answer.text
    assert not Organisation.objects.exists() or Organisation.objects.count() == 1


def test_amounts_are_in_the_currency_of_their_record(anna: Program) -> None:
    dollars = {"minor": 500, "currency": "USD"}
    refused = anna.send("POST", "opportunities", {"title": "Neu", "value_minor": dollars})
    assert refused.json()["errors"][0]["field"] == "value_minor"
    body = {"title": "Neu", "currency": "USD", "value_minor": dollars}
    made = anna.send("POST", "opportunities", body)
    assert made.status_code == 201, made.text
    assert {name: made.json()[name] for name in body} == body
    more = {"value_minor": {"minor": 700, "currency": "USD"}}
    path = f"opportunities/{made.json()['id']}"
    assert anna.send("PATCH", path, more, If_Match="*").json()["value_minor"] == more["value_minor"]
