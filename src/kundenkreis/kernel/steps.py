"""The kernel's own recurring work, the same on both sides."""

from __future__ import annotations

from functools import partial

from django.conf import settings

from kundenkreis.kernel import audit, forgetting
from kundenkreis.kernel.jobs import runner
from kundenkreis.kernel.jobs.schedule import enqueue_due
from kundenkreis.kernel.jobs.unattended import Unattended
from kundenkreis.kernel.loop import STEPS, Step
from kundenkreis.kernel.relay import relay
from kundenkreis.kernel.sides import Side

_WORK = (
    ("relay", 0.1, relay),
    ("jobs", 0.2, partial(runner.run_due, attended=True)),
    ("schedule", 5.0, enqueue_due),
    ("seal", 3.0, audit.seal),
    ("forget", 600.0, forgetting.forget_some),
)


def register() -> None:
    """Add the kernel's steps of both sides to the loop."""
    known = {step.name for step in STEPS}
    for side in Side:
        for name, every, work in _WORK:
            full = f"kernel.{name}.{side}"
            if full not in known:
                STEPS.append(Step(full, side, every, partial(work, side)))
        beside = Unattended(side)
        if (full := f"kernel.unattended.{side}") not in known:
            STEPS.append(Step(full, side, 5.0, beside.step, beside.busy))
    if hasattr(settings, "MAIL_BOX"):  # only the inner roles send what the product itself says
        from kundenkreis.kernel.mail import outbox, sending  # noqa: F401 - a kind of what is held

        if (full := "kernel.mail") not in known:
            STEPS.append(Step(full, Side.CRM, 1.0, sending.look))
