"""The pages about the API, for whoever is logged in."""

from __future__ import annotations

from django.urls import path

from kundenkreis.api import pages

urlpatterns = [
    path("", pages.overview, name="api-reference"),
    path("openapi.json", pages.described, name="api-reference-file"),
    path("<slug:slug>/", pages.of_type, name="api-reference-type"),
]
