"""Addresses of the shell: home, preferences, first administrator."""

from __future__ import annotations

from django.urls import path

from kundenkreis.web.shell import inbox, views

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.palette, name="palette"),
    path("own/", views.own, name="own"),
    path("inbox/", inbox.inbox_page, name="inbox"),
    path("inbox/read/", inbox.inbox_read, name="inbox-read"),
    path("inbox/settings/", inbox.notice_settings, name="notice-settings"),
    path("inbox/push/", inbox.push_browser, name="push"),
    path("push-worker.js", inbox.push_worker, name="push-worker"),
    path("inbox/<int:pk>/read/", inbox.read_notice, name="notice-read"),
    path("welcome/", views.welcome, name="welcome"),
    path("preferences/", views.preferences, name="preferences"),
    path("preferences/language/", views.language, name="set_language"),
    path("health/", views.health, name="health"),
]
