"""What happens to consents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ConsentChanged:
    """What holds for a subject, purpose and channel is now different.

    `subject_kind` is anonymous (cookie id), user, email, phone or person; `namespace` is the shop of
    a cookie or customer id; `link_id` is None as long as the crm does not know the person; `at` is
    the instant of the statement that decides, `origin` where it came from, and `confirmed_at` when
    the person themselves confirmed it, if they did.
    """

    CROSSES: ClassVar[bool] = True
    KEY: ClassVar[str] = "link_id"

    link_id: UUID | None
    subject_kind: str
    subject: str
    purpose: str
    channel: str
    granted: bool
    at: datetime
    namespace: str = ""
    origin: str = ""
    confirmed_at: datetime | None = None
