"""Nothing of a visitor is stored before they agree; visits are counted without anybody's id."""

# ruff: noqa: S608 - values in these statements are our own

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest

from kundenkreis.edge.collector.tests.calls import basic, consent, events, now, track
from kundenkreis.edge.testing import Edge
from kundenkreis.engage.tracking.sources import sign_user

pytestmark = pytest.mark.edge


def dump(edge: Edge) -> str:
    """Every value of every table, and on SQLite every byte of the files as well."""
    if edge.database:
        tables = edge.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return "\n".join(str(edge.rows(f"SELECT * FROM {name}")) for (name,) in tables)
    with edge.connect() as connection:
        text = "\n".join(connection.iterdump())
    files = [path.read_bytes() for path in (edge.home / "engage").iterdir() if path.is_file()]
    return text + b"".join(files).decode("latin-1")


def report_everything(edge: Edge, visitor: str, secret: str) -> None:
    """All that a browser, or a shop's server under contract, could tell about a visitor."""
    key = edge.keys["browser"]
    good = {
        "identify": {"userId": secret, "traits": {"name": secret}},
        "track": {"event": secret, "properties": {"x": secret}},
        "page": {"name": secret, "context": {"page": {"url": f"https://shop.example/{secret}"}}},
        "group": {"groupId": secret},
        "alias": {"previousId": visitor, "userId": secret},
    }
    for call, values in good.items():
        body = {"anonymousId": visitor, "messageId": f"{secret}-{call}", "writeKey": key, **values}
        assert edge.ask(f"/v1/{call}", body).json == {"success": True}
    # What cannot be taken must not end up in the list of rejected items either.
    bad = [
        {"type": "track", "anonymousId": visitor, "properties": {"x": secret}},
        {"type": "track", "event": secret * 10, "anonymousId": visitor},
        {"type": "track", "event": secret, "anonymousId": {"id": visitor}},
        {"type": secret, "anonymousId": visitor},
        f"{visitor} {secret}",
    ]
    answer = edge.ask("/v1/batch", {"writeKey": key, "batch": bad})
    assert len(answer.json["rejected"]) == len(bad)
    view = track(secret, visitor, properties={"x": secret})
    assert edge.ask("/v1/track", view, headers=basic(edge.keys["orders"])).status == 200
    assert edge.ask("/v1/count", {"writeKey": key, "anonymousId": visitor}).status == 200
    edge.ask(f"/v1/decide?k={key}&a={visitor}&l={secret}")


def test_nothing_of_a_visitor_who_did_not_agree_is_in_the_database(running: Edge) -> None:
    visitor, secret = f"canary-{uuid.uuid4()}", f"secret{uuid.uuid4().hex[:12]}"
    report_everything(running, visitor, secret)
    found = dump(running)
    assert visitor not in found
    assert secret not in found
    # Control: once they agree, the same search finds them.
    consent(running, visitor)
    report_everything(running, visitor, secret)
    found = dump(running)
    assert visitor in found
    assert secret in found


def test_an_order_does_not_bring_the_id_of_a_visitor_who_did_not_agree(running: Edge) -> None:
    visitor, customer = f"canary-{uuid.uuid4()}", f"customer-{uuid.uuid4()}"
    order = {**track("Order Completed", visitor), "userId": customer}
    order["properties"] = {"order_id": customer, "total": "10.00"}
    assert running.ask("/v1/track", order, headers=basic(running.keys["orders"])).status == 200
    found = dump(running)
    assert customer in found
    assert visitor not in found


def test_consent_permits_and_withdrawal_ends_it(running: Edge, visitor: str) -> None:
    def report(event: str) -> None:
        body = {"writeKey": running.keys["browser"], "batch": [track(event, visitor)]}
        assert running.ask("/v1/batch", body).json == {"success": True}

    report("before")
    consent(running, visitor)
    report("with consent")
    consent(running, visitor, granted=False)
    report("after")
    consent(running, visitor)
    report("again")
    assert events(running, visitor) == ["with consent", "again"]


def test_a_consent_is_kept_with_its_proof_but_not_the_pages_secrets(
    running: Edge, visitor: str
) -> None:
    consent(running, visitor)
    ((proof,),) = running.rows(
        f"SELECT proof FROM engage_consent_consententry WHERE subject = '{visitor}'"
    )
    assert "2026-11" in str(proof)
    assert "https://shop.example/p" in str(proof)
    assert "secret=1" not in str(proof)


