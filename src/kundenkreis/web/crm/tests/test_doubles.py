"""The page of duplicates: what may be the same, side by side, and what is decided."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.people import commands
from kundenkreis.crm.people.doubles import commands as doubles
from kundenkreis.crm.people.models import DuplicatePair, DuplicateRun, Person
from kundenkreis.kernel.testing import BOTH, SYSTEM
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=BOTH)

PAGE = "/crm/duplicates/"
NOBODY = "Nobody is there twice."


def pair(company: Company, **values: object) -> DuplicatePair:
    other = commands.create_person(
        actor=SYSTEM, first_name="J.", last_name="Weiss", email="weiss@example.org", **values
    )
    reasons = [
        ["email", "local", 3.0],
        ["first_name", "initial", 1.0],
        ["phone", "different", -2.0],
    ]
    rows = [[company.person.pk, other.pk, 0.934, "same", reasons]]
    doubles.keep_pairs(actor=SYSTEM, kind="person", run_id=1, pairs=rows)
    return DuplicatePair.objects.get(right=other.pk)


def test_a_pair_stands_there_with_score_reasons_and_both_values(
    company: Company, anna: Client
) -> None:
    one = pair(company)
    page = anna.get(PAGE).text
    for text in ("93%", "jana@example.org", "weiss@example.org", "First name: the initial fits"):
        assert text in page, text
    assert f"/crm/persons/{one.left}/merge/?with={one.right}" in page
    assert (
        f"/crm/persons/{one.left}/merge/?with={one.right}"
        in anna.get(f"/crm/persons/{one.left}/").text
    )
    assert "Perhaps there twice" in anna.get(f"/crm/persons/{one.right}/").text


def test_different_people_are_told_apart_and_that_is_taken_back(
    company: Company, anna: Client
) -> None:
    one = pair(company)
    told = anna.post(f"{PAGE}{one.pk}/apart/", follow=True).text
    assert "They are told apart" in told
    assert f"{PAGE}{one.pk}/again/" in told
    assert f"pair-{one.pk}" not in told
    assert "Perhaps there twice" not in anna.get(f"/crm/persons/{one.left}/").text
    assert f"pair-{one.pk}" in anna.get(PAGE, {"state": "different"}).text
    assert "told apart by Anna" in anna.get(PAGE, {"state": "different"}).text
    assert f"pair-{one.pk}" in anna.post(f"{PAGE}{one.pk}/again/", follow=True).text
    assert anna.post(f"{PAGE}{one.pk}/nonsense/").status_code == 404


def test_a_merge_from_the_queue_takes_the_pair_away(company: Company, anna: Client) -> None:
    one = pair(company)
    anna.post(f"/crm/persons/{one.left}/merge/", {"with": one.right})
    assert Person.objects.count() == 1
    assert f"pair-{one.pk}" not in anna.get(PAGE).text
    one.refresh_from_db()
    assert one.state == "merged"


def test_the_comparison_is_asked_for_and_its_state_is_shown(company: Company, anna: Client) -> None:
    assert "has not been compared yet" in (page := anna.get(PAGE).text)
    assert NOBODY not in page  # that is known after a comparison only
    page = anna.post(f"{PAGE}compare/", follow=True).text
    assert "The whole base is being compared." in page
    assert NOBODY not in page
    assert 'hx-get="/crm/duplicates/status/"' in page
    assert "HX-Refresh" not in anna.get(f"{PAGE}status/")
    run = DuplicateRun.objects.get()
    doubles.end_run(actor=SYSTEM, run_id=run.pk, problem="", rows=12_345, compared=9, found=7)
    assert anna.get(f"{PAGE}status/")["HX-Refresh"] == "true"
    assert "Compared: 12,345 records on" in (page := anna.get(PAGE).text)
    assert NOBODY in page


def test_whoever_may_not_read_or_change_them_neither_sees_nor_decides(
    company: Company, anna: Client, carla: Client, logged_in: Callable[[User], Client]
) -> None:
    one = pair(company)
    assert carla.get(PAGE).status_code == 403
    assert carla.post(f"{PAGE}{one.pk}/apart/").status_code in (403, 404)
    assert carla.post(f"{PAGE}compare/").status_code == 403
    assert anna.get(PAGE).status_code == 200
    one.refresh_from_db()
    assert one.state == "open"


@pytest.mark.parametrize(
    "asked", [{"kind": "\0"}, {"page": "-3"}, {"page": "9" * 30}, {"state": "x"}]
)
def test_it_takes_whatever_an_address_says(
    company: Company, anna: Client, asked: dict[str, str]
) -> None:
    pair(company)
    assert anna.get(PAGE, asked).status_code == 200


def test_it_asks_the_same_number_of_questions_however_many_pairs_there_are(
    company: Company, anna: Client
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert anna.get(PAGE).status_code == 200
        return len(captured)

    pair(company)
    anna.get(PAGE)
    few = asked()
    for _ in range(15):
        pair(company)
    assert asked() == few
