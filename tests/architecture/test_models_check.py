"""The checks of the models: relations stay on their side, every column is accounted for."""

from __future__ import annotations

import pytest

from kundenkreis.kernel.privacy import Use
from tools.checks.models import crossing, incomplete, unaccounted

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
