"""Which database a table lives in: the app label's prefix decides."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from kundenkreis.kernel.sides import Side, side_of_label


class SideRouter:
    """Route by label prefix; tables on both sides must name the side themselves."""

    def _alias(self, model: type[Model], hints: dict[str, Any]) -> str:
        side = side_of_label(model._meta.app_label)
        if side is not None:
            return side.alias
        instance = hints.get("instance")
        if instance is not None and instance._state.db:
            return str(instance._state.db)
        raise LookupError(f"{model._meta.label} has tables on both sides: name the side")

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        return self._alias(model, hints)

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        return self._alias(model, hints)

    def allow_relation(self, one: Model, other: Model, **_: Any) -> bool:
        return one._state.db == other._state.db

    def allow_migrate(self, db: str, app_label: str, **_: Any) -> bool:
        side = side_of_label(app_label)
        return side is None or db == Side(side).alias
