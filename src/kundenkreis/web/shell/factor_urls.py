"""The second factor of a log-in: of allauth's pages only these are offered."""

from __future__ import annotations

from allauth.mfa.base import views
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import path

from kundenkreis.web.shell.factor import log_in_by_passkey

urlpatterns = [
    path("", views.index, name="mfa_index"),
    path("list/", views.index, name="mfa_list_webauthn"),  # where allauth leads to
    path("confirm/", views.authenticate, name="mfa_authenticate"),
    path("again/", views.reauthenticate, name="mfa_reauthenticate"),
    path("app/", totp.activate_totp, name="mfa_activate_totp"),
    path("app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("passkey/", log_in_by_passkey, name="mfa_login_webauthn"),
    path("passkeys/add/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("passkeys/<int:pk>/remove/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
    path("passkeys/again/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
]
