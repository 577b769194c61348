from __future__ import annotations

import hashlib
import hmac

import pytest

from kundenkreis.engage.tracking import queries
from kundenkreis.engage.tracking.commands import change_source, create_source, renew_key
from kundenkreis.engage.tracking.models import Source
from kundenkreis.engage.tracking.sources import is_signed, sign_user, stored_key
from kundenkreis.engage.tracking.testing import Shop
from kundenkreis.kernel.errors import DomainError, NotAllowed, NotFound
from kundenkreis.kernel.models import AuditChange, AuditEntry
from kundenkreis.kernel.testing import ANNA, CARLA, ENGAGE

pytestmark = pytest.mark.django_db(databases=ENGAGE)


def test_a_secret_key_is_shown_once_and_kept_as_its_hash(shop: Shop) -> None:
    assert shop.orders_key.startswith("sk_")
    stored = Source.objects.get(pk=shop.orders.id).write_key
    assert stored == hashlib.sha256(shop.orders_key.encode()).hexdigest()
    assert shop.browser_key.startswith("pk_")
    assert Source.objects.get(pk=shop.browser.id).write_key == shop.browser_key


def test_the_edge_finds_active_sources_by_their_key(shop: Shop) -> None:
    book = queries.reporting_sources()
    assert book[stored_key(shop.orders_key)] == shop.orders
    change_source(actor=ANNA, source_id=shop.orders.id, is_active=False)
    assert stored_key(shop.orders_key) not in queries.reporting_sources()
    with pytest.raises(NotFound):
        queries.source_view(shop.orders.id)


def test_a_renewed_key_ends_the_old_one_and_its_proofs(shop: Shop) -> None:
    token = sign_user(shop.orders_key, "u1")
    assert is_signed(shop.browser, "u1", token)
    new = renew_key(actor=ANNA, source_id=shop.orders.id)
    browser = queries.source_view(shop.browser.id)
    assert not is_signed(browser, "u1", token)
    assert is_signed(browser, "u1", sign_user(new, "u1"))


def test_a_proof_is_what_the_documentation_says(shop: Shop) -> None:
    signing = hmac.new(shop.orders_key.encode(), b"kundenkreis.identity", hashlib.sha256)
    by_hand = hmac.new(signing.hexdigest().encode(), "Käthe".encode(), hashlib.sha256).hexdigest()
    assert is_signed(shop.browser, "Käthe", by_hand)
    assert not is_signed(shop.browser, "Kathe", by_hand)
    assert not is_signed(shop.browser, "Käthe", "ü")


def test_what_is_stored_of_a_secret_key_is_no_key(shop: Shop) -> None:
    book = queries.reporting_sources()
    row = Source.objects.get(pk=shop.orders.id)
    assert stored_key(shop.orders_key) in book
    assert stored_key(row.write_key) not in book
    assert stored_key(row.signing_key) not in book
    token = hmac.new(row.write_key.encode(), b"u1", hashlib.sha256).hexdigest()
    assert not is_signed(shop.browser, "u1", token)


@pytest.mark.parametrize("key", ["", "sk", "SK_x", "x", "0" * 64, "sk_\ud800", "pk_\ud800", "\x00"])
def test_what_is_no_key_finds_no_source(shop: Shop, key: str) -> None:
    assert stored_key(key) not in queries.reporting_sources()


def test_a_source_without_a_signing_key_proves_nothing(shop: Shop) -> None:
    Source.objects.update(signing_key="")
    browser = queries.source_view(shop.browser.id)
    assert browser.signing_keys == ()
    assert not is_signed(browser, "u1", hmac.new(b"", b"u1", hashlib.sha256).hexdigest())


def test_the_signing_key_stays_out_of_the_audit(shop: Shop) -> None:
    renew_key(actor=ANNA, source_id=shop.orders.id)
    signing = Source.objects.get(pk=shop.orders.id).signing_key
    changes = [str(change.fields) for change in AuditChange.objects.using("engage").all()]
    assert len(signing) == 64
    assert not any(signing in text for text in changes)
    assert any("signing_key" in text for text in changes)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "carrier pigeon"}, "kind"),
        ({"namespace": " "}, "namespace"),
        ({"purpose": "world_domination"}, "purpose"),
        ({"kind": "browser"}, "origins"),
        ({"origins": ["shop.example"]}, "origins"),
        ({"origins": ["javascript:alert(1)"]}, "origins"),
    ],
)
def test_it_says_what_is_missing_from_a_source(
    shop: Shop, values: dict[str, object], field: str
) -> None:
    good = {"name": "x", "kind": "server", "namespace": "shop", "purpose": "orders"}
    with pytest.raises(DomainError) as error:
        create_source(actor=ANNA, **{**good, **values})  # type: ignore[arg-type]
    assert error.value.field == field


def test_origins_are_kept_as_browsers_send_them(shop: Shop) -> None:
    addresses = ["HTTPS://Shop.example/some/page?q", "http://localhost:8002"]
    change_source(actor=ANNA, source_id=shop.browser.id, origins=addresses)
    assert queries.source_view(shop.browser.id).origins == {
        "https://shop.example",
        "http://localhost:8002",
    }


def test_only_who_may_makes_and_changes_sources_and_it_is_recorded(shop: Shop) -> None:
    with pytest.raises(NotAllowed):
        create_source(actor=CARLA, name="x", kind="server", namespace="s", purpose="orders")
    with pytest.raises(NotAllowed):
        renew_key(actor=CARLA, source_id=shop.orders.id)
    with pytest.raises(DomainError):
        change_source(actor=ANNA, source_id=shop.orders.id, kind="browser")
    assert list(queries.sources(CARLA)) == []
    assert (
        AuditEntry.objects.using("engage").filter(target__startswith="engage.source").count() == 3
    )
