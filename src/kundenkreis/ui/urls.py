from __future__ import annotations

from django.urls import path

from kundenkreis.ui import views

app_name = "ui"
urlpatterns = [
    path("", views.patterns, name="patterns"),
    path("theme/", views.theme, name="theme"),
]
