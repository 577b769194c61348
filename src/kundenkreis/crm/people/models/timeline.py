"""What happened with people and organisations."""

from __future__ import annotations

from django.db import models

from kundenkreis.kernel.models import LogRow


class TimelineEntry(LogRow):
    """One thing that happened with a person or organisation, on any channel.

    `reference` names what it is about (`crm.order:17`, `engage.campaign:3`); `key` makes an entry
    that arrives twice count once. `recorded_at` is when it came here, for an import long after `at`.
    """

    person = models.ForeignKey(
        "crm_people.Person", models.CASCADE, null=True, related_name="timeline"
    )
    organisation = models.ForeignKey(
        "crm_people.Organisation", models.CASCADE, null=True, related_name="timeline"
    )
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    reference = models.CharField(max_length=80, blank=True)
    payload = models.JSONField(default=dict)
    key = models.CharField(max_length=120, unique=True)

    @property
    def follows(self) -> str:
        """The record that it only stands for and goes with, as an activity's entry does."""
        kind, _sign, number = self.key.partition("|")
        return f"crm.{kind}:{number}" if kind == "activity" else ""

    class Meta:
        indexes = [
            models.Index(fields=["person", "-at", "-id"], name="timeline_person"),
            models.Index(fields=["organisation", "-at", "-id"], name="timeline_organisation"),
            models.Index(fields=["reference", "-at", "-id"], name="timeline_reference"),
        ]
