from __future__ import annotations

import uuid

import pytest
from django.test import Client

from kundenkreis.crm.people import commands as people
from kundenkreis.crm.people.contact_commands import add_affiliation
from kundenkreis.crm.people.customer_commands import link_person
from kundenkreis.crm.people.segments import project_memberships
from kundenkreis.kernel import clock
from kundenkreis.kernel.testing import ANNA, BOTH

pytestmark = pytest.mark.django_db(databases=BOTH)


def test_the_pages_of_a_person_and_their_firm_show_their_segments(anna: Client) -> None:
    person = people.create_person(actor=ANNA, last_name="Weiß")
    firm = people.create_organisation(actor=ANNA, name="Zeiss")
    add_affiliation(actor=ANNA, person=person, organisation=firm)
    pages = (f"/crm/persons/{person.pk}/", f"/crm/organisations/{firm.pk}/")
    assert not any("segments-panel" in anna.get(page).text for page in pages)
    link = link_person(actor=ANNA, person_id=person.pk)
    states = {link: {7: clock.now()}, uuid.uuid4(): {7: clock.now()}}
    project_memberships(
        actor=ANNA, names={7: {"de": "Stammkunden", "en": "Regulars"}}, states=states
    )
    of_person, of_firm = (anna.get(page).text for page in pages)
    assert "Regulars" in of_person
    assert "/engage/segments/7/" in of_person
    assert "Regulars" in of_firm
    assert "1 person · " in of_firm
