from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from kundenkreis.kernel import log, store
from kundenkreis.kernel.clock import FrozenClock, freeze
from kundenkreis.kernel.errors import DomainError, NotAllowed
from kundenkreis.kernel.forgetting import forget, forget_rows
from kundenkreis.kernel.models import OutboxMessage
from kundenkreis.kernel.relay import relay
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BOTH, CARLA
from kundenkreis.link import applying, commands, jobs, queries, routes
from kundenkreis.link.models import InboxMessage
from kundenkreis.link.receiving import receive
from kundenkreis.link.tests import notes
from kundenkreis.link.tests.notes import note, written

pytestmark = pytest.mark.django_db(databases=BOTH, transaction=True)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[FrozenClock]:
    monkeypatch.setitem(routes.ROUTES, notes.NAME, notes.write_notes)
    notes.BROKEN.clear()
    notes.EARLY.clear()
    with freeze("2026-11-21T12:00:00Z") as frozen:
        yield frozen


def carry() -> None:
    for _ in range(20):
        if not jobs.carry_to_crm() + jobs.carry_to_engage():
            return


def dead() -> list[str]:
    return [message.payload["text"] for _, message in queries.dead_letters(ANNA)]


def test_it_carries_messages_in_order_and_once() -> None:
    note("a", "1", "2")
    note("b", "3")
    carry()
    carry()
    assert written() == ["1", "2", "3"]


def test_a_message_that_is_read_again_is_recognised() -> None:
    note("a", "1")
    receive(Side.CRM)
    with store.group(Side.CRM, "test"):
        log.move("link.from.engage", log.Position(), Side.CRM)
    carry()
    receive(Side.CRM)
    carry()
    assert written() == ["1"]


def test_a_failing_message_holds_up_its_own_key_only(clock: FrozenClock) -> None:
    notes.BROKEN.add("bad")
    note("a", "bad", "behind")
    note("b", "other")
    carry()
    assert written() == ["other"]
    notes.BROKEN.clear()
    carry()
    assert written() == ["other"]  # not due yet
    clock.advance(seconds=2)
    carry()
    assert written() == ["other", "bad", "behind"]


def test_a_failed_message_leaves_nothing_of_its_effect() -> None:
    notes.BROKEN.add("bad")
    note("a", "good")
    note("b", "bad")
    carry()
    assert written() == ["good"]


def test_pauses_grow_and_the_last_attempt_leaves_a_dead_letter(clock: FrozenClock) -> None:
    notes.BROKEN.add("bad")
    note("a", "bad", "behind")
    pauses = []
    for _ in range(applying.ATTEMPTS):
        carry()
        message = InboxMessage.objects.using("default").get(payload__text="bad")
        pauses.append((message.due_at - clock.instant).total_seconds())
        clock.instant = message.due_at
    assert pauses[:4] == [2, 4, 8, 16]
    assert max(pauses) <= 3600
    assert dead() == ["bad"]
    assert "bad is broken" in message.error
    carry()
    assert written() == []


def die(clock: FrozenClock) -> int:
    notes.BROKEN.add("bad")
    note("a", "bad", "behind")
    for _ in range(applying.ATTEMPTS):
        carry()
        clock.advance(hours=1)
    ((_, message),) = queries.dead_letters(ANNA)
    return message.pk


def test_discarding_a_dead_letter_lets_those_behind_it_go_on(clock: FrozenClock) -> None:
    message_id = die(clock)
    commands.discard_message(actor=ANNA, side=Side.CRM, message_id=message_id)
    carry()
    assert written() == ["behind"]
    with pytest.raises(DomainError):
        commands.retry_message(actor=ANNA, side=Side.CRM, message_id=message_id)


def test_a_dead_letter_can_be_tried_again(clock: FrozenClock) -> None:
    message_id = die(clock)
    notes.BROKEN.clear()
    commands.retry_message(actor=ANNA, side=Side.CRM, message_id=message_id)
    carry()
    assert written() == ["bad", "behind"]
    assert dead() == []


def test_what_comes_too_early_waits_aside_and_is_woken(clock: FrozenClock) -> None:
    notes.EARLY.add("cancel")
    note("a", "cancel", "order")
    note("b", "else")
    carry()
    assert written() == ["order", "else"]
    notes.EARLY.clear()
    note("a", "more")
    carry()
    assert written() == ["order", "else", "more", "cancel"]


