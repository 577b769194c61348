"""Sessions that say whose they are: ending one is deleting its row, and the next request is refused."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, cast

from allauth.account.adapter import get_adapter
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import DatabaseError

from kundenkreis.kernel import clock
from kundenkreis.kernel.outage import outage

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kundenkreis.crm.accounts.models import Session

FROM = "from"  # the key in a session's data
NOTED = timedelta(minutes=5)  # how exactly it is known when somebody was last seen; each is a write
LONGEST = 200

log = logging.getLogger(__name__)


class SessionStore(DatabaseStore):
    """Django's sessions, with columns for what their list shows."""

    noted: dict[str, Any] | None = None

    @classmethod
    def get_model_class(cls) -> Any:
        from kundenkreis.crm.accounts.models import Session

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast("Session", super().create_model_instance(data))
        user, known = data.get(SESSION_KEY), data.get(FROM, {})
        row.user_id = int(user) if user else None
        row.device, row.network = known.get("device", ""), known.get("network", "")
        row.began_at = datetime.fromisoformat(known["began"]) if known else None
        row.seen_at = clock.now()
        return row

    def save(self, must_create: bool = False) -> None:
        """Where nothing can be written, that somebody was seen is not kept, and they go on reading."""
        try:
            super().save(must_create)
        except (DatabaseError, UpdateError) as error:
            # Django takes whatever keeps a row from being changed for the row's not being there.
            real = error.__context__ if isinstance(error, UpdateError) else error
            if real is None or outage(real) is None:
                raise
            if must_create or self.noted != self._beside_note():
                raise real from real.__cause__
            log.warning("when a session was last seen is not kept: %r", real)

    def note(self, known: dict[str, Any]) -> None:
        """Keep from where it is used; what else it holds is remembered until it is saved."""
        if not self.modified:
            self.noted = self._beside_note()
        self[FROM] = known

    def _beside_note(self) -> dict[str, Any]:
        return {name: value for name, value in self.items() if name != FROM}


def note(request: HttpRequest) -> None:
    """Keep from where a session is used, and that it is."""
    now = clock.now()
    known = request.session.get(FROM, {})
    fresh = {
        "device": request.headers.get("User-Agent", "")[:LONGEST],
        "network": get_adapter().get_client_ip(request),
    }
    old = not known or now - datetime.fromisoformat(known["seen"]) > NOTED
    if old or any(known[name] != value for name, value in fresh.items()):
        began = known.get("began", now.isoformat())
        session = cast("SessionStore", request.session)
        session.note({**fresh, "began": began, "seen": now.isoformat()})


def handle(session_key: str) -> str:
    """What a page calls a session: whoever knows its key is logged in."""
    return sha256(session_key.encode()).hexdigest()[:24]


_BROWSERS = ("Edg/ Edge", "OPR/ Opera", "Firefox/ Firefox", "Chrome/ Chrome", "Safari/ Safari")
_SYSTEMS = (
    "Android Android", "iPhone iPhone", "iPad iPad", "Windows Windows", "Mac macOS", "Linux Linux",
)  # fmt: skip


def device_name(agent: str) -> str:
    """Browser and system in words, as far as a browser says so."""
    found = [
        next((name for mark, name in map(str.split, marks) if mark in agent), "")
        for marks in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(filter(None, found))
