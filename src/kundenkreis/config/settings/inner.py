"""The inner roles: `inner` (staff pages) and `worker`. They open both databases."""

from __future__ import annotations

from pathlib import Path

from kundenkreis.config import env, mail, oidc
from kundenkreis.config.settings.common import *  # noqa: F403
from kundenkreis.config.settings.common import BOTH_SIDES, ENGAGE, SECURE_CSP, TEMPLATES, TLS
from kundenkreis.kernel.sides import Side

INNER_HOST, EDGE_HOST = env.hosts()
ALLOWED_HOSTS = [INNER_HOST]
STAFF_ADDRESS = env.staff_address()
SECRET_KEY = env.secret(Side.CRM)
ROOT_URLCONF = "kundenkreis.config.urls_inner"
WSGI_APPLICATION = "kundenkreis.config.wsgi.application"

FOLDERS = {side: env.folder(side) for side in Side}
FONTS = (Path(__file__).resolve().parents[2] / "ui" / "static" / "built",)  # of what is printed
SECRET_FILES = {side: env.secret_file(side) for side in Side}
DATABASES = {"default": env.database(Side.CRM), "engage": env.database(Side.ENGAGE)}

# Whom the worker asks about VAT IDs; empty: nobody. With an own one the answer is a proof.
VAT_SERVICE, VAT_OWN_ID = env.text("VAT_SERVICE"), env.text("VAT_OWN_ID").replace(" ", "").upper()

# Receivers in the house that may be dialled: names of hosts and networks, with spaces between.
EGRESS_ALLOWED = env.text("EGRESS_ALLOWED")
# A push service of the company's own; anybody may name one, so webhooks' receivers are none.
PUSH_ALLOWED = env.text("PUSH_ALLOWED")

# Requests per second that one token may make, and ten times as many at once; all processes count.
API_RATE = env.number("API_RATE", 50)
API_RATES = env.folder(Side.CRM) / "cache" / "rates"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "kundenkreis.web.shell.apps.ShellConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    *BOTH_SIDES,
    "kundenkreis.records.apps.RecordsConfig",
    "kundenkreis.link.apps.LinkConfig",
    "kundenkreis.dossier.apps.DossierConfig",
    "kundenkreis.crm.accounts.apps.AccountsConfig",
    "kundenkreis.crm.people.apps.PeopleConfig",
    "kundenkreis.crm.work.apps.WorkConfig",
    "kundenkreis.crm.letters.apps.LettersConfig",
    "kundenkreis.crm.sales.apps.SalesConfig",
    "kundenkreis.crm.protection.apps.ProtectionConfig",
    "kundenkreis.crm.webhooks.apps.WebhooksConfig",
    *ENGAGE,
    "kundenkreis.insight.apps.InsightConfig",
    "kundenkreis.integrations.crm.folder.apps.FolderConfig",
    "kundenkreis.integrations.crm.vies.apps.ViesConfig",
    "kundenkreis.web.crm.apps.WebCrmConfig",
    "kundenkreis.web.engage.apps.WebEngageConfig",
    "kundenkreis.web.insight.apps.WebInsightConfig",
    "kundenkreis.web.operation.apps.WebOperationConfig",
    "kundenkreis.api.apps.ApiConfig",
    "kundenkreis.web.guide.apps.WebGuideConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "kundenkreis.web.shell.middleware.ViewerMiddleware",
]
TEMPLATES[0]["OPTIONS"]["context_processors"] += [
    "django.contrib.messages.context_processors.messages",
    "kundenkreis.web.shell.context.shell",
]

AUTH_USER_MODEL = "crm_accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["kundenkreis.crm.accounts.hashing.Argon2InTurn"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "kundenkreis.crm.accounts.adapter.StaffAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
# Before any hash; whoever gives the right password is not counted.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": "20/m/ip,5/5m/key",
    "reset_password": "20/m/ip,3/5m/key",
    "passkey": "20/m/ip",
}
SOCIALACCOUNT_PROVIDERS, OIDC_DOMAIN = oidc.providers(), oidc.domain()
SOCIALACCOUNT_ADAPTER = "kundenkreis.crm.accounts.oidc_adapter.OidcAdapter"
SOCIALACCOUNT_REQUESTS_TIMEOUT = 3
if SOCIALACCOUNT_PROVIDERS:  # browsers ask it also of where a form leads on to
    SECURE_CSP["form-action"].append(oidc.origin())
MFA_ADAPTER = "kundenkreis.crm.accounts.factor_adapter.FactorAdapter"
_FACTOR = "kundenkreis.crm.accounts.factor_forms"
MFA_FORMS = {
    "authenticate": f"{_FACTOR}.Confirm",
    "reauthenticate": f"{_FACTOR}.ConfirmAgain",
    "activate_totp": f"{_FACTOR}.SetUp",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Kundenkreis"
MFA_TOTP_TOLERANCE = 1  # a code of half a minute ago: clocks differ, and people type
# On this machine there is no TLS; browsers allow passkeys there for names, and for no number.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not TLS
PASSKEYS = not INNER_HOST.replace(".", "").isdigit() and ":" not in INNER_HOST
# The proxy that adds TLS says whose request it is; without it nobody else is believed.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if TLS else 0
# Log-in attempts are counted by all workers together.
CACHES = {
    "default": {
        "BACKEND": "kundenkreis.kernel.filecache.FileCache",
        "LOCATION": env.folder(Side.CRM) / "cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
# Every mail lies in the box first; the worker sends it from there.
MAIL_BOX = env.folder(Side.CRM) / "mail"
MAILERS = mail.mailers()
DEFAULT_FROM_EMAIL = SERVER_EMAIL = mail.sender()
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

_PREFIX = "__Host-" if TLS else ""
SESSION_ENGINE = "kundenkreis.crm.accounts.sessions"
SESSION_COOKIE_NAME = f"{_PREFIX}kk_inner"
CSRF_COOKIE_NAME = f"{_PREFIX}kk_inner_csrf"
LANGUAGE_COOKIE_NAME = "kk_inner_language"
DEVICE_COOKIE_NAME = f"{_PREFIX}kk_inner_device"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "kundenkreis.web.shell.errors.csrf"
