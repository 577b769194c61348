"""Addresses of the shell: home, preferences, first administrator."""

from __future__ import annotations

from django.urls import path

from kundenkreis.web.shell import views

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.palette, name="palette"),
    path("own/", views.own, name="own"),
    path("inbox/", views.inbox_page, name="inbox"),
    path("inbox/read/", views.inbox_read, name="inbox-read"),
    path("welcome/", views.welcome, name="welcome"),
    path("preferences/", views.preferences, name="preferences"),
    path("preferences/language/", views.language, name="set_language"),
    path("health/", views.health, name="health"),
]
