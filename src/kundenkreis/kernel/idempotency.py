"""One effect for a request that comes twice: the answer is stored with the effect."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel import clock
from kundenkreis.kernel.errors import Conflict
from kundenkreis.kernel.models import IdempotencyKey
from kundenkreis.kernel.transactions import current


class KeyReused(Conflict):
    """A key came again with another request."""

    status = 422  # it is the request that is wrong, not the moment

    def __init__(self) -> None:
        super().__init__(
            _("This key was used for another request."),
            _("An idempotency key names one request only."),
            _("Send the new request with a new key."),
        )


def once(caller: str, key: str, body: Any, effect: Callable[[], Any]) -> Any:
    """Run `effect` in the transaction in progress unless this key was answered before.

    Returns the (JSON-able) answer, the stored one on a repeat. Raises `KeyReused` when the
    same key comes with another body.
    """
    text = json.dumps(body, cls=DjangoJSONEncoder, sort_keys=True)
    body_hash = hashlib.sha256(text.encode()).hexdigest()
    keys = IdempotencyKey.objects.using(current().side.alias)
    row, fresh = keys.get_or_create(
        caller=caller, key=key, defaults={"body_hash": body_hash, "at": clock.now()}
    )
    if not fresh:
        if row.body_hash != body_hash:
            raise KeyReused
        return row.answer
    row.answer = effect()
    row.save(using=current().side.alias, update_fields=["answer"])
    return row.answer
