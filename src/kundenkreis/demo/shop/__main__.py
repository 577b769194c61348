"""`python -m kundenkreis.demo.shop --port P --edge URL --key pk_… --secret sk_… --home DIR`."""

from __future__ import annotations

import argparse
import logging
import os
import signal
from pathlib import Path
from threading import Event, Thread
from types import FrameType

from .delivery import Delivery
from .pages import Site
from .server import ShopServer
from .shop import Shop
from .store import Store


def main() -> int:
    """Serves until SIGINT or SIGTERM, or until the process that started it is gone."""
    parser = argparse.ArgumentParser(
        prog="shop", description="Bergmann Optik, a demonstration shop."
    )
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument(
        "--edge", required=True, help="origin that receives events, e.g. http://localhost:8001"
    )
    parser.add_argument(
        "--key", default="", help="public key for the pages; without it they include no tag"
    )
    parser.add_argument(
        "--secret", default=os.environ.get("SHOP_SECRET", ""), help="secret key, or SHOP_SECRET"
    )
    parser.add_argument("--home", type=Path, required=True, help="folder of the shop's database")
    parser.add_argument(
        "--voucher", action="append", default=None, help="accepted code, 20 %% off; repeatable"
    )
    options = parser.parse_args()
    logging.basicConfig(format="shop: %(message)s", level=logging.WARNING)

    edge = options.edge.rstrip("/")
    store = Store(options.home)
    vouchers = frozenset(code.upper() for code in options.voucher or ["KREIS20"])
    shop = Shop(store, Site(edge, options.key), vouchers)
    delivery = Delivery(store, edge, options.secret)
    stop = Event()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    # Explicitly: a child of a background shell inherits SIGINT as ignored.
    signal.signal(signal.SIGINT, ask_to_stop)
    signal.signal(signal.SIGTERM, ask_to_stop)
    with ShopServer((options.host, options.port), shop, delivery.wake) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        delivery.start()
        parent = os.getppid()
        while not stop.wait(1) and os.getppid() == parent:
            pass
        server.shutdown()
    delivery.stop()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
