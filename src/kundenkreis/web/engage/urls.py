"""Addresses of the marketing pages."""

from __future__ import annotations

from django.urls import path

from kundenkreis.web.engage import campaigns, profiles, segments, sources

app_name = "engage"
urlpatterns = [
    path("profiles/", profiles.profile_list, name="profiles"),
    path("profiles/<int:profile_id>/", profiles.profile, name="profile"),
    path("events/", profiles.event_stream, name="events"),
    path("sources/", sources.source_list, name="sources"),
    path("sources/new/", sources.new_source, name="new_source"),
    path("segments/", segments.segment_list, name="segments"),
    path("segments/new/", segments.new_segment, name="new_segment"),
    path("segments/count/", segments.count, name="count"),
    path("segments/<int:segment_id>/", segments.segment, name="segment"),
    path("segments/<int:segment_id>/members/", segments.members, name="members"),
    path("segments/<int:segment_id>/why/<int:profile_id>/", segments.why, name="why"),
    path("segments/<int:segment_id>/<str:state>/", segments.set_state, name="segment_state"),
    path("campaigns/", campaigns.campaign_list, name="campaigns"),
    path("campaigns/new/", campaigns.new_campaign, name="new_campaign"),
    path("campaigns/<int:campaign_id>/", campaigns.campaign, name="campaign"),
    path("campaigns/<int:campaign_id>/start/", campaigns.start, name="start_campaign"),
    path("campaigns/<int:campaign_id>/end/", campaigns.end, name="end_campaign"),
]
