"""The shop's own small database: carts, customers, orders and what is still to be reported."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

SCHEMA = """
create table if not exists cart (
    token text primary key, cart_id text not null unique, items text not null default '{}',
    voucher text not null default '', created text not null);
create table if not exists customer (number text primary key, email text not null unique);
create table if not exists placed_order (
    token text primary key, order_id text not null unique, placed text not null,
    details text not null, cancelled text, seen integer not null default 0);
create table if not exists report (
    id integer primary key, order_id text not null, body text not null,
    attempts integer not null default 0, due text not null, done text, answer text);
create index if not exists report_open on report (due) where done is null;
"""
Json = dict[str, Any]
CART_DAYS = 30
# Without letters and digits that look alike: order numbers are read out on the phone.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True)
class Cart:
    """A visitor's cart; `token` is the cookie's secret, `cart_id` the name others may know."""

    token: str
    cart_id: str
    items: dict[str, int] = field(default_factory=dict)
    voucher: str = ""

    @property
    def count(self) -> int:
        """Number of pieces."""
        return sum(self.items.values())


@dataclass(frozen=True)
class Report:
    """A message about an order that the edge has not confirmed yet."""

    id: int
    order_id: str
    body: Json
    attempts: int


class Store:
    """Opens the database in `home`; every method is its own transaction and safe from any thread."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self._path = home / "shop.sqlite3"
        with self._open() as database:
            database.execute("pragma journal_mode = wal")
            database.executescript(SCHEMA)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        database = sqlite3.connect(self._path, timeout=20)
        try:
            with database:
                yield database
        finally:
            database.close()

    def cart(self, token: str | None) -> Cart | None:
        """Returns the cart of a cookie, None when there is none."""
        with self._open() as database:
            row = database.execute("select * from cart where token = ?", (token,)).fetchone()
        return Cart(row[0], row[1], json.loads(row[2]), row[3]) if row else None

    def new_cart(self, now: datetime) -> Cart:
        """Opens a cart and forgets those older than 30 days."""
        cart = Cart(secrets.token_urlsafe(18), "c-" + secrets.token_hex(6))
        with self._open() as database:
            database.execute(
                "delete from cart where created < ?", (text(now - timedelta(days=CART_DAYS)),)
            )
            values = (cart.token, cart.cart_id, text(now))
            database.execute("insert into cart (token, cart_id, created) values (?, ?, ?)", values)
        return cart

    def keep_cart(self, cart: Cart) -> None:
        """Writes items and voucher of a cart."""
        values = (json.dumps(cart.items), cart.voucher, cart.token)
        with self._open() as database:
            database.execute("update cart set items = ?, voucher = ? where token = ?", values)

    def customer_number(self, email: str) -> str:
        """Returns the customer number of an address, a new one for a new address."""
        with self._open() as database:
            database.execute("begin immediate")
            known = (email.strip().casefold(),)
            row = database.execute("select number from customer where email = ?", known).fetchone()
            if row:
                return str(row[0])
            number = "K-" + "".join(secrets.choice("0123456789") for _ in range(7))
            database.execute("insert into customer values (?, ?)", (number, *known))
        return number

    def place(
        self, cart: Cart, order_id: str, details: Json, body: Json, now: datetime
    ) -> str | None:
        """Turns the cart into an order with its report, in one transaction.

        Returns the order's token, None when the cart was ordered already.
        """
        token = secrets.token_urlsafe(18)
        with self._open() as database:
            if database.execute("delete from cart where token = ?", (cart.token,)).rowcount == 0:
                return None
            database.execute(
                "insert into placed_order (token, order_id, placed, details) values (?, ?, ?, ?)",
                (token, order_id, text(now), json.dumps(details)),
            )
            self._report(database, order_id, body, now)
        return token

    def order(self, token: str) -> Json | None:
        """Returns an order's details with `order_id`, `cancelled` and `seen`."""
        with self._open() as database:
            row = database.execute(
                "select order_id, details, cancelled, seen from placed_order where token = ?",
                (token,),
            ).fetchone()
            if row is None:
                return None
            database.execute("update placed_order set seen = 1 where token = ?", (token,))
        return {**json.loads(row[1]), "order_id": row[0], "cancelled": row[2], "seen": bool(row[3])}

    def cancel(self, token: str, body: Json, now: datetime) -> bool:
        """Cancels an order once and queues the report; False when it was cancelled before."""
        with self._open() as database:
            done = database.execute(
                "update placed_order set cancelled = ? where token = ? and cancelled is null returning order_id",
                (text(now), token),
            ).fetchone()
            if done:
                self._report(database, done[0], body, now)
        return done is not None

    @staticmethod
    def _report(database: sqlite3.Connection, order_id: str, body: Json, now: datetime) -> None:
        values = (order_id, json.dumps(body), text(now))
        database.execute("insert into report (order_id, body, due) values (?, ?, ?)", values)

    def due_report(self, now: datetime) -> Report | None:
        """Returns the next report to send; a later one of an order waits for the earlier."""
        with self._open() as database:
            row = database.execute(
                "select id, order_id, body, attempts from report r where done is null and due <= ? and not exists"
                " (select 1 from report e where e.order_id = r.order_id and e.id < r.id and e.done is null)"
                " order by due, id limit 1",
                (text(now),),
            ).fetchone()
        return Report(row[0], row[1], json.loads(row[2]), row[3]) if row else None

    def reported(self, report: Report, answer: str, now: datetime) -> None:
        """Ticks a report off."""
        with self._open() as database:
            values = (text(now), answer, report.id)
            database.execute("update report set done = ?, answer = ? where id = ?", values)

    def postpone(self, report: Report, answer: str, due: datetime) -> None:
        """Puts a report off until `due`, with the reason."""
        with self._open() as database:
            values = (text(due), answer, report.id)
            database.execute(
                "update report set attempts = attempts + 1, due = ?, answer = ? where id = ?",
                values,
            )

    def open_reports(self) -> int:
        """Counts what the edge has not confirmed."""
        with self._open() as database:
            row = database.execute("select count(*) from report where done is null").fetchone()
        return int(row[0])


def new_order_id(now: datetime) -> str:
    """A number that is never used twice, also after the shop's database was thrown away."""
    return f"B{now:%y%m%d}-" + "".join(secrets.choice(ALPHABET) for _ in range(6))


def text(instant: datetime) -> str:
    """An instant as sortable UTC text with milliseconds."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
