"""Addresses of the few public pages."""

from __future__ import annotations

from django.urls import path

from kundenkreis.edge import views

urlpatterns = [
    path("", views.home, name="edge_home"),
    path("health/", views.health, name="edge_health"),
]
