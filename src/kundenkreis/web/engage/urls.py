"""Addresses of the marketing pages: those of the record engine, and what its types need besides."""

from __future__ import annotations

from django.urls import path

from kundenkreis.kernel.sides import Side
from kundenkreis.records.urls import patterns
from kundenkreis.web.engage import campaigns, segments, sources

urlpatterns = [
    path("sources/<int:pk>/renew/", sources.renew_key, name="source-renew"),
    path("segments/live-count/", segments.live_count, name="live-count"),
    path("segments/<int:pk>/definition/", segments.change_definition, name="segment-definition"),
    path("segments/<int:pk>/why/<int:profile_id>/", segments.why, name="segment-why"),
    path("campaigns/<int:pk>/draft/", campaigns.draft, name="campaign-draft"),
    path("campaigns/<int:pk>/start/", campaigns.start, name="campaign-start"),
    path("campaigns/<int:pk>/end/", campaigns.end, name="campaign-end"),
    *patterns(Side.ENGAGE),
    path("segments/<int:pk>/<str:state>/", segments.set_state, name="segment-state"),
]
