"""Addresses of the insight pages."""

from __future__ import annotations

from django.urls import path

from kundenkreis.web.insight import views

app_name = "insight"
urlpatterns = [
    path("experiments/", views.experiments, name="experiments"),
    path("experiments/<int:campaign_id>/", views.experiment, name="experiment"),
]
