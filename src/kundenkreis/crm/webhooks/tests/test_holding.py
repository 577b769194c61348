"""After a restore, and on trial, receivers are told nothing until somebody says so."""

from __future__ import annotations

import pytest

from kundenkreis.crm.people import commands as people
from kundenkreis.crm.webhooks.jobs import note_and_wake
from kundenkreis.crm.webhooks.models import Webhook
from kundenkreis.crm.webhooks.tests.receiving import hook, work
from kundenkreis.kernel import clock, held
from kundenkreis.kernel.access import Viewer
from kundenkreis.kernel.egress.tests.receivers import Receiver
from kundenkreis.kernel.jobs import runner
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BOTH

# The audit is read as a log: on PostgreSQL only what is committed.
pytestmark = pytest.mark.django_db(databases=BOTH, transaction=True)


def test_after_a_restore_nothing_leaves_until_it_is_released(
    olga: Viewer, server: Receiver
) -> None:
    hook(olga, server)
    people.create_person(actor=olga, last_name="Kern")
    for side in Side:
        held.hold(side, actor=ANNA, backup_at=clock.now())
    work()
    assert server.connections == 0
    held.release(actor=ANNA)
    work()
    assert len(server.heard) == 1


def test_on_trial_nothing_leaves_and_what_would_have_can_be_looked_at_and_thrown_away(
    olga: Viewer, server: Receiver
) -> None:
    hook(olga, server)
    people.create_person(actor=olga, last_name="Kern")
    assert held.begin_trial(actor=ANNA)
    work()
    assert server.connections == 0
    kind = held.KINDS["webhooks"]
    assert kind.count() == 1
    assert [line.to for line in kind.look(5)] == [Webhook.objects.get().address]
    held.release(actor=ANNA, why=held.Why.TRIAL, discard=["webhooks"])
    work()
    assert server.connections == 0
    people.create_person(actor=olga, last_name="Ohm")
    work()
    assert len(server.heard) == 1


def test_control_a_job_that_was_waiting_before_the_restore_sends_nothing_either(
    olga: Viewer, server: Receiver
) -> None:
    hook(olga, server)
    people.create_person(actor=olga, last_name="Kern")
    while note_and_wake():
        pass
    note_and_wake()
    held.hold(Side.CRM, actor=ANNA, backup_at=clock.now())
    assert runner.run_due(Side.CRM, attended=False) >= 1
    assert server.connections == 0
