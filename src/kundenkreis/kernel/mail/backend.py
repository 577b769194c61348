"""What Django's mail is handed to: it goes into the box, and the worker sends it from there."""

from __future__ import annotations

import email.policy
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

from kundenkreis.kernel.mail import box


class Backend(BaseEmailBackend):
    """A mailer whose mails wait in the box; its `OPTIONS` are those of Django's for SMTP.

    Without a `host` there is no server, and mails stay in the box (`kernel.mail.sending`).
    """

    def __init__(self, *, alias: str | None = None, **options: Any) -> None:
        super().__init__(alias=alias)
        self.mailer = alias or "default"
        self.options = options

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Put them into the box; returns how many had anybody to go to."""
        put = 0
        for message in email_messages:
            if to := message.recipients():
                content = message.message(policy=email.policy.SMTP).as_bytes()
                sender, root = message.from_email, settings.MAIL_BOX
                box.put(root, content, sender=sender, to=to, mailer=self.mailer)
                put += 1
        return put
