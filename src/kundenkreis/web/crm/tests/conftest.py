"""A small company, and Anna, Ben and Carla as people who can log in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client

from kundenkreis.crm.accounts import commands as accounts
from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.people import commands as people
from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.crm.sales import commands as sales
from kundenkreis.crm.sales.models import Opportunity, Stage
from kundenkreis.kernel.testing import SYSTEM

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(slots=True)
class Company:
    """Who and what there is."""

    anna: User
    ben: User
    carla: User
    firm: Organisation
    person: Person
    opportunity: Opportunity
    stages: dict[str, Stage]


@pytest.fixture
def company() -> Company:
    accounts.create_shipped_roles(actor=SYSTEM)
    team = accounts.create_team(actor=SYSTEM, name="Vertrieb")
    sales.ship_pipeline(actor=SYSTEM)

    def user(name: str, *roles: str) -> User:
        return accounts.create_user(
            actor=SYSTEM,
            email=f"{name.lower()}@example.org",
            name=name,
            password="drei bunte Vögel",
            roles=roles,
            teams=[team] if roles else [],
            language="en",
        )

    anna, ben, carla = user("Anna", "administrator"), user("Ben", "sales"), user("Carla")
    firm = people.create_organisation(actor=SYSTEM, name="Bergmann Optik GmbH")
    person = people.create_person(
        actor=SYSTEM,
        first_name="Jana",
        last_name="Weiß",
        email="jana@example.org",
        organisation=firm,
        function="Einkauf",
    )
    opportunity = sales.create_opportunity(
        actor=SYSTEM, title="Lasermesskopf", organisation=firm, value_minor=1840000
    )
    stages = {stage.slug: stage for stage in Stage.objects.all()}
    return Company(anna, ben, carla, firm, person, opportunity, stages)


@pytest.fixture
def logged_in(company: Company) -> Callable[[User], Client]:
    def open_session(user: User) -> Client:
        client = Client()
        client.force_login(user, backend=BACKEND)
        return client

    return open_session


@pytest.fixture
def anna(company: Company, logged_in: Callable[[User], Client]) -> Client:
    return logged_in(company.anna)


@pytest.fixture
def carla(company: Company, logged_in: Callable[[User], Client]) -> Client:
    return logged_in(company.carla)
