"""The pages of a take-over: bring files, decide, look, take over, take back."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kundenkreis.crm.people.models import Person
from kundenkreis.integrations.crm.folder import example
from kundenkreis.integrations.crm.folder.sources import SIDE
from kundenkreis.kernel.testing import BOTH
from kundenkreis.records import working
from kundenkreis.records.models import Transfer

pytestmark = pytest.mark.django_db(databases=BOTH)
HERE = "/crm/takeover/"


def latest() -> Transfer:
    while working.go_on(SIDE, Transfer.objects.using("default").latest("pk").pk):
        pass
    return Transfer.objects.using("default").latest("pk")


@pytest.fixture
def client(anna: Client) -> Client:
    return anna


def test_files_go_from_the_page_to_the_base_and_back(client: Client) -> None:
    files = [SimpleUploadedFile(name, content) for name, content in example.files().items()]
    answer = client.post(HERE, {"file": files})
    found = latest()
    page = f"{HERE}{found.pk}/"
    assert answer["Location"] == page
    text = client.get(page).content.decode()
    assert "DATEV" in text
    assert "Outlook" in text

    # Without a legal basis nothing about people goes on, and what was typed stays.
    said = {"source": "Schublade", "legal_basis": "", "rank-3": "1", "rank--1": "99"}
    refused = client.post(f"{page}decide/", said)
    assert refused.status_code == 422
    assert "Schublade" in refused.content.decode()
    client.post(f"{page}decide/", {**said, "legal_basis": "contract"})
    found = latest()
    assert found.asked["order"][0] == 3
    assert found.asked["order"][-1] == -1
    assert found.state == Transfer.State.CHECKED
    for name in ("conflicts", "merged", "left"):
        assert client.get(f"{page}?show={name}").status_code == 200
    shown = client.get(f"{page}?show=conflicts").content.decode()
    assert "Lindner-Voß" in shown
    assert Person.objects.count() == 1  # who was there before

    # A choice that is posted is the one that is shown afterwards.
    (field,) = set(re.findall(r'name="(pick-person:\d+:last_name)"', shown))
    client.post(f"{page}choose/?show=conflicts", {field: "1"})
    latest()
    chosen = client.get(f"{page}?show=conflicts").content.decode()
    assert re.search(rf'name="{field}" value="1" checked', chosen)

    report = b"".join(client.get(f"{page}report/")).decode("utf-8-sig")  # type: ignore[call-overload]
    assert "70001" in report
    client.post(f"{page}carry/")
    latest()
    assert Person.objects.count() == 13
    assert "12" in client.get(page).content.decode()
    client.post(f"{page}undo/")
    assert Person.objects.count() == 1
    assert client.get(page).status_code == 200


def test_a_file_that_nobody_knows_can_be_explained(client: Client) -> None:
    lines = b"Wer;Wo;Mail\nAnna Kern;Jena;a@example.org\n"
    good = b"Vorname;Nachname\nBen;Ott\n"
    files = [SimpleUploadedFile("fremd.csv", lines), SimpleUploadedFile("gut.csv", good)]
    client.post(HERE, {"file": files})
    found = latest()
    page = f"{HERE}{found.pk}/files/0/"
    assert "Anna Kern" in client.get(page).content.decode()
    client.post(page, {"what": "persons", "column": ["full_name", "town", "email"]})
    wrong = client.post(page, {"what": "elephants", "column": []})
    assert wrong.status_code == 422
    client.post(page, {"again": "1", "encoding": "cp1252", "separator": ";"})
    assert latest().found["parts"][0]["encoding"] == "cp1252"
    client.post(page, {"what": "persons", "column": ["full_name", "town", "email"]})
    client.post(f"{HERE}{found.pk}/decide/", {"source": "x", "legal_basis": "interest"})
    assert latest().counts["person_new"] == 2
    assert client.get(f"{HERE}{found.pk}/files/9/").status_code == 404


def test_it_is_found_and_nobody_sees_those_of_others(client: Client, carla: Client) -> None:
    assert HERE in client.get("/").content.decode()
    assert HERE in client.get("/crm/persons/import/").content.decode()
    client.post(f"{HERE}example/")
    found = latest()
    assert client.get(f"{HERE}{found.pk}/").status_code == 200
    assert carla.get(f"{HERE}{found.pk}/").status_code in (403, 404)
    assert client.post(f"{HERE}{found.pk}/elsewhere/").status_code == 404
    empty = client.post(HERE, {})
    assert empty.status_code == 422
