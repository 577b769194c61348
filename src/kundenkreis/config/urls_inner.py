"""Every address of the staff side."""

from __future__ import annotations

from django.urls import include, path

from kundenkreis.ui.views import source_code

urlpatterns = [
    path("source/", source_code, name="source"),
    path("account/", include("kundenkreis.web.shell.account_urls")),
    path("api/", include("kundenkreis.api.urls")),
    path("developer/", include("kundenkreis.api.page_urls")),
    path("ui/", include("kundenkreis.ui.urls")),
    path("crm/", include("kundenkreis.web.crm.urls")),
    path("engage/", include("kundenkreis.web.engage.urls")),
    path("insight/", include("kundenkreis.web.insight.urls")),
    path("operation/", include("kundenkreis.web.operation.urls")),
    path("help/", include("kundenkreis.web.guide.urls")),
    path("", include("kundenkreis.web.shell.urls")),
]

handler400 = "kundenkreis.web.shell.errors.bad_request"
handler403 = "kundenkreis.web.shell.errors.forbidden"
handler404 = "kundenkreis.web.shell.errors.not_found"
handler429 = "kundenkreis.web.shell.errors.too_many"  # allauth's
handler500 = "kundenkreis.web.shell.errors.broken"
