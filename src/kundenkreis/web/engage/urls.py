"""Addresses of the marketing pages."""

from __future__ import annotations

from django.urls import path

from kundenkreis.web.engage import campaigns

app_name = "engage"
urlpatterns = [
    path("campaigns/", campaigns.campaign_list, name="campaigns"),
    path("campaigns/new/", campaigns.new_campaign, name="new_campaign"),
    path("campaigns/<int:campaign_id>/", campaigns.campaign, name="campaign"),
    path("campaigns/<int:campaign_id>/start/", campaigns.start, name="start_campaign"),
    path("campaigns/<int:campaign_id>/end/", campaigns.end, name="end_campaign"),
]
