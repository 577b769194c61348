"""What only shows with real commits: sealing, jobs, relay, logs that commit out of order."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from django.db import connections, transaction
from django.tasks import task

from kundenkreis.crm.people.models import Person
from kundenkreis.kernel import audit, events, log, relay, store
from kundenkreis.kernel.clock import freeze
from kundenkreis.kernel.jobs import runner
from kundenkreis.kernel.models import AuditEntry, Job, OutboxMessage
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CRM

pytestmark = pytest.mark.django_db(databases=CRM, transaction=True)

RAN: list[str] = []


@task(backend="crm")
def note(text: str) -> None:
    RAN.append(text)
    if text == "bad":
        raise ValueError("broken on purpose")


@dataclass(frozen=True)
class Rang:
    """A bell rang."""

    KEY: ClassVar[str] = "bell"
    bell: str


@events.after(Rang)
def answer(event: Rang) -> None:
    RAN.append(event.bell)


def enqueue(text: str, **options: object) -> None:
    with store.group(Side.CRM, "test"):
        note.using(**options).enqueue(text)  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _quiet() -> None:
    RAN.clear()


def test_a_sealed_audit_row_that_is_altered_or_deleted_is_named() -> None:
    with store.group(Side.CRM, "test"):
        for name in "abc":
            store.create(ANNA, Person, last_name=name)
    assert audit.seal(Side.CRM) == 3
    assert list(audit.verify(Side.CRM)) == []
    first, second, _ = AuditEntry.objects.using("default").order_by("id")
    AuditEntry.objects.using("default").filter(pk=first.pk).update(digest="0" * 64)
    AuditEntry.objects.using("default").filter(pk=second.pk).delete()
    found = {(damage.entry_id, damage.what) for damage in audit.verify(Side.CRM)}
    assert found == {(first.pk, "altered"), (second.pk, "missing")}


def sealed_rows() -> list[AuditEntry]:
    with store.group(Side.CRM, "test"):
        for name in "abc":
            store.create(ANNA, Person, last_name=name)
    audit.seal(Side.CRM)
    return list(AuditEntry.objects.using("default").order_by("id"))


@pytest.mark.parametrize("erased", [False, True], ids=["whole", "changes erased"])
@pytest.mark.parametrize(
    "said",
    [
        {"at": datetime(2026, 1, 1, tzinfo=UTC)},
        *({name: "x"} for name in ("actor", "via", "command", "action", "target", "batch")),
        {"behalf": "user:7"},
    ],
    ids=str,
)
def test_nothing_that_a_sealed_row_says_is_altered_unnoticed(
    said: dict[str, Any], erased: bool
) -> None:
    second = sealed_rows()[1]
    if erased:
        audit.AuditChange.objects.using("default").filter(entry=second).delete()
    AuditEntry.objects.using("default").filter(pk=second.pk).update(**said)
    assert [damage.entry_id for damage in audit.verify(Side.CRM)] == [second.pk]


def test_sealed_rows_that_change_places_are_named() -> None:
    first, second, _third = sealed_rows()
    for here, there in ((first, second), (second, first)):
        values = {field.attname: getattr(there, field.attname) for field in there._meta.fields}
        change = audit.AuditChange(entry=here, salt=there.change.salt, fields=there.change.fields)
        AuditEntry.objects.using("default").filter(pk=here.pk).update(**{**values, "id": here.pk})
        change.save(using="default")
    assert {damage.entry_id for damage in audit.verify(Side.CRM)} == {first.pk, second.pk}


def test_rows_that_were_sealed_before_their_columns_stood_in_the_chain_stay_valid(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(audit, "_link", audit._early_link)
        first = sealed_rows()[0]
    sealed_rows()
    assert list(audit.verify(Side.CRM)) == []
    # Control: of these nobody notices what the tests above notice.
    audit.AuditChange.objects.using("default").filter(entry=first).delete()
    AuditEntry.objects.using("default").filter(pk=first.pk).update(actor="x")
    assert list(audit.verify(Side.CRM)) == []


def test_erasing_the_changes_leaves_the_chain_valid() -> None:
    with store.group(Side.CRM, "test"):
        store.create(ANNA, Person, last_name="Weiß")
    audit.seal(Side.CRM)
    audit.AuditChange.objects.using("default").all().delete()
    assert list(audit.verify(Side.CRM)) == []


def test_a_job_runs_once_and_only_when_due() -> None:
    with freeze("2026-11-21T12:00:00Z") as clock:
        enqueue("later", run_after=clock.instant.replace(hour=13))
        assert runner.run_due(Side.CRM) == 0
        clock.advance(hours=1)
        assert runner.run_due(Side.CRM) == 1
        assert runner.run_due(Side.CRM) == 0
    assert RAN == ["later"]


def test_a_unique_job_waits_only_once() -> None:
    enqueue("one", unique="k")
    enqueue("two", unique="k")
    runner.run_due(Side.CRM)
    assert RAN == ["one"]


def test_a_failing_job_is_retried_and_then_dead_with_its_reason() -> None:
    with freeze("2026-11-21T12:00:00Z") as clock:
        enqueue("bad")
        for _ in range(runner.ATTEMPTS):
            runner.run_due(Side.CRM)
            clock.advance(minutes=5)
        assert runner.run_due(Side.CRM) == 0
    job = Job.objects.using("default").get()
    assert (job.state, job.attempts) == (Job.State.DEAD, runner.ATTEMPTS)
    assert "broken on purpose" in job.error


def test_jobs_of_a_lane_keep_their_order_past_a_failure() -> None:
    with freeze("2026-11-21T12:00:00Z") as clock:
        enqueue("bad", lane="x")
        enqueue("after", lane="x")
        enqueue("other", lane="y")
        runner.run_due(Side.CRM)
        assert RAN == ["bad", "other"]
        for _ in range(runner.ATTEMPTS):
            clock.advance(minutes=5)
            runner.run_due(Side.CRM)
    assert RAN[-1] == "after"


def test_f17_a_worker_that_lost_its_lease_cannot_finish_the_job() -> None:
    with freeze("2026-11-21T12:00:00Z") as clock:
        enqueue("slow")
        first = runner.claim(Side.CRM)
        assert first is not None
        assert runner.claim(Side.CRM) is None
        clock.advance(minutes=2)
        second = runner.claim(Side.CRM)
        assert second is not None
        runner._finish(first, Side.CRM, state=Job.State.DEAD)
        assert Job.objects.using("default").get().state == Job.State.RUNNING
        runner._finish(second, Side.CRM, state=Job.State.DONE)
        assert Job.objects.using("default").get().state == Job.State.DONE


def test_after_handlers_get_the_event_exactly_once_from_the_outbox() -> None:
    with store.group(Side.CRM, "test"):
        events.publish(Rang(bell="kitchen"))
    assert RAN == []
    assert relay.relay(Side.CRM) == 1
    assert relay.relay(Side.CRM) == 0
    runner.run_due(Side.CRM)
    assert RAN == ["kitchen"]


def test_an_event_of_an_aborted_command_never_leaves() -> None:
    with pytest.raises(ValueError), store.group(Side.CRM, "test"):  # noqa: PT012
        events.publish(Rang(bell="ghost"))
        raise ValueError
    assert not OutboxMessage.objects.using("default").exists()


@pytest.mark.skipif("connections['default'].vendor != 'postgresql'", reason="SQLite has one writer")
def test_a_row_that_commits_late_is_not_skipped() -> None:
    """Two interleaved transactions: the one with the lower id commits last."""
    begun, go = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic(using="default"), store.group(Side.CRM, "slow"):
            events.publish(Rang(bell="slow"))
            begun.set()
            go.wait(10)
        connections["default"].close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert begun.wait(10)
    with store.group(Side.CRM, "quick"):
        events.publish(Rang(bell="quick"))
    naive = OutboxMessage.objects.using("default").order_by("-id")[0]
    assert log.read_after(OutboxMessage, log.Position(), 10, Side.CRM) == []
    go.set()
    thread.join(10)
    bells = [
        row.payload["bell"] for row in log.read_after(OutboxMessage, log.Position(), 10, Side.CRM)
    ]
    assert bells == ["slow", "quick"]
    # Control: a reader that remembers the highest id it saw would have missed the slow row.
    assert not OutboxMessage.objects.using("default").filter(pk__gt=naive.pk).exists()
