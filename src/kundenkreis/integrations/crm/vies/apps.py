from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings


class ViesConfig(AppConfig):
    """Offers the service where its address is configured: nobody is asked otherwise."""

    default = False
    name = "kundenkreis.integrations.crm.vies"
    label = "integrations_vies"

    def ready(self) -> None:
        if settings.VAT_SERVICE:
            from kundenkreis.crm.people.vat_checking import offer
            from kundenkreis.integrations.crm.vies.client import Vies

            offer(Vies(settings.VAT_SERVICE, settings.VAT_OWN_ID))
