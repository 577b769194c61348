"""Addresses of the crm's staff pages: those of the record engine, and parts of record pages."""

from __future__ import annotations

from django.urls import path

from kundenkreis.kernel.sides import Side
from kundenkreis.records.urls import patterns
from kundenkreis.web.crm.accounts import absences, leaving, roles, sessions, staff, tokens
from kundenkreis.web.crm.letters import pages, prints
from kundenkreis.web.crm.letters import views as letters
from kundenkreis.web.crm.people import alike, doubles, parts, views
from kundenkreis.web.crm.places import areas
from kundenkreis.web.crm.places import views as maps
from kundenkreis.web.crm.protection import (
    disclosing,
    erasing,
    informing,
    overview,
    rectifying,
    restricting,
    undertakings,
)
from kundenkreis.web.crm.protection import requests as data_requests
from kundenkreis.web.crm.quality import views as quality
from kundenkreis.web.crm.takeover import views as takeover
from kundenkreis.web.crm.webhooks import views as webhooks
from kundenkreis.web.crm.work import views as work

urlpatterns = [
    path("<slug:slug>/<int:pk>/activities/", work.add_activity, name="add-activity"),
    path("<slug:slug>/<int:pk>/draft/", work.keep_draft, name="keep-draft"),
    path("activities/<int:pk>/tick/", work.tick, name="tick"),
    path("tasks/", work.tasks, name="tasks"),
    path("duplicates/", doubles.duplicates, name="duplicates"),
    path("duplicates/status/", doubles.status, name="duplicates-status"),
    path("duplicates/compare/", doubles.compare, name="duplicates-compare"),
    path("duplicates/<int:pk>/<slug:what>/", doubles.decide, name="duplicate-decide"),
    path("data-quality/", quality.health_page, name="data-quality"),
    path("data-quality/enrichment/", quality.enrichment, name="enrichment"),
    path("<slug:slug>/map/", maps.map_page, name="map"),
    path("<slug:slug>/map/points/", maps.points, name="map-points"),
    path("<slug:slug>/map/drawn/", areas.drawn, name="map-drawn"),
    path("territories/<int:pk>/outline/", areas.outline, name="territory-outline"),
    path("<slug:slug>/new/alike/", alike.alike, name="alike"),
    path("<slug:slug>/<int:pk>/timeline/", views.more_timeline, name="more-timeline"),
    path("<slug:slug>/<int:pk>/customer-number/", views.give_number, name="give-number"),
    path("<slug:slug>/<int:pk>/contact-details/", parts.add_detail, name="add-detail"),
    path("contact-details/<int:pk>/", parts.change_detail, name="edit-detail"),
    path("contact-details/<int:pk>/<slug:what>/", views.change_detail, name="change-detail"),
    path("persons/<int:pk>/affiliations/", parts.add_affiliation, name="add-affiliation"),
    path("<slug:slug>/<int:pk>/relations/", parts.add_relation, name="add-relation"),
    path("organisations/<int:pk>/vat-check/", views.vat_check, name="vat-check"),
    path("organisations/<int:pk>/vat-state/", views.vat_state, name="vat-state"),
    path("affiliations/<int:pk>/", parts.change_affiliation, name="change-affiliation"),
    path("affiliations/<int:pk>/remove/", views.remove_affiliation, name="remove-affiliation"),
    path("persons/<int:pk>/objections/", views.add_objection, name="add-objection"),
    path("letters/<int:pk>/print/", letters.print_letter, name="letter-print"),
    path("letters/<int:pk>/finish/", letters.finish_letter, name="letter-finish"),
    path("letters/<int:pk>/state/", letters.letter_state, name="letter-state"),
    path("letters/<int:pk>/file.<slug:form>", letters.letter_file, name="letter-file"),
    path("<slug:slug>/many/<slug:what>/", prints.choose, name="print-many"),
    path("<slug:slug>/<int:pk>/pdf/", pages.page_pdf, name="page-pdf"),
    path("prints/", prints.run_list, name="print-list"),
    path("prints/new/<slug:slug>/<slug:what>/", prints.new_run, name="print-new"),
    path("prints/<int:pk>/", prints.run_page, name="print-run"),
    path("prints/<int:pk>/write/", prints.write_run, name="print-write"),
    path("prints/<int:pk>/stop/", prints.stop_run, name="print-stop"),
    path("prints/<int:pk>/file.<slug:form>", prints.run_file, name="print-file"),
    path("letterheads/<int:pk>/logo/", letters.logo, name="letterhead-logo"),
    path("roles/", roles.role_list, name="role-list"),
    path("roles/new/", roles.new_role, name="role-new"),
    path("roles/<int:pk>/", roles.role_page, name="role"),
    path("roles/<int:pk>/remove/", roles.remove_role, name="role-remove"),
    path("users/<int:pk>/access/", staff.access_page, name="user-access"),
    path("users/<int:pk>/change/", staff.change_user, name="user-change"),
    path("users/<int:pk>/invite/", staff.invite, name="user-invite"),
    path("users/<int:pk>/leaving/", leaving.leaving_page, name="user-leaving"),
    path("users/<int:pk>/factor/reset/", staff.reset_factor, name="user-factor-reset"),
    path("roles/factor/", staff.require_factor, name="factor-rule"),
    path("users/<int:pk>/sessions/", sessions.session_list, name="user-sessions"),
    path("users/<int:pk>/sessions/end/", sessions.end, name="user-sessions-end"),
    path("sessions/", sessions.session_list, name="session-list"),
    path("teams/<int:pk>/change/", staff.change_team, name="team-change"),
    path("tokens/", tokens.token_list, name="token-list"),
    path("tokens/<int:pk>/revoke/", tokens.revoke, name="token-revoke"),
    path("webhooks/", webhooks.webhook_list, name="webhook-list"),
    path("webhooks/new/", webhooks.new_webhook, name="webhook-new"),
    path("webhooks/<int:pk>/", webhooks.webhook_page, name="webhook"),
    path("webhooks/<int:pk>/change/", webhooks.change_webhook, name="webhook-change"),
    path("webhooks/<int:pk>/<slug:what>/", webhooks.act, name="webhook-act"),
    path("webhooks/messages/<int:message_id>/", webhooks.send_again, name="webhook-again"),
    path("absences/", absences.absence_list, name="absence-list"),
    path("absences/<int:pk>/", absences.done_meanwhile, name="absence-done"),
    path("absences/<int:pk>/end/", absences.end_absence, name="absence-end"),
    path("absences/<int:pk>/seen/", absences.seen, name="absence-seen"),
    path("persons/<int:pk>/erase/", erasing.erase, name="person-erase"),
    path("processing/", overview.record, name="processing"),
    path("processing/file/", overview.record_file, name="processing-file"),
    path("confidentiality/", undertakings.undertaking_list, name="undertaking-list"),
    path("confidentiality/file/", undertakings.undertaking_file, name="undertaking-file"),
    path("confidentiality/text/", undertakings.undertaking_text, name="undertaking-text"),
    path("retention/", overview.forgetting, name="retention"),
    path("informing/", informing.queue, name="informing"),
    path("informing/choose/", informing.choose, name="informing-choose"),
    path("informing/note/", informing.note, name="informing-note"),
    path("persons/<int:pk>/not-informed/", informing.take_back, name="person-not-informed"),
    path("persons/<int:pk>/restrict/", restricting.restrict, name="person-restrict"),
    path("persons/<int:pk>/free/", restricting.free, name="person-free"),
    path("persons/<int:pk>/disclose/", disclosing.order, name="person-disclose"),
    path("disclosures/<int:pk>/approve/", disclosing.approve, name="disclosure-approve"),
    path("disclosures/<int:pk>/encrypt/", disclosing.encrypt, name="disclosure-encrypt"),
    path("disclosures/<int:pk>/file/", disclosing.file, name="disclosure-file"),
    path("data-requests/<int:pk>/answer/", data_requests.answer, name="request-answer"),
    path("data-requests/<int:pk>/extend/", data_requests.extend, name="request-extend"),
    path("data-requests/<int:pk>/rectify/", rectifying.rectify, name="request-rectify"),
    path("takeover/", takeover.start, name="takeover-start"),
    path("takeover/example/", takeover.try_example, name="takeover-example"),
    path("takeover/<int:pk>/", takeover.page, name="takeover"),
    path("takeover/<int:pk>/report/", takeover.report, name="takeover-report"),
    path("takeover/<int:pk>/files/<int:number>/", takeover.file_page, name="takeover-file"),
    path("takeover/<int:pk>/<slug:what>/", takeover.step, name="takeover-step"),
    *patterns(Side.CRM),
]
