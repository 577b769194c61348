"""The segments of marketing, as far as people of the crm are in them."""

from __future__ import annotations

from django.db import models

from kundenkreis.kernel.fields import Translated, translated


class MarketingSegment(models.Model):
    """A segment that marketing keeps, by its number there."""

    id = models.BigIntegerField(primary_key=True)
    name = Translated()

    def __str__(self) -> str:
        return translated(self.name)


class MarketingMembership(models.Model):
    """That somebody is in a segment, by the id both sides know them by; derived from marketing."""

    id = models.BigAutoField(primary_key=True)
    link_id = models.UUIDField()
    segment = models.ForeignKey(MarketingSegment, models.CASCADE, related_name="memberships")
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["link_id", "segment"], name="marketing_member_once")
        ]
