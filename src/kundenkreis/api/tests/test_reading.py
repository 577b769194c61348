"""Reading: pages both ways, fields, order, filters; what cannot be understood is refused."""

from __future__ import annotations

from typing import Any

import pytest

from kundenkreis.api.testing import Program, program
from kundenkreis.api.tests.conftest import Firm
from kundenkreis.crm.accounts.models import Role
from kundenkreis.crm.accounts.queries import viewer_of
from kundenkreis.crm.accounts.undertaking_commands import ship_undertaking, undertake
from kundenkreis.crm.people import commands as people
from kundenkreis.kernel.testing import BOTH, SYSTEM
from kundenkreis.records import named, write
from kundenkreis.records.merging.commands import merge
from kundenkreis.records.registry import TYPES

pytestmark = pytest.mark.django_db(databases=BOTH)


def where(field: str, op: str, value: Any) -> dict[str, Any]:
    return {"v": 1, "where": {"type": "compare", "field": field, "op": op, "value": value}}


def test_every_type_of_both_sides_is_there(anna: Program) -> None:
    for kind in TYPES.values():
        answer = anna.get(kind.slug)
        assert answer.status_code == 200, (kind.slug, answer.text)
        assert answer.json().keys() == {"data", "before", "after"}


def test_a_record_is_read_with_its_version(firm: Firm, anna: Program) -> None:
    answer = anna.get(f"persons/{firm.person.pk}")
    assert answer["ETag"] == f'"{firm.person.version}"'
    assert answer["Cache-Control"] == "no-store"
    found = answer.json()
    assert (found["id"], found["last_name"], found["email"]) == (
        firm.person.pk, "Weiß", "jana@example.org",
    )  # fmt: skip
    assert "organisation" not in found  # where somebody works is said by affiliations
    some = anna.get(f"persons/{firm.person.pk}", fields="email,id").json()
    assert some == {"email": "jana@example.org", "id": firm.person.pk}


def test_of_a_merged_record_a_program_learns_where_it_is_now(firm: Firm, anna: Program) -> None:
    other = people.create_person(actor=SYSTEM, last_name="Weis")
    merge(actor=SYSTEM, kind=named("person"), kept_id=firm.person.pk, gone_id=other.pk)
    for path in ("", "/history", "/timeline"):
        answer = anna.get(f"persons/{other.pk}{path}")
        assert answer.status_code == 404, path
        assert answer.json()["merged_into"] == firm.person.pk, path
    assert answer.json()["type"] == "urn:kundenkreis:problem:merged"
    assert "merged_into" not in anna.get("persons/999999").json()


def test_where_it_is_now_is_told_to_those_only_who_may_read_that(firm: Firm) -> None:
    other = people.create_person(actor=SYSTEM, last_name="Weis")
    merge(actor=SYSTEM, kind=named("person"), kept_id=firm.person.pk, gone_id=other.pk)
    Role.objects.filter(slug="sales").update(grants={"crm.person.read": "own"})
    answer = program(firm.ben).get(f"persons/{other.pk}")
    assert (answer.status_code, "merged_into" in answer.json()) == (404, False)


def test_values_have_one_form(firm: Firm, anna: Program) -> None:
    kind = named("organisation")
    write.change(kind, SYSTEM, firm.organisation.pk, None, {"revenue_minor": 1999, "tags": ["VIP"]})
    found = anna.get(f"organisations/{firm.organisation.pk}").json()
    assert found["revenue_minor"] == {"minor": 1999, "currency": "EUR"}
    assert found["tags"] == ["VIP"]
    assert found["created_at"].endswith("Z")
    assert found["next_step_on"] is None


@pytest.mark.parametrize("sort", ["", "id", "-id", "name", "-name", "industry", "-created_at"])
def test_pages_go_on_both_ways(anna: Program, firm: Firm, sort: str) -> None:
    for number in range(6):
        people.create_organisation(
            actor=SYSTEM, name=f"Firma {number % 4}", industry="Bau" if number % 2 else ""
        )
    given = {"sort": sort, "limit": "2", "fields": "id"}
    seen, pages, answer = [], [], anna.get("organisations", **given).json()
    while True:
        pages.append(answer["data"])
        seen += [one["id"] for one in answer["data"]]
        if answer["after"] is None:
            break
        answer = anna.get("organisations", **given, after=answer["after"]).json()
    whole = anna.get("organisations", sort=sort, fields="id").json()["data"]
    assert seen == [one["id"] for one in whole]
    assert len(seen) == 7
    for before in reversed(pages[:-1]):
        answer = anna.get("organisations", **given, before=answer["before"]).json()
        assert answer["data"] == before
    assert answer["before"] is None


