"""Mails to staff are sent in the background: how long a request takes says nothing of an address."""

from __future__ import annotations

from kundenkreis.crm.accounts.letting_in import send_reset
from kundenkreis.kernel.jobs.backend import job
from kundenkreis.kernel.sides import Side


@job(Side.CRM)
def send_password_reset(email: str) -> None:
    """Send a link for another password, if there is somebody with this address."""
    send_reset(email)
