"""The checks of the models: relations stay on their side, every column is accounted for."""

from __future__ import annotations

import pytest

from kundenkreis.kernel.privacy import Use
from tools.checks.models import crossing, incomplete, unaccounted, unkept

USE = Use("contact", "6(1)(b)")


@pytest.mark.parametrize(
    ("holder", "target"),
    [
        ("crm_sales.Order", "engage_profiles.Profile"),
        ("engage_profiles.Profile", "crm_people.Person"),
        ("engage_campaigns.Offer", "crm_accounts.User"),
        ("engage_campaigns.Offer", "auth.Group"),
        ("kernel.AuditEntry", "crm_accounts.User"),
        ("link.Message", "engage_profiles.Profile"),
    ],
)
def test_it_notices_a_relation_across_databases(holder: str, target: str) -> None:
    assert list(crossing([(holder, "field", target)]))


@pytest.mark.parametrize(
    ("holder", "target"),
    [
        ("crm_sales.Order", "crm_people.Person"),
        ("crm_accounts.User", "auth.Group"),
        ("insight.Report", "crm_sales.Order"),
        ("engage_tracking.Event", "engage_profiles.Profile"),
        ("engage_tracking.Event", "kernel.Job"),
        ("kernel.AuditChange", "kernel.AuditEntry"),
    ],
)
def test_it_allows_a_relation_within_a_side(holder: str, target: str) -> None:
    assert not list(crossing([(holder, "field", target)]))


def test_it_notices_a_column_without_a_reason() -> None:
    columns = {"Person": ["id", "name"]}
    assert not list(unaccounted(columns, {"Person": {"id": USE, "name": USE}}))
    assert list(unaccounted(columns, {"Person": {"id": USE}})) == [
        "Person.name is not in privacy.py"
    ]
    assert len(list(unaccounted(columns, {}))) == 2


def test_it_notices_a_reason_for_nothing() -> None:
    columns = {"Person": ["id"]}
    assert list(unaccounted(columns, {"Person": {"id": USE, "fax": USE}}))
    assert list(unaccounted(columns, {"Person": {"id": USE}, "Ghost": {}}))


def test_it_notices_a_reason_that_leaves_a_question_open() -> None:
    assert not list(incomplete({"Person": {"name": USE}}))
    assert list(incomplete({"Person": {"name": Use("", "6(1)(b)")}}))
    assert list(incomplete({"Person": {"name": Use("contact", "")}}))


def kept(keep: str, since: str = "", but: str = "") -> list[str]:
    use = Use("contact", "6(1)(b)", keep, since=since, but=but)
    return list(unkept({"Visit": {"at", "who__at"}}, {"Visit": {"id": USE, "name": use}}))


@pytest.mark.parametrize("since", ["at", "who__at"])
@pytest.mark.parametrize("keep", ["7d", "25m", "10y"])
def test_it_allows_a_time_that_runs_from_a_date(keep: str, since: str) -> None:
    assert not kept(keep, since)
    assert not kept(keep, since, but="not of friends")


def test_it_allows_what_is_kept_as_long_as_its_record_and_what_is_explained() -> None:
    assert not kept("record")
    assert not kept("10y", but="an archivist sees to it")


@pytest.mark.parametrize("keep", ["10 years", "use+3y", "3y after the end", "0d", "7w"])
def test_it_notices_a_promise_that_no_job_could_keep(keep: str) -> None:
    assert kept(keep, "at")
    assert kept(keep, but="somebody sees to it")


def test_it_notices_a_promise_that_is_neither_kept_nor_explained() -> None:
    assert kept("10y")
    assert kept("10y", since="birthday")
    assert kept("record", since="at")


def test_it_notices_two_promises_of_one_model() -> None:
    month, year = (Use("contact", "6(1)(b)", keep, since="at") for keep in ("1m", "1y"))
    assert list(unkept({"Visit": {"at"}}, {"Visit": {"id": month, "name": year}}))
    assert not list(unkept({"Visit": {"at"}}, {"Visit": {"id": month, "name": month}}))