def test_it_filters_by_the_tree_of_lists(firm: Firm, anna: Program) -> None:
    people.create_organisation(actor=SYSTEM, name="Müller Bau", industry="Bau")
    found = anna.get("organisations", filter=where("industry", "is", "Bau")).json()["data"]
    assert [one["name"] for one in found] == ["Müller Bau"]
    assert anna.get("organisations", q="mueller").json()["data"] == found


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"fields": "nothing"}, "nothing"), ({"sort": "nothing"}, "nothing"), ({"sort": "custom"}, "custom"),
        ({"limit": "0"}, "limit"), ({"limit": "201"}, "limit"), ({"limit": "x"}, "limit"),
        ({"after": "x"}, "after"), ({"before": "W10"}, "before"), ({"nothing": "1"}, "nothing"),
        ({"filter": "{"}, "filter"), ({"filter": "[]"}, "filter"),
        ({"filter": where("nothing", "is", 1)}, "filter.where.field"),
        ({"filter": where("name", "regex", "x")}, "filter.where.op"),
        ({"filter": where("name__contains", "is", "x")}, "filter.where.field"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_refused(
    anna: Program, query: dict[str, Any], field: str
) -> None:
    answer = anna.get("organisations", **query)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == field


def test_s02_a_hidden_field_is_answered_like_one_that_does_not_exist(firm: Firm) -> None:
    Role.objects.filter(slug="sales").update(fields={"crm.organisation": {"industry": "hidden"}})
    ben = program(firm.ben)

    def answers(name: str) -> list[tuple[int, str]]:
        asked: list[dict[str, Any]] = [
            {"fields": name}, {"sort": name}, {"filter": where(name, "is", "x")},
            {"filter": where(name, "is_empty", None)},
        ]  # fmt: skip
        sent = [ben.get("organisations", **query) for query in asked]
        path = f"organisations/{firm.organisation.pk}"
        sent += [
            ben.send("POST", "organisations", {"name": "Z", name: "x"}),
            ben.send("PATCH", path, {name: "x"}, If_Match="*"),
            ben.get(path, fields=name),
        ]
        return [(one.status_code, one.text.replace(name, "NAME")) for one in sent]

    assert answers("industry") == answers("nothing")
    assert {status for status, _text in answers("industry")} == {400}
    assert "industry" not in ben.get("organisations").text


def test_a_token_reads_only_the_types_it_names(firm: Firm) -> None:
    some = program(firm.anna, **{"crm.person": "read"})
    assert some.get("persons").status_code == 200
    refused = some.get("organisations")
    assert refused.status_code == 403
    assert refused.json()["title"] == "You may not see organisations."
    assert some.send("PATCH", f"persons/{firm.person.pk}", {}, If_Match="*").status_code == 403


def test_nothing_opens_it_but_a_token(firm: Firm, anna: Program, client: Any) -> None:
    client.force_login(firm.anna, backend="allauth.account.auth_backends.AuthenticationBackend")
    for header in ("", "Bearer", f"Bearer {anna.key}x", f"Basic {anna.key}", "Bearer " + "x" * 999):
        answer = client.get("/api/v1/persons", headers={"Authorization": header})
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Bearer"
        assert "Set-Cookie" not in answer
    assert anna.get("persons").cookies == {}


def test_an_address_that_is_not_there_says_so(firm: Firm, anna: Program) -> None:
    for path in (
        "nothing",
        "persons/99999999",
        "persons/x",
        "persons/",
        "/api/",
        "/api/v2/persons",
    ):
        answer = anna.get(path)
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json"), (
            path
        )
    assert anna.send("PUT", "persons").status_code == 405
    assert anna.send("PUT", "persons")["Allow"] == "GET, POST"
    assert anna.send("POST", "orders", {}).status_code == 405


def test_the_history_says_what_was_done(firm: Firm, anna: Program) -> None:
    path = f"persons/{firm.person.pk}"
    assert anna.send("PATCH", path, {"profession": "Optikerin"}, If_Match="*").status_code == 200
    first = anna.get(f"{path}/history").json()["data"][0]
    assert (first["who"], first["through"]) == ("Anna", "API")
    assert first["changes"] == [{"field": "Profession", "old": "", "new": "Optikerin"}]


def test_who_owes_something_is_told_so(firm: Firm, anna: Program) -> None:
    ship_undertaking(actor=SYSTEM)
    for path in ("persons", "openapi.json"):
        answer = anna.get(path)
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:kundenkreis:problem:owing")
    undertake(actor=viewer_of(firm.anna), version=1)
    assert anna.get("persons").status_code == 200


def test_the_timeline_says_what_happened(firm: Firm, anna: Program) -> None:
    for number in range(32):
        body = {"kind": "note", "text": f"Anruf {number}", "person": firm.person.pk}
        assert anna.send("POST", "activities", body).status_code == 201
    path = f"persons/{firm.person.pk}/timeline"
    first = anna.get(path).json()
    assert first["data"][0]["facts"]["text"] == "Anruf 31"
    second = anna.get(path, after=first["after"]).json()
    assert second["after"] is None
    told = [one["facts"].get("text") for one in (*first["data"], *second["data"])]
    assert [text for text in told if text] == [f"Anruf {n}" for n in reversed(range(32))]
    for wrong in ("x", "2026-01-01|1", "2026-01-01T00:00:00Z|x", f"2026-01-01T00:00:00Z|{10**30}"):
        assert anna.get(path, after=wrong).status_code == 400
    assert anna.get("campaigns/1/timeline").status_code == 404


def test_its_words_are_in_the_language_of_the_tokens_owner(firm: Firm, anna: Program) -> None:
    firm.anna.language = "de"
    firm.anna.save()
    assert anna.get("persons/99999999")["Content-Language"] == "de"
