"""The composer, ticking off, one's own tasks."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.test import Client

from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.accounts.queries import viewer_of
from kundenkreis.crm.people.models import TimelineEntry
from kundenkreis.crm.work.commands import add_activity
from kundenkreis.crm.work.models import Activity, Draft
from kundenkreis.kernel import clock
from kundenkreis.kernel.testing import BOTH
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=BOTH)

HTMX = {"HX-Request": "true"}


def test_a_note_is_written_shown_and_taken_back(company: Company, anna: Client) -> None:
    page = f"/crm/persons/{company.person.pk}/"
    address = f"/crm/person/{company.person.pk}/activities/"
    answer = anna.post(address, {"kind": "note", "text": "Ruft morgen zurück"}, headers=HTMX)
    assert answer.status_code == 200
    assert "Ruft morgen" not in answer.text  # the composer is empty again
    said = json.loads(answer["HX-Trigger-After-Settle"])
    assert "record-changed" in said
    shown = anna.get(page).text
    assert "Ruft morgen zurück" in shown
    assert "Note by Anna" in shown
    assert TimelineEntry.objects.get(kind="note").actor == f"user:{company.anna.pk}"
    anna.post(said["toast"]["undo_url"], headers=HTMX)
    assert "Ruft morgen zurück" not in anna.get(page).text


def test_what_is_refused_comes_back_as_it_was_typed(company: Company, anna: Client) -> None:
    address = f"/crm/opportunity/{company.opportunity.pk}/activities/"
    typed = {"kind": "call", "text": " ", "minutes": "zwölf", "owner_id": str(company.anna.pk)}
    answer = anna.post(address, typed, headers=HTMX)
    assert answer.status_code == 422
    assert 'value="zwölf"' in answer.text
    assert "This is not a number." in answer.text
    assert 'value="call" checked' in answer.text
    assert not Activity.objects.exists()


def test_a_draft_is_there_again_after_a_reload_and_gone_when_it_is_saved(
    company: Company, anna: Client, logged_in: Callable[[User], Client]
) -> None:
    page = f"/crm/persons/{company.person.pk}/"
    typed = {"kind": "task", "text": "Angefangen …", "due_on": "2026-12-24"}
    assert anna.post(f"/crm/person/{company.person.pk}/draft/", typed).status_code == 204
    shown = anna.get(page).text
    assert ">Angefangen …</textarea>" in shown
    assert 'value="task" checked' in shown
    assert 'value="2026-12-24"' in shown
    assert "Angefangen" not in logged_in(company.ben).get(page).text
    anna.post(f"/crm/person/{company.person.pk}/activities/", typed, headers=HTMX)
    assert not Draft.objects.exists()
    assert ">Angefangen …</textarea>" not in anna.get(page).text


def test_a_task_is_ticked_off_wherever_it_stands(company: Company, anna: Client) -> None:
    viewer = viewer_of(company.anna)
    with clock.freeze("2026-11-21T12:00:00Z") as now:
        task = add_activity(
            actor=viewer, kind="task", about=company.person, text="Nachfassen",
            due_on=now.instant.date(),
        )  # fmt: skip
        circle = f'hx-post="/crm/activities/{task.pk}/tick/"'
        pages = ("/", "/crm/tasks/", f"/crm/persons/{company.person.pk}/", "/crm/activities/")
        for page in pages:
            assert circle in anna.get(page).text, page
        answer = anna.post(f"/crm/activities/{task.pk}/tick/", headers=HTMX)
        assert 'aria-pressed="true"' in answer.text
        assert Activity.objects.get().is_done
        for page in pages[:2]:
            assert circle not in anna.get(page).text, page
        assert "Task done" in anna.get(pages[2]).text
        undo = json.loads(answer["HX-Trigger-After-Settle"])["toast"]["undo_url"]
        anna.post(undo, headers=HTMX)
        assert circle in anna.get("/crm/tasks/").text


def test_nobody_ticks_off_what_they_may_not_change(
    company: Company, logged_in: Callable[[User], Client], carla: Client
) -> None:
    task = add_activity(
        actor=viewer_of(company.anna), kind="task", about=company.person, text="Nachfassen"
    )
    Activity.objects.update(owner_id=company.anna.pk, team_id=None)
    for client in (logged_in(company.ben), carla):
        answer = client.post(f"/crm/activities/{task.pk}/tick/", headers=HTMX)
        assert answer.status_code in (403, 404)
    assert not Activity.objects.get().is_done


def test_a_deal_has_a_composer_and_a_timeline_too(company: Company, anna: Client) -> None:
    shown = anna.get(f"/crm/opportunities/{company.opportunity.pk}/").text
    assert shown.count("<kk-composer") == 1
    assert 'id="timeline-panel"' in shown
