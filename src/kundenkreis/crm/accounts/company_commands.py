"""What the company says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kundenkreis.crm.accounts import shipped
from kundenkreis.crm.accounts.models import Company, Role
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command

RIGHT = "crm.operation.change"


@command
def keep_company(*, actor: Actor, name: str, officer: str, answers: Mapping[str, Any]) -> Company:
    """Keep the company's name, its data protection officer and what it answered."""
    actor.require(RIGHT)
    values: dict[str, Any] = {"name": name, "officer": officer, "answers": dict(answers)}
    found = store.rows(Company).select_for_update().first()
    if found is None:
        return store.create(actor, Company, **values)
    store.change(actor, found, **values)
    return found


@command
def offer_role(*, actor: Actor, slug: str) -> Role:
    """Make one of the roles that a company may want (`shipped.OFFERED`), unless there is one."""
    actor.require("crm.role.create")
    found = store.rows(Role).filter(slug=slug).first()
    if found is not None:
        return found
    role = shipped.OFFERED[slug]
    return store.create(
        actor, Role, slug=slug, label={"de": role.de, "en": role.en}, grants=role.grants,
        fields=role.fields, needs_end=role.needs_end,
    )  # fmt: skip
