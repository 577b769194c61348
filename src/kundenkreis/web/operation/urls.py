"""Addresses of the operation page."""

from __future__ import annotations

from django.urls import path

from kundenkreis.web.operation import checklist, leaving, views

app_name = "operation"
urlpatterns = [
    path("", views.operation, name="operation"),
    path("release/", views.release, name="release"),
    path("outbox/", leaving.outbox, name="outbox"),
    path("outbox/<str:name>/again/", leaving.try_mail_again, name="try_mail_again"),
    path("check-list/", checklist.checklist, name="checklist"),
    path("go-live/", leaving.go_live, name="go_live"),
    path("jobs/<str:side>/<int:job_id>/retry/", views.retry_job, name="retry_job"),
    path("letters/<str:side>/<int:message_id>/<str:what>/", views.dead_letter, name="dead_letter"),
]
