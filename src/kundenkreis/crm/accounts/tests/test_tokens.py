"""A token lets a program act as somebody: within its scopes, and never further than they may now."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundenkreis.crm.accounts import commands, scopes, token_commands
from kundenkreis.crm.accounts.models import ApiToken, Role, User
from kundenkreis.crm.accounts.queries import today, viewer_of
from kundenkreis.crm.accounts.scopes import narrowed
from kundenkreis.crm.accounts.token_queries import token_of, tokens, viewer_by_token
from kundenkreis.crm.accounts.undertaking_commands import ship_undertaking, undertake
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.errors import DomainError, NotAllowed
from kundenkreis.kernel.models import AuditChange, AuditEntry
from kundenkreis.kernel.testing import ANNA, CRM

pytestmark = pytest.mark.django_db(databases=CRM)

SIDES, TYPES, ACTIONS = ("crm", "engage"), ("person", "order"), ("read", "create", "export")
RIGHTS = [f"{side}.{kind}.{action}" for side in SIDES for kind in TYPES for action in ACTIONS]
patterns = st.builds(
    ".".join,
    st.tuples(*(st.sampled_from(("*", *some)) for some in (SIDES, TYPES, ACTIONS))),
)
some_scopes = st.dictionaries(
    st.sampled_from(("*", "crm.person", "crm.order", "engage.order")),
    st.sampled_from(("read", "write")),
)


@pytest.fixture
def ben() -> User:
    commands.create_shipped_roles(actor=ANNA)
    return commands.create_user(
        actor=ANNA,
        email="ben@example.org",
        name="Ben",
        password="drei bunte Vögel",
        roles=["sales"],
    )


def made(user: User, days: int = 30, **of: str) -> tuple[ApiToken, str]:
    return token_commands.create_token(
        actor=viewer_of(user), name="Shop", scopes=of or {"*": "write"},
        until=today() + timedelta(days=days),
    )  # fmt: skip


@given(st.dictionaries(patterns, st.sampled_from(Level)), some_scopes)
def test_a_right_is_there_where_the_owner_has_it_and_a_scope_names_it(
    grants: dict[str, Level], given_scopes: dict[str, str]
) -> None:
    owner = Viewer("Owner", 7, grants=grants)
    token = narrowed(owner, given_scopes)
    named = Viewer("scopes", grants=dict.fromkeys(scopes.patterns(given_scopes), Level.ALL))
    for right in RIGHTS:
        expected = owner.level(right) if named.may(right) else Level.NONE
        assert token.level(right) is expected, right


def test_the_property_notices_a_token_that_is_not_narrowed() -> None:
    owner = Viewer("Owner", 7, grants={"*.*.*": Level.ALL})
    assert owner.may("crm.person.export")
    assert not narrowed(owner, {"crm.person": "write"}).may("crm.person.export")
    assert not narrowed(owner, {"crm.person": "read"}).may("crm.person.change")
    assert not narrowed(owner, {"crm.person": "read"}).may("crm.order.read")


def test_only_the_digest_of_a_key_is_kept(ben: User) -> None:
    token, key = made(ben)
    assert len(key) > 43
    said = [list(model.objects.using("default").values()) for model in (AuditEntry, AuditChange)]
    assert key not in repr([list(ApiToken.objects.values()), said])
    assert token.digest not in repr(said)
    assert token_of(key) == token
    assert token_of(key + "x") is None
    assert token_of(token.digest) is None


def test_what_is_done_through_it_names_the_token(ben: User) -> None:
    token, _key = made(ben)
    viewer = viewer_by_token(token)
    assert (viewer.reference, viewer.via) == (f"user:{ben.pk}", f"api:{token.pk}")


def test_p09_it_is_good_no_more_from_the_next_request_on(ben: User) -> None:
    token, key = made(ben)
    assert viewer_by_token(token).may("crm.person.change")
    Role.objects.filter(slug="sales").update(grants={"crm.person.read": "own"})
    assert not viewer_by_token(token).may("crm.person.change")
    for change in ({"is_active": False}, {"until": today() - timedelta(days=1)}):
        User.objects.filter(pk=ben.pk).update(**change)
        assert token_of(key) is None
        User.objects.filter(pk=ben.pk).update(is_active=True, until=None)
        assert token_of(key) == token
    ApiToken.objects.update(until=today() - timedelta(days=1))
    assert token_of(key) is None


def test_it_is_revoked_by_its_owner_or_an_administrator(ben: User) -> None:
    (one, key), (other, _key) = made(ben), made(ben)
    token_commands.revoke_token(actor=viewer_of(ben), token_id=one.pk)
    assert token_of(key) is None
    carla = Viewer("Carla", ben.pk + 1, grants={"crm.apitoken.change": Level.TEAM})
    with pytest.raises(NotAllowed):
        token_commands.revoke_token(actor=carla, token_id=other.pk)
    token_commands.revoke_token(actor=ANNA, token_id=other.pk)
    assert [one.revoked_at is None for one in tokens(ANNA)] == [False, False]


def test_everybody_sees_their_own_and_administrators_all(ben: User) -> None:
    token, _key = made(ben)
    assert tokens(viewer_of(ben)) == tokens(ANNA) == [token]
    assert tokens(Viewer("Carla", ben.pk + 1)) == []


@pytest.mark.parametrize(
    ("days", "of", "field"),
    [(-1, {"*": "read"}, "until"), (800, {"*": "read"}, "until"), (1, {"crm.nothing": "read"}, "types"),
     (1, {"*": "everything"}, "types")],
)  # fmt: skip
def test_it_refuses_tokens_that_end_never_or_may_what_nobody_knows(
    ben: User, days: int, of: dict[str, str], field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        made(ben, days, **of)
    assert refused.value.field == field


def test_nobody_has_more_than_fifty(ben: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_commands, "MOST", 2)
    made(ben)
    first, _key = made(ben)
    with pytest.raises(DomainError):
        made(ben)
    token_commands.revoke_token(actor=viewer_of(ben), token_id=first.pk)
    made(ben)


def test_it_opens_nothing_before_confidentiality_is_undertaken(ben: User) -> None:
    token, key = made(ben)
    assert viewer_by_token(token).may("crm.person.read")
    ship_undertaking(actor=ANNA)
    owing = viewer_by_token(token)
    assert token_of(key) == token
    assert not owing.may("crm.person.read")
    undertake(actor=owing, version=1)
    assert viewer_by_token(token).may("crm.person.read")
