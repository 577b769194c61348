"""Log-in, log-out and the own password: of allauth's pages only these are offered.

Nobody signs up by themselves, and the log-in address is changed by an administrator.
"""

from __future__ import annotations

from allauth.account import views
from django.urls import include, path
from django.views.generic import RedirectView

from kundenkreis.web.shell import oidc
from kundenkreis.web.shell.invitation import forgotten, invitation, reset
from kundenkreis.web.shell.login import login
from kundenkreis.web.shell.password import password
from kundenkreis.web.shell.undertaking import undertaking

to_login = RedirectView.as_view(pattern_name="account_login")

urlpatterns = [
    path("login/", login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("password/", password, name="account_change_password"),
    path("invitation/<int:pk>/<str:token>/", invitation, name="invitation"),
    path("reset/", forgotten, name="account_reset_password"),
    path("reset/<int:pk>/<str:token>/", reset, name="reset"),
    path("undertaking/", undertaking, name="undertaking"),
    path("factor/", include("kundenkreis.web.shell.factor_urls")),
    path("oidc/cancelled/", oidc.cancelled, name="socialaccount_login_cancelled"),
    path("oidc/<slug:provider_id>/login/", oidc.login, name="openid_connect_login"),
    path("oidc/<slug:provider_id>/login/callback/", oidc.callback, name="openid_connect_callback"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    # Names allauth's own code refers to.
    path("signup/", to_login, name="account_signup"),
    path("set/", to_login, name="account_set_password"),
]
