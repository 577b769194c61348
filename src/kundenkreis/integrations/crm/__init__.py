"""`kundenkreis import …`: a company's real data from files, into the crm and what it links to.

Each import is a module with `add_parser(subparsers)` and `run(args) -> int`; a new one is added by
one line in `IMPORTS`. None of them may import models before `run`.
"""

from __future__ import annotations

from typing import Any

from kundenkreis.integrations.crm import folder, orders, pipeline, places, records

IMPORTS: dict[str, Any] = {
    "folder": folder,
    "orders": orders,
    "pipeline": pipeline,
    "places": places,
    "records": records,
}


def add_parsers(subparsers: Any) -> None:
    """Add `import` with everything below it to the main command's sub-commands."""
    text = "import a company's real data from files"
    members = subparsers.add_parser("import", help=text, description=text).add_subparsers(
        metavar="WHAT", required=True
    )
    for module in IMPORTS.values():
        module.add_parser(members).set_defaults(run=module.run)