def test_what_stays_too_early_is_dead_after_a_week(clock: FrozenClock) -> None:
    notes.EARLY.add("cancel")
    note("a", "cancel")
    for _ in range(8):
        carry()
        assert dead() == []
        clock.advance(hours=23)
    carry()
    assert dead() == ["cancel"]


def test_a_message_nobody_knows_becomes_visible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(routes.ROUTES, notes.NAME)
    note("a", "1")
    carry()
    message = InboxMessage.objects.using("default").get()
    assert message.attempts == 1
    assert notes.NAME in message.error


def test_health_says_what_waits_and_what_is_dead(clock: FrozenClock) -> None:
    note("a", "1")
    to_crm, to_engage = queries.health(ANNA)
    assert (to_crm.sent, to_crm.waiting, to_crm.last_applied_at) == (1, 0, None)
    clock.advance(minutes=2)
    assert not queries.health(ANNA)[0].is_well
    carry()
    (to_crm, _) = queries.health(ANNA)
    assert to_crm.is_well
    assert (to_crm.sent, to_crm.waiting, to_crm.last_applied_at) == (0, 0, clock.instant)
    die(clock)
    (to_crm, _) = queries.health(ANNA)
    assert (to_crm.waiting, to_crm.dead, to_crm.is_well) == (1, 1, False)
    assert to_engage.is_well


def test_applied_messages_are_forgotten_after_thirty_days(clock: FrozenClock) -> None:
    note("a", "1")
    carry()
    clock.advance(days=29)
    assert forget_rows(Side.CRM, InboxMessage) == 0
    clock.advance(days=2)
    assert forget_rows(Side.CRM, InboxMessage) == 1


@pytest.mark.parametrize("given_up", [False, True], ids=["dead", "discarded"])
def test_messages_that_never_had_their_effect_are_forgotten_too(
    given_up: bool, clock: FrozenClock
) -> None:
    message_id = die(clock)
    if given_up:
        commands.discard_message(actor=ANNA, side=Side.CRM, message_id=message_id)
    clock.advance(days=29)
    assert forget_rows(Side.CRM, InboxMessage) == 0
    clock.advance(days=2)
    assert forget_rows(Side.CRM, InboxMessage) == 1
    assert [left.payload["text"] for left in InboxMessage.objects.using("default")] == ["behind"]
    carry()
    assert written() == ["behind"]


def test_what_engage_received_is_forgotten_by_the_role_that_knows_the_link(
    clock: FrozenClock,
) -> None:
    old = InboxMessage(
        uuid=uuid4(), name="x", payload={}, state="applied", sent_at=clock.instant,
        received_at=clock.instant, applied_at=clock.instant, due_at=clock.instant,
    )  # fmt: skip
    with store.group(Side.ENGAGE, "test"):
        store.append(InboxMessage, [old])
    clock.advance(days=30)
    assert jobs.forget_in_engage() == 0
    clock.advance(seconds=1)
    assert jobs.forget_in_engage() == 1


def test_the_sender_forgets_a_message_only_after_it_has_crossed(clock: FrozenClock) -> None:
    note("a", "1")
    relay(Side.ENGAGE)
    clock.advance(days=31)
    jobs.say_what_crossed()
    assert forget(Side.ENGAGE) == 0
    carry()
    jobs.say_what_crossed()
    assert forget(Side.ENGAGE) == 1
    assert not OutboxMessage.objects.using("engage").exists()
    assert written() == ["1"]


def test_messages_of_one_kind_go_together_as_far_as_keys_allow() -> None:
    said = [("a", "x"), ("b", "x"), ("a", "y"), ("a", "x"), ("b", "y"), ("", "x")]
    messages = [InboxMessage(pk=n, key=key, name=name) for n, (key, name) in enumerate(said)]
    groups = [(name, [m.pk for m in group]) for name, group in applying.grouped(messages)]
    assert groups == [("x", [0, 1, 5]), ("y", [2, 4]), ("x", [3])]


def test_carla_may_not_see_or_decide_anything() -> None:
    with pytest.raises(NotAllowed):
        queries.health(CARLA)
    with pytest.raises(NotAllowed):
        commands.discard_message(actor=CARLA, side=Side.CRM, message_id=1)
