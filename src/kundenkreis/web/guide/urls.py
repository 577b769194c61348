"""Addresses of the user guide."""

from __future__ import annotations

from django.urls import path

from kundenkreis.web.guide import views

urlpatterns = [
    path("", views.topic, name="help"),
    path("pictures/<slug:name>.png", views.picture, name="help-picture"),
    path("<slug:slug>/", views.topic, name="help-topic"),
]
