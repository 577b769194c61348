"""Every public page; the collector's addresses are served before Django (`config.asgi`)."""

from __future__ import annotations

from django.urls import include, path

from kundenkreis.ui.views import source_code

urlpatterns = [
    path("source/", source_code, name="source"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("kundenkreis.edge.urls")),
]

handler400 = "kundenkreis.edge.views.bad_request"
handler403 = "kundenkreis.edge.views.forbidden"
handler404 = "kundenkreis.edge.views.not_found"
handler500 = "kundenkreis.edge.views.broken"
