"""The check-list: every answer has a consequence that is shown before it is made."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from kundenkreis.crm.accounts import commands as accounts
from kundenkreis.crm.accounts.models import Company, Role, User
from kundenkreis.crm.sales.models import Pipeline, Stage
from kundenkreis.engage.consent.models import Purpose
from kundenkreis.kernel import held
from kundenkreis.kernel.models import AuditEntry
from kundenkreis.kernel.testing import BOTH, SYSTEM
from kundenkreis.records.models import FieldDefinition
from kundenkreis.web.operation.questions import Questions

pytestmark = pytest.mark.django_db(databases=BOTH)

PAGE = "/operation/check-list/"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PLAIN: dict[str, Any] = {
    "name": "", "customers": "both", "sector": "", "officer": "", "size": "few", "language": "en",
    "parts": ["sales", "shop", "marketing", "letters"], "pipelines": [], "bases": [],
}  # fmt: skip


def log_in(client: Client, role: str) -> User:
    accounts.create_shipped_roles(actor=SYSTEM)
    email = f"{role}@example.org"
    user = accounts.create_user(actor=SYSTEM, email=email, name=role, roles=[role], language="en")
    client.force_login(user, backend=BACKEND)
    return user


@pytest.fixture
def anna(client: Client) -> Client:
    log_in(client, "administrator")
    return client


def preview(client: Client, **answers: Any) -> str:
    answer = client.post(PAGE, {**PLAIN, **answers})
    assert answer.status_code == 200
    return str(answer.text)


def apply(client: Client, **answers: Any) -> None:
    answer = client.post(PAGE, {**PLAIN, **answers, "step": "apply"})
    assert answer.status_code == 302, answer.text


def menu(client: Client) -> str:
    return client.get("/").text.partition("<main")[0]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"name": "Muster GmbH"}, "Muster GmbH"),
        ({"customers": "consumers"}, "Hidden in the menu: Organisations"),
        ({"sector": "craft"}, "Repairs"),
        ({"parts": ["sales", "marketing", "letters"]}, "Hidden in the menu: Orders"),
        ({"pipelines": ["tenders"]}, "Handed in"),
        ({"size": "alone"}, "Hidden in the menu: Teams"),
        ({"size": "many"}, "Head of sales"),
        ({"bases": ["existing_customers"]}, "existing customers"),
        ({"language": "de"}, "in this language: Deutsch"),
        ({"officer": "Dr. Ohm, dsb@example.org"}, "Dr. Ohm"),
    ],
)
def test_every_answer_has_a_consequence_and_looking_changes_nothing(
    anna: Client, answers: dict[str, Any], said: str
) -> None:
    before = AuditEntry.objects.using("default").count()
    assert said in preview(anna, **answers)
    assert said not in preview(anna)
    assert AuditEntry.objects.using("default").count() == before
    assert not Company.objects.exists()


def test_what_was_shown_is_made_by_commands_and_audited(anna: Client) -> None:
    apply(
        anna, name="Muster GmbH", sector="craft", pipelines=["sales", "tenders"], size="many",
        bases=["existing_customers"], officer="Dr. Ohm", parts=["sales", "letters"],
    )  # fmt: skip
    assert set(Pipeline.objects.values_list("slug", flat=True)) == {"sales", "tenders"}
    assert Stage.objects.filter(pipeline__slug="tenders").count() == 6
    assert Role.objects.filter(slug="head-of-sales").exists()
    assert Purpose.objects.get(slug="existing_customers").basis == "interest"
    field = FieldDefinition.objects.using("default").get(kind="organisation")
    assert [one["value"] for one in field.options["choices"]] == ["new", "repair", "service"]
    home = menu(anna)
    assert "Muster GmbH" in home
    assert "/engage/segments/" not in home
    assert "/crm/orders/" not in home
    assert "/crm/opportunities/" in home
    assert "Dr. Ohm" in anna.get("/crm/processing/").text
    commands = set(AuditEntry.objects.using("default").values_list("command", flat=True))
    assert {"crm.accounts.company_commands.keep_company", "crm.sales.add_pipeline"} <= commands


def test_the_same_answers_again_change_nothing(anna: Client) -> None:
    answers = {"sector": "craft", "pipelines": ["renewals"], "size": "many", "bases": ["surveys"]}
    apply(anna, **answers)
    assert "as you said already" in preview(anna, **answers)
    before = AuditEntry.objects.using("default").count()
    apply(anna, **answers)
    assert AuditEntry.objects.using("default").count() == before


def test_the_earlier_answers_are_there_and_hidden_pages_come_back(anna: Client) -> None:
    apply(anna, parts=["sales"], customers="consumers")
    assert "/crm/organisations/" not in menu(anna)
    assert anna.get("/crm/organisations/").status_code == 200  # nothing is lost
    page = anna.get(PAGE).text
    assert re.search(r'value="consumers"[^>]* checked', page)
    assert "In the menu again: Organisations" in preview(anna)
    apply(anna)
    assert "/crm/organisations/" in menu(anna)


def test_the_palette_leads_to_no_page_that_is_hidden(anna: Client) -> None:
    assert "/engage/segments/" in anna.get("/search/?q=segm").text
    apply(anna, parts=[])
    assert "/engage/segments/" not in anna.get("/search/?q=segm").text


def test_on_trial_the_home_page_leads_to_it_until_it_is_answered(anna: Client) -> None:
    held.begin_trial(actor=SYSTEM)
    assert PAGE in re.findall(r"<main.*</main>", anna.get("/").text, re.DOTALL)[0]
    apply(anna)
    assert PAGE not in re.findall(r"<main.*</main>", anna.get("/").text, re.DOTALL)[0]


def test_a_trade_is_called_by_its_name_in_german() -> None:
    with translation.override("de"):
        choices = [str(label) for _value, label in Questions().fields["sector"].widget.choices]
    assert choices[1] == "Industrie"


def test_who_may_not_set_up_is_not_asked(client: Client) -> None:
    log_in(client, "sales")
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {**PLAIN, "step": "apply"}).status_code == 403
    assert not Company.objects.exists()


def test_an_answer_that_is_none_is_refused(anna: Client) -> None:
    assert anna.post(PAGE, {**PLAIN, "parts": ["everything"]}).status_code == 422
