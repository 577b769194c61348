"""How the demo shop is started, and who may log in to the demo company."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from kundenkreis.config import env

# For the demo company only, which `kundenkreis start --demo` founds with made-up data.
PASSWORD = "kundenkreis-demo"  # noqa: S105
LOGINS = (
    ("anna.seidel@kundenkreis.example", "Anna Seidel: administrator, may do everything"),
    ("ben.marks@kundenkreis.example", "Ben Marks: sales"),
    ("mia.keller@kundenkreis.example", "Mia Keller: marketing"),
)
VOUCHER = "KREIS20"


def keys_file() -> str:
    """Where the demo shop finds its write keys; the shop's own secret, not the product's."""
    return str(env.home() / "shop" / "keys.json")


def shop_origin(port: int) -> str:
    """The origin of the demo shop's pages: the edge's host on a port of its own."""
    _, edge = env.hosts()
    return f"http://{edge}:{port + 2}"


def _keys() -> dict[str, str]:
    keys: dict[str, str] = json.loads(Path(keys_file()).read_text())
    return keys


def arguments(port: int) -> list[str]:
    """The command line of the demo shop's process; its secret is not on it, others could read it."""
    _, edge = env.hosts()
    return [
        sys.executable, "-m", "kundenkreis.demo.shop",
        "--port", str(port + 2),
        "--edge", f"http://{edge}:{port + 1}",
        "--key", _keys()["browser"],
        "--voucher", VOUCHER,
        "--home", str(env.home() / "shop"),
    ]  # fmt: skip


def environment() -> dict[str, str]:
    """What the shop's process gets to know besides."""
    return {"SHOP_SECRET": _keys()["server"]}
