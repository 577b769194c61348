"""Addresses of the crm's staff pages: those of the record engine, and parts of record pages."""

from __future__ import annotations

from django.urls import path

from kundenkreis.kernel.sides import Side
from kundenkreis.records.urls import patterns
from kundenkreis.web.crm.people import views

urlpatterns = [
    path("<slug:slug>/<int:pk>/notes/", views.add_note, name="add-note"),
    path("<slug:slug>/<int:pk>/timeline/", views.more_timeline, name="more-timeline"),
    path("<slug:slug>/<int:pk>/contact-details/", views.add_detail, name="add-detail"),
    path("contact-details/<int:pk>/<slug:what>/", views.change_detail, name="change-detail"),
    path("persons/<int:pk>/affiliations/", views.add_affiliation, name="add-affiliation"),
    path("affiliations/<int:pk>/remove/", views.remove_affiliation, name="remove-affiliation"),
    path("persons/<int:pk>/objections/", views.add_objection, name="add-objection"),
    path("next-steps/<slug:slug>/<int:pk>/", views.next_step, name="next-step"),
    *patterns(Side.CRM),
]
