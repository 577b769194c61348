"""Roles: which rights they give, and to which fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.accounts import granting
from kundenkreis.crm.accounts.models import Role
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Actor, Level
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError

LEVELS = tuple(level.name.lower() for level in Level if level is not Level.NONE)
RESTRICTIONS = ("hidden", "locked")

# Whether a field of a type may be restricted so; the screens that know the types say how.
Known = Callable[[str, str, str], bool]


@command
def create_role(*, actor: Actor, label: Mapping[str, str], copy_of: int | None = None) -> Role:
    """Make a role, empty or like another one. Raises `DomainError` without a name."""
    actor.require("crm.role.create")
    name = _named(label)
    like = store.rows(Role).filter(pk=copy_of).first() if copy_of else None
    values: dict[str, Any] = {"grants": {}, "fields": {}}
    if like is not None:
        granting.require_grant(actor, [like])
        values = {"grants": like.grants, "fields": like.fields, "needs_end": like.needs_end}
        values["needs_factor"] = like.needs_factor
    return store.create(actor, Role, slug=_free_slug(name), label=dict(label), **values)


@command
def change_role(
    *,
    actor: Actor,
    role_id: int,
    label: Mapping[str, str],
    grants: Mapping[str, str],
    fields: Mapping[str, Mapping[str, str]],
    needs_end: bool,
    needs_factor: bool = False,
    known: Known,
) -> Role:
    """Set what a role gives. Its holders have it with their next request.

    Raises `NotFound`; `DomainError` for rights that the actor does not have, for what is no right,
    and when nobody would be left to administer.
    """
    actor.require("crm.role.change")
    granting.hold_keys()
    role = store.lock(Role, role_id)
    _named(label)
    _check(grants, fields, known)
    for rights in ((role.grants, role.fields), (grants, fields)):
        if not granting.may_grant(actor, *rights):
            raise granting.too_much()
    store.change(
        actor, role, label=dict(label), grants=dict(grants), needs_end=needs_end,
        needs_factor=needs_factor,
        fields={subject: dict(names) for subject, names in fields.items() if names},
    )  # fmt: skip
    granting.require_administrator()
    return role


@command
def remove_role(*, actor: Actor, role_id: int) -> None:
    """Delete a role that nobody holds. Raises `NotFound`, `DomainError`."""
    actor.require("crm.role.remove")
    granting.hold_keys()
    role = store.lock(Role, role_id)
    granting.require_grant(actor, [role])
    if role.holders.exists():
        raise DomainError(
            _("Somebody still has this role."),
            _("They would lose their rights without anybody having decided so."),
            _("Give them another role first."),
        )
    store.remove(actor, role)
    granting.require_administrator()


def _named(label: Mapping[str, str]) -> str:
    name = label.get("de", "").strip() or label.get("en", "").strip()
    if not name:
        raise DomainError(_("Enter a name."), field="label_de")
    return name


def _free_slug(name: str) -> str:
    base = slugify(name)[:40] or "role"
    taken = set(store.rows(Role).values_list("slug", flat=True))
    return next(
        slug for slug in (base, *(f"{base}-{n}" for n in range(2, 1_000))) if slug not in taken
    )


def _check(
    grants: Mapping[str, str], fields: Mapping[str, Mapping[str, str]], known: Known
) -> None:
    good = all(
        len(right.split(".")) == 3 and level in LEVELS for right, level in grants.items()
    ) and all(
        how in RESTRICTIONS and known(subject, name, how)
        for subject, names in fields.items()
        for name, how in names.items()
    )
    if not good:
        raise DomainError(_("This is no right that a role can have."))