def test_a_consent_sent_twice_counts_once(running: Edge, visitor: str) -> None:
    key = running.keys["browser"]
    body = {"writeKey": key, "anonymousId": visitor, "granted": True, "at": now()}
    for _ in range(2):
        assert running.ask("/v1/consent", {**body, "sentAt": now()}).status == 200
    sql = f"SELECT count(*) FROM engage_consent_consententry WHERE subject = '{visitor}'"
    assert running.rows(sql) == [(1,)]


@pytest.mark.parametrize(
    "wrong",
    [{"anonymousId": ""}, {"anonymousId": 1.5}, {"granted": "yes"}, {"granted": None}, {"at": "x"}],
)
def test_a_consent_that_says_nothing_is_refused(
    running: Edge, visitor: str, wrong: dict[str, object]
) -> None:
    body = {"writeKey": running.keys["browser"], "anonymousId": visitor, "granted": True, **wrong}
    assert running.ask("/v1/consent", body).status == 400


@pytest.mark.parametrize(
    "wrong",
    [{"sentAt": "0001-01-02T00:00:00Z"}, {"sentAt": "0001-01-02T00:00:00Z", "granted": False}],
)
def test_a_consent_at_an_impossible_time_is_refused(
    running: Edge, visitor: str, wrong: dict[str, object]
) -> None:
    body = {"writeKey": running.keys["browser"], "anonymousId": visitor, "granted": True}
    at = {"at": "9999-12-31T23:59:59Z", **wrong}
    assert running.ask("/v1/consent", {**body, **at}).status == 400


def test_a_consent_reaches_back_a_week_and_no_further(running: Edge, visitor: str) -> None:
    def say(at: str, *, granted: bool) -> None:
        body = {"anonymousId": visitor, "granted": granted, "at": at, "sentAt": now()}
        key = running.keys["browser"]
        assert running.ask("/v1/consent", {"writeKey": key, **body}).status == 200

    def state() -> tuple[bool, float]:
        sql = "SELECT granted, since FROM engage_consent_consentstate WHERE subject = "
        ((granted, since),) = running.rows(f"{sql}'{visitor}'")
        at = datetime.fromisoformat(since) if isinstance(since, str) else since
        return bool(granted), (datetime.now(UTC) - at.replace(tzinfo=UTC)).total_seconds() / 86400

    say("0001-01-01T00:00:00Z", granted=True)
    granted, days = state()
    assert granted
    assert days == pytest.approx(7, abs=0.1)
    say(now(), granted=False)
    # What is repeated after a long time does not outdo what was said since.
    say("2020-01-01T00:00:00Z", granted=True)
    granted, days = state()
    assert not granted
    assert days == pytest.approx(0, abs=0.1)


def test_visits_are_a_sum_and_nothing_else(running: Edge) -> None:
    def count() -> int:
        sql = "SELECT coalesce(sum(count), 0) FROM engage_tracking_dailycount WHERE kind = 'visits'"
        return int(running.rows(sql)[0][0])

    before = count()
    for _ in range(3):
        assert running.ask("/v1/count", {"writeKey": running.keys["browser"]}).status == 200
    assert count() == before + 3


def test_a_browser_cannot_take_over_a_known_person(running: Edge, visitor: str) -> None:
    customer, device = f"customer-{uuid.uuid4()}", f"device-{uuid.uuid4()}"
    server = basic(running.keys["server"])
    login = {"userId": customer, "anonymousId": device, "traits": {"name": "Jana"}}
    assert running.ask("/v1/identify", login, headers=server).status == 200
    consent(running, visitor)
    claim = {"writeKey": running.keys["browser"], "anonymousId": visitor, "userId": customer}
    for attempt in ({}, {"token": "0" * 64}, {"token": customer}):
        body = {**claim, **attempt, "traits": {"name": "Mallory"}}
        assert running.ask("/v1/identify", body).status == 200
    assert holder(running, visitor) != holder(running, customer) == holder(running, device)
    token = sign_user(running.keys["orders"], customer)
    assert running.ask("/v1/identify", {**claim, "token": token}).status == 200
    assert holder(running, visitor) == holder(running, customer)


def holder(edge: Edge, name: str) -> int | None:
    """The person a name belongs to."""
    rows = edge.rows(f"""
        SELECT coalesce(p.canonical_id, p.id) FROM engage_profiles_identifier i
        JOIN engage_profiles_profile p ON p.id = i.profile_id WHERE i.value = '{name}'
    """)
    return int(rows[0][0]) if rows else None
