"""Only the furniture's own addresses: its tests need no other part of the product."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("ui/", include("kundenkreis.ui.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
