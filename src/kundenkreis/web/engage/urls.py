"""Addresses of the marketing pages: those of the record engine, and what its types need besides."""

from __future__ import annotations

from django.urls import path

from kundenkreis.kernel.sides import Side
from kundenkreis.records.urls import patterns
from kundenkreis.web.engage import campaigns, profiles, segments, sources

urlpatterns = [
    path("profiles/", profiles.profile_list, name="profile-list"),
    path("profiles/<int:profile_id>/", profiles.profile, name="profile-record"),
    path("events/", profiles.event_stream, name="event-list"),
    path("sources/", sources.source_list, name="source-list"),
    path("sources/new/", sources.new_source, name="source-new"),
    path("segments/live-count/", segments.live_count, name="live-count"),
    path("segments/<int:pk>/definition/", segments.change_definition, name="segment-definition"),
    path("segments/<int:pk>/members/", segments.members, name="segment-members"),
    path("segments/<int:pk>/why/<int:profile_id>/", segments.why, name="segment-why"),
    path("campaigns/<int:pk>/draft/", campaigns.draft, name="campaign-draft"),
    path("campaigns/<int:pk>/start/", campaigns.start, name="campaign-start"),
    path("campaigns/<int:pk>/end/", campaigns.end, name="campaign-end"),
    *patterns(Side.ENGAGE),
    path("segments/<int:pk>/<str:state>/", segments.set_state, name="segment-state"),
]
