"""Every address of the API; without a slash at the end, as `Location` says them."""

from __future__ import annotations

from django.urls import path

from kundenkreis.api import views

urlpatterns = [
    path("v1/openapi.json", views.openapi, name="api-description"),
    path("v1/<slug:slug>", views.collection, name="api-collection"),
    path("v1/<slug:slug>/batch", views.many, name="api-batch"),
    path("v1/<slug:slug>/<int:pk>", views.one, name="api-record"),
    path("v1/<slug:slug>/<int:pk>/history", views.past, name="api-history"),
    path("v1/<slug:slug>/<int:pk>/timeline", views.happened, name="api-timeline"),
    path("", views.nowhere, name="api-nowhere"),
    path("<path:rest>", views.nowhere, name="api-nowhere"),
]
