"""What the environment may say: every setting that the source reads, with its meaning."""

from __future__ import annotations

import re

from tools.paths import is_test, read, source_files
from tools.reference.tables import code, table

# Read where `config.env` is asked, or named whole.
_ASKED = re.compile(
    r'(?:env\.)?(?:text|number|web_address|secret_text|address|flag)\(\s*"([A-Z_]+)"'
)
_NAMED = re.compile(r"KUNDENKREIS_([A-Z_]+[A-Z])\b")
_OF_A_SIDE = re.compile(r"\{side\.upper\(\)\}_([A-Z_]+)")
_OF_A_MAILER = re.compile(r"\{name\}_([A-Z][A-Z_]*[A-Z])\b")
_NOT_FOR_PEOPLE = re.compile(r"^(TEST|SHARED|PARENT|PORT$|FIRST_PASSWORD|CRM$|INNER$)")
MAILERS = ("SMTP", "BULK_SMTP")
_OF_SERVERS = {
    "HOST": ("", "the server that takes mails; without one they stay in the outbox"),
    "PASSWORD": ("", "the password there; better in a file"),
    "PASSWORD_FILE": ("", "a file with the password, which only the product's user can read"),
    "PORT": ("by SECURITY", "where it listens"),
    "SECURITY": ("starttls", "`starttls`, `tls`, or `none` as on this machine"),
    "USER": ("", "who logs in there"),
}
SIDES = ("CRM", "ENGAGE")
MEANING = {
    **{f"SMTP_{name}": said for name, said in _OF_SERVERS.items()},
    **{f"BULK_SMTP_{name}": (d, f"for many at once: {m}") for name, (d, m) in _OF_SERVERS.items()},
    "ANSWERS": ("", "in a container: the port that its health check asks"),
    "ADDRESS": (
        "127.0.0.1",
        "the address that the servers listen on; a reverse proxy stands before",
    ),
    "API_RATE": ("50", "requests a second that one token may make"),
    "BACKUP_KEY": ("", "the file with the passphrase or age key of backups"),
    "CRM_DATABASE": ("SQLite", "`postgresql://user:password@host/name`: where customers are kept"),
    "CRM_HOME": ("HOME/crm", "the folder of the crm side"),
    "EDGE_HOST": ("localhost", "the host name of the public side; not the same as INNER_HOST"),
    "EGRESS_ALLOWED": ("", "hosts or networks inside the company that may be called all the same"),
    "ENGAGE_DATABASE": ("SQLite", "`postgresql://…`: where marketing is kept"),
    "ENGAGE_HOME": ("HOME/engage", "the folder of the engage side"),
    "HOME": ("var", "where all data lie"),
    "INNER_HOST": ("127.0.0.1", "the host name of staff"),
    "JOURNAL_COPY": ("", "a folder on another disk that gets the journal of erasures as well"),
    "LOG_LEVEL": ("WARNING", "what is written to the log"),
    "MAIL_FROM": ("", "the sender of the product's own mails"),
    "MAP_TILES": ("", "`https://…/{z}/{x}/{y}.png`: pictures of streets below the map"),
    "MAP_TILES_CREDIT": ("", "whom the map names as their source"),
    "OIDC_CLIENT_ID": ("", "what the company's log-in provider calls this installation"),
    "OIDC_DOMAIN": ("", "whose people the provider lets in without an invitation, with no role"),
    "OIDC_ISSUER": ("", "the company's log-in provider (OpenID Connect); none without"),
    "OIDC_NAME": ("OpenID Connect", "what the button of the provider is called"),
    "OIDC_SECRET": ("", "the secret for the provider; better in a file"),
    "OIDC_SECRET_FILE": ("", "the file that holds the secret for the provider"),
    "PUSH_ALLOWED": ("", "hosts or networks inside the company that push news to browsers"),
    "SOURCE_URL": ("", "where the source of this version is, instead of the product's own page"),
    "STAFF_ADDRESS": (
        "",
        "the address of the staff side in mails, where it is not https:// and INNER_HOST",
    ),
    "TLS": ("", "`1` behind a reverse proxy with TLS: secure cookies, HSTS, proxy headers"),
    "VAT_OWN_ID": ("", "the company's own VAT ID, for proofs"),
    "VAT_SERVICE": ("", "the service that proves VAT IDs; nobody is called without"),
    "ZONE": ("Europe/Berlin", "the company's time zone: its days begin and end there"),
}


class Undocumented(Exception):
    """A setting is read that nobody has described, or described and not read."""


def page() -> str:
    """Every setting; raises `Undocumented` where source and this table differ."""
    found = settings()
    if wrong := found ^ MEANING.keys():
        raise Undocumented(f"tools/reference/settings.py and the source differ in {sorted(wrong)}")
    rows = [
        (code(f"KUNDENKREIS_{name}"), code(default), meaning)
        for name, (default, meaning) in sorted(MEANING.items())
    ]
    return "\n".join(
        [
            "# Settings",
            "",
            "Environment variables: role, paths, secrets. Everything else is data in the product.",
            "",
            *table(("Variable", "Default", "Meaning"), rows),
            "",
        ]
    )


def settings() -> set[str]:
    """The names that the source reads."""
    found: set[str] = set()
    for path in source_files(".py"):
        if not is_test(path) and "demo" not in path.parts:
            source = read(path)
            found |= {*_NAMED.findall(source)}
            found |= {f"{one}_{name}" for name in _OF_A_MAILER.findall(source) for one in MAILERS}
            found |= {f"{side}_{name}" for name in _OF_A_SIDE.findall(source) for side in SIDES}
            if "config" in path.parts or "kundenkreis.config" in source:
                found |= {*_ASKED.findall(source)}
    return {name for name in found if not _NOT_FOR_PEOPLE.match(name)}
