"""What insight keeps: computed reports, so that pages need no statistics library."""

from __future__ import annotations

from django.db import models


class UpliftReport(models.Model):
    """The result of a campaign's experiment as it stood at one moment.

    `inputs` tells whether anything changed since; `result` is the whole report as JSON (`uplift.report`) with money
    in minor units of the campaign's currency.
    """

    id = models.BigAutoField(primary_key=True)
    campaign_id = models.BigIntegerField()
    at = models.DateTimeField()
    inputs = models.CharField(max_length=64)
    result = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["campaign_id", "-at"], name="uplift_campaign")]
