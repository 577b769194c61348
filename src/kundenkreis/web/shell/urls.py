"""Addresses of the shell: home, settings, operation, first log-in."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
