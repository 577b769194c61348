"""Proofs are kept while anything rests on them; an objection as long as anybody could be asked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kundenkreis.engage.consent.commands import Statement, record_consent
from kundenkreis.engage.consent.models import ConsentEntry, ConsentState
from kundenkreis.engage.profiles.models import Identifier, Profile
from kundenkreis.kernel import store
from kundenkreis.kernel.clock import FrozenClock, freeze
from kundenkreis.kernel.forgetting import forget_rows
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ENGAGE, SYSTEM

pytestmark = pytest.mark.django_db(databases=ENGAGE)


@pytest.fixture(autouse=True)
def clock() -> Iterator[FrozenClock]:
    with freeze("2026-11-21T12:00:00Z") as frozen:
        yield frozen


def say(clock: FrozenClock, subject: str, *, granted: bool, kind: str = "anonymous") -> None:
    said = (kind, subject, "offers", "web", granted, clock.instant, "web")
    namespace = "shop" if kind in ("anonymous", "user") else ""
    record_consent(actor=SYSTEM, statement=Statement(*said, namespace=namespace))


def left() -> tuple[list[str], list[str]]:
    entries = ConsentEntry.objects.order_by("pk").values_list("subject", flat=True)
    return list(entries), sorted(ConsentState.objects.values_list("subject", flat=True))


def forget() -> None:
    while forget_rows(Side.ENGAGE, ConsentEntry):
        pass


def test_the_proof_of_a_cookie_nobody_has_any_more_goes_with_its_state(clock: FrozenClock) -> None:
    say(clock, "v1", granted=True)
    clock.advance(days=7 * 365)
    forget()
    assert left() == (["v1"], ["v1"])
    clock.advance(days=3)
    forget()
    assert left() == ([], [])


def test_a_cookie_in_use_keeps_its_proof(clock: FrozenClock) -> None:
    say(clock, "v1", granted=True)
    with store.group(Side.ENGAGE, "test"):
        who = store.create(SYSTEM, Profile)
        name = Identifier(profile=who, namespace="shop", kind="anonymous", value="v1")
        name.first_seen_at = clock.instant
        store.append(Identifier, [name])
    clock.advance(days=9000)
    forget()
    assert left() == (["v1"], ["v1"])


@pytest.mark.parametrize("kind", ["user", "email", "phone", "person"])
def test_an_objection_is_never_forgotten(kind: str, clock: FrozenClock) -> None:
    say(clock, "somebody", granted=False, kind=kind)
    clock.advance(days=9000)
    forget()
    assert left() == (["somebody"], ["somebody"])


def test_a_younger_statement_keeps_the_older_ones_it_is_weighed_against(
    clock: FrozenClock,
) -> None:
    say(clock, "v1", granted=False)
    clock.advance(days=3000)
    say(clock, "v1", granted=True)
    forget()
    assert left() == (["v1", "v1"], ["v1"])
    clock.advance(days=3000)
    forget()
    assert left() == ([], [])
