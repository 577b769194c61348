"""What the shipped roles may do."""

from __future__ import annotations

from kundenkreis.crm.accounts.shipped import ROLES
from tools.reference.tables import code, table

REACH = {"own": "own", "team": "their team's", "tree": "their team's and those below", "all": "all"}


def page() -> str:
    """Each role with its rights and the fields that are narrowed; `*` is every type or action."""
    lines = [
        "# Rights of the shipped roles",
        "",
        "A right is side, type and action. Of several that match, the most exact one counts.",
        "Administrators change roles and make others; this is what an installation begins with.",
    ]
    for slug, role in ROLES.items():
        lines += [
            "",
            f"## {role.en} ({role.de})",
            "",
            f"Name {code(slug)}." + (" For a time only." if role.needs_end else ""),
            "",
        ]
        lines += table(
            ("Right", "Of which records"),
            [(code(right), REACH.get(level, level)) for right, level in role.grants.items()],
        )
        if role.fields:
            rows = [
                (code(subject), code(field), how)
                for subject, narrowed in role.fields.items()
                for field, how in narrowed.items()
            ]
            lines += ["", *table(("Type", "Field", "Is"), rows)]
    return "\n".join([*lines, ""])
