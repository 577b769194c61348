"""Every time that a privacy map promises is kept: nothing stays longer, nothing goes earlier."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db.models import Model
from hypothesis import given
from hypothesis import strategies as st

from kundenkreis.engage.tracking.models import Event
from kundenkreis.kernel import audit, forgetting, store
from kundenkreis.kernel.clock import FrozenClock, freeze
from kundenkreis.kernel.models import AuditChange
from kundenkreis.kernel.privacy import RECORD_ONLY, Map, Period
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import BOTH, SYSTEM
from tests.properties.retention_rows import MAKERS, Make

pytestmark = pytest.mark.django_db(databases=BOTH)

# Promises that no job keeps; each says in its map who does.
EXPLAINED = {"kernel.AuditEntry", "crm_accounts.User"}
PROMISED = [(side, model) for side in Side for model in forgetting.promised(side)]
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[FrozenClock]:
    with freeze("2028-02-29T12:00:00Z") as frozen:
        yield frozen


def maps() -> Iterator[tuple[str, Map]]:
    for config in apps.get_app_configs():
        if config.name.startswith("kundenkreis.") and config.models:
            yield config.label, import_module(f"{config.name}.privacy").PRIVACY


def rows(side: Side, model: type[Model]) -> set[int]:
    return set(model._default_manager.using(side.alias).values_list("pk", flat=True))


def test_every_promise_in_every_map_is_kept_or_explained() -> None:
    kept = {model._meta.label for _, model in PROMISED}
    timed = {
        f"{label}.{model}"
        for label, privacy in maps()
        for model, uses in privacy.items()
        if any(use.keep != RECORD_ONLY for use in uses.values())
    }
    assert timed - kept == EXPLAINED
    assert kept <= timed
    for label, privacy in maps():
        for model, uses in privacy.items():
            said = [use.but for use in uses.values() if use.keep != RECORD_ONLY and not use.since]
            assert all(said), f"{label}.{model}"


def test_every_promise_is_tried_below() -> None:
    assert {model for _, model in PROMISED} == set(MAKERS)


@pytest.mark.unaudited
@pytest.mark.parametrize(
    ("side", "model"), PROMISED, ids=[f"{side}-{model.__name__}" for side, model in PROMISED]
)
def test_what_is_over_goes_and_what_is_younger_stays(
    side: Side, model: type[Model], clock: FrozenClock
) -> None:
    over = forgetting.promised(side)[model].keep.before(clock.instant)
    make: Make = MAKERS[model]
    before = rows(side, model)
    young, old = make(side, over), make(side, over - HOUR)
    newest = make(side, clock.instant)
    forgetting.forget(side)
    assert rows(side, model) - before == {young.pk, newest.pk}
    assert old.pk not in rows(side, model)


def events_of_age(ages: list[int], now: datetime) -> None:
    """Makes events so many hours old, forgets a few at a time, and looks at what is left."""
    over = forgetting.promised(Side.ENGAGE)[Event].keep
    made = [MAKERS[Event](Side.ENGAGE, now - timedelta(hours=age)) for age in ages]
    while forgetting.forget_rows(Side.ENGAGE, Event):
        pass
    left = rows(Side.ENGAGE, Event)
    for age, event in zip(ages, made, strict=True):
        at = now - timedelta(hours=age)
        # Two years and a month, counted by hand.
        months = (now.year - at.year) * 12 + now.month - at.month
        young = months < 25 or (months == 25 and (at.day, at.time()) >= (now.day, now.time()))
        assert over == Period(25, "m")
        assert (event.pk in left) is young, f"{at}"
    with store.group(Side.ENGAGE, "test"):
        store.discard(Event.objects.all())


@given(ages=st.lists(st.integers(0, 60 * 30 * 24), max_size=12))
def test_of_events_in_any_order_exactly_the_old_ones_go(ages: list[int]) -> None:
    with freeze("2028-02-28T12:00:00Z") as clock:
        monkeypatch = pytest.MonkeyPatch()
        with monkeypatch.context() as patch:
            patch.setitem(forgetting.RULES, Event, forgetting.Rule(piece=3))
            events_of_age(ages, clock.instant)


def test_a_month_of_thirty_days_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(period: Period, now: datetime) -> datetime:
        return now - timedelta(days=30 * period.count)

    with freeze("2028-02-28T12:00:00Z") as clock:
        ages = [24 * days for days in (740, 755, 770)]
        events_of_age(ages, clock.instant)
        monkeypatch.setattr(Period, "before", wrong)
        with pytest.raises(AssertionError, match="2026-02-0"):
            events_of_age(ages, clock.instant)


def test_a_rule_that_forgets_the_time_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    everything = forgetting.Rule(due=lambda side, before: Event.objects.order_by("pk"))
    monkeypatch.setitem(forgetting.RULES, Event, everything)
    with freeze("2028-02-28T12:00:00Z") as clock, pytest.raises(AssertionError):
        events_of_age([1], clock.instant)


def test_only_the_oldest_rows_of_a_log_are_read_to_find_nothing(
    clock: FrozenClock, django_assert_num_queries: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "CHUNK", 2)
    head = [MAKERS[Event](Side.ENGAGE, clock.instant) for _ in range(2)]
    behind = MAKERS[Event](Side.ENGAGE, clock.instant - timedelta(days=2000))
    assert forgetting.forget_rows(Side.ENGAGE, Event) == 0
    with store.group(Side.ENGAGE, "test"):
        store.discard(Event.objects.filter(pk__in=[event.pk for event in head]))
    assert forgetting.forget_rows(Side.ENGAGE, Event) == 1
    assert behind.pk not in rows(Side.ENGAGE, Event)


def test_who_changed_before_it_was_locked_stays(
    clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the search and the transaction, the row becomes young again."""
    event = MAKERS[Event](Side.ENGAGE, clock.instant - timedelta(days=2000))
    searches = []

    def due(side: Side, before: datetime):  # type: ignore[no-untyped-def]
        searches.append(before)
        if len(searches) == 2:
            store.replace(Event.objects.filter(pk=event.pk), received_at=clock.instant)
        return forgetting.oldest(Event.objects.all(), "received_at", before)

    monkeypatch.setitem(forgetting.RULES, Event, forgetting.Rule(due=due))
    assert forgetting.forget_rows(Side.ENGAGE, Event) == 0
    assert event.pk in rows(Side.ENGAGE, Event)


def test_the_chain_of_the_audit_holds_without_what_was_forgotten(clock: FrozenClock) -> None:
    clock.advance(days=-4000)
    with store.group(Side.CRM, "test"):
        store.create(SYSTEM, apps.get_model("crm_people.Organisation"), name="Bergmann")
    audit.seal(Side.CRM)
    clock.advance(days=4000)
    old = AuditChange.objects.using("default").filter(entry__at__lt=clock.instant)
    assert old.exists()
    forgetting.forget(Side.CRM)
    assert not old.exists()
    assert list(audit.verify(Side.CRM)) == []
