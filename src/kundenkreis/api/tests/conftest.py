"""A small company, and programs of Anna, who may all, Ben, who sells, and Carla, who may nothing."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from kundenkreis.api.testing import Program, program
from kundenkreis.crm.accounts import commands as accounts
from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.people import commands as people
from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.crm.sales import commands as sales
from kundenkreis.kernel.testing import SYSTEM


@dataclass(frozen=True)
class Firm:
    """Who and what there is."""

    anna: User
    ben: User
    carla: User
    organisation: Organisation
    person: Person


@pytest.fixture
def firm() -> Firm:
    accounts.create_shipped_roles(actor=SYSTEM)
    sales.ship_pipeline(actor=SYSTEM)

    def user(name: str, *roles: str) -> User:
        return accounts.create_user(
            actor=SYSTEM, email=f"{name.lower()}@example.org", name=name,
            password="drei bunte Vögel", roles=roles, language="en",
        )  # fmt: skip

    anna, ben, carla = user("Anna", "administrator"), user("Ben", "sales"), user("Carla")
    organisation = people.create_organisation(actor=SYSTEM, name="Bergmann Optik GmbH")
    person = people.create_person(
        actor=SYSTEM, first_name="Jana", last_name="Weiß", email="jana@example.org",
        organisation=organisation, function="Einkauf",
    )  # fmt: skip
    return Firm(anna, ben, carla, organisation, person)


@pytest.fixture
def anna(firm: Firm) -> Program:
    return program(firm.anna)


@pytest.fixture
def ben(firm: Firm) -> Program:
    return program(firm.ben)
